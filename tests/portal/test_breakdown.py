"""The rows of a refund: they always add up to it."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from portal.breakdown import build_rows
from returns_portal.returns.refund_amounts import Quote, total
from returns_portal.shopify.types import CalculatedLine, Money
from tests.portal.building import usd


def build_quote(subtotal: str, tax: str, restocking: str, shipping: str) -> Quote:
    line = CalculatedLine("gid://1", 1, usd(subtotal), usd(tax), usd(restocking))
    worth = Decimal(subtotal) + Decimal(tax) - Decimal(restocking) - Decimal(shipping)
    return Quote((line,), usd(shipping), usd(str(max(worth, Decimal(0)))), "shopify")


CENTS = st.integers(0, 100_000).map(lambda cents: str(Decimal(cents) / 100))


class TestBuildRows:
    @given(CENTS, CENTS, CENTS, CENTS)
    def test_adds_up_to_the_refund(self, a: str, b: str, c: str, d: str) -> None:
        quote = build_quote(a, b, c, d)
        rows = build_rows(quote)
        assert total([row.amount for row in rows], "USD") == quote.refund

    def test_names_items_tax_and_fees(self) -> None:
        rows = build_rows(build_quote("20.00", "1.50", "2.00", "3.00"))
        assert [(row.label, row.amount) for row in rows] == [
            ("Items", usd("20.00")),
            ("Tax", usd("1.50")),
            ("Restocking fee", usd("-2.00")),
            ("Return shipping", usd("-3.00")),
        ]

    def test_leaves_out_what_is_zero(self) -> None:
        assert [row.label for row in build_rows(build_quote("20.00", "0", "0", "0"))] == ["Items"]

    def test_keeps_items_of_zero(self) -> None:
        assert [row.amount for row in build_rows(build_quote("0", "0", "0", "0"))] == [
            Money(Decimal(0), "USD")
        ]

    def test_shows_that_fees_stop_at_the_refund(self) -> None:
        rows = build_rows(build_quote("2.00", "0", "0", "5.00"))
        assert rows[-1].label == "Part of the fees we don't charge"
        assert rows[-1].amount == usd("3.00")
