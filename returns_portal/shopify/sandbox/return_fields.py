"""Answers the fields of returns, and previews what one would be worth."""

from typing import Any

from returns_portal.shopify.sandbox import gid
from returns_portal.shopify.sandbox.accounting import (
    by_id,
    money_bag,
    returnable,
    shipping_tax_for,
    units_before_order_discounts,
    units_subtotal,
    units_tax,
)
from returns_portal.shopify.sandbox.connections import connection
from returns_portal.shopify.sandbox.errors import Refused, top_level
from returns_portal.shopify.sandbox.making import Picker, restocking_fee, shipping_fee
from returns_portal.shopify.sandbox.money_fields import (
    shipping_refund,
    suggested_methods,
    suggested_transactions,
)
from returns_portal.shopify.sandbox.order_fields import nodes_of
from returns_portal.shopify.sandbox.outcome import Outcome, Pick, cart_discount, outcome_of, pick
from returns_portal.shopify.sandbox.processing import shipping_amount
from returns_portal.shopify.sandbox.registry import Args, Context, resolves
from returns_portal.shopify.sandbox.state import Doc, Node


@resolves("Return", "totalQuantity")
def _total(node: Node, context: Context, args: Args) -> int:
    return sum(line["quantity"] for line in node.doc["lines"])


@resolves("Return", "returnLineItems")
def _lines(node: Node, context: Context, args: Args) -> Doc:
    wanted = args.get("processingStatus")
    lines = [line for line in node.doc["lines"] if _shows(line, wanted)]
    return connection(nodes_of("ReturnLineItem", lines, node.order), args)


def _shows(line: Doc, wanted: str | None) -> bool:
    if wanted == "PROCESSABLE":
        return len(line["processed"]) < int(line["quantity"])
    return wanted is None or bool(line["processed"])


@resolves("Return", "exchangeLineItems")
def _exchanges(node: Node, context: Context, args: Args) -> Doc:
    return connection(nodes_of("ExchangeLineItem", node.doc["exchanges"], node.order), args)


@resolves("Return", "returnShippingFees")
def _shipping_fees(node: Node, context: Context, args: Args) -> list[Doc]:
    fee = node.doc["shippingFee"]
    return [{"id": fee["id"], "amountSet": money_bag(node.order, fee["amount"])}] if fee else []


@resolves("Return", "reverseFulfillmentOrders")
def _reverse_orders(node: Node, context: Context, args: Args) -> Doc:
    rows = nodes_of("ReverseFulfillmentOrder", node.doc["reverseOrders"], node.order)
    return connection(rows, args)


@resolves("Return", "refunds")
def _refunds(node: Node, context: Context, args: Args) -> Doc:
    rows = [r for r in node.order["refunds"] if r["returnId"] == node.doc["id"]]
    return connection(nodes_of("Refund", rows, node.order), args)


@resolves("Return", "transactions")
def _transactions(node: Node, context: Context, args: Args) -> Doc:
    ids = {
        key
        for refund in node.order["refunds"]
        if refund["returnId"] == node.doc["id"]
        for key in refund["transactionIds"]
    }
    rows = [t for t in node.order["transactions"] if t["id"] in ids]
    return connection(nodes_of("OrderTransaction", rows, node.order), args)


# --- its lines -------------------------------------------------------------------------------


def _return_of(node: Node) -> Doc:
    made = by_id(node.order["returns"], node.doc["returnId"])
    assert made is not None  # noqa: S101
    return made


def _bought(node: Node) -> Doc:
    line = by_id(node.order["lines"], node.doc["lineId"])
    assert line is not None  # noqa: S101
    return line


@resolves("ReturnLineItem", "processedQuantity")
def _processed(node: Node, context: Context, args: Args) -> int:
    return len(node.doc["processed"])


@resolves("ReturnLineItem", "unprocessedQuantity")
def _unprocessed(node: Node, context: Context, args: Args) -> int:
    return int(node.doc["quantity"]) - len(node.doc["processed"])


@resolves("ReturnLineItem", "processableQuantity")
def _processable(node: Node, context: Context, args: Args) -> int:
    if _return_of(node)["status"] != "OPEN":
        return 0
    return int(node.doc["quantity"]) - len(node.doc["processed"])


@resolves("ReturnLineItem", "refundableQuantity")
def _refundable(node: Node, context: Context, args: Args) -> int:
    gone = _bought(node)["gone"]
    return len([unit for unit in node.doc["units"] if unit not in gone])


@resolves("ReturnLineItem", "refundedQuantity")
def _refunded(node: Node, context: Context, args: Args) -> int:
    back = _bought(node)["refunded"]
    return len([unit for unit in node.doc["units"] if unit in back])


@resolves("ReturnLineItem", "returnReasonDefinition")
def _reason(node: Node, context: Context, args: Args) -> Node | None:
    return context.state.get("ReturnReasonDefinition", node.doc["reasonId"])


