"""How much of what was sold came back: by product, variant, channel and country, and over time."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from returns_portal.returns.models import DailySales, DailyTotal, Market, SoldProduct, SoldVariant
from returns_portal.returns.reports.scope import Period, Scope


@dataclass(frozen=True, slots=True)
class Rate:
    """Units sold, and how many of them came back or are to come."""

    sold: int = 0
    returned: int = 0

    @property
    def share(self) -> float | None:
        return self.returned / self.sold if self.sold else None

    def __add__(self, other: "Rate") -> "Rate":
        return Rate(self.sold + other.sold, self.returned + other.returned)


@dataclass(frozen=True, slots=True)
class Compared:
    """The rate of a period and of the one it is compared with."""

    now: Rate = Rate()
    then: Rate = Rate()

    def __add__(self, other: "Compared") -> "Compared":
        return Compared(self.now + other.now, self.then + other.then)


@dataclass(frozen=True, slots=True)
class Cell:
    """What was sold of one product (or variant) in one market."""

    item: int
    market: int
    rates: Compared


@dataclass(frozen=True, slots=True)
class Named:
    """A rate with what it is the rate of; `sub` is a second line such as a SKU."""

    key: int | str
    label: str
    sub: str
    rates: Compared


def read_cells(scope: Scope, *, by: str = "product") -> list[Cell]:
    """The rates by product (or variant) and market: one look at the daily sums."""
    return [Cell(row[by], row["market"], _rates(row)) for row in _read_sums(scope, by, "market")]


def read_products(scope: Scope) -> dict[int | str, Compared]:
    """The rates by product over all markets; quicker than `read_cells`."""
    return {row["product"]: _rates(row) for row in _read_sums(scope, "product")}


def _read_sums(scope: Scope, *by: str) -> Iterable[dict[str, int]]:
    rows: Iterable[dict[str, int]] = (
        DailySales.objects.filter(scope.within("sold_on"))
        .values(*by)
        .annotate(
            sold_now=Sum("units", filter=scope.now("sold_on"), default=0),
            back_now=Sum("returned_units", filter=scope.now("sold_on"), default=0),
            sold_then=Sum("units", filter=scope.then("sold_on"), default=0),
            back_then=Sum("returned_units", filter=scope.then("sold_on"), default=0),
        )
    )
    return rows


def _rates(row: Mapping[str, int]) -> Compared:
    return Compared(
        Rate(row["sold_now"], row["back_now"]), Rate(row["sold_then"], row["back_then"])
    )


def total(rates: Iterable[Compared]) -> Compared:
    return sum(rates, Compared())


def add_up(cells: Iterable[Cell], key: Callable[[Cell], int | str]) -> dict[int | str, Compared]:
    """The cells added up by a key of theirs."""
    sums: dict[int | str, Compared] = {}
    for cell in cells:
        sums[key(cell)] = sums.get(key(cell), Compared()) + cell.rates
    return sums


def by_product(sums: Mapping[int | str, Compared]) -> list[Named]:
    """The products, those with most units back first."""
    titles = dict(SoldProduct.objects.filter(pk__in=sums).values_list("pk", "title"))
    return _ranked(Named(key, titles[int(key)], "", rates) for key, rates in sums.items())


def by_variant(sums: Mapping[int | str, Compared]) -> list[Named]:
    """The variants, those with most units back first."""
    rows = SoldVariant.objects.filter(pk__in=sums).select_related("product")
    variants = {row.pk: row for row in rows}
    return _ranked(
        Named(key, variants[int(key)].title, variants[int(key)].sku, rates)
        for key, rates in sums.items()
    )


def by_channel(cells: Iterable[Cell], markets: Mapping[int, Market]) -> list[Named]:
    sums = add_up(cells, lambda cell: markets[cell.market].sales_channel)
    return _ranked(Named(key, str(key), "", rates) for key, rates in sums.items())


def by_country(cells: Iterable[Cell], markets: Mapping[int, Market]) -> list[Named]:
    sums = add_up(cells, lambda cell: markets[cell.market].country)
    return _ranked(Named(key, str(key), "", rates) for key, rates in sums.items())


def read_trend(scope: Scope) -> list[tuple[Period, Rate]]:
    """The rate of what was sold in each step of the period."""
    sums = DailySales if scope.product else DailyTotal
    rows = (
        sums.objects.filter(scope.within("sold_on"), scope.now("sold_on"))
        .values("sold_on")
        .annotate(sold=Sum("units"), back=Sum("returned_units"))
    )
    days = {row["sold_on"]: Rate(row["sold"], row["back"]) for row in rows}
    return [(step, _sum_of(days, step)) for step in scope.period.steps()]


def _sum_of(days: Mapping[date, Rate], step: Period) -> Rate:
    return sum((rate for day, rate in days.items() if step.holds(day)), Rate())


def _ranked(rows: Iterable[Named]) -> list[Named]:
    return sorted(rows, key=lambda row: (-row.rates.now.returned, -row.rates.now.sold, row.label))
