"""The steps of a return: approve, decline, cancel, close, reopen, remove; and its parcels."""

from typing import Any

from returns_portal.shopify.sandbox import gid
from returns_portal.shopify.sandbox.accounting import by_id
from returns_portal.shopify.sandbox.errors import Refused
from returns_portal.shopify.sandbox.inputs import (
    at_most,
    listed,
    positive,
    return_to_edit,
    short_enough,
)
from returns_portal.shopify.sandbox.making import open_reverse_orders
from returns_portal.shopify.sandbox.payloads import order_changed, parcel_announced, return_event
from returns_portal.shopify.sandbox.processing import close, return_part
from returns_portal.shopify.sandbox.registry import Args, Context, mutation
from returns_portal.shopify.sandbox.state import Doc, Draft, Node

DECLINE_NOTE_LIMIT = 500
CARRIERS = {"1Z": "UPS", "94": "USPS", "92": "USPS", "JD": "DHL"}


def _state_error(message: str, path: list[str]) -> Refused:
    return Refused(message, field=path, code="INVALID_STATE")


def _step(draft: Draft, order: Doc, made: Doc, topic: str) -> Doc:
    return_event(draft, topic, order, made)
    order_changed(draft, order)
    return {"return": Node("Return", made, order)}


@mutation("returnApproveRequest")
def approve(draft: Draft, context: Context, args: Args) -> Doc:
    """Open a requested return."""
    order, made = return_to_edit(draft, args["input"]["id"], ["input", "id"])
    if made["status"] != "REQUESTED":
        raise _state_error("Return is not approvable.", ["input", "id"])
    made["status"], made["requestApprovedAt"] = "OPEN", draft.stamp
    open_reverse_orders(draft, order, made)
    return _step(draft, order, made, "returns/approve")


@mutation("returnDeclineRequest")
def decline(draft: Draft, context: Context, args: Args) -> Doc:
    """Decline a requested return."""
    given = args["input"]
    order, made = return_to_edit(draft, given["id"], ["input", "id"])
    if made["status"] != "REQUESTED":
        raise _state_error("Return is not declinable.", ["input", "id"])
    note = short_enough(given.get("declineNote"), DECLINE_NOTE_LIMIT, ["input", "declineNote"])
    made["status"] = "DECLINED"
    made["decline"] = {"reason": given["declineReason"], "note": note}
    return _step(draft, order, made, "returns/decline")


@mutation("returnCancel")
def cancel(draft: Draft, context: Context, args: Args) -> Doc:
    """Cancel an open return on which nothing was refunded or settled; again is no error."""
    order, made = return_to_edit(draft, args["id"], ["id"])
    if made["status"] == "CANCELED":
        return {"return": Node("Return", made, order)}
    if made["status"] != "OPEN":
        raise _state_error("Return is not cancelable.", ["id"])
    settled = any(line["dispositions"] for r in made["reverseOrders"] for line in r["lines"])
    processed = any(line["processed"] for line in made["lines"])
    refunded = any(refund["returnId"] == made["id"] for refund in order["refunds"])
    if settled or processed or refunded:
        raise _state_error("Return has been processed and cannot be canceled.", ["id"])
    made["status"] = "CANCELED"
    for reverse in made["reverseOrders"]:
        reverse["status"] = "CANCELED"
    return _step(draft, order, made, "returns/cancel")


@mutation("returnClose")
def return_close(draft: Draft, context: Context, args: Args) -> Doc:
    """Close an open return; again is no error."""
    order, made = return_to_edit(draft, args["id"], ["id"])
    if made["status"] == "CLOSED":
        return {"return": Node("Return", made, order)}
    if made["status"] != "OPEN":
        raise _state_error("Return is not closable.", ["id"])
    close(draft, order, made)
    order_changed(draft, order)
    return {"return": Node("Return", made, order)}


@mutation("returnReopen")
def reopen(draft: Draft, context: Context, args: Args) -> Doc:
    """Reopen a closed return; again is no error."""
    order, made = return_to_edit(draft, args["id"], ["id"])
    if made["status"] == "OPEN":
        return {"return": Node("Return", made, order)}
    if made["status"] != "CLOSED":
        raise _state_error("Return is not reopenable.", ["id"])
    made["status"], made["closedAt"] = "OPEN", None
    return _step(draft, order, made, "returns/reopen")


@mutation("removeFromReturn")
def remove(draft: Draft, context: Context, args: Args) -> Doc:
    """Take unprocessed units out of an open return; an emptied return closes."""
    order, made = return_to_edit(draft, args["returnId"], ["returnId"])
    if made["status"] != "OPEN":
        raise _state_error("Return is not open.", ["returnId"])
    rows = args.get("returnLineItems") or []
    exchanges = args.get("exchangeLineItems") or []
    if not rows and not exchanges:
        raise Refused("can't be blank", field=["returnLineItems"], code="BLANK")
    for index, row in enumerate(rows):
        _remove_line(made, row, ["returnLineItems", index])
    for index, row in enumerate(exchanges):
        _remove_exchange(made, row, ["exchangeLineItems", index])
    made["lines"] = [line for line in made["lines"] if line["quantity"]]
    made["exchanges"] = [line for line in made["exchanges"] if line["quantity"]]
    if not made["lines"] and not made["exchanges"]:
        close(draft, order, made)
    return _step(draft, order, made, "returns/update")


