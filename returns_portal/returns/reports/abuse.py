"""Shoppers who send back unusually often, told apart by a digest and never by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Max, Q, Sum

from returns_portal.returns.models import ReportedRequest, ReturnRequest, SoldLine
from returns_portal.returns.reports.scope import Scope, in_period
from returns_portal.returns.workflow import Status

FEWEST = 3
MOST_SHOWN = 50
TAKEN_BACK = Q(status__in=[Status.CANCELED.value, Status.EXPIRED.value])


@dataclass(frozen=True, slots=True)
class Repeater:
    """A shopper with several requests; `bought` is 0 where their orders cannot be told."""

    shopper: int
    requests: int
    declined: int
    units: int
    claims: int
    bought: int
    refunded: tuple[tuple[str, Decimal], ...]
    latest: int
    latest_rma: str

    @property
    def name(self) -> str:
        """A short sign for the shopper, the same in every report."""
        return f"{self.shopper:015x}"[:6].upper()


def read_repeaters(scope: Scope) -> list[Repeater]:
    """The shoppers with most requests in the period, at least three; canceled ones don't count."""
    here = ReportedRequest.objects.filter(in_period("requested_on", scope.period)).filter(
        market__in=scope.markets, shopper__isnull=False
    )
    rows = list(
        here.exclude(TAKEN_BACK)
        .values("shopper")
        .annotate(
            requests=Count("pk"),
            declined=Count("pk", filter=Q(status=Status.DECLINED.value)),
            back=Sum("units"),
            blamed=Sum("claims"),
            latest=Max("return_request_id"),
        )
        .filter(requests__gte=FEWEST)
        .order_by("-requests", "-back", "shopper")[:MOST_SHOWN]
    )
    shoppers = [row["shopper"] or 0 for row in rows]
    bought, paid = _bought(scope, shoppers), _paid(scope, shoppers)
    numbers = dict(
        ReturnRequest.objects.filter(pk__in=[row["latest"] for row in rows]).values_list(
            "pk", "rma_number"
        )
    )
    return [
        Repeater(
            shopper=shopper,
            requests=row["requests"],
            declined=row["declined"],
            units=row["back"],
            claims=row["blamed"],
            bought=bought.get(shopper, 0),
            refunded=tuple(paid.get(shopper, [])),
            latest=row["latest"],
            latest_rma=numbers[row["latest"]],
        )
        for shopper, row in zip(shoppers, rows, strict=True)
    ]


def _bought(scope: Scope, shoppers: Sequence[int]) -> dict[int, int]:
    rows = SoldLine.objects.filter(in_period("sold_on", scope.period), shopper__in=shoppers)
    rows = rows.filter(market__in=scope.markets)
    return dict(rows.values_list("shopper").annotate(Sum("units")))


def _paid(scope: Scope, shoppers: Sequence[int]) -> dict[int, list[tuple[str, Decimal]]]:
    rows = (
        ReportedRequest.objects.filter(in_period("requested_on", scope.period))
        .filter(market__in=scope.markets, shopper__in=shoppers, refunded__gt=0)
        .values_list("shopper", "currency")
        .annotate(Sum("refunded"))
        .order_by("shopper", "currency")
    )
    found: dict[int, list[tuple[str, Decimal]]] = {}
    for shopper, currency, amount in rows:
        found.setdefault(shopper, []).append((currency, amount))
    return found
