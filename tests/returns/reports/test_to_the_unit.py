"""Every number of the reports against a slow computation, over shops that live at random."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from returns_portal.returns.models import DailySales, Market, ReportedLine
from returns_portal.returns.reports import goods, money, reasons, sales, speed
from returns_portal.returns.reports.counting import count_changes, recount
from returns_portal.returns.reports.sales import Rate
from returns_portal.returns.reports.scope import Period, Scope, served_markets
from tests.returns.reports.bazaar import Bazaar
from tests.returns.reports.plain import Plain

NOW = datetime(2026, 6, 1, tzinfo=UTC)
PERIODS = (
    Period(date(2025, 12, 1), date(2026, 5, 31)),
    Period(date(2026, 1, 10), date(2026, 2, 9)),
    Period(date(2026, 2, 10), date(2026, 2, 10)),
)


def scope_of(period: Period) -> Scope:
    return Scope(period, period.before(), served_markets())


def assert_same(plain: Plain, period: Period) -> None:
    scope = scope_of(period)
    for looked_at, which in ((period, "now"), (period.before(), "then")):
        assert rates(scope, which) == plain.rates(looked_at)
        assert counts(scope, which) == plain.reasons(looked_at)
    assert sum_of(rate for _step, rate in sales.read_trend(scope)) == sum_of(
        Rate(*rate) for rate in plain.rates(period).values()
    )
    assert figures(scope) == without_zeros(plain.money(period))
    assert waits(scope) == plain.waits(period)
    assert goods.restocked(goods.read_arrivals(scope)) == plain.arrived(period)


def sum_of(rates: Iterable[Rate]) -> Rate:
    return sum(rates, Rate())


def rates(scope: Scope, which: str) -> dict[tuple[str, str], tuple[int, int]]:
    markets = Market.objects.in_bulk()
    cells = sales.read_cells(scope)
    products = sales.read_products(scope)
    assert products == sales.add_up(cells, lambda cell: cell.item)
    titles = {row.key: row.label for row in sales.by_product(products)}
    found = {}
    for cell in cells:
        rate = getattr(cell.rates, which)
        if rate.sold:
            key = titles[cell.item], markets[cell.market].country
            found[key] = (rate.sold, rate.returned)
    return found


def counts(scope: Scope, which: str) -> dict[str, int]:
    rows = reasons.read_reasons(scope)
    assert all(sum(row.steps) == row.now for row in rows)
    return {row.reason.code: getattr(row, which) for row in rows if getattr(row, which)}


def figures(scope: Scope) -> dict[str, dict[str, Any]]:
    found = {}
    for row in money.read_money(scope):
        now = row.now
        sums = {
            "refunds": now.refunds,
            "refunded": now.refunded,
            "fees": now.fees,
            "asked": now.asked,
            "kept": now.kept,
        }
        found[row.currency] = {name: value for name, value in sums.items() if value}
    return {currency: sums for currency, sums in found.items() if sums}


def waits(scope: Scope) -> dict[int | None, list[int]]:
    people = speed.read_speed(scope, speed.DECISION).people
    return {
        row.person: [
            minutes for minutes, count in sorted(row.now.counts.items()) for _ in range(count)
        ]
        for row in people
        if row.now.count
    }


def without_zeros(books: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    kept = {name: {k: v for k, v in sums.items() if v} for name, sums in books.items()}
    return {name: sums for name, sums in kept.items() if sums}


class TestCounting:
    def test_what_is_counted_step_by_step_is_right_to_the_unit(
        self, bazaar: Bazaar, plain: Plain
    ) -> None:
        for _ in range(4):
            bazaar.live(25)
            count_changes(now=NOW)
            for period in PERIODS:
                assert_same(plain, period)

    def test_counting_everything_again_changes_no_number(
        self, bazaar: Bazaar, plain: Plain
    ) -> None:
        bazaar.live(60)
        count_changes(now=NOW)
        before = sorted(
            DailySales.objects.values_list(
                "sold_on", "market", "variant", "units", "lines", "returned_units"
            )
        )
        recount(now=NOW)
        after = sorted(
            DailySales.objects.values_list(
                "sold_on", "market", "variant", "units", "lines", "returned_units"
            )
        )
        assert before == after
        assert_same(plain, PERIODS[0])

    def test_there_is_a_row_for_each_line_and_no_other(self, bazaar: Bazaar) -> None:
        bazaar.live(60)
        count_changes(now=NOW)
        kept = set(ReportedLine.objects.values_list("line_id", flat=True))
        asked = {line.pk for _row, line in Plain(bazaar.orders, ZoneInfo("UTC"), "tiktok").lines()}
        assert asked <= kept
