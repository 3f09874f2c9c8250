"""Processing a return: money, goods, and the end of it."""

from decimal import Decimal

import pytest

from returns_portal.shopify.sandbox import accounting as books
from returns_portal.shopify.sandbox.state import Doc
from tests.shopify.sandbox.desk import ERRORS, Desk, amount_of, codes

DISPOSE = (
    "mutation($d: [ReverseFulfillmentOrderDisposeInput!]!) "
    "{ reverseFulfillmentOrderDispose(dispositionInputs: $d) "
    "{ reverseFulfillmentOrderLineItems { dispositions { type quantity } } " + ERRORS + " } }"
)


def reverse_line(made: Doc, index: int = 0) -> str:
    reverse = made["reverseFulfillmentOrders"]["nodes"][0]
    return reverse["lineItems"]["nodes"][index]["id"]


def disposition(line: str, kind: str, quantity: int = 1, location: str | None = None) -> Doc:
    return {
        "reverseFulfillmentOrderLineItemId": line,
        "quantity": quantity,
        "dispositionType": kind,
        "locationId": location,
    }


class TestReturnProcess:
    def test_refunds_restocks_and_closes_at_once(self, desk: Desk) -> None:
        order = desk.order()
        made = desk.opened(order)
        before = desk.stock(order)
        payload = desk.process(
            made,
            returnLineItems=desk.everything(made, "RESTOCKED", desk.location()),
            financialTransfer=desk.suggested_refund(made),
        )
        assert payload["userErrors"] == []
        assert payload["return"]["status"] == "CLOSED"
        assert len(payload["return"]["refunds"]["nodes"]) == 1
        assert desk.stock(order) == before + 1
        assert books.financial_status(desk.now(order)) == "REFUNDED"
        assert books.return_status(desk.now(order)) == "RETURNED"

    def test_leaves_the_return_open_without_dispositions(self, desk: Desk) -> None:
        made = desk.opened(desk.order())
        payload = desk.process(made, financialTransfer=desk.suggested_refund(made))
        assert payload["return"]["status"] == "OPEN"
        assert payload["return"]["returnLineItems"]["nodes"][0]["processedQuantity"] == 1

    def test_moves_no_money_without_a_transfer(self, desk: Desk) -> None:
        order = desk.order()
        made = desk.opened(order)
        payload = desk.process(made, returnLineItems=desk.everything(made, "NOT_RESTOCKED"))
        assert payload["return"]["status"] == "CLOSED"
        assert payload["return"]["refunds"]["nodes"] == []
        assert books.financial_status(desk.now(order)) == "PAID"

    def test_cannot_be_done_twice(self, desk: Desk) -> None:
        made = desk.opened(desk.order())
        desk.process(made)
        assert codes(desk.process(made)) == ["LESS_THAN_OR_EQUAL_TO"]

    def test_takes_part_of_a_line(self, desk: Desk) -> None:
        order = desk.order(lines=[{"goods": "tote-bag", "quantity": 3}])
        made = desk.opened(order, desk.lines(order, 3))
        line = made["returnLineItems"]["nodes"][0]["id"]
        payload = desk.process(made, returnLineItems=[{"id": line, "quantity": 2}])
        assert payload["return"]["returnLineItems"]["nodes"][0]["processedQuantity"] == 2
        again = desk.process(made, returnLineItems=[{"id": line, "quantity": 2}])
        assert codes(again) == ["LESS_THAN_OR_EQUAL_TO"]

    def test_refuses_a_line_of_another_return(self, desk: Desk) -> None:
        other = desk.opened(desk.order())
        made = desk.opened(desk.order())
        payload = desk.process(made, returnLineItems=desk.everything(other))
        assert codes(payload) == ["NOT_FOUND"]

    def test_refuses_a_line_given_twice(self, desk: Desk) -> None:
        made = desk.opened(desk.order())
        rows = desk.everything(made) * 2
        assert codes(desk.process(made, returnLineItems=rows)) == ["TAKEN"]

    def test_needs_lines(self, desk: Desk) -> None:
        made = desk.opened(desk.order())
        assert codes(desk.process(made, returnLineItems=[])) == ["BLANK"]

    def test_changes_nothing_when_the_money_is_refused(self, desk: Desk) -> None:
        order = desk.order()
        made = desk.opened(order)
        before, stock = desk.now(order), desk.stock(order)
        payload = desk.process(
            made,
            returnLineItems=desk.everything(made, "RESTOCKED", desk.location()),
            financialTransfer=desk.payment(order, "9999.00"),
        )
        assert codes(payload) == ["LESS_THAN_OR_EQUAL_TO"]
        assert desk.now(order) == before
        assert desk.stock(order) == stock


