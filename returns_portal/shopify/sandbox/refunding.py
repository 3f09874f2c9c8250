"""Giving money back: what every refund checks and books, and refundCreate itself."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from returns_portal.shopify.sandbox import gid
from returns_portal.shopify.sandbox.accounting import (
    added_tax,
    by_id,
    fulfilled_quantity,
    net_payment,
    refundable_units,
    refunded_outside_returns,
    shipping_left,
    shipping_tax_for,
    transaction_left,
    unfulfilled_quantity,
    units_paid,
    units_subtotal,
    units_tax,
)
from returns_portal.shopify.sandbox.credits import credit_customer
from returns_portal.shopify.sandbox.errors import Refused
from returns_portal.shopify.sandbox.inputs import (
    Path,
    amount_in,
    at_most,
    minor_amount,
    order_to_edit,
    positive,
)
from returns_portal.shopify.sandbox.payloads import order_changed, refund_created
from returns_portal.shopify.sandbox.registry import Args, Context, mutation
from returns_portal.shopify.sandbox.state import Doc, Draft, Node
from returns_portal.shopify.sandbox.stock import restock

CREDIT_GATEWAY = "shopify_store_credit"


@dataclass
class Plan:
    """A refund about to be booked, in the smallest presentment unit."""

    note: str | None
    return_id: str | None = None
    lines: list[Doc] = field(default_factory=list)
    shipping: Doc | None = None
    due: int = 0
    payments: list[tuple[Doc, int]] = field(default_factory=list)
    credit: int = 0
    credit_expires: str | None = None

    @property
    def total(self) -> int:
        """Money that goes back."""
        return sum(amount for _, amount in self.payments) + self.credit


def plan_shipping(order: Doc, amount: int, path: Path) -> Doc | None:
    """The shipping part of a refund; refuses more than is left of it."""
    if amount == 0:
        return None
    if amount > shipping_left(order):
        message = "Shipping refund exceeds the refundable shipping amount."
        raise Refused(message, field=path, code="LESS_THAN_OR_EQUAL_TO")
    return {"subtotal": amount, "tax": shipping_tax_for(order, amount)}


def shipping_value(order: Doc, part: Doc | None) -> int:
    """What giving this shipping back is worth."""
    return 0 if part is None else part["subtotal"] + added_tax(order, part["tax"])


def check_payments(order: Doc, plan: Plan, path: Path) -> None:
    """Refuse payments that go beyond what their parents or the whole order have left."""
    taken: dict[str, int] = {}
    for index, (parent, amount) in enumerate(plan.payments):
        taken[parent["id"]] = taken.get(parent["id"], 0) + amount
        if taken[parent["id"]] > transaction_left(order, parent):
            message = "Refund amount exceeds the amount left on the payment."
            raise Refused(message, field=[*path, index], code="LESS_THAN_OR_EQUAL_TO")
    if plan.total > net_payment(order):
        message = "Refund amount is greater than net payment received"
        raise Refused(message, field=path, code="LESS_THAN_OR_EQUAL_TO")


def payment_parent(order: Doc, key: str, path: Path) -> Doc:
    """The payment to refund; refuses anything but a successful sale or capture of the order."""
    parent = by_id(order["transactions"], gid.expect(key, "OrderTransaction"))
    if parent is None:
        message = "Parent transaction does not belong to this order."
        raise Refused(message, field=path, code="NOT_FOUND")
    if parent["kind"] not in ("SALE", "CAPTURE") or parent["status"] != "SUCCESS":
        message = "Parent transaction must be a successful sale or capture."
        raise Refused(message, field=path, code="INVALID")
    return parent


def plan_credit(order: Doc, plan: Plan, methods: list[Doc] | None, path: Path) -> None:
    """Take over the store credit part of a refund."""
    for index, method in enumerate(methods or []):
        given, where = method["storeCreditRefund"], [*path, index, "storeCreditRefund", "amount"]
        if order["customerId"] is None:
            message = "Store credit needs a customer on the order."
            raise Refused(message, field=where, code="INVALID")
        plan.credit += amount_in(order, given["amount"], where)
        plan.credit_expires = given.get("expiresAt")


def book(draft: Draft, context: Context, order: Doc, plan: Plan) -> Doc:
    """Write the refund, its transactions and its credit into the order."""
    refund: Doc = {
        "id": draft.new_id("Refund"),
        "createdAt": draft.stamp,
        "processedAt": draft.stamp,
        "updatedAt": draft.stamp,
        "note": plan.note,
        "returnId": plan.return_id,
        "lines": plan.lines,
        "shipping": plan.shipping,
        "adjustments": [],
        "transactionIds": [],
    }
    for line in plan.lines:
        line["id"] = draft.new_id("RefundLineItem")
        bought = by_id(order["lines"], line["lineId"])
        assert bought is not None  # noqa: S101
        bought["gone"] = sorted({*bought["gone"], *line["units"]})
        bought["refunded"] = sorted({*bought["refunded"], *line["units"]})
    for parent, amount in plan.payments:
        _pay(draft, context, order, refund, amount, parent)
    if plan.credit:
        _credit(draft, context, order, refund, plan)
    _balance(draft, refund, plan)
    order["refunds"].append(refund)
    refund_created(draft, order, refund)
    order_changed(draft, order)
    return refund


def _pay(
    draft: Draft, context: Context, order: Doc, refund: Doc, amount: int, parent: Doc | None
) -> None:
    status = context.refund_status if parent is not None else "SUCCESS"
    gateway = parent["gateway"] if parent else CREDIT_GATEWAY
    transaction = {
        "id": draft.new_id("OrderTransaction"),
        "kind": "REFUND",
        "status": status,
        "gateway": gateway,
        "formattedGateway": parent["formattedGateway"] if parent else "Store credit",
        "manualPaymentGateway": bool(parent and parent["manualPaymentGateway"]),
        "amount": amount,
        "parentId": parent["id"] if parent else None,
        "createdAt": draft.stamp,
        "processedAt": draft.stamp,
        "errorCode": "PROCESSING_ERROR" if status == "FAILURE" else None,
        "test": order["test"],
        "settlesAfter": context.refund_settles_after if status == "PENDING" else None,
    }
    order["transactions"].append(transaction)
    refund["transactionIds"].append(transaction["id"])


def _credit(draft: Draft, context: Context, order: Doc, refund: Doc, plan: Plan) -> None:
    currency = order["presentmentCurrencyCode"]
    credit_customer(
        draft, order["customerId"], plan.credit, currency, plan.credit_expires, "ORDER_REFUND"
    )
    _pay(draft, context, order, refund, plan.credit, None)


def _balance(draft: Draft, refund: Doc, plan: Plan) -> None:
    gap = plan.due - plan.total
    if gap:
        adjustment = {"id": draft.new_id("OrderAdjustment"), "amount": gap, "tax": 0}
        refund["adjustments"].append({**adjustment, "reason": "REFUND_DISCREPANCY"})


def _replay(context: Context, record: Doc) -> Doc:
    order = context.state.get("Order", record["result"]["order"])
    return {"refund": context.state.find(record["result"]["refund"]), "order": order}


@mutation("refundCreate", replay=_replay)
def refund_create(draft: Draft, context: Context, args: Args) -> Doc:
    """Give money back without a return."""
    given = args["input"]
    order = order_to_edit(draft, given["orderId"], ["orderId"])
    refusal = {"order": Node("Order", order, order)}
    try:
        plan = _plan(order, given)
        check_payments(order, plan, ["transactions"])
    except Refused as refused:
        refused.payload = {"order": context.state.get("Order", order["id"])}
        raise
    _restock_all(draft, order, plan)
    refund = book(draft, context, order, plan)
    ids = {"refund": refund["id"], "order": order["id"]}
    return {**refusal, "refund": Node("Refund", refund, order), "replay": ids}


def _plan(order: Doc, given: Doc) -> Plan:
    _currency(order, given.get("currency"))
    plan = Plan(note=given.get("note"))
    for index, row in enumerate(given.get("refundLineItems") or []):
        plan.lines.append(_line(order, plan, row, ["refundLineItems", index]))
    plan.shipping = plan_shipping(order, _shipping(order, given.get("shipping")), ["shipping"])
    for index, row in enumerate(given.get("transactions") or []):
        plan.payments.append(_payment(order, row, ["transactions", index]))
    plan_credit(order, plan, given.get("refundMethods"), ["refundMethods"])
    plan.due = _due(order, plan)
    return plan


def _due(order: Doc, plan: Plan) -> int:
    lines = sum(
        units_paid(order, line, part["units"])
        for part in plan.lines
        for line in order["lines"]
        if line["id"] == part["lineId"]
    )
    return lines + shipping_value(order, plan.shipping)


def _currency(order: Doc, given: str | None) -> None:
    wanted = order["presentmentCurrencyCode"]
    if given is None and wanted != order["currencyCode"]:
        raise Refused("Currency is required for multi-currency orders", field=["currency"])
    if given is not None and given != wanted:
        raise Refused(f"Currency must be {wanted}", field=["currency"])


def _shipping(order: Doc, given: Doc | None) -> int:
    if given is None:
        return 0
    if given.get("fullRefund"):
        return shipping_left(order)
    amount = given.get("amount") or Decimal(0)
    return minor_amount(amount, order["presentmentCurrencyCode"], ["shipping", "amount"])


def _line(order: Doc, plan: Plan, given: Doc, path: Path) -> Doc:
    line = by_id(order["lines"], gid.expect(given["lineItemId"], "LineItem"))
    if line is None:
        raise Refused("Line item does not exist", field=[*path, "lineItemId"])
    taken = {u for part in plan.lines if part["lineId"] == line["id"] for u in part["units"]}
    units = [unit for unit in refundable_units(order, line) if unit not in taken]
    quantity = positive(given["quantity"], [*path, "quantity"])
    at_most(quantity, len(units), [*path, "quantity"], "refundable")
    kind = given.get("restockType") or "NO_RESTOCK"
    sent = _sent_part(order, line, quantity, kind, path)
    return {
        "lineId": line["id"],
        "quantity": quantity,
        "units": units[:quantity],
        "fulfilledQuantity": sent,
        "restockType": kind,
        "restocked": kind != "NO_RESTOCK",
        "locationId": _location(given, kind, path),
        "subtotal": units_subtotal(line, units[:quantity]),
        "tax": units_tax(line, units[:quantity]),
    }


def _sent_part(order: Doc, line: Doc, quantity: int, kind: str, path: Path) -> int:
    waiting = unfulfilled_quantity(order, line)
    sent = fulfilled_quantity(order, line) - refunded_outside_returns(order, line)
    if kind == "LEGACY_RESTOCK":
        raise Refused("Restock type is not accepted", field=[*path, "restockType"])
    if kind == "CANCEL" and quantity > waiting:
        raise Refused("Only unfulfilled items can be canceled", field=[*path, "restockType"])
    if kind == "RETURN" and quantity > sent:
        raise Refused("Only fulfilled items can be returned", field=[*path, "restockType"])
    if kind == "RETURN":
        return quantity
    return 0 if kind == "CANCEL" else max(0, quantity - waiting)


def _location(given: Doc, kind: str, path: Path) -> str | None:
    location = given.get("locationId")
    if kind == "NO_RESTOCK":
        return None
    if location is None:
        raise Refused("Location is required to restock", field=[*path, "locationId"])
    return gid.expect(location, "Location")


def _payment(order: Doc, given: Doc, path: Path) -> tuple[Doc, int]:
    if gid.expect(given["orderId"], "Order") != order["id"]:
        raise Refused("Transaction belongs to another order", field=[*path, "orderId"])
    if given["kind"] != "REFUND":
        raise Refused("Kind must be REFUND", field=[*path, "kind"])
    if given.get("parentId") is None:
        raise Refused("Parent transaction is required", field=[*path, "parentId"])
    parent = payment_parent(order, given["parentId"], [*path, "parentId"])
    currency = order["presentmentCurrencyCode"]
    amount = minor_amount(given["amount"], currency, [*path, "amount"])
    if amount == 0:
        raise Refused("Amount must be greater than 0", field=[*path, "amount"])
    return parent, amount


def _restock_all(draft: Draft, order: Doc, plan: Plan) -> None:
    for index, part in enumerate(plan.lines):
        if not part["restocked"]:
            continue
        line: Any = by_id(order["lines"], part["lineId"])
        path = ["refundLineItems", index]
        restock(draft, order, line, part["locationId"], part["quantity"], path)
