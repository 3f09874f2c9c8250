"""Making returns: what may be returned, how much of it, and with what reason."""

import pytest

from tests.shopify.sandbox.desk import Desk, codes, wrap

REQUEST = wrap("mutation($i: ReturnRequestInput!)", "returnRequest(input: $i)")
RETURNABLE = """
query($id: ID!) {
  returnableFulfillments(orderId: $id, first: 10) {
    nodes { id returnableFulfillmentLineItems(first: 50) {
      nodes { quantity fulfillmentLineItem { id } } } }
  }
}
"""


def returnable(desk: Desk, order: dict) -> list[int]:
    nodes = desk.ask(RETURNABLE, id=order["id"])["returnableFulfillments"]["nodes"]
    return [
        row["quantity"] for node in nodes for row in node["returnableFulfillmentLineItems"]["nodes"]
    ]


class TestReturnableFulfillments:
    def test_are_empty_before_anything_is_sent(self, desk: Desk) -> None:
        assert returnable(desk, desk.order(unfulfilled=True)) == []

    def test_hold_only_what_was_sent(self, desk: Desk) -> None:
        order = desk.order(
            lines=[{"goods": "tote-bag", "quantity": 3}],
            fulfillments=[{"lines": {0: 1}, "delivered": 2}],
        )
        assert returnable(desk, order) == [1]

    def test_name_each_delivery_of_a_split_line(self, desk: Desk) -> None:
        order = desk.order(
            lines=[{"goods": "tote-bag", "quantity": 4}],
            fulfillments=[{"lines": {0: 1}, "delivered": 3}, {"lines": {0: 3}, "delivered": 2}],
        )
        assert returnable(desk, order) == [1, 3]

    @pytest.mark.parametrize("step", [None, "returnClose"])
    def test_leave_out_what_stands_in_a_return(self, desk: Desk, step: str | None) -> None:
        order = desk.order(lines=[{"goods": "tote-bag", "quantity": 3}])
        made = desk.opened(order, desk.lines(order, 2))
        if step:
            desk.act(step, made["id"])
        assert returnable(desk, order) == [1]

    def test_free_what_stood_in_a_canceled_return(self, desk: Desk) -> None:
        order = desk.order()
        desk.act("returnCancel", desk.opened(order)["id"])
        assert returnable(desk, order) == [1]

    def test_leave_out_units_refunded_without_a_return(self, desk: Desk) -> None:
        order = desk.order(lines=[{"goods": "tote-bag", "quantity": 3}])
        desk.refund(order, refundLineItems=[{"lineItemId": order["lines"][0]["id"], "quantity": 2}])
        assert returnable(desk, order) == [1]

    def test_keep_units_sent_when_only_unsent_ones_were_refunded(self, desk: Desk) -> None:
        order = desk.order(
            lines=[{"goods": "tote-bag", "quantity": 3}],
            fulfillments=[{"lines": {0: 1}, "delivered": 2}],
        )
        line = {
            "lineItemId": order["lines"][0]["id"],
            "quantity": 2,
            "restockType": "CANCEL",
            "locationId": desk.location(),
        }
        assert desk.refund(order, refundLineItems=[line])["userErrors"] == []
        assert returnable(desk, order) == [1]

    def test_are_empty_for_an_unknown_order(self, desk: Desk) -> None:
        assert returnable(desk, {"id": "gid://shopify/Order/1"}) == []


