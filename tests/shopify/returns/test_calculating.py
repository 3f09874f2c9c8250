"""Shopify is asked exactly what a return would pay back."""

from decimal import Decimal
from typing import Any

import pytest

from returns_portal.shopify.errors import ShopifyNotFound, ShopifyProtocolError
from returns_portal.shopify.returns import calculate_return, suggest_outcome
from returns_portal.shopify.types import Money, ReturnLineInput
from tests.shopify.nodes import money
from tests.shopify.returns.examples import LINE, ORDER_ID, RETURN_ID, usd
from tests.shopify.scripted import ScriptedClient


def calculated(subtotal: str, fee: str | None = None) -> dict[str, Any]:
    line = {
        "quantity": 1,
        "fulfillmentLineItem": {"id": LINE.fulfillment_line_item_id},
        "subtotalSet": money(subtotal),
        "totalTaxSet": money("0.0"),
        "restockingFee": None,
    }
    shipping = {"amountSet": money(fee)} if fee else None
    return {
        "returnCalculate": {"returnLineItems": [line], "returnShippingFee": shipping},
        "order": {"taxesIncluded": False},
    }


class TestCalculateReturn:
    def test_sends_lines_and_fees(self) -> None:
        client = ScriptedClient({"ReturnCalculate": calculated("-20.0", "5.0")})
        line = ReturnLineInput("f", 2, restocking_fee_percent=Decimal("12.5"))
        result = calculate_return(
            client, order_id=ORDER_ID, lines=[line, LINE], return_shipping_fee=usd("5.00")
        )
        assert result.refund == usd("15")
        assert client.variables_of("ReturnCalculate") == {
            "orderId": ORDER_ID,
            "input": {
                "orderId": ORDER_ID,
                "returnLineItems": [
                    {
                        "fulfillmentLineItemId": "f",
                        "quantity": 2,
                        "restockingFee": {"percentage": 12.5},
                    },
                    {"fulfillmentLineItemId": LINE.fulfillment_line_item_id, "quantity": 1},
                ],
                "returnShippingFee": {"amount": {"amount": "5.00", "currencyCode": "USD"}},
            },
        }

    @pytest.mark.parametrize("fee", [None, usd("0.00")])
    def test_sends_no_fee_of_nothing(self, fee: Money | None) -> None:
        client = ScriptedClient({"ReturnCalculate": calculated("-20.0")})
        calculate_return(client, order_id=ORDER_ID, lines=[LINE], return_shipping_fee=fee)
        assert "returnShippingFee" not in client.variables_of("ReturnCalculate")["input"]

    def test_charges_the_fee_once_for_very_many_lines(self) -> None:
        client = ScriptedClient({"ReturnCalculate": calculated("-20.0")})
        calculate_return(
            client, order_id=ORDER_ID, lines=[LINE] * 251, return_shipping_fee=usd("5")
        )
        inputs = [variables["input"] for _, variables in client.calls]
        assert [len(each["returnLineItems"]) for each in inputs] == [250, 1]
        assert ["returnShippingFee" in each for each in inputs] == [True, False]

    def test_raises_for_an_unknown_order(self) -> None:
        client = ScriptedClient({"ReturnCalculate": {"returnCalculate": None, "order": None}})
        with pytest.raises(ShopifyNotFound):
            calculate_return(client, order_id="x", lines=[LINE], return_shipping_fee=None)

    def test_wants_at_least_one_line(self) -> None:
        with pytest.raises(ValueError, match="at least one line"):
            calculate_return(ScriptedClient({}), order_id="x", lines=[], return_shipping_fee=None)


class TestSuggestOutcome:
    def test_asks_for_the_units(self) -> None:
        outcome = {"maximumRefundable": money("43.5"), "financialTransfer": None}
        node = {"id": RETURN_ID, "suggestedFinancialOutcome": outcome}
        client = ScriptedClient({"ReturnOutcome": {"return": node}})
        assert suggest_outcome(client, RETURN_ID, [("l", 2)]).amount == usd("0")
        assert client.variables_of("ReturnOutcome") == {
            "id": RETURN_ID,
            "units": [{"id": "l", "quantity": 2}],
        }

    def test_says_so_where_shopify_calculates_nothing(self) -> None:
        node = {"id": RETURN_ID, "suggestedFinancialOutcome": None}
        with pytest.raises(ShopifyProtocolError, match="does not say"):
            suggest_outcome(ScriptedClient({"ReturnOutcome": {"return": node}}), "x", [("l", 1)])

    def test_raises_for_an_unknown_return(self) -> None:
        with pytest.raises(ShopifyNotFound):
            suggest_outcome(ScriptedClient({"ReturnOutcome": {"return": None}}), "x", [("l", 1)])