class TestDispositions:
    @pytest.mark.parametrize("kind", ["NOT_RESTOCKED", "MISSING"])
    def test_other_than_restocked_leave_the_stock_alone(self, desk: Desk, kind: str) -> None:
        order = desk.order()
        made = desk.opened(order)
        before = desk.stock(order)
        desk.process(made, returnLineItems=desk.everything(made, kind))
        assert desk.stock(order) == before

    def test_cannot_exceed_the_processed_quantity(self, desk: Desk) -> None:
        order = desk.order(lines=[{"goods": "tote-bag", "quantity": 2}])
        made = desk.opened(order, desk.lines(order, 2))
        row = {
            "id": made["returnLineItems"]["nodes"][0]["id"],
            "quantity": 1,
            "dispositions": [disposition(reverse_line(made), "NOT_RESTOCKED", 2)],
        }
        assert codes(desk.process(made, returnLineItems=[row])) == ["LESS_THAN_OR_EQUAL_TO"]

    def test_cannot_settle_a_unit_twice(self, desk: Desk) -> None:
        made = desk.opened(desk.order())
        row = disposition(reverse_line(made), "NOT_RESTOCKED")
        assert desk.ask(DISPOSE, d=[row])["reverseFulfillmentOrderDispose"]["userErrors"] == []
        again = desk.ask(DISPOSE, d=[row])["reverseFulfillmentOrderDispose"]
        assert codes(again) == ["LESS_THAN_OR_EQUAL_TO"]

    def test_processing_required_may_be_settled_later(self, desk: Desk) -> None:
        order = desk.order()
        made = desk.opened(order)
        line = reverse_line(made)
        before = desk.stock(order)
        desk.ask(DISPOSE, d=[disposition(line, "PROCESSING_REQUIRED")])
        assert desk.stock(order) == before
        row = disposition(line, "RESTOCKED", 1, desk.location())
        payload = desk.ask(DISPOSE, d=[row])["reverseFulfillmentOrderDispose"]
        assert payload["userErrors"] == []
        (shown,) = payload["reverseFulfillmentOrderLineItems"]
        assert shown["dispositions"] == [{"type": "RESTOCKED", "quantity": 1}]
        assert desk.stock(order) == before + 1

    def test_must_belong_to_the_return(self, desk: Desk) -> None:
        other = desk.opened(desk.order())
        made = desk.opened(desk.order())
        row = {
            **desk.everything(made)[0],
            "dispositions": [disposition(reverse_line(other), "NOT_RESTOCKED")],
        }
        assert codes(desk.process(made, returnLineItems=[row])) == ["NOT_FOUND"]

    def test_must_belong_to_their_line(self, desk: Desk) -> None:
        order = desk.order(lines=[{"goods": "tote-bag"}, {"goods": "linen-shirt"}])
        made = desk.opened(order, desk.lines(order, 1, 1))
        row = {
            **desk.everything(made)[0],
            "dispositions": [disposition(reverse_line(made, 1), "NOT_RESTOCKED")],
        }
        assert codes(desk.process(made, returnLineItems=[row])) == ["INVALID"]

    def test_of_two_reverse_orders_cannot_go_in_one_call(self, desk: Desk) -> None:
        order = desk.order(
            lines=[{"goods": "tote-bag", "quantity": 2}],
            fulfillments=[
                {"lines": {0: 1}, "delivered": 3},
                {"lines": {0: 1}, "delivered": 3, "location": "Returns center"},
            ],
        )
        made = desk.opened(order, desk.lines(order, 1, 1))
        rows = desk.everything(made, "NOT_RESTOCKED")
        assert codes(desk.process(made, returnLineItems=rows)) == ["INVALID"]


