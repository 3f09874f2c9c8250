"""Processing a return: dispositions, stock, money, and the end of it."""

from typing import Any

from returns_portal.shopify.sandbox import gid
from returns_portal.shopify.sandbox.accounting import (
    by_id,
    disposed,
    fully_processed,
    inspection_complete,
    shipping_left,
    units_subtotal,
    units_tax,
)
from returns_portal.shopify.sandbox.errors import Refused
from returns_portal.shopify.sandbox.inputs import Path, amount_in, at_most, positive, return_to_edit
from returns_portal.shopify.sandbox.outcome import Outcome, Pick, outcome_of, pick
from returns_portal.shopify.sandbox.payloads import dispositions_made, order_changed, return_event
from returns_portal.shopify.sandbox.refunding import (
    Plan,
    book,
    check_payments,
    payment_parent,
    plan_credit,
    plan_shipping,
)
from returns_portal.shopify.sandbox.registry import Args, Context, mutation
from returns_portal.shopify.sandbox.state import Doc, Draft, Node
from returns_portal.shopify.sandbox.stock import restock

FINAL = ("RESTOCKED", "NOT_RESTOCKED", "MISSING")


@mutation("returnProcess")
def return_process(draft: Draft, context: Context, args: Args) -> Doc:
    """Process units of an open return: settle the goods' fate, give money back, close it."""
    given = args["input"]
    order, made = return_to_edit(draft, given["returnId"], ["input", "returnId"])
    if made["status"] != "OPEN":
        path = ["input", "returnId"]
        raise Refused("Return is not open.", field=path, code="INVALID_STATE")
    picks = _picks(order, made, given)
    exchange = _exchange(made, given)
    shipping = plan_shipping(
        order,
        shipping_amount(order, given.get("refundShipping"), ["input", "refundShipping"]),
        ["input", "refundShipping"],
    )
    worth = outcome_of(
        order,
        made,
        picks,
        exchange=exchange,
        shipping=shipping["subtotal"] if shipping else 0,
        shipping_tax=shipping["tax"] if shipping else 0,
    )
    _dispose_all(draft, order, made, picks, given)
    _move_money(draft, context, order, made, picks, worth, shipping, given)
    _mark(order, made, picks, worth)
    finish(draft, order, made)
    return_event(draft, "returns/process", order, made)
    order_changed(draft, order)
    return {"return": Node("Return", made, order)}


def _picks(order: Doc, made: Doc, given: Doc) -> list[Pick]:
    rows = given.get("returnLineItems") or []
    root = ["input", "returnLineItems"]
    if not rows and not given.get("exchangeLineItems"):
        raise Refused("Return line items can't be blank.", field=root, code="BLANK")
    picks, seen = [], set()
    for index, row in enumerate(rows):
        path = [*root, index]
        part = return_part(made, row["id"], [*path, "id"])
        if part["id"] in seen:
            raise Refused("Return line item is given twice.", field=path, code="TAKEN")
        seen.add(part["id"])
        quantity = positive(row["quantity"], [*path, "quantity"])
        left = part["quantity"] - len(part["processed"])
        at_most(quantity, left, [*path, "quantity"], "processable")
        picks.append(pick(order, part, quantity))
    return picks


def return_part(made: Doc, key: str, path: Path) -> Doc:
    """The line of this return; refuses one of another return."""
    part = by_id(made["lines"], gid.expect(key, "ReturnLineItem"))
    if part is None:
        message = "Return line item does not belong to the return."
        raise Refused(message, field=path, code="NOT_FOUND")
    return part


def _exchange(made: Doc, given: Doc) -> int:
    total = 0
    for index, row in enumerate(given.get("exchangeLineItems") or []):
        path = ["input", "exchangeLineItems", index]
        line = by_id(made["exchanges"], gid.expect(row["id"], "ExchangeLineItem"))
        if line is None:
            message = "Exchange line item does not belong to the return."
            raise Refused(message, field=[*path, "id"], code="NOT_FOUND")
        quantity = positive(row["quantity"], [*path, "quantity"])
        left = line["quantity"] - line["processed"]
        at_most(quantity, left, [*path, "quantity"], "processable")
        line["processed"] += quantity
        total += line["price"] * quantity
    return total