class TestReturnCreate:
    def test_opens_a_return_with_its_reverse_fulfillment_order(self, desk: Desk) -> None:
        made = desk.opened(desk.order())
        assert made["status"] == "OPEN"
        assert made["order"]["returnStatus"] == "IN_PROGRESS"
        (reverse,) = made["reverseFulfillmentOrders"]["nodes"]
        assert reverse["status"] == "OPEN"
        assert [line["totalQuantity"] for line in reverse["lineItems"]["nodes"]] == [1]

    def test_makes_a_reverse_fulfillment_order_a_location(self, desk: Desk) -> None:
        order = desk.order(
            lines=[{"goods": "tote-bag", "quantity": 2}],
            fulfillments=[
                {"lines": {0: 1}, "delivered": 3},
                {"lines": {0: 1}, "delivered": 3, "location": "Returns center"},
            ],
        )
        made = desk.opened(order, desk.lines(order, 1, 1))
        assert len(made["reverseFulfillmentOrders"]["nodes"]) == 2

    def test_unarchives_the_order(self, desk: Desk) -> None:
        order = desk.order(closed=True)
        desk.opened(order)
        assert desk.now(order)["closed"] is False

    @pytest.mark.parametrize("quantity", [0, -1])
    def test_refuses_a_quantity_below_one(self, desk: Desk, quantity: int) -> None:
        order = desk.order()
        line = {**desk.lines(order, 1)[0], "quantity": quantity}
        assert codes(desk.create(order, [line])) == ["GREATER_THAN"]

    def test_refuses_more_than_is_returnable(self, desk: Desk) -> None:
        order = desk.order(lines=[{"goods": "tote-bag", "quantity": 2}])
        desk.opened(order, desk.lines(order, 1))
        payload = desk.create(order, desk.lines(order, 2))
        assert codes(payload) == ["LESS_THAN_OR_EQUAL_TO"]
        assert payload["userErrors"][0]["field"] == [
            "returnInput",
            "returnLineItems",
            "0",
            "quantity",
        ]
        assert payload["return"] is None

    def test_counts_a_line_given_twice_together(self, desk: Desk) -> None:
        order = desk.order(lines=[{"goods": "tote-bag", "quantity": 2}])
        twice = [*desk.lines(order, 1), *desk.lines(order, 2)]
        assert codes(desk.create(order, twice)) == ["LESS_THAN_OR_EQUAL_TO"]

    def test_changes_nothing_when_it_refuses(self, desk: Desk) -> None:
        order = desk.order(lines=[{"goods": "tote-bag"}, {"goods": "linen-shirt"}])
        before = desk.now(order)
        desk.create(order, desk.lines(order, 1, 2))
        assert desk.now(order) == before

    def test_needs_lines(self, desk: Desk) -> None:
        assert codes(desk.create(desk.order(), [])) == ["BLANK"]

    def test_needs_an_existing_order(self, desk: Desk) -> None:
        order = desk.order()
        other = {**order, "id": "gid://shopify/Order/1"}
        assert codes(desk.create(other, desk.lines(order, 1))) == ["NOT_FOUND"]

    def test_refuses_a_line_of_another_order(self, desk: Desk) -> None:
        lines = desk.lines(desk.order(), 1)
        assert codes(desk.create(desk.order(), lines)) == ["NOT_FOUND"]

    def test_refuses_a_canceled_order(self, desk: Desk) -> None:
        order = desk.order(cancelled=1)
        assert codes(desk.create(order)) == ["LESS_THAN_OR_EQUAL_TO"]

    def test_needs_a_reason(self, desk: Desk) -> None:
        order = desk.order()
        line = desk.lines(order, 1)[0]
        del line["returnReasonDefinitionId"]
        payload = desk.create(order, [line])
        assert codes(payload) == ["INVALID"]
        assert payload["userErrors"][0]["field"][-1] == "returnReason"

    def test_refuses_a_deleted_reason(self, desk: Desk) -> None:
        order = desk.order()
        lines = desk.lines(order, 1, returnReasonDefinitionId=desk.reason("retired"))
        assert codes(desk.create(order, lines)) == ["NOT_FOUND"]

    def test_needs_a_note_with_the_reason_other(self, desk: Desk) -> None:
        order = desk.order()
        lines = desk.lines(order, 1, returnReasonDefinitionId=desk.reason("other-reason"))
        assert codes(desk.create(order, lines)) == ["BLANK"]
        lines[0]["returnReasonNote"] = "It hums at night"
        assert desk.create(order, lines)["userErrors"] == []

    @pytest.mark.parametrize(("length", "refused"), [(255, []), (256, ["TOO_LONG"])])
    def test_takes_notes_of_255_characters(
        self, desk: Desk, length: int, refused: list[str]
    ) -> None:
        order = desk.order()
        lines = desk.lines(order, 1, returnReasonNote="x" * length)
        assert codes(desk.create(order, lines)) == refused

    @pytest.mark.parametrize("percentage", [-0.1, 100.5])
    def test_refuses_a_fee_that_is_no_percentage(self, desk: Desk, percentage: float) -> None:
        order = desk.order()
        lines = desk.lines(order, 1, restockingFee={"percentage": percentage})
        assert codes(desk.create(order, lines)) == ["INVALID"]

    def test_refuses_a_shipping_fee_in_another_currency(self, desk: Desk) -> None:
        fee = {"amount": {"amount": "1.00", "currencyCode": "EUR"}}
        assert codes(desk.create(desk.order(), returnShippingFee=fee)) == ["INVALID"]

    def test_refuses_a_fee_finer_than_the_currency(self, desk: Desk) -> None:
        fee = {"amount": {"amount": "1.001", "currencyCode": "USD"}}
        assert codes(desk.create(desk.order(), returnShippingFee=fee)) == ["INVALID"]

    def test_refuses_a_request_from_the_future(self, desk: Desk) -> None:
        payload = desk.create(desk.order(), requestedAt="2999-01-01T00:00:00Z")
        assert codes(payload) == ["INVALID"]


