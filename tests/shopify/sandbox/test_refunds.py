"""Refunds without a return, and the idempotency Shopify demands for them."""

import pytest

from returns_portal.shopify.sandbox import accounting as books
from tests.shopify.sandbox.desk import Desk


def messages(payload: dict) -> list[str]:
    return [error["message"] for error in payload["userErrors"]]


def line(order: dict, quantity: int = 1, **more: object) -> dict:
    return {"lineItemId": order["lines"][0]["id"], "quantity": quantity, **more}


class TestRefundCreate:
    def test_books_goods_and_money(self, desk: Desk) -> None:
        order = desk.order()
        payload = desk.refund(
            order, refundLineItems=[line(order)], transactions=[desk.money(order, "5.00")]
        )
        assert payload["userErrors"] == []
        (transaction,) = payload["refund"]["transactions"]["nodes"]
        assert transaction["status"] == "SUCCESS"
        assert payload["order"]["displayFinancialStatus"] == "PARTIALLY_REFUNDED"

    def test_uses_the_gateway_of_the_parent(self, desk: Desk) -> None:
        order = desk.order(gateway="tiktok")
        payload = desk.refund(order, transactions=[desk.money(order, "5.00")])
        assert payload["refund"]["transactions"]["nodes"][0]["gateway"] == "tiktok"

    def test_answers_with_the_order_beside_its_errors(self, desk: Desk) -> None:
        order = desk.order()
        payload = desk.refund(order, transactions=[desk.money(order, "9999.00")])
        assert payload["refund"] is None
        assert payload["order"]["id"] == order["id"]
        assert payload["userErrors"] != []

    def test_cannot_exceed_what_was_paid_in_two_steps(self, desk: Desk) -> None:
        order = desk.order(lines=[{"goods": "tote-bag", "price": "10.00"}], taxesIncluded=True)
        desk.refund(order, "one", transactions=[desk.money(order, "6.00")])
        payload = desk.refund(order, "two", transactions=[desk.money(order, "4.01")])
        assert payload["userErrors"] != []
        assert books.refunded(desk.now(order)) == 600

    def test_over_refunding_still_stops_at_the_net_payment(self, desk: Desk) -> None:
        order = desk.order(
            lines=[{"goods": "tote-bag", "price": "10.00"}], taxesIncluded=True, payments=[1, 1]
        )
        credit = {"storeCreditRefund": {"amount": {"amount": "5.01", "currencyCode": "USD"}}}
        payload = desk.refund(
            order,
            allowOverRefunding=True,
            transactions=[desk.money(order, "5.00")],
            refundMethods=[credit],
        )
        assert messages(payload) == ["Refund amount is greater than net payment received"]

    def test_refuses_more_units_than_are_left(self, desk: Desk) -> None:
        order = desk.order(lines=[{"goods": "tote-bag", "quantity": 2}])
        desk.refund(order, "one", refundLineItems=[line(order)])
        assert desk.refund(order, "two", refundLineItems=[line(order, 2)])["userErrors"] != []

    def test_restocks_what_was_sent_with_return(self, desk: Desk) -> None:
        order = desk.order()
        before = desk.stock(order)
        row = line(order, restockType="RETURN", locationId=desk.location())
        assert desk.refund(order, refundLineItems=[row])["userErrors"] == []
        assert desk.stock(order) == before + 1

    @pytest.mark.parametrize(
        ("kind", "unfulfilled"), [("RETURN", True), ("CANCEL", False), ("LEGACY_RESTOCK", False)]
    )
    def test_refuses_a_restock_type_that_does_not_fit(
        self, desk: Desk, kind: str, unfulfilled: bool
    ) -> None:
        order = desk.order(unfulfilled=unfulfilled)
        row = line(order, restockType=kind, locationId=desk.location())
        assert desk.refund(order, refundLineItems=[row])["userErrors"] != []

    def test_needs_a_location_to_restock(self, desk: Desk) -> None:
        order = desk.order()
        row = line(order, restockType="RETURN")
        assert desk.refund(order, refundLineItems=[row])["userErrors"] != []

    def test_needs_the_currency_when_there_are_two(self, desk: Desk) -> None:
        order = desk.order(country="GB", shopCurrency="USD")
        money = [desk.money(order, "1.00")]
        assert messages(desk.refund(order, transactions=money)) == [
            "Currency is required for multi-currency orders"
        ]
        assert desk.refund(order, currency="GBP", transactions=money)["userErrors"] == []

    def test_needs_a_parent_that_is_a_payment_of_the_order(self, desk: Desk) -> None:
        order, other = desk.order(), desk.order()
        row = {**desk.money(order, "1.00"), "parentId": other["transactions"][0]["id"]}
        assert desk.refund(order, transactions=[row])["userErrors"] != []


