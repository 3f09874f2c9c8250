"""Published versions of policies that the database itself refuses to edit or delete."""

from django.db import migrations

from returns_portal.returns.keeping import VERSIONS, keep, release


def keep_versions(apps, schema_editor):
    keep(schema_editor, VERSIONS)


def release_versions(apps, schema_editor):
    release(schema_editor, VERSIONS)


class Migration(migrations.Migration):
    dependencies = [
        ("returns", "0023_past_deadlines"),
    ]

    operations = [
        migrations.RunPython(keep_versions, release_versions),
    ]
