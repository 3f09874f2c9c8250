"""What a return is worth back, to the smallest unit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from returns_portal.returns.refund_amounts import (
    NotPayable,
    allocate,
    rounded,
    share,
    smallest_unit,
    total,
)
from returns_portal.shopify.types import Money, SuggestedTransaction
from tests.returns.examples import usd

CURRENCIES = st.sampled_from(["JPY", "USD", "KWD"])


@st.composite
def amounts(draw: st.DrawFn) -> Money:
    currency = draw(CURRENCIES)
    units = draw(st.integers(min_value=0, max_value=10_000_000))
    return Money(units * smallest_unit(currency), currency)


def payment(amount: Money, parent: str = "1") -> SuggestedTransaction:
    return SuggestedTransaction(f"gid://shopify/OrderTransaction/{parent}", "tiktok", amount, None)


class TestShare:
    @given(amounts(), st.lists(st.integers(1, 5), min_size=1, max_size=6))
    def test_of_consecutive_units_adds_up_to_the_whole(
        self, whole: Money, parts: list[int]
    ) -> None:
        count, before, shares = sum(parts), 0, []
        for part in parts:
            shares.append(share(whole, part, count, before))
            before += part
        assert total(shares, whole.currency) == whole
        assert all(piece.amount >= 0 for piece in shares)

    def test_gives_the_cent_that_is_left_to_a_later_unit(self) -> None:
        assert [share(usd("10.00"), 1, 3, before).amount for before in range(3)] == [
            Decimal("3.33"),
            Decimal("3.33"),
            Decimal("3.34"),
        ]


class TestRounded:
    @pytest.mark.parametrize(
        ("amount", "currency", "expected"),
        [("1.005", "USD", "1.01"), ("99.5", "JPY", "100"), ("1.0005", "KWD", "1.001")],
    )
    def test_knows_the_currencys_smallest_unit(
        self, amount: str, currency: str, expected: str
    ) -> None:
        assert rounded(Decimal(amount), currency) == Money(Decimal(expected), currency)


class TestAllocate:
    @given(st.lists(st.integers(0, 10_000), min_size=1, max_size=5), st.data())
    def test_divides_the_exact_amount_and_overdraws_no_payment(
        self, cents: list[int], data: st.DataObject
    ) -> None:
        wanted = data.draw(st.integers(0, sum(cents)))
        suggested = [payment(Money(Decimal(c) / 100, "USD"), str(n)) for n, c in enumerate(cents)]
        parts = allocate(Money(Decimal(wanted) / 100, "USD"), suggested)
        limits = {transaction.parent_id: transaction.amount for transaction in suggested}
        assert total([part.amount for part in parts], "USD").amount * 100 == wanted
        assert all(part.amount <= limits[part.parent_id] for part in parts)
        assert all(part.amount for part in parts)

    def test_refuses_more_than_was_suggested(self) -> None:
        with pytest.raises(NotPayable):
            allocate(usd("10.01"), [payment(usd("10.00"))])


class TestMoney:
    def test_never_mixes_currencies(self) -> None:
        with pytest.raises(ValueError, match="do not add up"):
            usd("1") + Money(Decimal(1), "EUR")
