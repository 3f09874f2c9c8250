"""Refunds without a return carry a key, and name the payment that they pay back to."""

from decimal import Decimal
from typing import Any

import pytest

from returns_portal.shopify.errors import (
    ShopifyNotFound,
    ShopifyOutcomeUnknown,
    ShopifyRefused,
)
from returns_portal.shopify.refunds import create_refund, get_refund, list_order_transactions
from returns_portal.shopify.types import (
    Money,
    Refund,
    RefundLineInput,
    RefundTransactionInput,
)
from tests.shopify.nodes import connection, refund, refund_line, transaction
from tests.shopify.scripted import ScriptedClient

ORDER_ID = "gid://shopify/Order/1"
PAYMENT = "gid://shopify/OrderTransaction/1"
MONEY = Money(Decimal("12.50"), "EUR")


def created(node: Any = None, *messages: str) -> dict[str, Any]:
    objections = [{"field": None, "message": message} for message in messages]
    return {"refundCreate": {"refund": node, "userErrors": objections}}


def create(client: ScriptedClient, gateway: str = "tiktok") -> Refund:
    return create_refund(
        client,
        order_id=ORDER_ID,
        currency="EUR",
        note="RMA-1",
        transactions=[RefundTransactionInput(PAYMENT, MONEY, gateway)],
        lines=[
            RefundLineInput("l1", 1),
            RefundLineInput("l2", 2, "RETURN", "gid://shopify/Location/1"),
        ],
        idempotency_key="key-1",
    )


class TestCreateRefund:
    def test_sends_money_goods_and_key(self) -> None:
        client = ScriptedClient({"RefundCreate": created(refund())})
        assert create(client).id == "gid://shopify/Refund/1"
        assert client.variables_of("RefundCreate") == {
            "idempotencyKey": "key-1",
            "input": {
                "orderId": ORDER_ID,
                "currency": "EUR",
                "note": "RMA-1",
                "notify": False,
                "refundLineItems": [
                    {"lineItemId": "l1", "quantity": 1, "restockType": "NO_RESTOCK"},
                    {
                        "lineItemId": "l2",
                        "quantity": 2,
                        "restockType": "RETURN",
                        "locationId": "gid://shopify/Location/1",
                    },
                ],
                "transactions": [
                    {
                        "orderId": ORDER_ID,
                        "parentId": PAYMENT,
                        "gateway": "tiktok",
                        "kind": "REFUND",
                        "amount": "12.50",
                    }
                ],
            },
        }

    def test_looks_up_the_gateway_of_the_payment(self) -> None:
        payments = [transaction(1, gateway="shopify_payments", parentTransaction=None)]
        client = ScriptedClient(
            {
                "OrderTransactions": {"order": {"transactions": payments}},
                "RefundCreate": created(refund()),
            }
        )
        create(client, gateway="")
        (sent,) = client.variables_of("RefundCreate")["input"]["transactions"]
        assert sent["gateway"] == "shopify_payments"

    def test_refuses_unsent_a_payment_of_another_order(self) -> None:
        client = ScriptedClient({"OrderTransactions": {"order": {"transactions": []}}})
        with pytest.raises(ShopifyRefused):
            create(client, gateway="")
        assert "RefundCreate" not in client.operations

    def test_is_refused_with_shopifys_objections(self) -> None:
        said = "Refund amount is greater than net payment received"
        with pytest.raises(ShopifyRefused, match=said):
            create(ScriptedClient({"RefundCreate": created(None, said)}))

    def test_is_unknown_while_the_same_request_still_runs(self) -> None:
        said = "IDEMPOTENCY_CONCURRENT_REQUEST"
        with pytest.raises(ShopifyOutcomeUnknown):
            create(ScriptedClient({"RefundCreate": created(None, said)}))

    def test_is_refused_when_the_key_was_used_for_something_else(self) -> None:
        said = "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"
        with pytest.raises(ShopifyRefused) as caught:
            create(ScriptedClient({"RefundCreate": created(None, said)}))
        assert caught.value.codes == (said,)


class TestGetRefund:
    def test_reads_every_line_and_transaction(self) -> None:
        node = refund(
            refundLineItems=connection(refund_line(1), after="l"),
            transactions=connection(transaction(1), after="t"),
        )
        client = ScriptedClient(
            {
                "RefundDetail": {"refund": node},
                "RefundLines": {"refund": {"refundLineItems": connection(refund_line(2))}},
                "RefundTransactions": {"refund": {"transactions": connection(transaction(2))}},
            }
        )
        found = get_refund(client, "gid://shopify/Refund/1")
        assert (len(found.lines), len(found.transactions)) == (2, 2)

    def test_raises_for_an_unknown_refund(self) -> None:
        with pytest.raises(ShopifyNotFound):
            get_refund(ScriptedClient({"RefundDetail": {"refund": None}}), "x")


class TestListOrderTransactions:
    def test_reads_payments_and_refunds(self) -> None:
        nodes = [transaction(1, kind="SALE", parentTransaction=None), transaction(2)]
        client = ScriptedClient({"OrderTransactions": {"order": {"transactions": nodes}}})
        assert [each.kind for each in list_order_transactions(client, "x")] == ["SALE", "REFUND"]

    def test_raises_for_an_unknown_order(self) -> None:
        with pytest.raises(ShopifyNotFound):
            list_order_transactions(ScriptedClient({"OrderTransactions": {"order": None}}), "x")
