"""Somebody acts in Shopify's own back office: a refund or a return the portal did not make."""

from decimal import Decimal

from returns_portal.shopify.sandbox import accounting as books
from returns_portal.shopify.sandbox.errors import Refused
from returns_portal.shopify.sandbox.making import return_create
from returns_portal.shopify.sandbox.money import to_decimal
from returns_portal.shopify.sandbox.refunding import refund_create
from returns_portal.shopify.sandbox.registry import Context
from returns_portal.shopify.sandbox.state import Doc, State


def make_return(state: State, order_id: str, quantity: int | None = None) -> Doc:
    """Open a return of the first line that can be returned; raises Refused when none can."""
    with state.transaction() as draft:
        order = draft.edit("order", order_id)
        rows = books.returnable(order) if order else []
        if not rows:
            raise Refused("Nothing on this order can be returned.", code="INVALID")
        _, part, left = rows[0]
        reasons = [reason["id"] for reason in draft.docs("reason")]
        line = {
            "fulfillmentLineItemId": part["id"],
            "quantity": left if quantity is None else quantity,
            "returnReasonDefinitionId": reasons[0],
        }
        args = {"returnInput": {"orderId": order_id, "returnLineItems": [line]}}
        made: Doc = return_create(draft, Context(state, "", ""), args)["return"].doc
        return made


def make_refund(state: State, order_id: str, quantity: int | None = None) -> Doc:
    """Refund units of the first line, or without a quantity all that is left of the order."""
    with state.transaction() as draft:
        order = draft.edit("order", order_id)
        if order is None:
            raise Refused("Order does not exist.", code="NOT_FOUND")
        given = _full(order) if quantity is None else _part(order, quantity)
        made: Doc = refund_create(draft, Context(state, "", ""), {"input": given})["refund"].doc
        return made


def _full(order: Doc) -> Doc:
    lines = [
        {"lineItemId": line["id"], "quantity": len(books.refundable_units(order, line))}
        for line in order["lines"]
        if books.refundable_units(order, line)
    ]
    given = _input(order, lines, books.net_payment(order))
    return {**given, "shipping": {"fullRefund": True}}


def _part(order: Doc, quantity: int) -> Doc:
    line = order["lines"][0]
    units = books.refundable_units(order, line)[:quantity]
    rows = [{"lineItemId": line["id"], "quantity": quantity}]
    return _input(order, rows, books.units_paid(order, line, units))


def _input(order: Doc, lines: list[Doc], amount: int) -> Doc:
    return {
        "orderId": order["id"],
        "currency": order["presentmentCurrencyCode"],
        "note": "Refunded in the Shopify admin",
        "refundLineItems": lines,
        "transactions": [
            {
                "orderId": order["id"],
                "parentId": parent["id"],
                "gateway": parent["gateway"],
                "kind": "REFUND",
                "amount": _decimal(order, part),
            }
            for parent, part, _ in books.spread_refund(order, amount)
            if part
        ],
    }


def _decimal(order: Doc, minor: int) -> Decimal:
    return to_decimal(minor, order["presentmentCurrencyCode"])
