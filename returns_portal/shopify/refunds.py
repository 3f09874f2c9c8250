"""Refunds in Shopify: read whole, and made where there is no return to process."""

from collections.abc import Sequence
from typing import Any

from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.documents import DOCUMENTS
from returns_portal.shopify.errors import ShopifyNotFound, ShopifyRefused, UserError
from returns_portal.shopify.mutations import amount_input, check_size, mutate, reading_back
from returns_portal.shopify.paging import Node, reading, remaining_nodes, whole
from returns_portal.shopify.parsing import parse_refund, parse_transaction
from returns_portal.shopify.types import (
    Refund,
    RefundLineInput,
    RefundTransactionInput,
    Transaction,
)


def get_refund(client: ShopifyClient, refund_id: str) -> Refund:
    """Read a refund with all its lines and transactions; raises `ShopifyNotFound`."""
    document = DOCUMENTS["RefundDetail"]
    node = _refund_node(client, document.name, {"id": refund_id})
    with reading(document):
        return parse_refund(complete_refund(client, node))


def complete_refund(client: ShopifyClient, node: Node) -> Node:
    """Give a refund's node with what did not fit on its first pages."""

    def more_lines(cursor: str) -> Node:
        variables = {"id": node["id"], "after": cursor}
        lines: Node = _refund_node(client, "RefundLines", variables)["refundLineItems"]
        return lines

    def more_transactions(cursor: str) -> Node:
        variables = {"id": node["id"], "after": cursor}
        page: Node = _refund_node(client, "RefundTransactions", variables)["transactions"]
        return page

    return node | {
        "refundLineItems": whole(list(remaining_nodes(node["refundLineItems"], more_lines))),
        "transactions": whole(list(remaining_nodes(node["transactions"], more_transactions))),
    }


def list_order_transactions(client: ShopifyClient, order_id: str) -> tuple[Transaction, ...]:
    """Read the movements of money of an order, payments and refunds; raises `ShopifyNotFound`."""
    document = DOCUMENTS["OrderTransactions"]
    order = client.execute(document, {"id": order_id})["order"]
    if order is None:
        raise ShopifyNotFound("Shopify does not know this order.", operation=document.name)
    with reading(document):
        return tuple(parse_transaction(node) for node in order["transactions"])


def create_refund(
    client: ShopifyClient,
    *,
    order_id: str,
    currency: str,
    note: str,
    transactions: Sequence[RefundTransactionInput],
    lines: Sequence[RefundLineInput] = (),
    idempotency_key: str,
) -> Refund:
    """Pay money back without a return, `currency` being the one the shopper paid in.

    The same key and the same arguments within 24 hours never pay twice. Raises `ShopifyRefused`
    where Shopify objects and `ShopifyOutcomeUnknown` where it may have paid: ask again with the
    same key, or read the order's refunds. Money has moved when a transaction says SUCCESS.
    """
    check_size("RefundCreate", max(len(transactions), len(lines)))
    gateways = _gateways(client, order_id, transactions)
    refund_input = {
        "orderId": order_id,
        "currency": currency,
        "note": note,
        "notify": False,
        "refundLineItems": [_line_input(line) for line in lines],
        "transactions": [
            _transaction_input(order_id, item, gateways[item.parent_id]) for item in transactions
        ],
    }
    variables = {"input": refund_input, "idempotencyKey": idempotency_key}
    node = mutate(client, "RefundCreate", variables, "refund")
    with reading_back("RefundCreate"):
        return parse_refund(complete_refund(client, node))


def _gateways(
    client: ShopifyClient, order_id: str, transactions: Sequence[RefundTransactionInput]
) -> dict[str, str]:
    gateways = {item.parent_id: item.gateway for item in transactions}
    if all(gateways.values()):
        return gateways
    known = {item.id: item.gateway for item in list_order_transactions(client, order_id)}
    missing = [parent_id for parent_id in gateways if not known.get(parent_id)]
    if missing:
        message = "The payment to pay back to is not on this order."
        objection = UserError(code="NOT_FOUND", field=("transactions",), message=message)
        raise ShopifyRefused(message, user_errors=(objection,), operation="RefundCreate")
    return {parent_id: gateway or known[parent_id] for parent_id, gateway in gateways.items()}


def _line_input(line: RefundLineInput) -> dict[str, Any]:
    place = {"locationId": line.location_id} if line.location_id else {}
    return {
        "lineItemId": line.line_item_id,
        "quantity": line.quantity,
        "restockType": line.restock_type,
    } | place


def _transaction_input(order_id: str, item: RefundTransactionInput, gateway: str) -> dict[str, Any]:
    return {
        "orderId": order_id,
        "parentId": item.parent_id,
        "gateway": gateway,
        "kind": "REFUND",
        "amount": amount_input(item.amount),
    }


def _refund_node(client: ShopifyClient, operation: str, variables: dict[str, Any]) -> Node:
    node: Node | None = client.execute(DOCUMENTS[operation], variables)["refund"]
    if node is None:
        raise ShopifyNotFound("Shopify does not know this refund.", operation=operation)
    return node
