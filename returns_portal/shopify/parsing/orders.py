"""Reading orders, with what was sent, paid and sent back."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from returns_portal.shopify.parsing.values import (
    Node,
    id_of,
    parse_money,
    parse_time,
    text_of,
    time_of,
)
from returns_portal.shopify.types import (
    Disposition,
    Fulfillment,
    FulfillmentLine,
    Money,
    Order,
    OrderLine,
    Refund,
    RefundedLine,
    Return,
    ReturnableLine,
    ReturnLine,
    ReverseLine,
    Transaction,
)

NOTHING: Mapping[str, int] = MappingProxyType({})


def parse_order(node: Node) -> Order:
    """Read an order whose lines and fulfillments are all there."""
    address = node.get("shippingAddress") or {}
    bought = {line["id"]: int(line["quantity"]) for line in node["lineItems"]["nodes"]}
    return Order(
        id=node["id"],
        name=node["name"],
        source_name=text_of(node, "sourceName"),
        source_identifier=text_of(node, "sourceIdentifier"),
        app_id=id_of(node, "app") or "",
        tags=tuple(node.get("tags") or ()),
        note=text_of(node, "note"),
        custom_attributes=parse_attributes(node),
        email=text_of(node, "email"),
        customer_id=id_of(node, "customer"),
        customer_name=text_of(address, "name"),
        locale=text_of(node, "customerLocale"),
        country=text_of(address, "countryCodeV2"),
        postcode=text_of(address, "zip"),
        created_at=parse_time(node["createdAt"]),
        updated_at=parse_time(node["updatedAt"]),
        canceled_at=time_of(node, "cancelledAt"),
        test=bool(node["test"]),
        currency=node["presentmentCurrencyCode"],
        shop_currency=node["currencyCode"],
        taxes_included=bool(node["taxesIncluded"]),
        financial_status=text_of(node, "displayFinancialStatus"),
        fulfillment_status=text_of(node, "displayFulfillmentStatus"),
        return_status=text_of(node, "returnStatus"),
        total=parse_money(node["totalPriceSet"]),
        total_received=parse_money(node["totalReceivedSet"]),
        total_refunded=parse_money(node["totalRefundedSet"]),
        lines=tuple(parse_order_line(line) for line in node["lineItems"]["nodes"]),
        fulfillments=tuple(parse_fulfillment(parcel, bought) for parcel in node["fulfillments"]),
        discounts=parse_money(discounts) if (discounts := node.get("totalDiscountsSet")) else None,
    )


def parse_order_line(node: Node) -> OrderLine:
    """Read a line; a custom line or one whose product was deleted has no product or variant."""
    product = node.get("product") or {}
    variant = node.get("variant") or {}
    unit_price = parse_money(node["discountedUnitPriceAfterAllDiscountsSet"])
    taxes = [parse_money(tax["priceSet"]) for tax in node.get("taxLines") or ()]
    return OrderLine(
        id=node["id"],
        title=node["title"],
        variant_title=text_of(node, "variantTitle"),
        sku=text_of(node, "sku"),
        vendor=text_of(node, "vendor"),
        product_id=product.get("id"),
        variant_id=variant.get("id"),
        inventory_item_id=id_of(variant, "inventoryItem"),
        product_type=text_of(product, "productType"),
        product_tags=tuple(product.get("tags") or ()),
        image_url=text_of(node.get("image") or {}, "url"),
        quantity=int(node["quantity"]),
        current_quantity=int(node["currentQuantity"]),
        refundable_quantity=int(node["refundableQuantity"]),
        unfulfilled_quantity=int(node["unfulfilledQuantity"]),
        requires_shipping=bool(node["requiresShipping"]),
        restockable=bool(node["restockable"]),
        is_gift_card=bool(node["isGiftCard"]),
        custom_attributes=parse_attributes(node),
        unit_price=unit_price,
        before_tax=parse_money(node["priceAfterAllDiscountsBeforeTaxesSet"]),
        tax=sum(taxes, Money.zero(unit_price.currency)),
        category=text_of(product.get("category") or {}, "fullName"),
        full_price=parse_money(price) if (price := node.get("originalTotalSet")) else None,
    )


def parse_attributes(node: Node) -> tuple[tuple[str, str], ...]:
    """Read the "additional details" of an order or a line."""
    attributes = node.get("customAttributes") or ()
    return tuple((item["key"], text_of(item, "value")) for item in attributes)


def parse_fulfillment(node: Node, bought: Mapping[str, int] = NOTHING) -> Fulfillment:
    """Read a parcel whose lines are all there.

    Shopify may leave a line's quantity open: then all units `bought` by line item id may be in it.
    """
    return Fulfillment(
        id=node["id"],
        status=node["status"],
        display_status=text_of(node, "displayStatus"),
        created_at=parse_time(node["createdAt"]),
        delivered_at=time_of(node, "deliveredAt") or _delivery_event(node),
        location_id=id_of(node, "location"),
        lines=tuple(
            _parse_fulfillment_line(line, bought) for line in node["fulfillmentLineItems"]["nodes"]
        ),
    )


def _parse_fulfillment_line(node: Node, bought: Mapping[str, int]) -> FulfillmentLine:
    line_id = node["lineItem"]["id"]
    quantity = node.get("quantity")
    return FulfillmentLine(
        node["id"], line_id, bought.get(line_id, 0) if quantity is None else int(quantity)
    )


def parse_returnable_lines(node: Node) -> tuple[ReturnableLine, ...]:
    """Read what may be returned of one fulfillment."""
    return tuple(
        ReturnableLine(
            fulfillment_line_item_id=item["fulfillmentLineItem"]["id"],
            line_item_id=item["fulfillmentLineItem"]["lineItem"]["id"],
            fulfillment_id=node["fulfillment"]["id"],
            quantity=int(item["quantity"]),
        )
        for item in node["returnableFulfillmentLineItems"]["nodes"]
    )


def parse_transaction(node: Node) -> Transaction:
    """Read a movement of money."""
    return Transaction(
        id=node["id"],
        kind=node["kind"],
        status=node["status"],
        gateway=text_of(node, "gateway"),
        amount=parse_money(node["amountSet"]),
        parent_id=id_of(node, "parentTransaction"),
        error_code=text_of(node, "errorCode"),
    )


def parse_refund(node: Node) -> Refund:
    """Read a refund whose lines and transactions are all there."""
    return Refund(
        id=node["id"],
        created_at=time_of(node, "createdAt"),
        note=text_of(node, "note"),
        return_id=id_of(node, "return"),
        total=parse_money(node["totalRefundedSet"]),
        transactions=tuple(parse_transaction(item) for item in node["transactions"]["nodes"]),
        lines=tuple(
            RefundedLine(
                line_item_id=item["lineItem"]["id"],
                quantity=int(item["quantity"]),
                restock_type=item["restockType"],
                restocked=bool(item["restocked"]),
            )
            for item in node["refundLineItems"]["nodes"]
        ),
    )


def parse_return(node: Node) -> Return:
    """Read a return whose every list is all there."""
    return Return(
        id=node["id"],
        name=node["name"],
        status=node["status"],
        order_id=node["order"]["id"],
        created_at=parse_time(node["createdAt"]),
        lines=tuple(parse_return_line(line) for line in node["returnLineItems"]["nodes"]),
        reverse_lines=parse_reverse_lines(node),
        refunds=tuple(parse_refund(refund) for refund in node["refunds"]["nodes"]),
        transactions=tuple(parse_transaction(item) for item in node["transactions"]["nodes"]),
    )


def parse_return_line(node: Node) -> ReturnLine:
    """Read a return line; an unverified one names no bought unit: its ids are empty."""
    parcel_line = node.get("fulfillmentLineItem") or {}
    return ReturnLine(
        id=node["id"],
        fulfillment_line_item_id=text_of(parcel_line, "id"),
        line_item_id=id_of(parcel_line, "lineItem") or "",
        quantity=int(node["quantity"]),
        processable_quantity=int(node["processableQuantity"]),
        processed_quantity=int(node["processedQuantity"]),
        refunded_quantity=int(node["refundedQuantity"]),
        reason_note=text_of(node, "returnReasonNote"),
    )


def parse_reverse_lines(node: Node) -> tuple[ReverseLine, ...]:
    return tuple(
        _parse_reverse_line(line, order["id"])
        for order in node["reverseFulfillmentOrders"]["nodes"]
        for line in order["lineItems"]["nodes"]
    )


def _parse_reverse_line(node: Node, reverse_fulfillment_order_id: str) -> ReverseLine:
    return ReverseLine(
        id=node["id"],
        reverse_fulfillment_order_id=reverse_fulfillment_order_id,
        fulfillment_line_item_id=id_of(node, "fulfillmentLineItem") or "",
        quantity=int(node["totalQuantity"]),
        dispositions=tuple(
            Disposition(item["type"], int(item["quantity"]), id_of(item, "location"))
            for item in node["dispositions"]
        ),
    )


def _delivery_event(node: Node) -> datetime | None:
    times = [
        parse_time(event["happenedAt"])
        for event in (node.get("events") or {}).get("nodes", ())
        if event["status"] == "DELIVERED"
    ]
    return min(times, default=None)
