"""Answers the fields of fulfillments, transactions, refunds and suggested refunds."""

from typing import Any

from graphql import GraphQLError

from returns_portal.shopify.sandbox import accounting as books
from returns_portal.shopify.sandbox import gid, money
from returns_portal.shopify.sandbox.accounting import added_tax, by_id, money_bag, money_v2
from returns_portal.shopify.sandbox.connections import connection
from returns_portal.shopify.sandbox.errors import top_level
from returns_portal.shopify.sandbox.order_fields import limited, line_of, nodes_of
from returns_portal.shopify.sandbox.registry import Args, Context, resolves
from returns_portal.shopify.sandbox.state import Doc, Node


@resolves("Fulfillment", "location")
def _location(node: Node, context: Context, args: Args) -> Node | None:
    return context.state.get("Location", node.doc["locationId"])


@resolves("Fulfillment", "order")
@resolves("OrderTransaction", "order")
@resolves("Refund", "order")
@resolves("Return", "order")
@resolves("ReverseFulfillmentOrder", "order")
def _order(node: Node, context: Context, args: Args) -> Node:
    return Node("Order", node.order, node.order)


@resolves("Fulfillment", "requiresShipping")
def _ships(node: Node, context: Context, args: Args) -> bool:
    lines = [line_of(node.order, part["lineId"]).doc for part in node.doc["lines"]]
    return any(line["requiresShipping"] for line in lines)


@resolves("Fulfillment", "totalQuantity")
def _total_quantity(node: Node, context: Context, args: Args) -> int:
    return sum(part["quantity"] for part in node.doc["lines"])


@resolves("Fulfillment", "trackingInfo")
def _tracking(node: Node, context: Context, args: Args) -> list[Doc]:
    return limited(node.doc["trackingInfo"], args)


@resolves("Fulfillment", "events")
def _events(node: Node, context: Context, args: Args) -> Doc:
    events = nodes_of("FulfillmentEvent", node.doc["events"], node.order)
    return connection(sorted(events, key=lambda event: event.doc["happenedAt"]), args)


@resolves("Fulfillment", "fulfillmentLineItems")
def _sent_lines(node: Node, context: Context, args: Args) -> Doc:
    return connection(nodes_of("FulfillmentLineItem", node.doc["lines"], node.order), args)


@resolves("FulfillmentLineItem", "lineItem")
@resolves("RefundLineItem", "lineItem")
def _line(node: Node, context: Context, args: Args) -> Node:
    return line_of(node.order, node.doc["lineId"])


@resolves("FulfillmentLineItem", "discountedTotalSet")
def _sent_discounted(node: Node, context: Context, args: Args) -> Doc:
    line = line_of(node.order, node.doc["lineId"]).doc
    units = range(node.doc["quantity"])
    return money_bag(node.order, books.units_subtotal(line, units))


@resolves("FulfillmentLineItem", "originalTotalSet")
def _sent_original(node: Node, context: Context, args: Args) -> Doc:
    line = line_of(node.order, node.doc["lineId"]).doc
    return money_bag(node.order, line["price"] * node.doc["quantity"])


# --- transactions ----------------------------------------------------------------------------


@resolves("OrderTransaction", "amountSet")
def _transaction_amount(node: Node, context: Context, args: Args) -> Doc:
    return money_bag(node.order, node.doc["amount"])


@resolves("OrderTransaction", "parentTransaction")
def _parent(node: Node, context: Context, args: Args) -> Node | None:
    parent = by_id(node.order["transactions"], node.doc["parentId"])
    return None if parent is None else Node("OrderTransaction", parent, node.order)


@resolves("OrderTransaction", "maximumRefundableV2")
def _most(node: Node, context: Context, args: Args) -> Doc | None:
    if node.doc["kind"] not in ("SALE", "CAPTURE"):
        return None
    left = min(books.transaction_left(node.order, node.doc), books.net_payment(node.order))
    return money_v2(left, node.order["presentmentCurrencyCode"])


