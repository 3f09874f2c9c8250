"""Answers the fields of orders, their lines, fulfillments, payments and refunds."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from returns_portal.shopify.sandbox import accounting as books
from returns_portal.shopify.sandbox.accounting import by_id, money_bag
from returns_portal.shopify.sandbox.annotations import metafield_of
from returns_portal.shopify.sandbox.connections import connection
from returns_portal.shopify.sandbox.gid import number_of
from returns_portal.shopify.sandbox.registry import Args, Context, resolves
from returns_portal.shopify.sandbox.state import Doc, Node

AMOUNTS: dict[str, Callable[[Doc], int]] = {
    "totalPriceSet": books.total,
    "originalTotalPriceSet": books.total,
    "currentTotalPriceSet": books.current_total,
    "subtotalPriceSet": books.subtotal,
    "currentSubtotalPriceSet": books.current_subtotal,
    "totalReceivedSet": books.received,
    "totalRefundedSet": books.refunded,
    "netPaymentSet": lambda order: books.received(order) - books.refunded(order),
    "totalDiscountsSet": books.total_discounts,
    "totalTaxSet": books.total_tax,
    "currentTotalTaxSet": books.current_tax,
    "totalShippingPriceSet": books.shipping_price,
    "currentShippingPriceSet": books.shipping_left,
    "totalRefundedShippingSet": books.shipping_refunded,
    "totalOutstandingSet": lambda order: max(0, books.total(order) - books.received(order)),
}


def _amount(function: Callable[[Doc], int]) -> Callable[[Node, Context, Args], Doc]:
    return lambda node, context, args: money_bag(node.doc, function(node.doc))


for _name, _function in AMOUNTS.items():
    resolves("Order", _name)(_amount(_function))


def limited(items: list[Any], args: Args) -> list[Any]:
    """A plain list cut at `first`."""
    first = args.get("first")
    return items if first is None else items[:first]


def nodes_of(kind: str, docs: list[Doc], order: Doc) -> list[Node]:
    """The documents as objects of this order."""
    return [Node(kind, doc, order) for doc in docs]


@resolves("Order", "displayFinancialStatus")
def _financial(node: Node, context: Context, args: Args) -> str:
    return books.financial_status(node.doc)


@resolves("Order", "displayFulfillmentStatus")
def _fulfillment(node: Node, context: Context, args: Args) -> str:
    return books.fulfillment_status(node.doc)


@resolves("Order", "returnStatus")
def _return_status(node: Node, context: Context, args: Args) -> str:
    return books.return_status(node.doc)


@resolves("Order", "refundable")
def _refundable(node: Node, context: Context, args: Args) -> bool:
    order = node.doc
    left = any(books.refundable_units(order, line) for line in order["lines"])
    return books.net_payment(order) > 0 or (left and not order["cancelledAt"])


@resolves("Order", "restockable")
def _restockable(node: Node, context: Context, args: Args) -> bool:
    return any(line["variantId"] and not _all_gone(line) for line in node.doc["lines"])


def _all_gone(line: Doc) -> bool:
    return len(line["gone"]) >= int(line["quantity"])


@resolves("Order", "merchantEditable")
def _editable(node: Node, context: Context, args: Args) -> bool:
    return not node.doc["cancelledAt"]


@resolves("Order", "merchantEditableErrors")
def _editable_errors(node: Node, context: Context, args: Args) -> list[str]:
    return ["The order has been canceled."] if node.doc["cancelledAt"] else []


@resolves("Order", "paymentGatewayNames")
def _gateways(node: Node, context: Context, args: Args) -> list[str]:
    paid = [t["gateway"] for t in node.doc["transactions"] if t["kind"] != "REFUND"]
    return list(dict.fromkeys(paid))


@resolves("Order", "fullyPaid")
def _fully_paid(node: Node, context: Context, args: Args) -> bool:
    return books.received(node.doc) >= books.total(node.doc)


@resolves("Order", "unpaid")
def _unpaid(node: Node, context: Context, args: Args) -> bool:
    return books.received(node.doc) == 0 < books.total(node.doc)


@resolves("Order", "requiresShipping")
def _requires_shipping(node: Node, context: Context, args: Args) -> bool:
    return any(line["requiresShipping"] for line in node.doc["lines"])


@resolves("Order", "subtotalLineItemsQuantity")
def _quantity(node: Node, context: Context, args: Args) -> int:
    return sum(line["quantity"] for line in node.doc["lines"])


@resolves("Order", "currentSubtotalLineItemsQuantity")
def _current_quantity(node: Node, context: Context, args: Args) -> int:
    return sum(line["quantity"] - len(line["gone"]) for line in node.doc["lines"])


@resolves("Order", "customer")
def _customer(node: Node, context: Context, args: Args) -> Node | None:
    return context.state.get("Customer", node.doc["customerId"])


@resolves("Order", "discountCode")
def _discount_code(node: Node, context: Context, args: Args) -> str | None:
    codes = node.doc["discountCodes"]
    return codes[0] if codes else None


@resolves("Order", "discountApplications")
def _applications(node: Node, context: Context, args: Args) -> Doc:
    rows = [application(node.doc, index) for index in range(len(node.doc["discounts"]))]
    return connection(rows, args)


def application(order: Doc, index: int) -> Doc:
    """One discount application of the order."""
    given = order["discounts"][index]
    value: Doc = {"__typename": "PricingPercentageValue", "percentage": given["percentage"]}
    if given["percentage"] is None:
        value = books.money_v2(given["amount"], order["presentmentCurrencyCode"])
    kind = "DiscountCodeApplication" if given["code"] else "AutomaticDiscountApplication"
    return {
        "__typename": kind,
        "index": index,
        "allocationMethod": "ACROSS" if given["across"] else "EACH",
        "targetSelection": "ALL" if given["across"] else "EXPLICIT",
        "targetType": "LINE_ITEM",
        "title": given["title"],
        "code": given["code"],
        "value": value,
    }


@resolves("Order", "taxLines")
def _tax_lines(node: Node, context: Context, args: Args) -> list[Doc]:
    order = node.doc
    sums: dict[str, Doc] = {}
    for line in [*order["lines"], *order["shippingLines"]]:
        for tax in line["taxes"]:
            known = sums.setdefault(tax["title"], {**tax, "amount": 0})
            known["amount"] += tax["amount"]
    return [tax_line(order, tax) for tax in sums.values()]


def tax_line(order: Doc, tax: Doc) -> Doc:
    """One tax line."""
    return {
        "title": tax["title"],
        "rate": tax["rate"],
        "ratePercentage": float(Decimal(str(tax["rate"])) * 100),
        "priceSet": money_bag(order, tax["amount"]),
        "channelLiable": tax["channelLiable"],
        "source": None,
    }


@resolves("Order", "lineItems")
def _lines(node: Node, context: Context, args: Args) -> Doc:
    return connection(nodes_of("LineItem", node.doc["lines"], node.doc), args)


@resolves("Order", "fulfillments")
def _fulfillments(node: Node, context: Context, args: Args) -> list[Node]:
    return limited(nodes_of("Fulfillment", node.doc["fulfillments"], node.doc), args)


@resolves("Order", "fulfillmentsCount")
def _fulfillments_count(node: Node, context: Context, args: Args) -> Doc:
    return {"count": len(node.doc["fulfillments"]), "precision": "EXACT"}


@resolves("Order", "transactions")
def _transactions(node: Node, context: Context, args: Args) -> list[Node]:
    return limited(nodes_of("OrderTransaction", node.doc["transactions"], node.doc), args)


@resolves("Order", "transactionsCount")
def _transactions_count(node: Node, context: Context, args: Args) -> Doc:
    return {"count": len(node.doc["transactions"]), "precision": "EXACT"}


@resolves("Order", "refunds")
def _refunds(node: Node, context: Context, args: Args) -> list[Node]:
    return limited(nodes_of("Refund", node.doc["refunds"], node.doc), args)


@resolves("Order", "returns")
def _returns(node: Node, context: Context, args: Args) -> Doc:
    made = node.doc["returns"]
    shown = made if context.newest_return_shows else made[:-1]
    return connection(nodes_of("Return", shown, node.doc), args)


@resolves("Order", "disputes")
def _disputes(node: Node, context: Context, args: Args) -> list[Doc]:
    return []


@resolves("Order", "originalTotalDutiesSet", "publication", "merchantOfRecordApp")
def _none(node: Node, context: Context, args: Args) -> None:
    return None


@resolves("Order", "dutiesIncluded")
def _no(node: Node, context: Context, args: Args) -> bool:
    return False


@resolves("Order", "confirmed")
def _yes(node: Node, context: Context, args: Args) -> bool:
    return True


@resolves("Order", "billingAddress")
def _billing(node: Node, context: Context, args: Args) -> Doc | None:
    return address(node.doc)


@resolves("Order", "shippingAddress")
def _shipping(node: Node, context: Context, args: Args) -> Doc | None:
    return address(node.doc)


def address(order: Doc) -> Doc | None:
    """The delivery address."""
    given = order["shippingAddress"]
    if given is None:
        return None
    name = " ".join(part for part in (given["firstName"], given["lastName"]) if part)
    key = f"gid://shopify/MailingAddress/{number_of(order['id'])}?model_name=Address"
    lines = [given["address1"], given["address2"], f"{given['zip'] or ''} {given['city'] or ''}"]
    formatted = [line for line in (name, *lines, given["country"]) if line and line.strip()]
    return {**given, "id": key, "name": name or None, "formatted": formatted}


@resolves("Order", "metafield")
def _metafield(node: Node, context: Context, args: Args) -> Node | None:
    found = metafield_of(node.doc, args.get("namespace"), args["key"])
    return None if found is None else Node("Metafield", found, node.doc)


@resolves("Order", "statusPageUrl")
def _status_page(node: Node, context: Context, args: Args) -> str:
    return f"{context.base_url}/orders/{node.doc['legacyResourceId']}"


# --- lines -----------------------------------------------------------------------------------


def _line_amount(function: Callable[[Doc], int]) -> Callable[[Node, Context, Args], Doc]:
    return lambda node, context, args: money_bag(node.order, function(node.doc))


LINE_AMOUNTS: dict[str, Callable[[Doc], int]] = {
    "originalUnitPriceSet": lambda line: int(line["price"]),
    "originalTotalSet": books.line_total,
    "discountedTotalSet": lambda line: (
        books.line_total(line) - books.line_discount(line, across=False)
    ),
    "discountedUnitPriceSet": lambda line: books.units_before_order_discounts(line, [0]),
    "discountedUnitPriceAfterAllDiscountsSet": lambda line: books.units_subtotal(line, [0]),
    "totalDiscountSet": books.line_discount,
}
for _name, _function in LINE_AMOUNTS.items():
    resolves("LineItem", _name)(_line_amount(_function))


@resolves("LineItem", "priceAfterAllDiscountsBeforeTaxesSet")
def _before_taxes(node: Node, context: Context, args: Args) -> Doc:
    included = books.line_tax(node.doc) if node.order["taxesIncluded"] else 0
    return money_bag(node.order, books.line_discounted(node.doc) - included)


@resolves("LineItem", "name")
def _line_name(node: Node, context: Context, args: Args) -> str:
    variant = node.doc["variantTitle"]
    return f"{node.doc['title']} - {variant}" if variant else str(node.doc["title"])


@resolves("LineItem", "currentQuantity")
def _line_current(node: Node, context: Context, args: Args) -> int:
    return int(node.doc["quantity"]) - len(node.doc["gone"])


@resolves("LineItem", "refundableQuantity")
def _line_refundable(node: Node, context: Context, args: Args) -> int:
    return len(books.refundable_units(node.order, node.doc))


@resolves("LineItem", "unfulfilledQuantity")
def _line_unfulfilled(node: Node, context: Context, args: Args) -> int:
    return books.unfulfilled_quantity(node.order, node.doc)


@resolves("LineItem", "nonFulfillableQuantity")
def _line_non_fulfillable(node: Node, context: Context, args: Args) -> int:
    return books.removed_before_sending(node.order, node.doc)


@resolves("LineItem", "restockable")
def _line_restockable(node: Node, context: Context, args: Args) -> bool:
    return node.doc["variantId"] is not None and not _all_gone(node.doc)


@resolves("LineItem", "merchantEditable", "taxable")
def _line_yes(node: Node, context: Context, args: Args) -> bool:
    return not node.order["cancelledAt"]


@resolves("LineItem", "image")
def _image(node: Node, context: Context, args: Args) -> Doc | None:
    name = node.doc["image"]
    if name is None:
        return None
    size = {"width": 480, "height": 480}
    url = f"{context.base_url}/sandbox/images/{name}.svg"
    return {"id": None, "altText": node.doc["title"], "url": url, **size}


@resolves("LineItem", "discountAllocations")
def _allocations(node: Node, context: Context, args: Args) -> list[Doc]:
    return [
        {
            "allocatedAmountSet": money_bag(node.order, discount["amount"]),
            "discountApplication": application(node.order, discount["application"]),
        }
        for discount in node.doc["discounts"]
    ]


@resolves("LineItem", "taxLines")
def _line_taxes(node: Node, context: Context, args: Args) -> list[Doc]:
    return limited([tax_line(node.order, tax) for tax in node.doc["taxes"]], args)


@resolves("LineItem", "duties")
def _duties(node: Node, context: Context, args: Args) -> list[Doc]:
    return []


@resolves("LineItem", "product")
def _product(node: Node, context: Context, args: Args) -> Node | None:
    return context.state.get("Product", node.doc["productId"])


@resolves("LineItem", "variant")
def _variant(node: Node, context: Context, args: Args) -> Node | None:
    return context.state.get("ProductVariant", node.doc["variantId"])


@resolves("LineItem", "suggestedReturnReasonDefinitions")
def _reasons(node: Node, context: Context, args: Args) -> Doc | None:
    product = context.state.get("Product", node.doc["productId"])
    if product is None:
        return None
    handles = product.doc["reasonHandles"]
    rows = [r for r in context.state.all("ReturnReasonDefinition") if r.doc["handle"] in handles]
    return connection(rows, args)


def line_of(order: Doc, key: str) -> Node:
    """A line of the order as an object."""
    line = by_id(order["lines"], key)
    assert line is not None  # noqa: S101
    return Node("LineItem", line, order)