def _remove_line(made: Doc, row: Doc, path: list[Any]) -> None:
    part = return_part(made, row["returnLineItemId"], [*path, "returnLineItemId"])
    quantity = positive(row["quantity"], [*path, "quantity"])
    loose = [unit for unit in part["units"] if unit not in part["processed"]]
    at_most(quantity, len(loose), [*path, "quantity"], "removable")
    kept = part["quantity"] - quantity
    if part["fee"]:
        part["fee"]["amount"] = part["fee"]["amount"] * kept // part["quantity"]
    gone = set(loose[len(loose) - quantity :])
    part["units"] = [unit for unit in part["units"] if unit not in gone]
    part["quantity"] = kept
    for reverse in made["reverseOrders"]:
        for line in reverse["lines"]:
            if line["returnLineId"] == part["id"]:
                line["quantity"] = kept
        reverse["lines"] = [line for line in reverse["lines"] if line["quantity"]]


def _remove_exchange(made: Doc, row: Doc, path: list[Any]) -> None:
    key = gid.expect(row["exchangeLineItemId"], "ExchangeLineItem")
    line = by_id(made["exchanges"], key)
    if line is None:
        message = "Exchange line item does not belong to the return."
        raise Refused(message, field=[*path, "exchangeLineItemId"], code="NOT_FOUND")
    quantity = positive(row["quantity"], [*path, "quantity"])
    at_most(quantity, line["quantity"] - line["processed"], [*path, "quantity"], "removable")
    line["quantity"] -= quantity


@mutation("reverseDeliveryCreateWithShipping")
def reverse_delivery_create(draft: Draft, context: Context, args: Args) -> Doc:
    """Attach a parcel, with its label and tracking, to what comes back."""
    key = gid.expect(args["reverseFulfillmentOrderId"], "ReverseFulfillmentOrder")
    order, made, reverse = _reverse_order(draft, key, ["reverseFulfillmentOrderId"])
    if made["status"] != "OPEN" or reverse["status"] != "OPEN":
        raise _state_error("Reverse fulfillment order is not open.", ["reverseFulfillmentOrderId"])
    delivery = {
        "id": draft.new_id("ReverseDelivery"),
        "reverseOrderId": reverse["id"],
        "lines": _delivery_lines(draft, reverse, args["reverseDeliveryLineItems"]),
        "label": None,
        "tracking": None,
    }
    _attach(draft, delivery, args)
    reverse["deliveries"].append(delivery)
    parcel_announced(draft, made, delivery)
    order_changed(draft, order)
    return {"reverseDelivery": Node("ReverseDelivery", delivery, order)}


def _reverse_order(draft: Draft, key: str, path: list[str]) -> tuple[Doc, Doc, Doc]:
    order = draft.order_holding(key)
    for made in order["returns"] if order else []:
        reverse = by_id(made["reverseOrders"], key)
        if reverse is not None and order is not None:
            return order, made, reverse
    message = "Reverse fulfillment order does not exist."
    raise Refused(message, field=path, code="NOT_FOUND")


def _delivery_lines(draft: Draft, reverse: Doc, given: list[Doc]) -> list[Doc]:
    if not given:
        given = [
            {"reverseFulfillmentOrderLineItemId": line["id"], "quantity": line["quantity"]}
            for line in reverse["lines"]
        ]
    rows = []
    for index, row in enumerate(listed(given, ["reverseDeliveryLineItems"])):
        path = ["reverseDeliveryLineItems", index]
        key = row["reverseFulfillmentOrderLineItemId"]
        line = by_id(reverse["lines"], gid.expect(key, "ReverseFulfillmentOrderLineItem"))
        if line is None:
            message = "Line item does not belong to the reverse fulfillment order."
            raise Refused(message, field=path, code="NOT_FOUND")
        quantity = positive(row["quantity"], [*path, "quantity"])
        at_most(quantity, line["quantity"], [*path, "quantity"], "returned")
        rows.append(
            {"id": draft.new_id("ReverseDeliveryLineItem"), "lineId": key, "quantity": quantity}
        )
    return rows


def _attach(draft: Draft, delivery: Doc, args: Args) -> None:
    label, tracking = args.get("labelInput"), args.get("trackingInput")
    if label is not None:
        delivery["label"] = {
            "createdAt": (delivery["label"] or {}).get("createdAt", draft.stamp),
            "publicFileUrl": label["fileUrl"],
            "updatedAt": draft.stamp,
        }
    if tracking is not None:
        number = tracking.get("number")
        carrier = CARRIERS.get((number or "")[:2].upper())
        url = tracking.get("url")
        delivery["tracking"] = {"carrierName": carrier, "number": number, "url": url}


@mutation("reverseDeliveryShippingUpdate")
def reverse_delivery_update(draft: Draft, context: Context, args: Args) -> Doc:
    """Change a parcel's label or tracking."""
    key = gid.expect(args["reverseDeliveryId"], "ReverseDelivery")
    order = draft.order_holding(key)
    for made in order["returns"] if order else []:
        for reverse in made["reverseOrders"]:
            delivery = by_id(reverse["deliveries"], key)
            if delivery is not None and order is not None:
                _attach(draft, delivery, args)
                order_changed(draft, order)
                return {"reverseDelivery": Node("ReverseDelivery", delivery, order)}
    message = "Reverse delivery does not exist."
    raise Refused(message, field=["reverseDeliveryId"], code="NOT_FOUND")