class TestRestocking:
    def restock(self, desk: Desk, order: Doc, location: str | None) -> list[str | None]:
        made = desk.opened(order)
        rows = desk.everything(made, "RESTOCKED", location)
        return codes(desk.process(made, returnLineItems=rows))

    def test_needs_a_location(self, desk: Desk) -> None:
        assert self.restock(desk, desk.order(), None) == ["BLANK"]

    def test_needs_an_active_location(self, desk: Desk) -> None:
        assert self.restock(desk, desk.order(), desk.location("Old store")) == ["INVALID"]

    def test_needs_an_existing_location(self, desk: Desk) -> None:
        assert self.restock(desk, desk.order(), "gid://shopify/Location/1") == ["NOT_FOUND"]

    def test_needs_the_item_to_be_stocked_there(self, desk: Desk) -> None:
        order = desk.order(lines=[{"goods": "wide-jeans"}])
        assert self.restock(desk, order, desk.location("Returns center")) == ["INVALID"]

    def test_refuses_a_custom_line(self, desk: Desk) -> None:
        order = desk.order(lines=[{"title": "Gift wrapping", "price": "4.00"}])
        assert self.restock(desk, order, desk.location()) == ["INVALID"]


class TestMoney:
    def process(self, desk: Desk, order: Doc, transfer: Doc, **more: object) -> Doc:
        made = desk.opened(order)
        return desk.process(made, financialTransfer=transfer, **more)

    def test_goes_back_through_the_gateway_it_came_from(self, desk: Desk) -> None:
        order = desk.order(gateway="tiktok")
        self.process(desk, order, desk.payment(order, "5.00"))
        refund = desk.now(order)["transactions"][-1]
        assert (refund["kind"], refund["gateway"], refund["status"]) == (
            "REFUND",
            "tiktok",
            "SUCCESS",
        )
        assert refund["parentId"] == order["transactions"][0]["id"]

    def test_may_be_less_than_suggested_and_is_balanced(self, desk: Desk) -> None:
        order = desk.order(lines=[{"goods": "tote-bag", "price": "10.00"}], taxesIncluded=True)
        self.process(desk, order, desk.payment(order, "8.00"))
        (refund,) = desk.now(order)["refunds"]
        assert [row["amount"] for row in refund["adjustments"]] == [200]

    def test_cannot_be_in_another_currency(self, desk: Desk) -> None:
        order = desk.order()
        assert codes(self.process(desk, order, desk.payment(order, "5.00", "EUR"))) == ["INVALID"]

    def test_must_be_more_than_nothing(self, desk: Desk) -> None:
        order = desk.order()
        assert codes(self.process(desk, order, desk.payment(order, "0"))) == ["GREATER_THAN"]

    def test_cannot_come_from_another_orders_payment(self, desk: Desk) -> None:
        other = desk.order()
        assert codes(self.process(desk, desk.order(), desk.payment(other, "1.00"))) == ["NOT_FOUND"]

    def test_cannot_come_from_an_authorization(self, desk: Desk) -> None:
        order = desk.order(authorized=True)
        assert codes(self.process(desk, order, desk.payment(order, "1.00"))) == ["INVALID"]

    def test_cannot_exceed_one_payments_rest(self, desk: Desk) -> None:
        order = desk.order(
            lines=[{"goods": "tote-bag", "price": "30.00"}], taxesIncluded=True, payments=[1, 2]
        )
        assert codes(self.process(desk, order, desk.payment(order, "10.01"))) == [
            "LESS_THAN_OR_EQUAL_TO"
        ]

    def test_cannot_exceed_what_was_paid_even_when_over_refunding(self, desk: Desk) -> None:
        order = desk.order()
        transfer = desk.payment(order, "1000.00")
        transfer["issueRefund"]["allowOverRefunding"] = True
        payload = self.process(desk, order, transfer)
        assert codes(payload) == ["LESS_THAN_OR_EQUAL_TO"]

    def test_is_spread_over_the_payments(self, desk: Desk) -> None:
        order = desk.order(
            lines=[{"goods": "tote-bag", "price": "30.00"}], taxesIncluded=True, payments=[1, 2]
        )
        made = desk.opened(order)
        transfer = desk.suggested_refund(made)
        rows = transfer["issueRefund"]["orderTransactions"]
        amounts = [Decimal(row["transactionAmount"]["amount"]) for row in rows]
        assert amounts == [Decimal(10), Decimal(20)]
        assert desk.process(made, financialTransfer=transfer)["userErrors"] == []

    def test_goes_to_store_credit(self, desk: Desk) -> None:
        order = desk.order()
        made = desk.opened(order)
        credit = {"amount": {"amount": "12.00", "currencyCode": "USD"}}
        transfer = {
            "issueRefund": {
                "orderTransactions": [],
                "refundMethods": [{"storeCreditRefund": credit}],
            }
        }
        assert desk.process(made, financialTransfer=transfer)["userErrors"] == []
        (account,) = desk.state.tables["credit"].values()
        assert (account["ownerId"], account["balance"]) == (order["customerId"], 1200)
        assert books.refunded(desk.now(order)) == 1200

    def test_cannot_go_to_a_guests_store_credit(self, desk: Desk) -> None:
        made = desk.opened(desk.order(guest=True))
        credit = {"amount": {"amount": "1.00", "currencyCode": "USD"}}
        transfer = {
            "issueRefund": {
                "orderTransactions": [],
                "refundMethods": [{"storeCreditRefund": credit}],
            }
        }
        assert codes(desk.process(made, financialTransfer=transfer)) == ["INVALID"]

    def test_of_shipping_comes_back_once(self, desk: Desk) -> None:
        order = desk.order(
            lines=[{"goods": "tote-bag", "quantity": 2}], shipping="4.90", taxesIncluded=True
        )
        made = desk.opened(order, desk.lines(order, 2))
        line = made["returnLineItems"]["nodes"][0]["id"]
        one = {**made, "returnLineItems": {"nodes": [{"id": line, "quantity": 1}]}}
        ship = {"fullRefund": True}
        for expected in (Decimal("28.00") + Decimal("4.90"), Decimal("28.00")):
            transfer = desk.suggested_refund(one, ship=ship)
            (row,) = transfer["issueRefund"]["orderTransactions"]
            assert Decimal(row["transactionAmount"]["amount"]) == expected
            payload = desk.process(
                made,
                returnLineItems=[{"id": line, "quantity": 1}],
                refundShipping=ship,
                financialTransfer=transfer,
            )
            assert payload["userErrors"] == []

    def test_of_shipping_cannot_exceed_what_shipping_cost(self, desk: Desk) -> None:
        order = desk.order(shipping="4.90")
        ship = {"shippingRefundAmount": {"amount": "4.91", "currencyCode": "USD"}}
        payload = self.process(desk, order, desk.payment(order, "1.00"), refundShipping=ship)
        assert codes(payload) == ["LESS_THAN_OR_EQUAL_TO"]

    def test_on_its_way_counts_against_what_is_left(self, desk: Desk) -> None:
        order = desk.order()
        desk.refund_status = "PENDING"
        made = desk.opened(order)
        desk.process(made, financialTransfer=desk.suggested_refund(made))
        assert books.financial_status(desk.now(order)) == "PAID"
        assert books.net_payment(desk.now(order)) == 0

    def test_that_failed_can_be_tried_again(self, desk: Desk) -> None:
        order = desk.order()
        desk.refund_status = "FAILURE"
        made = desk.opened(order)
        desk.process(made, financialTransfer=desk.suggested_refund(made))
        assert desk.now(order)["transactions"][-1]["status"] == "FAILURE"
        assert books.net_payment(desk.now(order)) == books.received(order)


