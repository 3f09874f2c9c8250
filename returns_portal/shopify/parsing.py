"""Pure reading of Shopify's nodes into the values of `types`."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from returns_portal.shopify.errors import UserError
from returns_portal.shopify.types import (
    BareReturn,
    CalculatedLine,
    Disposition,
    Fulfillment,
    FulfillmentLine,
    LineProgress,
    Location,
    Money,
    Movement,
    OpenedLine,
    OpenedReturn,
    Order,
    OrderLine,
    Payout,
    ProcessedReturn,
    Refund,
    RefundedLine,
    Return,
    ReturnableLine,
    ReturnCalculation,
    ReturnLine,
    ReturnReasonDefinition,
    ReturnToProcess,
    ReverseLine,
    Shop,
    SuggestedOutcome,
    SuggestedTransaction,
    Transaction,
)

Node = dict[str, Any]
IDEMPOTENCY_CODE = re.compile(r"IDEMPOTENCY_[A-Z_]+")


def parse_money(bag: Node) -> Money:
    """Read a sum in the currency that the shopper paid in; raises ValueError if it is no number."""
    money = bag["presentmentMoney"]
    amount = Decimal(str(money["amount"]))
    if not amount.is_finite():
        raise ValueError("An amount of money is a finite number")
    return Money(amount, str(money["currencyCode"]))


def parse_time(text: str) -> datetime:
    """Read a moment; one without a time zone is UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def parse_user_errors(nodes: list[Node] | None) -> tuple[UserError, ...]:
    """Read objections; a code that stands only in the message is found there."""
    return tuple(_parse_user_error(node) for node in nodes or ())


def parse_order(node: Node) -> Order:
    """Read an order whose lines and fulfillments are all there."""
    address = node.get("shippingAddress") or {}
    return Order(
        id=node["id"],
        name=node["name"],
        source_name=_text(node, "sourceName"),
        source_identifier=_text(node, "sourceIdentifier"),
        app_id=_id(node, "app") or "",
        tags=tuple(node.get("tags") or ()),
        note=_text(node, "note"),
        custom_attributes=parse_attributes(node),
        email=_text(node, "email"),
        customer_id=_id(node, "customer"),
        customer_name=_text(address, "name"),
        locale=_text(node, "customerLocale"),
        country=_text(address, "countryCodeV2"),
        postcode=_text(address, "zip"),
        created_at=parse_time(node["createdAt"]),
        updated_at=parse_time(node["updatedAt"]),
        canceled_at=_time(node, "cancelledAt"),
        test=bool(node["test"]),
        currency=node["presentmentCurrencyCode"],
        shop_currency=node["currencyCode"],
        taxes_included=bool(node["taxesIncluded"]),
        financial_status=_text(node, "displayFinancialStatus"),
        fulfillment_status=_text(node, "displayFulfillmentStatus"),
        return_status=_text(node, "returnStatus"),
        total=parse_money(node["totalPriceSet"]),
        total_received=parse_money(node["totalReceivedSet"]),
        total_refunded=parse_money(node["totalRefundedSet"]),
        lines=tuple(parse_order_line(line) for line in node["lineItems"]["nodes"]),
        fulfillments=tuple(parse_fulfillment(parcel) for parcel in node["fulfillments"]),
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
        variant_title=_text(node, "variantTitle"),
        sku=_text(node, "sku"),
        vendor=_text(node, "vendor"),
        product_id=product.get("id"),
        variant_id=variant.get("id"),
        inventory_item_id=_id(variant, "inventoryItem"),
        product_type=_text(product, "productType"),
        product_tags=tuple(product.get("tags") or ()),
        image_url=_text(node.get("image") or {}, "url"),
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
    )


def parse_attributes(node: Node) -> tuple[tuple[str, str], ...]:
    """Read the "additional details" of an order or a line."""
    attributes = node.get("customAttributes") or ()
    return tuple((item["key"], _text(item, "value")) for item in attributes)


