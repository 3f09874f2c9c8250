"""Signs of life of the workers, and who may see the set-up page."""

from django.db import migrations, models

from returns_portal.returns.roles import grant, make_permissions


def grant_roles(apps, schema_editor):
    make_permissions(apps, "returns")
    grant(apps, {"admin": ()})


class Migration(migrations.Migration):
    dependencies = [
        ("returns", "0019_bench"),
    ]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, unique=True)),
                ("beaten_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "heartbeat",
                "verbose_name_plural": "heartbeats",
                "permissions": [("view_setup", "Can see the set-up page and run its checks")],
            },
        ),
        migrations.RunPython(grant_roles, migrations.RunPython.noop),
    ]