def shipping_amount(order: Doc, given: Doc | None, path: Path) -> int:
    """The shipping to give back, without added tax."""
    if given is None:
        return 0
    if given.get("fullRefund"):
        return shipping_left(order)
    amount = given.get("shippingRefundAmount")
    return amount_in(order, amount, [*path, "shippingRefundAmount"]) if amount else 0


def _dispose_all(draft: Draft, order: Doc, made: Doc, picks: list[Pick], given: Doc) -> None:
    touched: set[str] = set()
    for index, (row, chosen) in enumerate(
        zip(given.get("returnLineItems") or [], picks, strict=True)
    ):
        path = ["input", "returnLineItems", index, "dispositions"]
        rows = row.get("dispositions") or []
        if sum(each["quantity"] for each in rows) > row["quantity"]:
            message = "Dispositions exceed the processed quantity."
            raise Refused(message, field=path, code="LESS_THAN_OR_EQUAL_TO")
        for number, each in enumerate(rows):
            where = [*path, number]
            reverse, line = _reverse_line(made, each, where)
            if line["returnLineId"] != chosen.part["id"]:
                message = "Disposition is for another return line item."
                raise Refused(message, field=where, code="INVALID")
            touched.add(reverse["id"])
            dispose(draft, order, reverse, line, each, where)
    if len(touched) > 1:
        message = "Dispositions must belong to one reverse fulfillment order."
        raise Refused(message, field=["input", "returnLineItems"], code="INVALID")


def _reverse_line(made: Doc, given: Doc, path: Path) -> tuple[Doc, Doc]:
    key = gid.expect(given["reverseFulfillmentOrderLineItemId"], "ReverseFulfillmentOrderLineItem")
    for reverse in made["reverseOrders"]:
        line = by_id(reverse["lines"], key)
        if line is not None:
            return reverse, line
    message = "Reverse fulfillment order line item does not belong to the return."
    raise Refused(message, field=[*path, "reverseFulfillmentOrderLineItemId"], code="NOT_FOUND")


def dispose(draft: Draft, order: Doc, reverse: Doc, line: Doc, given: Doc, path: Path) -> None:
    """Settle the fate of units that came back; refuses more than did."""
    kind, quantity = given["dispositionType"], positive(given["quantity"], [*path, "quantity"])
    left = line["quantity"] - disposed(line, final=kind in FINAL)
    at_most(quantity, left, [*path, "quantity"], "undisposed")
    location = given.get("locationId")
    if location is not None:
        gid.expect(location, "Location")
    if kind == "RESTOCKED":
        bought: Any = by_id(order["lines"], line["lineId"])
        restock(draft, order, bought, location, quantity, path)
    if kind in FINAL:
        _settle_pending(line, quantity)
    entry = {
        "id": draft.new_id("ReverseFulfillmentOrderDisposition"),
        "type": kind,
        "quantity": quantity,
        "createdAt": draft.stamp,
        "locationId": location if kind == "RESTOCKED" else None,
    }
    line["dispositions"].append(entry)
    dispositions_made(draft, reverse, line, entry)


def _settle_pending(line: Doc, quantity: int) -> None:
    over = disposed(line, final=False) + quantity - line["quantity"]
    for entry in line["dispositions"]:
        if over > 0 and entry["type"] == "PROCESSING_REQUIRED":
            settled = min(over, entry["quantity"])
            entry["quantity"] -= settled
            over -= settled
    line["dispositions"] = [entry for entry in line["dispositions"] if entry["quantity"] > 0]


def _move_money(
    draft: Draft,
    context: Context,
    order: Doc,
    made: Doc,
    picks: list[Pick],
    worth: Outcome,
    shipping: Doc | None,
    given: Doc,
) -> None:
    transfer = (given.get("financialTransfer") or {}).get("issueRefund")
    if transfer is None:
        if shipping is not None:
            path = ["input", "refundShipping"]
            raise Refused("Refunding shipping needs a refund.", field=path, code="INVALID")
        return
    root = ["input", "financialTransfer", "issueRefund"]
    plan = Plan(note=given.get("note"), return_id=made["id"], shipping=shipping)
    plan.lines = [_refund_line(chosen) for chosen in picks if chosen.payable]
    plan.payments = _payments(order, transfer, [*root, "orderTransactions"])
    plan.due = max(0, worth.balance)
    plan_credit(order, plan, transfer.get("refundMethods"), [*root, "refundMethods"])
    check_payments(order, plan, [*root, "orderTransactions"])
    book(draft, context, order, plan)


