"""What stands out is found, luck is not, and a fix is judged by orders of equal age."""

import random
from datetime import date, timedelta
from typing import Any

import pytest

from returns_portal.returns.models import (
    DailySales,
    Fix,
    Market,
    ReportedLine,
    ReturnReason,
    SoldLine,
    SoldProduct,
    SoldVariant,
)
from returns_portal.returns.reports.counting import count_changes
from returns_portal.returns.reports.fixing import (
    FEWEST_SOLD,
    count_lines,
    judge_pairs,
    read_outcomes,
)
from returns_portal.returns.reports.scope import Period, Scope
from returns_portal.returns.services import Refused, mark_fixed, take_back_fix
from tests.returns.factories import (
    ReturnLineItemFactory,
    ReturnReasonFactory,
    ReturnRequestFactory,
    UserFactory,
)
from tests.returns.reports.plain import Plain
from tests.returns.reports.test_to_the_unit import NOW, PERIODS, scope_of

TODAY = date(2026, 11, 24)


class TestJudgePairs:
    def test_a_product_far_above_the_rest_is_found(self) -> None:
        sold = dict.fromkeys(range(20), 500)
        returned = {(product, 1): 10 for product in range(20)} | {(7, 1): 60}
        [pair] = judge_pairs(sold, returned)
        assert (pair.product, pair.reason) == (7, 1)
        assert pair.usual == pytest.approx(0.02)
        assert pair.excess == pytest.approx(50)
        assert pair.interval.low < pair.rate < pair.interval.high

    def test_products_alike_are_left_alone(self) -> None:
        dice = random.Random(3)  # noqa: S311 - dice
        sold = dict.fromkeys(range(100), 400)
        returned = {
            (product, reason): sum(dice.random() < 0.03 for _ in range(400))
            for product in range(100)
            for reason in range(5)
        }
        assert len(judge_pairs(sold, returned)) <= 1

    def test_too_few_orders_are_not_judged(self) -> None:
        sold = {1: FEWEST_SOLD - 1, 2: 5000}
        assert judge_pairs(sold, {(1, 1): 20, (2, 1): 20}) == []

    def test_too_few_returns_are_no_finding(self) -> None:
        assert judge_pairs({1: 40, 2: 100_000}, {(1, 1): 4, (2, 1): 1}) == []

    def test_a_sure_but_tiny_difference_is_no_finding(self) -> None:
        sold = {1: 200_000, 2: 800_000}
        assert judge_pairs(sold, {(1, 1): 11_000, (2, 1): 40_000}) == []

    def test_one_product_alone_has_nothing_to_be_compared_with(self) -> None:
        assert judge_pairs({1: 1000}, {(1, 1): 500}) == []


class TestFindings:
    def test_its_counts_are_right_to_the_line(self, bazaar: Any, plain: Plain) -> None:
        bazaar.live(80)
        count_changes(now=NOW)
        assert counted_pairs(scope_of(PERIODS[0])) == plain.pairs(PERIODS[0])


def counted_pairs(scope: Scope) -> dict[tuple[str, str], tuple[int, int]]:
    sold, returned = count_lines(scope)
    titles = dict(SoldProduct.objects.values_list("pk", "title"))
    codes = dict(ReturnReason.objects.values_list("pk", "code"))
    return {
        (titles[product], codes[reason]): (sold[product], lines)
        for (product, reason), lines in returned.items()
    }