class TestRefundMadeElsewhere:
    def test_takes_the_value_out_of_the_open_return(self, desk: Desk) -> None:
        order = desk.order()
        made = desk.opened(order)
        line = {"lineItemId": order["lines"][0]["id"], "quantity": 1}
        amount = str(Decimal(books.received(order)) / 100)
        payload = desk.refund(
            order, refundLineItems=[line], transactions=[desk.money(order, amount)]
        )
        assert payload["userErrors"] == []
        outcome = desk.outcome(made)
        assert amount_of(outcome["maximumRefundable"]) == 0
        assert outcome["financialTransfer"]["suggestedTransactions"] == []


class TestOtherCurrency:
    def test_is_paid_in_what_the_shopper_paid_in(self, desk: Desk) -> None:
        order = desk.order(country="GB", shopCurrency="USD")
        made = desk.opened(order)
        transfer = desk.suggested_refund(made)
        (row,) = transfer["issueRefund"]["orderTransactions"]
        assert row["transactionAmount"]["currencyCode"] == "GBP"
        assert desk.process(made, financialTransfer=transfer)["userErrors"] == []
        query = """query($id: ID!) { order(id: $id) { totalRefundedSet {
          shopMoney { currencyCode } presentmentMoney { currencyCode } } } }"""
        shown = desk.ask(query, id=order["id"])["order"]["totalRefundedSet"]
        assert shown["shopMoney"]["currencyCode"] == "USD"
        assert shown["presentmentMoney"]["currencyCode"] == "GBP"
