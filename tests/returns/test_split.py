"""Dividing a refund over the ways it is paid: to the smallest unit, whatever the numbers."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from returns_portal.returns.refund_amounts import Worth, divide, smallest_unit, split, total, weigh
from returns_portal.shopify.types import Money

CURRENCIES = st.sampled_from(["USD", "JPY", "KWD"])
UNITS = st.integers(min_value=0, max_value=10_000_000)
OUTCOMES = st.sampled_from(["original_payment", "store_credit", "keep_item"])


@st.composite
def lists_of_money(draw: st.DrawFn) -> tuple[Money, ...]:
    currency = draw(CURRENCIES)
    counts = draw(st.lists(UNITS, min_size=1, max_size=6))
    return tuple(Money(count * smallest_unit(currency), currency) for count in counts)


class TestDivide:
    @given(weights=lists_of_money(), count=UNITS)
    def test_adds_up_to_the_amount(self, weights: tuple[Money, ...], count: int) -> None:
        currency = weights[0].currency
        amount = Money(count * smallest_unit(currency), currency)
        assert total(divide(amount, weights), currency) == amount

    @given(weights=lists_of_money())
    def test_gives_each_its_own_where_nothing_changed(self, weights: tuple[Money, ...]) -> None:
        assert divide(total(weights, weights[0].currency), weights) == weights

    @given(weights=lists_of_money(), percent=st.integers(min_value=0, max_value=100))
    def test_gives_nobody_more_than_a_part_of_the_whole_would(
        self, weights: tuple[Money, ...], percent: int
    ) -> None:
        currency = weights[0].currency
        whole = total(weights, currency)
        unit = smallest_unit(currency)
        amount = Money((whole.amount * percent / 100).quantize(unit, "ROUND_DOWN"), currency)
        for share, weight in zip(divide(amount, weights), weights, strict=True):
            assert Money.zero(currency) <= share <= weight

    def test_gives_all_to_the_first_where_nothing_has_a_worth(self) -> None:
        one, none = Money(Decimal(1), "USD"), Money.zero("USD")
        assert divide(one, (none, none)) == (one, none)


class TestWeigh:
    @given(
        items=st.lists(st.tuples(OUTCOMES, UNITS), min_size=1, max_size=6),
        fee=UNITS,
    )
    def test_never_takes_the_parcels_fee_from_what_is_kept(
        self, items: list[tuple[str, int]], fee: int
    ) -> None:
        worths = [Worth(outcome, Money(Decimal(count), "JPY")) for outcome, count in items]
        original, credit, kept = weigh(worths, Money(Decimal(fee), "JPY"))
        returned = sum(count for outcome, count in items if outcome != "keep_item")
        assert (original + credit).amount == max(returned - fee, 0)
        assert kept.amount == sum(count for outcome, count in items if outcome == "keep_item")


class TestSplit:
    @given(credit=UNITS, percent=st.integers(min_value=0, max_value=10_000))
    def test_adds_the_bonus_on_top_of_the_credit(self, credit: int, percent: int) -> None:
        share = Decimal(percent) / 100
        amount = Money(Decimal(credit), "JPY")
        parts = split(amount, (Money.zero("JPY"), amount, Money.zero("JPY")), share)
        assert parts.credit == amount
        assert abs(parts.bonus.amount - amount.amount * share / 100) <= Decimal("0.5")
