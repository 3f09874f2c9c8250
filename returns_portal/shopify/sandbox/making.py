"""Making returns: returnCreate, returnRequest, and what they share with returnCalculate."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from returns_portal.shopify.sandbox import gid, money
from returns_portal.shopify.sandbox.accounting import (
    by_id,
    free_units,
    returnable,
    units_subtotal,
)
from returns_portal.shopify.sandbox.errors import Refused
from returns_portal.shopify.sandbox.inputs import (
    Path,
    amount_in,
    at_most,
    listed,
    order_to_edit,
    positive,
    short_enough,
)
from returns_portal.shopify.sandbox.payloads import order_changed, return_event
from returns_portal.shopify.sandbox.registry import Args, Context, mutation
from returns_portal.shopify.sandbox.state import Doc, Draft, Node, State

REASON_NOTE_LIMIT = 255
CUSTOMER_NOTE_LIMIT = 300


class Picker:
    """Hands out returnable units of an order, none of them twice."""

    def __init__(self, order: Doc) -> None:
        self._order = order
        self._left = {part["id"]: quantity for _, part, quantity in returnable(order)}
        self._taken: dict[str, int] = {}
        self._parts = {part["id"]: part for sent in order["fulfillments"] for part in sent["lines"]}

    def take(self, given: Doc, path: Path) -> tuple[Doc, Doc, list[int]]:
        """(fulfillment line, line, units) for one line of the input; refuses what is too much."""
        key = gid.expect(given["fulfillmentLineItemId"], "FulfillmentLineItem")
        part = self._parts.get(key)
        if part is None:
            message = "Fulfillment line item does not exist on this order."
            raise Refused(message, field=[*path, "fulfillmentLineItemId"], code="NOT_FOUND")
        quantity = positive(given["quantity"], [*path, "quantity"])
        at_most(quantity, self._left.get(key, 0), [*path, "quantity"], "returnable")
        line = by_id(self._order["lines"], part["lineId"])
        assert line is not None  # noqa: S101
        self._left[key] -= quantity
        start = self._taken.get(line["id"], 0)
        self._taken[line["id"]] = start + quantity
        return part, line, free_units(self._order, line)[start : start + quantity]


def restocking_fee(line: Doc, units: Sequence[int], given: Doc | None, path: Path) -> Doc | None:
    """The fee of a return line; refuses a percentage that is none."""
    if given is None:
        return None
    percentage = given["percentage"]
    if not 0 <= percentage <= 100:
        message = "Percentage must be between 0 and 100."
        raise Refused(message, field=[*path, "restockingFee", "percentage"], code="INVALID")
    amount = money.percentage_of(units_subtotal(line, units), Decimal(str(percentage)))
    return {"percentage": percentage, "amount": amount}


def shipping_fee(order: Doc, given: Doc | None, path: Path) -> int | None:
    """The return shipping fee, in the smallest presentment unit."""
    if given is None:
        return None
    return amount_in(order, given["amount"], [*path, "returnShippingFee", "amount"])


def exchange_price(state: State, order: Doc, given: Doc, path: Path) -> tuple[Doc, int]:
    """(variant, unit price) of an exchange line; refuses an unknown variant."""
    key = given.get("variantId")
    variant = state.get("ProductVariant", gid.expect(key, "ProductVariant")) if key else None
    if variant is None:
        raise Refused("Variant does not exist.", field=[*path, "variantId"], code="NOT_FOUND")
    currency = order["presentmentCurrencyCode"]
    price = int(variant.doc["prices"].get(currency, variant.doc["prices"]["USD"]))
    discount = given.get("appliedDiscount")
    return variant.doc, max(0, price - _exchange_discount(order, price, discount, path))


def _exchange_discount(order: Doc, price: int, given: Doc | None, path: Path) -> int:
    if given is None:
        return 0
    value = given["value"]
    where = [*path, "appliedDiscount", "value"]
    if "percentage" in value:
        return money.percentage_of(price, Decimal(str(value["percentage"])))
    return amount_in(order, value["amount"], [*where, "amount"])


@mutation("returnCreate")
def return_create(draft: Draft, context: Context, args: Args) -> Doc:
    """Make an open return."""
    given = args["returnInput"]
    order = order_to_edit(draft, given["orderId"], ["returnInput", "orderId"])
    _not_in_future(given.get("requestedAt"), draft.now)
    lines = _lines(draft, context.state, order, given, "returnInput")
    made = _new_return(draft, order, lines, given, "returnInput")
    made["status"] = "OPEN"
    made["exchanges"] = _exchanges(draft, context.state, order, given)
    made["requestApprovedAt"] = draft.stamp
    open_reverse_orders(draft, order, made)
    return_event(draft, "returns/approve", order, made)
    order_changed(draft, order)
    return {"return": Node("Return", made, order)}


@mutation("returnRequest")
def return_request(draft: Draft, context: Context, args: Args) -> Doc:
    """Make a return that waits for approval."""
    given = args["input"]
    order = order_to_edit(draft, given["orderId"], ["input", "orderId"])
    lines = _lines(draft, context.state, order, given, "input")
    made = _new_return(draft, order, lines, given, "input")
    return_event(draft, "returns/request", order, made)
    order_changed(draft, order)
    return {"return": Node("Return", made, order)}


def _not_in_future(given: str | None, now: datetime) -> None:
    if given is not None and datetime.fromisoformat(given) > now:
        path = ["returnInput", "requestedAt"]
        raise Refused("Requested at cannot be in the future.", field=path, code="INVALID")


def _lines(draft: Draft, state: State, order: Doc, given: Doc, root: str) -> list[Doc]:
    picker = Picker(order)
    rows = listed(given["returnLineItems"], [root, "returnLineItems"])
    return [
        _line(draft, state, picker, row, [root, "returnLineItems", index])
        for index, row in enumerate(rows)
    ]


def _line(draft: Draft, state: State, picker: Picker, given: Doc, path: Path) -> Doc:
    reason = _reason(state, given, path)
    part, line, units = picker.take(given, path)
    fee = restocking_fee(line, units, given.get("restockingFee"), path)
    if fee is not None:
        fee["id"] = draft.new_id("RestockingFee")
    note = given.get("returnReasonNote")
    customer_note = given.get("customerNote")
    return {
        "id": draft.new_id("ReturnLineItem"),
        "fulfillmentLineItemId": part["id"],
        "lineId": line["id"],
        "quantity": len(units),
        "units": units,
        "processed": [],
        "fee": fee,
        "reasonId": reason["id"],
        "returnReasonNote": short_enough(note, REASON_NOTE_LIMIT, [*path, "returnReasonNote"])
        or "",
        "customerNote": short_enough(customer_note, CUSTOMER_NOTE_LIMIT, [*path, "customerNote"]),
    }


def _reason(state: State, given: Doc, path: Path) -> Doc:
    creating = path[0] == "returnInput"
    key = given.get("returnReasonDefinitionId")
    where = [*path, "returnReasonDefinitionId"]
    if key is None and creating:
        message = "Return reason or return reason definition is required."
        raise Refused(message, field=[*path, "returnReason"], code="INVALID")
    if key is None:
        raise Refused("Return reason can't be blank", field=where, code="BLANK")
    reason = state.get("ReturnReasonDefinition", gid.expect(key, "ReturnReasonDefinition"))
    if reason is None or reason.doc["deleted"]:
        raise Refused("Return reason definition does not exist.", field=where, code="NOT_FOUND")
    if creating and reason.doc["handle"] == "other-reason" and not given.get("returnReasonNote"):
        message = "A note is required for this return reason."
        raise Refused(message, field=[*path, "returnReasonNote"], code="BLANK")
    return reason.doc


def _new_return(draft: Draft, order: Doc, lines: list[Doc], given: Doc, root: str) -> Doc:
    fee = shipping_fee(order, given.get("returnShippingFee"), [root])
    made: Doc = {
        "id": draft.new_id("Return"),
        "name": f"{order['name']}-R{len(order['returns']) + 1}",
        "status": "REQUESTED",
        "createdAt": draft.stamp,
        "requestApprovedAt": None,
        "closedAt": None,
        "decline": None,
        "lines": [],
        "exchanges": [],
        "reverseOrders": [],
        "shippingFee": None,
        "shippingFeeCharged": False,
        "feesOwed": 0,
    }
    if fee is not None:
        made["shippingFee"] = {"id": draft.new_id("ReturnShippingFee"), "amount": fee}
    made["lines"] = [{**line, "returnId": made["id"]} for line in lines]
    order["returns"].append(made)
    order["closed"], order["closedAt"] = False, None
    return made


def _exchanges(draft: Draft, state: State, order: Doc, given: Doc) -> list[Doc]:
    rows = []
    for index, row in enumerate(given.get("exchangeLineItems") or []):
        path = ["returnInput", "exchangeLineItems", index]
        variant, price = exchange_price(state, order, row, path)
        quantity = positive(row["quantity"], [*path, "quantity"])
        rows.append(
            {
                "id": draft.new_id("ExchangeLineItem"),
                "variantId": variant["id"],
                "quantity": quantity,
                "processed": 0,
                "price": price,
            }
        )
    return rows


def open_reverse_orders(draft: Draft, order: Doc, made: Doc) -> None:
    """Make the reverse fulfillment orders of a return: one a location the goods came from."""
    by_location: dict[str, list[Doc]] = {}
    location_of = {
        part["id"]: sent["locationId"] for sent in order["fulfillments"] for part in sent["lines"]
    }
    for line in made["lines"]:
        by_location.setdefault(location_of[line["fulfillmentLineItemId"]], []).append(line)
    for lines in by_location.values():
        key = draft.new_id("ReverseFulfillmentOrder")
        made["reverseOrders"].append(
            {
                "id": key,
                "returnId": made["id"],
                "status": "OPEN",
                "lines": [_reverse_line(draft, key, line) for line in lines],
                "deliveries": [],
            }
        )


def _reverse_line(draft: Draft, reverse: str, line: Doc) -> Doc:
    return {
        "id": draft.new_id("ReverseFulfillmentOrderLineItem"),
        "reverseOrderId": reverse,
        "returnLineId": line["id"],
        "lineId": line["lineId"],
        "fulfillmentLineItemId": line["fulfillmentLineItemId"],
        "quantity": line["quantity"],
        "dispositions": [],
    }
