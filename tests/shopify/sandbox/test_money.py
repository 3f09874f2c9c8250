"""Amounts in the smallest unit, written as the live API writes them, divided without loss."""

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from returns_portal.shopify.sandbox import money

AMOUNTS = st.integers(min_value=0, max_value=10**9)


class TestLiveString:
    @pytest.mark.parametrize(
        ("minor", "currency", "written"),
        [
            (2000, "USD", "20.0"),
            (750, "USD", "7.5"),
            (1, "EUR", "0.01"),
            (-1234, "GBP", "-12.34"),
            (1200, "JPY", "1200.0"),
            (12_340, "KWD", "12.34"),
            (12_345, "KWD", "12.345"),
            (0, "USD", "0.0"),
        ],
    )
    def test_has_at_least_one_decimal_and_no_more_than_needed(
        self, minor: int, currency: str, written: str
    ) -> None:
        assert money.live_string(minor, currency) == written

    @given(st.integers(-(10**12), 10**12), st.sampled_from(["USD", "JPY", "KWD"]))
    def test_reads_back_as_the_same_amount(self, minor: int, currency: str) -> None:
        assert money.to_minor(money.live_string(minor, currency), currency) == minor


class TestToMinor:
    @pytest.mark.parametrize(("amount", "currency"), [("0.001", "USD"), ("1.5", "JPY")])
    def test_refuses_what_is_finer_than_the_currency(self, amount: str, currency: str) -> None:
        with pytest.raises(ValueError, match="finer"):
            money.to_minor(amount, currency)

    @pytest.mark.parametrize("amount", ["NaN", "Infinity"])
    def test_refuses_what_is_no_amount(self, amount: str) -> None:
        with pytest.raises(ValueError, match="not an amount"):
            money.to_minor(Decimal(amount), "USD")


class TestShare:
    @given(AMOUNTS, st.integers(1, 50), st.data())
    def test_adds_up_to_the_total_however_it_is_cut(
        self, total: int, parts: int, data: st.DataObject
    ) -> None:
        cuts = sorted(data.draw(st.lists(st.integers(0, parts), max_size=5)))
        edges = [0, *cuts, parts]
        shares = [money.share(total, parts, a, b) for a, b in itertools.pairwise(edges)]
        assert sum(shares) == total

    @given(AMOUNTS, st.integers(1, 50))
    def test_differs_by_no_more_than_one_unit(self, total: int, parts: int) -> None:
        shares = [money.share(total, parts, unit, unit + 1) for unit in range(parts)]
        assert max(shares) - min(shares) <= 1


class TestApportion:
    @given(AMOUNTS, st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
    def test_adds_up_to_the_total(self, total: int, weights: list[int]) -> None:
        expected = total if sum(weights) else 0
        assert sum(money.apportion(total, weights)) == expected

    @given(st.lists(st.integers(1, 10**6), min_size=1, max_size=20), st.data())
    def test_gives_nobody_more_than_it_has(self, weights: list[int], data: st.DataObject) -> None:
        total = data.draw(st.integers(0, sum(weights)))
        shares = money.apportion(total, weights)
        assert all(share <= weight for share, weight in zip(shares, weights, strict=True))