@resolves("OrderTransaction", "paymentId")
def _payment_id(node: Node, context: Context, args: Args) -> str:
    return f"{node.order['name']}.{gid.number_of(node.doc['id'])[-3:]}"


# --- refunds ---------------------------------------------------------------------------------


@resolves("Refund", "legacyResourceId")
@resolves("Fulfillment", "legacyResourceId")
def _number(node: Node, context: Context, args: Args) -> str:
    return gid.number_of(node.doc["id"])


@resolves("Refund", "totalRefundedSet")
def _refund_total(node: Node, context: Context, args: Args) -> Doc:
    return money_bag(node.order, refund_total(node.order, node.doc))


def refund_total(order: Doc, refund: Doc) -> int:
    """The money of a refund that went back or is on its way."""
    return sum(
        t["amount"]
        for t in order["transactions"]
        if t["id"] in refund["transactionIds"] and t["status"] in books.MOVED
    )


@resolves("Refund", "transactions")
def _refund_transactions(node: Node, context: Context, args: Args) -> Doc:
    rows = [t for t in node.order["transactions"] if t["id"] in node.doc["transactionIds"]]
    return connection(nodes_of("OrderTransaction", rows, node.order), args)


@resolves("Refund", "return")
def _refund_return(node: Node, context: Context, args: Args) -> Node | None:
    made = by_id(node.order["returns"], node.doc["returnId"])
    return None if made is None else Node("Return", made, node.order)


@resolves("Refund", "refundLineItems")
def _refund_lines(node: Node, context: Context, args: Args) -> Doc:
    return connection(nodes_of("RefundLineItem", node.doc["lines"], node.order), args)


@resolves("Refund", "refundShippingLines")
def _refund_shipping(node: Node, context: Context, args: Args) -> Doc:
    part = node.doc["shipping"]
    if part is None:
        return connection([], args)
    key = gid.make("RefundShippingLine", gid.number_of(node.doc["id"]))
    row = {
        "id": key,
        "subtotalAmountSet": money_bag(node.order, part["subtotal"]),
        "taxAmountSet": money_bag(node.order, part["tax"]),
    }
    return connection([row], args)


@resolves("Refund", "orderAdjustments")
def _adjustments(node: Node, context: Context, args: Args) -> Doc:
    rows = [
        {
            "id": row["id"],
            "reason": row["reason"],
            "amountSet": money_bag(node.order, row["amount"]),
            "taxAmountSet": money_bag(node.order, row["tax"]),
        }
        for row in node.doc["adjustments"]
    ]
    return connection(rows, args)


@resolves("RefundLineItem", "location")
def _refund_location(node: Node, context: Context, args: Args) -> Node | None:
    return context.state.get("Location", node.doc["locationId"])


@resolves("RefundLineItem", "priceSet")
def _refund_price(node: Node, context: Context, args: Args) -> Doc:
    return money_bag(node.order, line_of(node.order, node.doc["lineId"]).doc["price"])


@resolves("RefundLineItem", "subtotalSet")
def _refund_subtotal(node: Node, context: Context, args: Args) -> Doc:
    return money_bag(node.order, node.doc["subtotal"])


@resolves("RefundLineItem", "totalTaxSet")
def _refund_tax(node: Node, context: Context, args: Args) -> Doc:
    return money_bag(node.order, node.doc["tax"])


# --- suggestions -----------------------------------------------------------------------------


def suggested_transactions(order: Doc, amount: int) -> list[Doc]:
    """How the amount would go back over the payments it came from."""
    rows = []
    for parent, part, most in books.spread_refund(order, amount):
        if part == 0:
            continue
        rows.append(
            {
                "kind": "SUGGESTED_REFUND",
                "gateway": parent["gateway"],
                "formattedGateway": parent["formattedGateway"],
                "accountNumber": None,
                "amountSet": money_bag(order, part),
                "maximumRefundableSet": money_bag(order, most),
                "parentTransaction": Node("OrderTransaction", parent, order),
            }
        )
    return rows


