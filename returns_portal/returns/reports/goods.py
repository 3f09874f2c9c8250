"""What became of the goods that arrived: their condition, and whether they are for sale again."""

from dataclasses import dataclass

from django.db.models import Sum

from returns_portal.returns.models import ReportedLine, ReturnLineItem
from returns_portal.returns.reports.scope import Scope


@dataclass(frozen=True, slots=True)
class Arrived:
    """Units that arrived in one condition and went to one place."""

    condition: str
    disposition: str
    now: int
    then: int


def read_arrivals(scope: Scope) -> list[Arrived]:
    """The units that staff counted in parcels, of returns asked for in the period."""
    rows = (
        ReportedLine.objects.filter(scope.within("requested_on"), received_units__gt=0)
        .values("condition", "disposition")
        .annotate(
            arrived_now=Sum("received_units", filter=scope.now("requested_on"), default=0),
            arrived_then=Sum("received_units", filter=scope.then("requested_on"), default=0),
        )
    )
    found = [
        Arrived(row["condition"], row["disposition"], row["arrived_now"], row["arrived_then"])
        for row in rows
    ]
    return sorted(found, key=lambda row: (-row.now, row.condition, row.disposition))


def restocked(rows: list[Arrived]) -> tuple[int, int]:
    """Units for sale again, and all that arrived, of the period itself."""
    back = sum(
        row.now for row in rows if row.disposition == ReturnLineItem.Disposition.RESTOCKED.value
    )
    return back, sum(row.now for row in rows)