class TestIdempotency:
    BARE = "mutation($i: RefundInput!) { refundCreate(input: $i) { userErrors { message } } }"
    BLANK = BARE.replace(") {", ') @idempotent(key: " ") {', 2).replace(
        '$i: RefundInput!) @idempotent(key: " ")', "$i: RefundInput!)"
    )

    @pytest.mark.parametrize("query", [BARE, BLANK])
    def test_is_demanded_before_anything_happens(self, desk: Desk, query: str) -> None:
        order = desk.order()
        given = {"orderId": order["id"], "transactions": [desk.money(order, "1.00")]}
        assert desk.error(query, i=given)["extensions"]["code"] == "BAD_REQUEST"
        assert desk.now(order)["refunds"] == []

    def test_replays_the_same_refund_for_the_same_key(self, desk: Desk) -> None:
        order = desk.order()
        given = {"transactions": [desk.money(order, "1.00")]}
        first = desk.refund(order, "key", **given)
        again = desk.refund(order, "key", **given)
        assert again["refund"] == first["refund"]
        assert len(desk.now(order)["refunds"]) == 1

    def test_refuses_the_key_for_something_else(self, desk: Desk) -> None:
        order = desk.order()
        desk.refund(order, "key", transactions=[desk.money(order, "1.00")])
        payload = desk.refund(order, "key", transactions=[desk.money(order, "2.00")])
        assert "IDEMPOTENCY_KEY_PARAMETER_MISMATCH" in messages(payload)[0]
        assert len(desk.now(order)["refunds"]) == 1

    def test_refuses_a_second_request_while_the_first_runs(self, desk: Desk) -> None:
        order = desk.order()
        given = {"transactions": [desk.money(order, "1.00")]}
        meanwhile: list[dict] = []
        desk.state.listeners.append(lambda *_: meanwhile.append(desk.refund(order, "key", **given)))
        first = desk.refund(order, "key", **given)
        assert first["userErrors"] == []
        assert "IDEMPOTENCY_CONCURRENT_REQUEST" in messages(meanwhile[0])[0]
        assert len(desk.now(order)["refunds"]) == 1

    def test_lets_a_refused_request_try_again(self, desk: Desk) -> None:
        order = desk.order()
        assert desk.refund(order, "key", transactions=[desk.money(order, "9999")])["userErrors"]
        good = desk.refund(order, "key", transactions=[desk.money(order, "1.00")])
        assert good["userErrors"] == []


class TestStoreCredit:
    QUERY = """
    mutation($id: ID!, $c: StoreCreditAccountCreditInput!) {
      storeCreditAccountCredit(id: $id, creditInput: $c) {
        storeCreditAccountTransaction { amount { amount } account { balance { amount } } }
        userErrors { code }
      }
    }
    """

    def credit(self, desk: Desk, key: str, amount: str = "10.00", **more: str) -> dict:
        money = {"amount": amount, "currencyCode": "USD"}
        given = {"creditAmount": money, **more}
        return desk.ask(self.QUERY, id=key, c=given)["storeCreditAccountCredit"]

    def test_is_not_idempotent(self, desk: Desk) -> None:
        owner = desk.order()["customerId"]
        self.credit(desk, owner)
        made = self.credit(desk, owner)["storeCreditAccountTransaction"]
        assert made["account"]["balance"]["amount"] == "20.0"

    @pytest.mark.parametrize(
        ("amount", "more", "code"),
        [
            ("0", {}, "NEGATIVE_OR_ZERO_AMOUNT"),
            ("-1", {}, "NEGATIVE_OR_ZERO_AMOUNT"),
            ("1", {"expiresAt": "2001-01-01T00:00:00Z"}, "EXPIRES_AT_IN_PAST"),
        ],
    )
    def test_refuses_what_makes_no_sense(
        self, desk: Desk, amount: str, more: dict, code: str
    ) -> None:
        owner = desk.order()["customerId"]
        payload = self.credit(desk, owner, amount, **more)
        assert payload["userErrors"] == [{"code": code}]

    def test_needs_an_existing_owner(self, desk: Desk) -> None:
        payload = self.credit(desk, "gid://shopify/Customer/1")
        assert payload["userErrors"] == [{"code": "OWNER_NOT_FOUND"}]


class TestSuggestedRefund:
    QUERY = """
    query($id: ID!, $l: [RefundLineItemInput!], $ship: Boolean) {
      order(id: $id) { suggestedRefund(refundLineItems: $l, refundShipping: $ship) {
        amountSet { presentmentMoney { amount } }
        suggestedTransactions { kind amountSet { presentmentMoney { amount } } }
      } }
    }
    """

    def test_is_what_refund_create_takes(self, desk: Desk) -> None:
        order = desk.order(lines=[{"goods": "tote-bag", "price": "10.00"}], shipping="2.00")
        data = desk.ask(self.QUERY, id=order["id"], l=[line(order)], ship=True)
        suggested = data["order"]["suggestedRefund"]
        amount = suggested["amountSet"]["presentmentMoney"]["amount"]
        assert amount == "13.0"
        payload = desk.refund(
            order,
            refundLineItems=[line(order)],
            shipping={"fullRefund": True},
            transactions=[desk.money(order, amount)],
        )
        assert payload["userErrors"] == []
        assert desk.now(order)["refunds"][0]["adjustments"] == []