@resolves("ReturnLineItem", "fulfillmentLineItem")
@resolves("ReverseFulfillmentOrderLineItem", "fulfillmentLineItem")
def _sent_line(node: Node, context: Context, args: Args) -> Node | None:
    return context.state.find(node.doc["fulfillmentLineItemId"])


@resolves("ReturnLineItem", "restockingFee")
def _fee(node: Node, context: Context, args: Args) -> Doc | None:
    fee = node.doc["fee"]
    return None if fee is None else {**fee, "amountSet": money_bag(node.order, fee["amount"])}


@resolves("ReturnLineItem", "withCodeDiscountedTotalPriceSet")
def _with_code(node: Node, context: Context, args: Args) -> Doc:
    return money_bag(node.order, units_subtotal(_bought(node), node.doc["units"]))


@resolves("ExchangeLineItem", "processedQuantity")
def _exchanged(node: Node, context: Context, args: Args) -> int:
    return int(node.doc["processed"])


@resolves("ExchangeLineItem", "unprocessedQuantity", "processableQuantity")
def _unexchanged(node: Node, context: Context, args: Args) -> int:
    return int(node.doc["quantity"]) - int(node.doc["processed"])


@resolves("ExchangeLineItem", "title", "variantTitle", "variantSku", "productId")
def _variant_field(node: Node, context: Context, args: Args) -> str | None:
    return None


# --- reverse fulfillment ---------------------------------------------------------------------


@resolves("ReverseFulfillmentOrder", "lineItems")
def _reverse_lines(node: Node, context: Context, args: Args) -> Doc:
    rows = nodes_of("ReverseFulfillmentOrderLineItem", node.doc["lines"], node.order)
    return connection(rows, args)


@resolves("ReverseFulfillmentOrder", "reverseDeliveries")
def _deliveries(node: Node, context: Context, args: Args) -> Doc:
    return connection(nodes_of("ReverseDelivery", node.doc["deliveries"], node.order), args)


@resolves("ReverseFulfillmentOrderLineItem", "totalQuantity")
def _reverse_total(node: Node, context: Context, args: Args) -> int:
    return int(node.doc["quantity"])


@resolves("ReverseFulfillmentOrderLineItem", "dispositions")
def _dispositions(node: Node, context: Context, args: Args) -> list[Node]:
    return nodes_of("ReverseFulfillmentOrderDisposition", node.doc["dispositions"], node.order)


@resolves("ReverseFulfillmentOrderDisposition", "location")
def _disposition_location(node: Node, context: Context, args: Args) -> Node | None:
    return context.state.get("Location", node.doc["locationId"])


@resolves("ReverseDelivery", "reverseFulfillmentOrder")
def _reverse_order(node: Node, context: Context, args: Args) -> Node | None:
    return context.state.find(node.doc["reverseOrderId"])


@resolves("ReverseDelivery", "deliverable")
def _deliverable(node: Node, context: Context, args: Args) -> Doc | None:
    if node.doc["label"] is None and node.doc["tracking"] is None:
        return None
    kind = "ReverseDeliveryShippingDeliverable"
    return {"__typename": kind, "label": node.doc["label"], "tracking": node.doc["tracking"]}


@resolves("ReverseDelivery", "reverseDeliveryLineItems")
def _delivery_lines(node: Node, context: Context, args: Args) -> Doc:
    rows = [
        {**row, "reverseFulfillmentOrderLineItem": context.state.find(row["lineId"])}
        for row in node.doc["lines"]
    ]
    return connection(rows, args)


# --- previews --------------------------------------------------------------------------------


@resolves("QueryRoot", "returnableFulfillments")
def _returnable(source: Any, context: Context, args: Args) -> Doc:
    order = context.state.get("Order", gid.expect(args["orderId"], "Order"))
    grouped: dict[str, Doc] = {}
    for sent, part, quantity in returnable(order.doc) if order else []:
        row = grouped.setdefault(sent["id"], {"sent": sent, "lines": []})
        row["lines"].append({"part": part, "quantity": quantity})
    rows = [Node("ReturnableFulfillment", row, order.doc) for row in grouped.values() if order]
    return connection(rows, args)


@resolves("ReturnableFulfillment", "id")
def _returnable_id(node: Node, context: Context, args: Args) -> str:
    return gid.make("ReturnableFulfillment", gid.number_of(node.doc["sent"]["id"]))


@resolves("ReturnableFulfillment", "fulfillment")
def _returnable_sent(node: Node, context: Context, args: Args) -> Node:
    return Node("Fulfillment", node.doc["sent"], node.order)


@resolves("ReturnableFulfillment", "returnableFulfillmentLineItems")
def _returnable_lines(node: Node, context: Context, args: Args) -> Doc:
    rows = [
        {
            "quantity": row["quantity"],
            "fulfillmentLineItem": Node("FulfillmentLineItem", row["part"], node.order),
        }
        for row in node.doc["lines"]
    ]
    return connection(rows, args)


