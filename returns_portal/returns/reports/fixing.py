"""What to fix: products that come back for a reason more often than luck explains.

For every product and reason, Fisher's exact test (one-sided) asks how likely so many returns are
if the product were like the rest of the catalog. Benjamini and Hochberg's procedure over all pairs
keeps the share of false findings at 5 % on average. Products with few order lines are not looked
at, a finding needs a few returns, and the difference must matter even after the rate is drawn
towards the usual one (small counts say less).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import Aggregate, Count, F, Q, Sum, Window
from django.db.models.functions import RowNumber

from returns_portal.returns.models import (
    DailySales,
    Fix,
    ReportedLine,
    ReturnLineItem,
    ReturnReason,
    SoldProduct,
)
from returns_portal.returns.reports.scope import Scope, in_period
from returns_portal.returns.reports.statistics import (
    Interval,
    false_discoveries,
    newcombe,
    shrunk,
    tail,
    wilson,
)

FALSE_FINDINGS = 0.05
FEWEST_SOLD = 30
FEWEST_RETURNED = 5
# As many order lines with the usual rate are added before a rate is believed.
WEIGHT = 50
LEAST_LIFT = 1.5
NOTES = 3
# A fix is judged by what came back within so many days of the order, before and after alike.
FOLLOWED = 30
LOOK_BACK = 180
LONGEST_LIST = 20
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pair:
    """A product and a reason: order lines sold, and those of them that came back for it."""

    product: int
    reason: int
    sold: int
    returned: int
    usual: float
    chance: float

    @property
    def rate(self) -> float:
        return self.returned / self.sold

    @property
    def interval(self) -> Interval:
        return wilson(self.returned, self.sold)

    @property
    def excess(self) -> float:
        """How many more came back than usual."""
        return self.returned - self.sold * self.usual

    @property
    def lift(self) -> float | None:
        """How many times the usual rate, carefully; None where it is unheard of elsewhere."""
        careful = shrunk(self.returned, self.sold, self.usual, weight=WEIGHT)
        return careful / self.usual if self.usual else None

    @property
    def matters(self) -> bool:
        enough = self.returned >= FEWEST_RETURNED
        return enough and (self.lift is None or self.lift >= LEAST_LIFT)


@dataclass(frozen=True, slots=True)
class Evidence:
    """An item that came back: what the shopper wrote, and how many photos there are."""

    line: int
    request: int
    note: str
    photos: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A pair that stands out, with its names and evidence."""

    pair: Pair
    product: SoldProduct
    reason: ReturnReason
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """What stands out, the most needless returns first, and how much was looked at."""

    found: tuple[Finding, ...]
    looked_at: int
    products: int
    too_small: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The rate before and after a fix, each of orders that have had the same time to come back."""

    fix: Fix
    before: tuple[int, int]
    after: tuple[int, int]
    first_figures_on: date

    @property
    def change(self) -> Interval | None:
        """Between what the change of the rate lies; None where nothing can be compared yet."""
        if not self.before[1] or not self.after[1]:
            return None
        return newcombe(self.before, self.after)

    @property
    def verdict(self) -> str:
        """better, worse, open (may be luck) or early (nothing to compare yet)."""
        if self.change is None:
            return "early"
        if self.change.high < 0:
            return "better"
        return "worse" if self.change.low > 0 else "open"


def judge_pairs(sold: Mapping[int, int], returned: Mapping[tuple[int, int], int]) -> list[Pair]:
    """The pairs that stand out, of lines sold by product and returned by product and reason.

    Every product with enough lines counts as looked at with every reason that occurs at all.
    """
    looked = {product: lines for product, lines in sold.items() if lines >= FEWEST_SOLD}
    total = sum(sold.values())
    marked: dict[int, int] = {}
    for (_product, reason), lines in returned.items():
        marked[reason] = marked.get(reason, 0) + lines
    pairs = [
        _pair(product, reason, lines, returned.get((product, reason), 0), marked[reason], total)
        for product, lines in looked.items()
        for reason in marked
    ]
    kept = false_discoveries([pair.chance for pair in pairs], rate=FALSE_FINDINGS)
    found = [pair for pair, keep in zip(pairs, kept, strict=True) if keep and pair.matters]
    return sorted(found, key=lambda pair: (-pair.excess, pair.chance))


def _pair(product: int, reason: int, sold: int, returned: int, marked: int, total: int) -> Pair:
    rest = total - sold
    usual = (marked - returned) / rest if rest else 0.0
    # No more than usual can never stand out, and counts as entirely by luck.
    chance = 1.0
    if rest and returned * rest > (marked - returned) * sold:
        chance = tail(hits=returned, drawn=sold, marked=marked, total=total)
    return Pair(product, reason, sold, returned, usual, chance)


def read_findings(scope: Scope, *, evidence: int = 10) -> Findings:
    """What stands out of the orders placed in the period, the first ones with evidence."""
    sold, returned = count_lines(scope)
    pairs = judge_pairs(sold, returned)
    looked = sum(lines >= FEWEST_SOLD for lines in sold.values())
    reasons = len({reason for _product, reason in returned})
    found = _name(pairs, scope, evidence)
    return Findings(found, looked * reasons, looked, len(sold) - looked)


def count_lines(scope: Scope) -> tuple[dict[int, int], dict[tuple[int, int], int]]:
    """Order lines sold by product, and those that came back by product and reason."""
    here = in_period("sold_on", scope.period) & Q(market__in=scope.markets)
    sold = dict(
        DailySales.objects.filter(here).values_list("product").annotate(Sum("lines")).order_by()
    )
    rows = (
        ReportedLine.objects.filter(here, units__gt=0, sold_line__isnull=False)
        .values_list("product", "reason")
        .annotate(Count("sold_line", distinct=True))
    )
    return sold, {(product, reason): lines for product, reason, lines in rows}


def _name(pairs: Sequence[Pair], scope: Scope, evidence: int) -> tuple[Finding, ...]:
    products = SoldProduct.objects.in_bulk({pair.product for pair in pairs})
    reasons = ReturnReason.objects.select_related("parent").in_bulk({pair.reason for pair in pairs})
    found = [Finding(pair, products[pair.product], reasons[pair.reason]) for pair in pairs]
    shown = read_evidence(pairs[:evidence], scope)
    return tuple(
        replace(finding, evidence=shown.get((finding.pair.product, finding.pair.reason), ()))
        for finding in found
    )


def read_evidence(
    pairs: Iterable[Pair], scope: Scope
) -> dict[tuple[int, int], tuple[Evidence, ...]]:
    """The newest items of each pair that tell something: a note or photos."""
    wanted = Q(pk__in=[])
    for pair in pairs:
        wanted |= Q(reported__product=pair.product, reported__reason=pair.reason)
    here = Q(
        reported__sold_on__gte=scope.period.first,
        reported__sold_on__lte=scope.period.last,
        reported__units__gt=0,
    )
    telling = ~Q(customer_note="") | Q(photos__isnull=False)
    rows = (
        ReturnLineItem.objects.filter(wanted, here)
        .filter(telling)
        .annotate(
            pictures=Count("photos"),
            place=Window(
                RowNumber(),
                partition_by=[F("reported__product"), F("reported__reason")],
                order_by=[F("reported__requested_on").desc(), F("pk").desc()],
            ),
        )
        .filter(place__lte=NOTES)
        .values_list(
            "reported__product",
            "reported__reason",
            "pk",
            "return_request_id",
            "customer_note",
            "pictures",
        )
    )
    found: dict[tuple[int, int], tuple[Evidence, ...]] = {}
    for product, reason, line, request, note, pictures in rows:
        earlier = found.get((product, reason), ())
        found[product, reason] = (*earlier, Evidence(line, request, note, pictures))
    return found


def read_outcomes(scope: Scope, *, today: date) -> list[Outcome]:
    """What became of everything that was marked as fixed, the newest first, in three queries.

    Orders of up to half a year on each side; only those whose days to come back are over.
    """
    fixes = list(Fix.objects.select_related("product", "reason", "user")[:LONGEST_LIST])
    if not fixes:
        return []
    here = Q(market__in=scope.markets)
    products = [fix.product_id for fix in fixes]
    sold = DailySales.objects.filter(here, product__in=products).aggregate(
        **_aggregates(fixes, today, lambda chosen: Sum("lines", filter=chosen, default=0))
    )
    followed = ReportedLine.objects.filter(
        here, units__gt=0, sold_line__isnull=False, days_after_sale__lte=FOLLOWED
    ).filter(product__in=products)
    returned = followed.filter(reason__in=[fix.reason_id for fix in fixes]).aggregate(
        **_aggregates(
            fixes, today, lambda chosen: Count("sold_line", filter=chosen, distinct=True), True
        )
    )
    return [
        Outcome(
            fix,
            before=(returned[f"before_{fix.pk}"], sold[f"before_{fix.pk}"]),
            after=(returned[f"after_{fix.pk}"], sold[f"after_{fix.pk}"]),
            first_figures_on=fix.fixed_on + timedelta(days=FOLLOWED),
        )
        for fix in fixes
    ]


def _aggregates(
    fixes: Iterable[Fix],
    today: date,
    build: Callable[[Q], Aggregate],
    with_reason: bool = False,
) -> dict[str, Aggregate]:
    """An aggregate for each side of each fix."""
    settled = today - timedelta(days=FOLLOWED)
    found = {}
    for fix in fixes:
        pair = Q(product=fix.product_id)
        if with_reason:
            pair &= Q(reason=fix.reason_id)
        begin, end = fix.fixed_on - timedelta(days=LOOK_BACK), fix.fixed_on - DAY
        before = Q(sold_on__gte=begin, sold_on__lte=min(end, settled))
        limit = min(fix.fixed_on + timedelta(days=LOOK_BACK), settled)
        after = Q(sold_on__gte=fix.fixed_on, sold_on__lte=limit)
        found[f"before_{fix.pk}"] = build(pair & before)
        found[f"after_{fix.pk}"] = build(pair & after)
    return found
