"""Deadlines of requests that ended go, in portions that lock few rows for a short time."""

from django.db import migrations
from django.db.models import Max, Min

ENDED = ("declined", "canceled", "closed", "expired")
PORTION = 5000


def clear_past_deadlines(apps, schema_editor):
    """Each portion is a transaction of its own; a run that was cut off begins anew without harm."""
    requests = apps.get_model("returns", "ReturnRequest").objects.using(
        schema_editor.connection.alias
    )
    stale = requests.filter(status__in=ENDED, due_at__isnull=False)
    ends = stale.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return
    for start in range(ends["first"], ends["last"] + 1, PORTION):
        stale.filter(pk__gte=start, pk__lt=start + PORTION).update(due_at=None, remind_at=None)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("returns", "0022_trials_on_requests"),
    ]

    operations = [
        migrations.RunPython(clear_past_deadlines, migrations.RunPython.noop),
    ]