@resolves("QueryRoot", "returnCalculate")
def _calculate(source: Any, context: Context, args: Args) -> Doc | None:
    given = args["input"]
    order = context.state.get("Order", gid.expect(given["orderId"], "Order"))
    if order is None:
        raise top_level("Order does not exist.", "NOT_FOUND")
    try:
        return _calculated(order.doc, given)
    except Refused as refusal:
        raise top_level(str(refusal), refusal.code or "INVALID") from refusal


def _calculated(order: Doc, given: Doc) -> Doc:
    picker = Picker(order)
    number = gid.number_of(order["id"])
    rows = given.get("returnLineItems") or []
    lines = [
        _calculated_line(order, picker, row, ["input", "returnLineItems", index], number)
        for index, row in enumerate(rows)
    ]
    fee = shipping_fee(order, given.get("returnShippingFee"), ["input"])
    shown = None
    if fee is not None:
        key = gid.make("CalculatedReturnShippingFee", number)
        shown = {"id": key, "amountSet": money_bag(order, fee)}
    key = gid.make("CalculatedReturn", number)
    return {"id": key, "returnLineItems": lines, "returnShippingFee": shown}


def _calculated_line(order: Doc, picker: Picker, row: Doc, path: list[Any], number: str) -> Doc:
    part, line, units = picker.take(row, path)
    fee = restocking_fee(line, units, row.get("restockingFee"), path)
    shown = None
    if fee is not None:
        key = gid.make("CalculatedRestockingFee", f"{number}{path[-1]}")
        bag = money_bag(order, fee["amount"])
        shown = {"id": key, "percentage": fee["percentage"], "amountSet": bag}
    return {
        "id": gid.make("CalculatedReturnLineItem", f"{number}{path[-1]}"),
        "quantity": len(units),
        "fulfillmentLineItem": Node("FulfillmentLineItem", part, order),
        "subtotalBeforeOrderDiscountsSet": money_bag(
            order, -units_before_order_discounts(line, units)
        ),
        "subtotalSet": money_bag(order, -units_subtotal(line, units)),
        "totalTaxSet": money_bag(order, -units_tax(line, units)),
        "restockingFee": shown,
    }


@resolves("Return", "suggestedFinancialOutcome")
def _outcome(node: Node, context: Context, args: Args) -> Doc | None:
    made, order = node.doc, node.order
    if made["status"] in ("DECLINED", "CANCELED"):
        return None
    picks = [_pick(order, made, row) for row in args["returnLineItems"]]
    exchange = sum(_exchange_value(made, row) for row in args["exchangeLineItems"])
    try:
        shipping = shipping_amount(order, args.get("refundShipping"), ["refundShipping"])
    except Refused as refusal:
        raise top_level(str(refusal), "INVALID") from refusal
    tax = shipping_tax_for(order, shipping) if shipping else 0
    worth = outcome_of(order, made, picks, exchange=exchange, shipping=shipping, shipping_tax=tax)
    credit = args.get("refundMethodAllocation") == "STORE_CREDIT"
    return _shown(order, picks, worth, credit)


def _pick(order: Doc, made: Doc, row: Doc) -> Pick:
    part = by_id(made["lines"], gid.expect(row["id"], "ReturnLineItem"))
    if part is None:
        raise top_level("Return line item does not belong to the return.", "NOT_FOUND")
    if not 0 < row["quantity"] <= part["quantity"] - len(part["processed"]):
        raise top_level("Quantity exceeds the processable quantity.", "INVALID")
    return pick(order, part, row["quantity"])


def _exchange_value(made: Doc, row: Doc) -> int:
    line = by_id(made["exchanges"], gid.expect(row["id"], "ExchangeLineItem"))
    if line is None:
        raise top_level("Exchange line item does not belong to the return.", "NOT_FOUND")
    return int(line["price"]) * int(row["quantity"])


def _shown(order: Doc, picks: list[Pick], worth: Outcome, credit: bool) -> Doc:
    return {
        "discountedSubtotal": money_bag(order, worth.subtotal),
        "totalCartDiscountAmount": money_bag(order, cart_discount(picks)),
        "totalTax": money_bag(order, worth.tax + worth.shipping_tax),
        "totalDuties": money_bag(order, 0),
        "totalAdditionalFees": money_bag(order, worth.fees),
        "maximumRefundable": money_bag(order, worth.most),
        "shipping": shipping_refund(order, worth.shipping, worth.shipping_tax),
        "financialTransfer": _transfer(order, worth, credit),
    }


def _transfer(order: Doc, worth: Outcome, credit: bool) -> Doc:
    if worth.invoice:
        amount = money_bag(order, worth.invoice)
        return {"__typename": "InvoiceReturnOutcome", "amount": amount}
    return {
        "__typename": "RefundReturnOutcome",
        "amount": money_bag(order, worth.refund),
        "suggestedTransactions": [] if credit else suggested_transactions(order, worth.refund),
        "suggestedRefundMethods": suggested_methods(order, worth.refund) if credit else [],
    }