def _payments(order: Doc, transfer: Doc, root: Path) -> list[tuple[Doc, int]]:
    payments = []
    for index, row in enumerate(transfer["orderTransactions"]):
        path = [*root, index]
        parent = payment_parent(order, row["parentId"], [*path, "parentId"])
        amount = amount_in(order, row["transactionAmount"], [*path, "transactionAmount"])
        if amount == 0:
            message = "Amount must be greater than 0"
            raise Refused(message, field=[*path, "transactionAmount"], code="GREATER_THAN")
        payments.append((parent, amount))
    return payments


def _refund_line(chosen: Pick) -> Doc:
    return {
        "lineId": chosen.line["id"],
        "quantity": len(chosen.payable),
        "units": list(chosen.payable),
        "fulfilledQuantity": len(chosen.payable),
        "restockType": "NO_RESTOCK",
        "restocked": False,
        "locationId": None,
        "subtotal": units_subtotal(chosen.line, chosen.payable),
        "tax": units_tax(chosen.line, chosen.payable),
    }


def _mark(order: Doc, made: Doc, picks: list[Pick], worth: Outcome) -> None:
    for chosen in picks:
        chosen.part["processed"] = [*chosen.part["processed"], *chosen.units]
        chosen.line["gone"] = sorted({*chosen.line["gone"], *chosen.units})
    made["shippingFeeCharged"] = made["shippingFee"] is not None
    made["feesOwed"] = max(0, worth.fees - worth.value) if not worth.exchange else 0


def finish(draft: Draft, order: Doc, made: Doc) -> None:
    """Close what is complete: reverse orders first, then the return."""
    for reverse in made["reverseOrders"]:
        if all(disposed(line) >= line["quantity"] for line in reverse["lines"]):
            reverse["status"] = "CLOSED"
    if made["status"] == "OPEN" and fully_processed(made) and inspection_complete(made):
        close(draft, order, made)


def close(draft: Draft, order: Doc, made: Doc) -> None:
    """Close a return."""
    made["status"], made["closedAt"] = "CLOSED", draft.stamp
    return_event(draft, "returns/close", order, made)


@mutation("reverseFulfillmentOrderDispose")
def reverse_fulfillment_order_dispose(draft: Draft, context: Context, args: Args) -> Doc:
    """Settle the fate of units without processing the return."""
    rows = args["dispositionInputs"]
    if not rows:
        raise Refused("can't be blank", field=["dispositionInputs"], code="BLANK")
    changed: list[Node] = []
    reverse_ids = set()
    for index, row in enumerate(rows):
        path = ["dispositionInputs", index]
        order, made, reverse, line = _held_line(draft, row, path)
        reverse_ids.add(reverse["id"])
        dispose(draft, order, reverse, line, row, path)
        finish(draft, order, made)
        order_changed(draft, order)
        changed.append(Node("ReverseFulfillmentOrderLineItem", line, order))
    if len(reverse_ids) > 1:
        message = "Dispositions must belong to one reverse fulfillment order."
        raise Refused(message, field=["dispositionInputs"], code="INVALID")
    unique = {node.doc["id"]: node for node in changed}
    return {"reverseFulfillmentOrderLineItems": list(unique.values())}


def _held_line(draft: Draft, row: Doc, path: Path) -> tuple[Doc, Doc, Doc, Doc]:
    key = gid.expect(row["reverseFulfillmentOrderLineItemId"], "ReverseFulfillmentOrderLineItem")
    order = draft.order_holding(key)
    for made in order["returns"] if order else []:
        for reverse in made["reverseOrders"]:
            line = by_id(reverse["lines"], key)
            if line is None:
                continue
            if made["status"] not in ("OPEN", "CLOSED") or reverse["status"] == "CANCELED":
                raise Refused("Return is not open.", field=path, code="INVALID_STATE")
            assert order is not None  # noqa: S101
            return order, made, reverse, line
    message = "Reverse fulfillment order line item does not exist."
    where = [*path, "reverseFulfillmentOrderLineItemId"]
    raise Refused(message, field=where, code="NOT_FOUND")
