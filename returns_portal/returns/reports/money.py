"""What returns cost and what the shop keeps, each currency by itself."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Count, Q, Sum

from returns_portal.returns.models import ReportedLine, ReportedRequest, SoldProduct
from returns_portal.returns.reports.scope import Period, Scope, in_period
from returns_portal.returns.workflow import RELEASES_UNITS

NOTHING = Decimal(0)
NOT_TAKEN_BACK = Q(status__in=[status.value for status in RELEASES_UNITS])


@dataclass(frozen=True, slots=True)
class MoneyFigures:
    """Sums of one period in one currency."""

    refunds: int = 0
    refunded: Decimal = NOTHING
    fees: Decimal = NOTHING
    finished: int = 0
    asked: Decimal = NOTHING
    paid_of_asked: Decimal = NOTHING
    not_taken_back: Decimal = NOTHING

    @property
    def average(self) -> Decimal:
        return self.refunded / self.refunds if self.refunds else NOTHING

    @property
    def kept(self) -> Decimal:
        """Of what shoppers asked to return, what was not paid back."""
        return self.asked - self.paid_of_asked


@dataclass(frozen=True, slots=True)
class CurrencyFigures:
    currency: str
    now: MoneyFigures
    then: MoneyFigures


@dataclass(frozen=True, slots=True)
class ProductWorth:
    """What the units of a product that were paid back had cost."""

    product: int
    title: str
    currency: str
    units: int
    worth: Decimal


def read_money(scope: Scope) -> list[CurrencyFigures]:
    """The figures by currency, the one with most refunds first."""
    return _compare(scope, _read_figures)


def read_refunds(scope: Scope) -> list[CurrencyFigures]:
    """Of the figures those of refunds alone; quicker than `read_money`."""
    return _compare(scope, _read_refunds)


def _compare(
    scope: Scope, read: Callable[[Scope, Period], dict[str, MoneyFigures]]
) -> list[CurrencyFigures]:
    now = read(scope, scope.period)
    then = read(scope, scope.compared) if scope.compared else {}
    found = [
        CurrencyFigures(name, now.get(name, MoneyFigures()), then.get(name, MoneyFigures()))
        for name in now.keys() | then.keys()
    ]
    return sorted(found, key=lambda row: (-row.now.refunds, -row.now.finished, row.currency))


def _read_refunds(scope: Scope, period: Period) -> dict[str, MoneyFigures]:
    rows = (
        ReportedRequest.objects.filter(market__in=scope.markets)
        .filter(in_period("refunded_on", period))
        .values("currency")
        .annotate(refunds=Count("pk"), paid=Sum("refunded"), withheld=Sum("fees"))
    )
    return {
        row["currency"]: MoneyFigures(row["refunds"], row["paid"], row["withheld"]) for row in rows
    }


def _read_figures(scope: Scope, period: Period) -> dict[str, MoneyFigures]:
    found = _read_refunds(scope, period)
    rows = (
        ReportedRequest.objects.filter(market__in=scope.markets)
        .filter(in_period("finished_on", period))
        .values("currency")
        .annotate(
            finished=Count("pk"),
            worth=Sum("asked"),
            paid_of_worth=Sum("refunded"),
            refused=Sum("asked", filter=NOT_TAKEN_BACK, default=NOTHING),
        )
    )
    for row in rows:
        found[row["currency"]] = replace(
            found.get(row["currency"], MoneyFigures()),
            finished=row["finished"],
            asked=row["worth"],
            paid_of_asked=row["paid_of_worth"],
            not_taken_back=row["refused"],
        )
    return found


def read_trend(scope: Scope, currency: str) -> list[tuple[Period, Decimal]]:
    """What was refunded in this currency in each step of the period."""
    rows = (
        ReportedRequest.objects.filter(in_period("refunded_on", scope.period))
        .filter(market__in=scope.markets, currency=currency)
        .values_list("refunded_on")
        .annotate(paid=Sum("refunded"))
    )
    days = dict(rows)
    return [
        (step, sum((paid for day, paid in days.items() if step.holds(day)), NOTHING))
        for step in scope.period.steps()
    ]


def read_products(scope: Scope, *, limit: int = 50) -> list[ProductWorth]:
    """The products whose refunded units had cost most, by currency: that of most units first."""
    rows = list(
        ReportedLine.objects.filter(in_period("refunded_on", scope.period))
        .filter(market__in=scope.markets, units__gt=0)
        .values("product", "currency")
        .annotate(back=Sum("units"), cost=Sum("worth"))
        .order_by("currency", "-cost", "product")
    )
    ranked: list[ProductWorth] = []
    titles = dict(
        SoldProduct.objects.filter(pk__in={row["product"] for row in rows}).values_list(
            "pk", "title"
        )
    )
    volume: Counter[str] = Counter()
    for row in rows:
        volume[row["currency"]] += row["back"]
    rows.sort(key=lambda row: (-volume[row["currency"]], row["currency"]))
    taken: dict[str, int] = {}
    for row in rows:
        taken[row["currency"]] = taken.get(row["currency"], 0) + 1
        if taken[row["currency"]] <= limit:
            ranked.append(
                ProductWorth(
                    row["product"],
                    titles[row["product"]],
                    row["currency"],
                    row["back"],
                    row["cost"],
                )
            )
    return ranked