def parse_fulfillment(node: Node) -> Fulfillment:
    """Read a parcel whose lines are all there."""
    return Fulfillment(
        id=node["id"],
        status=node["status"],
        display_status=_text(node, "displayStatus"),
        created_at=parse_time(node["createdAt"]),
        delivered_at=_time(node, "deliveredAt") or _delivery_event(node),
        location_id=_id(node, "location"),
        lines=tuple(
            FulfillmentLine(line["id"], line["lineItem"]["id"], int(line.get("quantity") or 0))
            for line in node["fulfillmentLineItems"]["nodes"]
        ),
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
        gateway=_text(node, "gateway"),
        amount=parse_money(node["amountSet"]),
        parent_id=_id(node, "parentTransaction"),
        error_code=_text(node, "errorCode"),
    )


def parse_refund(node: Node) -> Refund:
    """Read a refund whose lines and transactions are all there."""
    return Refund(
        id=node["id"],
        created_at=_time(node, "createdAt"),
        note=_text(node, "note"),
        return_id=_id(node, "return"),
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
        reverse_lines=_parse_reverse_lines(node),
        refunds=tuple(parse_refund(refund) for refund in node["refunds"]["nodes"]),
        transactions=tuple(parse_transaction(item) for item in node["transactions"]["nodes"]),
    )


def parse_bare_return(node: Node) -> BareReturn:
    """Read a return's name and status."""
    return BareReturn(id=node["id"], name=node["name"], status=node["status"])


def parse_opened_return(node: Node) -> OpenedReturn:
    """Read a return that was just opened, whose lines are all there."""
    return OpenedReturn(
        id=node["id"],
        name=node["name"],
        status=node["status"],
        lines=tuple(
            OpenedLine(line["id"], _id(line, "fulfillmentLineItem") or "", int(line["quantity"]))
            for line in node["returnLineItems"]["nodes"]
        ),
    )


def parse_return_to_process(node: Node) -> ReturnToProcess:
    """Read a return that is about to be processed; its lines and reverse lines are all there."""
    return ReturnToProcess(
        id=node["id"],
        name=node["name"],
        status=node["status"],
        lines=tuple(
            LineProgress(line["id"], int(line["quantity"]), int(line["processedQuantity"]))
            for line in node["returnLineItems"]["nodes"]
        ),
        reverse_lines=_parse_reverse_lines(node),
        has_refunds=bool(node["refunds"]["edges"]),
    )


def parse_processed_return(node: Node) -> ProcessedReturn:
    """Read a return that was just processed, whose refunds are all there."""
    return ProcessedReturn(
        id=node["id"],
        name=node["name"],
        status=node["status"],
        refunds=tuple(_parse_payout(refund) for refund in node["refunds"]["nodes"]),
    )


def parse_return_line(node: Node) -> ReturnLine:
    """Read a return line; an unverified one names no bought unit: its ids are empty."""
    parcel_line = node.get("fulfillmentLineItem") or {}
    return ReturnLine(
        id=node["id"],
        fulfillment_line_item_id=_text(parcel_line, "id"),
        line_item_id=_id(parcel_line, "lineItem") or "",
        quantity=int(node["quantity"]),
        processable_quantity=int(node["processableQuantity"]),
        processed_quantity=int(node["processedQuantity"]),
        refunded_quantity=int(node["refundedQuantity"]),
        reason_note=_text(node, "returnReasonNote"),
    )


def parse_calculation(nodes: list[Node], *, taxes_included: bool) -> ReturnCalculation:
    """Read the parts of one calculation; what is given back turns positive, as the fees are.

    Where taxes are included, the subtotals hold them and nothing comes on top. Raises IndexError
    where nothing was calculated.
    """
    lines = tuple(
        _parse_calculated_line(line, taxes_included)
        for node in nodes
        for line in node["returnLineItems"]
    )
    currency = lines[0].subtotal.currency
    shipping_fee = Money.zero(currency)
    for node in nodes:
        fee = node.get("returnShippingFee")
        shipping_fee += parse_money(fee["amountSet"]) if fee else Money.zero(currency)
    worth = Money.zero(currency)
    for line in lines:
        worth += line.subtotal + line.tax - line.restocking_fee
    refund = max(worth - shipping_fee, Money.zero(currency))
    return ReturnCalculation(lines=lines, return_shipping_fee=shipping_fee, refund=refund)