class Stall:
    """One product, sold and sent back by hand."""

    def __init__(self) -> None:
        self.market = Market.objects.create(sales_channel="tiktok", country="US")
        self.product = SoldProduct.objects.create(key="p", title="Mug")
        self.variant = SoldVariant.objects.create(product=self.product, key="v")
        self.reason = ReturnReasonFactory(code="damaged")
        self.sold = 0

    def sell(self, day: date, lines: int, returned: int = 0, after: int = 10) -> None:
        for number in range(lines):
            self.sold += 1
            line = SoldLine.objects.create(
                line_item_id=f"line-{self.sold}",
                sold_on=day,
                market=self.market,
                variant=self.variant,
                units=1,
            )
            if number < returned:
                self.send_back(line, after)
        DailySales.objects.create(
            sold_on=day,
            market=self.market,
            product=self.product,
            variant=self.variant,
            units=lines,
            lines=lines,
        )

    def send_back(self, line: SoldLine, after: int) -> None:
        item = ReturnLineItemFactory(reason=self.reason, return_request=ReturnRequestFactory())
        ReportedLine.objects.create(
            line=item,
            sold_line=line,
            requested_on=line.sold_on + timedelta(days=after),
            sold_on=line.sold_on,
            days_after_sale=after,
            market=self.market,
            product=self.product,
            variant=self.variant,
            reason=self.reason,
            units=1,
            disposition="RESTOCKED",
            currency="USD",
            worth=10,
        )

    def fix(self, day: date) -> Fix:
        return mark_fixed(
            product=self.product,
            reason=self.reason,
            fixed_on=day,
            note="A new box.",
            user=UserFactory(staff=True),
            today=TODAY,
            now=ReturnRequestFactory().requested_at,
        )

    def outcome(self) -> Any:
        scope = Scope(Period(TODAY, TODAY), None, (self.market.pk,))
        [outcome] = read_outcomes(scope, today=TODAY)
        return outcome


@pytest.fixture
def stall(db: None) -> Stall:
    return Stall()


class TestOutcomes:
    FIXED = TODAY - timedelta(days=60)

    def test_fewer_returns_than_before_are_better(self, stall: Stall) -> None:
        stall.sell(self.FIXED - timedelta(days=1), 40, returned=20)
        stall.sell(self.FIXED, 40, returned=1)
        stall.fix(self.FIXED)
        outcome = stall.outcome()
        assert (outcome.before, outcome.after) == ((20, 40), (1, 40))
        assert outcome.verdict == "better"

    def test_a_small_difference_stays_open(self, stall: Stall) -> None:
        stall.sell(self.FIXED - timedelta(days=1), 10, returned=2)
        stall.sell(self.FIXED, 10, returned=1)
        stall.fix(self.FIXED)
        assert stall.outcome().verdict == "open"

    def test_orders_that_can_still_come_back_do_not_count(self, stall: Stall) -> None:
        stall.sell(self.FIXED - timedelta(days=1), 10, returned=2)
        stall.sell(TODAY - timedelta(days=29), 50, returned=0)
        stall.fix(self.FIXED)
        assert stall.outcome().after == (0, 0)
        assert stall.outcome().verdict == "early"

    def test_what_came_back_late_counts_on_neither_side(self, stall: Stall) -> None:
        stall.sell(self.FIXED - timedelta(days=40), 10, returned=5, after=31)
        stall.sell(self.FIXED, 10, returned=0)
        stall.fix(self.FIXED)
        assert stall.outcome().before == (0, 10)

    def test_a_fix_of_today_says_when_to_look_again(self, stall: Stall) -> None:
        stall.sell(TODAY - timedelta(days=40), 10, returned=5)
        stall.fix(TODAY)
        outcome = stall.outcome()
        assert outcome.verdict == "early"
        assert outcome.first_figures_on == TODAY + timedelta(days=30)


class TestMarking:
    def test_a_day_to_come_is_refused(self, stall: Stall) -> None:
        with pytest.raises(Refused, match="future"):
            stall.fix(TODAY + timedelta(days=1))

    def test_the_same_day_twice_is_refused(self, stall: Stall) -> None:
        stall.fix(TODAY)
        with pytest.raises(Refused, match="already"):
            stall.fix(TODAY)

    def test_a_mark_can_be_taken_back_once(self, stall: Stall) -> None:
        fix = stall.fix(TODAY)
        assert take_back_fix(fix_id=fix.pk)
        assert not take_back_fix(fix_id=fix.pk)