def suggested_methods(order: Doc, amount: int) -> list[Doc]:
    """The amount as store credit."""
    most = books.net_payment(order)
    return [
        {
            "__typename": "SuggestedStoreCreditRefund",
            "amount": money_bag(order, amount),
            "maximumRefundable": money_bag(order, most),
            "expiresAt": None,
        }
    ]


def shipping_refund(order: Doc, amount: int, tax: int) -> Doc:
    """The ShippingRefund of a suggestion."""
    return {
        "amountSet": money_bag(order, amount),
        "maximumRefundableSet": money_bag(order, books.shipping_left(order)),
        "taxSet": money_bag(order, tax),
    }


@resolves("Order", "suggestedRefund")
def _suggested(node: Node, context: Context, args: Args) -> Doc:
    order = node.doc
    rows = _suggested_lines(order, args)
    shipping = _suggested_shipping(order, args)
    ship_tax = books.shipping_tax_for(order, shipping) if shipping else 0
    subtotal = sum(row.doc["subtotal"] for row in rows)
    tax = sum(row.doc["tax"] for row in rows) + ship_tax
    amount = min(subtotal + shipping + added_tax(order, tax), books.net_payment(order))
    credit = args.get("refundMethodAllocation") == "STORE_CREDIT"
    return {
        "amountSet": money_bag(order, amount),
        "maximumRefundableSet": money_bag(order, books.net_payment(order)),
        "subtotalSet": money_bag(order, subtotal),
        "discountedSubtotalSet": money_bag(order, subtotal),
        "totalCartDiscountAmountSet": money_bag(order, sum(r.doc["across"] for r in rows)),
        "totalTaxSet": money_bag(order, tax),
        "totalDutiesSet": money_bag(order, 0),
        "shipping": shipping_refund(order, shipping, ship_tax),
        "refundLineItems": rows,
        "suggestedTransactions": [] if credit else suggested_transactions(order, amount),
        "suggestedRefundMethods": suggested_methods(order, amount) if credit else [],
    }


def _suggested_shipping(order: Doc, args: Args) -> int:
    if args.get("refundShipping") or args.get("suggestFullRefund"):
        return books.shipping_left(order)
    wanted = args.get("shippingAmount")
    if wanted is None:
        return 0
    try:
        amount = money.to_minor(wanted, order["presentmentCurrencyCode"])
    except ValueError as error:
        raise top_level(str(error), "INVALID") from error
    return max(0, min(amount, books.shipping_left(order)))


def _suggested_lines(order: Doc, args: Args) -> list[Node]:
    given: list[Doc] = args.get("refundLineItems") or []
    if args.get("suggestFullRefund"):
        given = [
            {"lineItemId": line["id"], "quantity": line["quantity"]} for line in order["lines"]
        ]
    return [_suggested_line(order, row, bool(args.get("suggestFullRefund"))) for row in given]


def _suggested_line(order: Doc, row: Doc, full: bool) -> Node:
    line: Any = by_id(order["lines"], gid.expect(row["lineItemId"], "LineItem"))
    if line is None:
        raise top_level("Line item does not exist", "NOT_FOUND")
    units = books.refundable_units(order, line)
    if row["quantity"] < 0 or (row["quantity"] > len(units) and not full):
        raise GraphQLError("Quantity cannot exceed the refundable quantity")
    units = units[: row["quantity"]]
    doc = {
        "id": None,
        "lineId": line["id"],
        "quantity": len(units),
        "restockType": row.get("restockType") or "NO_RESTOCK",
        "restocked": False,
        "locationId": row.get("locationId"),
        "subtotal": books.units_subtotal(line, units),
        "tax": books.units_tax(line, units),
        "across": money.share_of(books.line_discount(line, across=True), line["quantity"], units),
    }
    return Node("RefundLineItem", doc, order)