def parse_outcome(node: Node) -> SuggestedOutcome:
    """Read what Shopify would pay back; where the shopper would owe money, that is nothing."""
    limit = parse_money(node["maximumRefundable"])
    transfer = node.get("financialTransfer") or {}
    if "suggestedTransactions" not in transfer:
        return SuggestedOutcome(Money.zero(limit.currency), limit, ())
    return SuggestedOutcome(
        amount=parse_money(transfer["amount"]),
        maximum_refundable=limit,
        transactions=tuple(
            _parse_suggestion(item)
            for item in transfer["suggestedTransactions"]
            if item.get("parentTransaction")
        ),
    )


def parse_shop(shop: Node, installation: Node) -> Shop:
    """Read the shop and the access that the app was given."""
    return Shop(
        id=shop["id"],
        name=shop["name"],
        domain=shop["myshopifyDomain"],
        currency=shop["currencyCode"],
        timezone=shop["ianaTimezone"],
        scopes=tuple(sorted(scope["handle"] for scope in installation["accessScopes"])),
    )


def parse_location(node: Node) -> Location:
    """Read a place that keeps stock."""
    return Location(id=node["id"], name=node["name"], is_active=bool(node["isActive"]))


def parse_reason_definition(node: Node) -> ReturnReasonDefinition:
    """Read one of Shopify's reasons for a return."""
    return ReturnReasonDefinition(id=node["id"], handle=node["handle"], name=node["name"])


def _parse_user_error(node: Node) -> UserError:
    message = _text(node, "message")
    spoken = IDEMPOTENCY_CODE.search(message)
    code = _text(node, "code") or (spoken.group() if spoken else "")
    field = tuple(str(step) for step in node.get("field") or ())
    return UserError(code=code, field=field, message=message)


def _parse_calculated_line(node: Node, taxes_included: bool) -> CalculatedLine:
    subtotal = parse_money(node["subtotalSet"])
    nothing = Money.zero(subtotal.currency)
    fee = node.get("restockingFee")
    return CalculatedLine(
        fulfillment_line_item_id=node["fulfillmentLineItem"]["id"],
        quantity=int(node["quantity"]),
        subtotal=-subtotal,
        tax=nothing if taxes_included else -parse_money(node["totalTaxSet"]),
        restocking_fee=parse_money(fee["amountSet"]) if fee else nothing,
    )


def _parse_suggestion(node: Node) -> SuggestedTransaction:
    limit = node.get("maximumRefundableSet")
    return SuggestedTransaction(
        parent_id=node["parentTransaction"]["id"],
        gateway=_text(node, "gateway"),
        amount=parse_money(node["amountSet"]),
        maximum_refundable=parse_money(limit) if limit else None,
    )


def _parse_payout(node: Node) -> Payout:
    return Payout(
        id=node["id"],
        created_at=_time(node, "createdAt"),
        note=_text(node, "note"),
        total=parse_money(node["totalRefundedSet"]),
        transactions=tuple(_parse_movement(item) for item in node["transactions"]["nodes"]),
    )


def _parse_movement(node: Node) -> Movement:
    return Movement(
        id=node["id"],
        kind=node["kind"],
        status=node["status"],
        gateway=_text(node, "gateway"),
        amount=parse_money(node["amountSet"]),
        error_code=_text(node, "errorCode"),
    )


def _parse_reverse_lines(node: Node) -> tuple[ReverseLine, ...]:
    return tuple(
        _parse_reverse_line(line, order["id"])
        for order in node["reverseFulfillmentOrders"]["nodes"]
        for line in order["lineItems"]["nodes"]
    )


def _parse_reverse_line(node: Node, reverse_fulfillment_order_id: str) -> ReverseLine:
    return ReverseLine(
        id=node["id"],
        reverse_fulfillment_order_id=reverse_fulfillment_order_id,
        fulfillment_line_item_id=_id(node, "fulfillmentLineItem") or "",
        quantity=int(node["totalQuantity"]),
        dispositions=tuple(
            Disposition(item["type"], int(item["quantity"]), _id(item, "location"))
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


def _text(node: Node, key: str) -> str:
    return str(node.get(key) or "")


def _id(node: Node, key: str) -> str | None:
    return (node.get(key) or {}).get("id")


def _time(node: Node, key: str) -> datetime | None:
    text = node.get(key)
    return parse_time(text) if text else None
