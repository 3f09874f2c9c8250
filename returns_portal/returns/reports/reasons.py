"""Why things come back, and how that changes."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum

from returns_portal.returns.models import ReportedLine, ReturnReason
from returns_portal.returns.reports.scope import Period, Scope


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """Units that shoppers sent back for a reason, now and in the period compared with."""

    reason: ReturnReason
    now: int
    then: int
    steps: tuple[int, ...]


def read_reasons(scope: Scope) -> list[ReasonCount]:
    """The reasons with their units in all and in each step of the period, most first.

    Counted on the day the shopper asked; requests declined, canceled or expired do not count.
    """
    rows = (
        ReportedLine.objects.filter(scope.within("requested_on"), units__gt=0)
        .values_list("requested_on", "reason")
        .annotate(asked=Sum("units"))
    )
    steps = scope.period.steps()
    place = {day: index for index, step in enumerate(steps) for day in _days(step)}
    now: dict[int, list[int]] = {}
    then: dict[int, int] = {}
    for day, reason, units in rows:
        counts = now.setdefault(reason, [0] * len(steps))
        if day in place:
            counts[place[day]] += units
        if scope.compared and scope.compared.holds(day):
            then[reason] = then.get(reason, 0) + units
    reasons = ReturnReason.objects.in_bulk(list(now))
    found = [
        ReasonCount(reasons[key], sum(counts), then.get(key, 0), tuple(counts))
        for key, counts in now.items()
    ]
    return sorted(found, key=lambda row: (-row.now, -row.then, row.reason.position))


def _days(step: Period) -> list[date]:
    return [step.first + timedelta(days=index) for index in range(step.days)]
