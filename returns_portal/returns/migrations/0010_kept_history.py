"""History that nobody edits or deletes: attempts are logged, and the database keeps what is."""

import django.db.models.deletion
from django.db import migrations, models

from returns_portal.returns.keeping import ATTEMPTS, CHANGES, EVENTS, keep, release


def keep_history(apps, schema_editor):
    keep(schema_editor, EVENTS, door="message")
    keep(schema_editor, ATTEMPTS, door="answer")
    keep(schema_editor, CHANGES)


def release_history(apps, schema_editor):
    for table in (EVENTS, ATTEMPTS, CHANGES):
        release(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("returns", "0009_clocks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("ended_at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("done", "done"),
                            ("postponed", "put off"),
                            ("unknown", "answer unknown"),
                            ("failed", "failed"),
                        ],
                        max_length=12,
                    ),
                ),
                ("answer", models.TextField(blank=True, help_text="What was answered, in words.")),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="log",
                        to="returns.operation",
                    ),
                ),
            ],
            options={
                "verbose_name": "attempt",
                "verbose_name_plural": "attempts",
                "ordering": ["ended_at", "pk"],
            },
        ),
        migrations.RunPython(keep_history, release_history),
    ]