class TestReturnRequest:
    def test_waits_for_approval_without_a_reverse_fulfillment_order(self, desk: Desk) -> None:
        order = desk.order()
        given = {"orderId": order["id"], "returnLineItems": desk.lines(order, 1)}
        payload = desk.ask(REQUEST, i=given)["returnRequest"]
        assert payload["userErrors"] == []
        assert payload["return"]["status"] == "REQUESTED"
        assert payload["return"]["order"]["returnStatus"] == "RETURN_REQUESTED"
        assert payload["return"]["reverseFulfillmentOrders"]["nodes"] == []

    def test_reports_a_missing_reason_in_its_own_way(self, desk: Desk) -> None:
        order = desk.order()
        line = desk.lines(order, 1)[0]
        del line["returnReasonDefinitionId"]
        given = {"orderId": order["id"], "returnLineItems": [line]}
        payload = desk.ask(REQUEST, i=given)["returnRequest"]
        assert codes(payload) == ["BLANK"]

    @pytest.mark.parametrize(("length", "refused"), [(300, []), (301, ["TOO_LONG"])])
    def test_takes_notes_of_300_characters(
        self, desk: Desk, length: int, refused: list[str]
    ) -> None:
        order = desk.order()
        lines = desk.lines(order, 1, customerNote="x" * length)
        given = {"orderId": order["id"], "returnLineItems": lines}
        assert codes(desk.ask(REQUEST, i=given)["returnRequest"]) == refused

    def test_holds_its_units(self, desk: Desk) -> None:
        order = desk.order()
        given = {"orderId": order["id"], "returnLineItems": desk.lines(order, 1)}
        desk.ask(REQUEST, i=given)
        assert codes(desk.create(order, desk.lines(order, 1))) == ["LESS_THAN_OR_EQUAL_TO"]


class TestExchange:
    def test_of_higher_value_is_an_invoice(self, desk: Desk) -> None:
        order = desk.order(lines=[{"goods": "lip-tint"}])
        variants = desk.state.tables["variant"].values()
        dryer = next(row for row in variants if row["sku"].startswith("HAIRDR"))
        exchange = [{"variantId": dryer["id"], "quantity": 1}]
        made = desk.opened(order, exchangeLineItems=exchange)
        key = desk.now(order)["returns"][0]["exchanges"][0]["id"]
        outcome = desk.outcome(made, exchange=[{"id": key, "quantity": 1}])
        assert outcome["financialTransfer"]["__typename"] == "InvoiceReturnOutcome"

    def test_needs_an_existing_variant(self, desk: Desk) -> None:
        exchange = [{"variantId": "gid://shopify/ProductVariant/1", "quantity": 1}]
        payload = desk.create(desk.order(), exchangeLineItems=exchange)
        assert codes(payload) == ["NOT_FOUND"]
