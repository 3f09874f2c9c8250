"""Orders and refunds as the REST API shows them, which is what webhook bodies carry."""

from decimal import Decimal
from typing import Any

from returns_portal.shopify.sandbox import accounting as books
from returns_portal.shopify.sandbox.gid import number_of
from returns_portal.shopify.sandbox.money import convert, plain_string
from returns_portal.shopify.sandbox.state import Doc

KINDS = {"NO_RESTOCK": "no_restock", "RETURN": "return", "CANCEL": "cancel"}


def _id(key: str | None) -> int | None:
    return int(number_of(key)) if key else None


def _amount(order: Doc, minor: int) -> str:
    return plain_string(minor, order["presentmentCurrencyCode"])


def _set(order: Doc, minor: int) -> Doc:
    bag = books.money_bag(order, minor)
    shown = {}
    for name, part in (("shop_money", "shopMoney"), ("presentment_money", "presentmentMoney")):
        currency = bag[part]["currencyCode"]
        amount = minor
        if currency != order["presentmentCurrencyCode"]:
            rate = Decimal(order["rate"])
            amount = convert(minor, order["presentmentCurrencyCode"], rate, currency)
        shown[name] = {"amount": plain_string(amount, currency), "currency_code": currency}
    return shown


def order_body(order: Doc) -> Doc:
    """An order."""
    return {
        "id": _id(order["id"]),
        "admin_graphql_api_id": order["id"],
        "name": order["name"],
        "number": order["number"],
        "order_number": order["number"],
        "confirmation_number": order["confirmationNumber"],
        "created_at": order["createdAt"],
        "processed_at": order["processedAt"],
        "updated_at": order["updatedAt"],
        "cancelled_at": order["cancelledAt"],
        "cancel_reason": (order["cancelReason"] or "").lower() or None,
        "closed_at": order["closedAt"],
        "currency": order["currencyCode"],
        "presentment_currency": order["presentmentCurrencyCode"],
        "email": order["email"] or "",
        "contact_email": order["email"],
        "phone": order["phone"],
        "note": order["note"],
        "note_attributes": [
            {"name": row["key"], "value": row["value"]} for row in order["customAttributes"]
        ],
        "tags": ", ".join(order["tags"]),
        "source_name": order["sourceName"],
        "source_identifier": order["sourceIdentifier"],
        "test": order["test"],
        "taxes_included": order["taxesIncluded"],
        "financial_status": books.financial_status(order).lower(),
        "fulfillment_status": _fulfillment(order),
        "total_price": _amount(order, books.total(order)),
        "total_price_set": _set(order, books.total(order)),
        "current_total_price": _amount(order, books.current_total(order)),
        "current_total_price_set": _set(order, books.current_total(order)),
        "total_tax": _amount(order, books.total_tax(order)),
        "total_discounts": _amount(order, books.total_discounts(order)),
        "shipping_address": _address(order["shippingAddress"]),
        "line_items": [_line(order, line) for line in order["lines"]],
        "fulfillments": [_sent(order, row) for row in order["fulfillments"]],
        "refunds": [refund_body(order, row) for row in order["refunds"]],
    }


def _fulfillment(order: Doc) -> str | None:
    words = {"FULFILLED": "fulfilled", "PARTIALLY_FULFILLED": "partial"}
    return words.get(books.fulfillment_status(order))


def _address(given: Doc | None) -> Doc | None:
    if given is None:
        return None
    return {
        "first_name": given["firstName"],
        "last_name": given["lastName"],
        "city": given["city"],
        "province_code": given["provinceCode"],
        "zip": given["zip"],
        "country": given["country"],
        "country_code": given["countryCodeV2"],
        "phone": given["phone"],
    }


def _line(order: Doc, line: Doc) -> Doc:
    return {
        "id": _id(line["id"]),
        "admin_graphql_api_id": line["id"],
        "title": line["title"],
        "variant_title": line["variantTitle"],
        "variant_id": _id(line["variantId"]),
        "product_id": _id(line["productId"]),
        "sku": line["sku"],
        "vendor": line["vendor"],
        "quantity": line["quantity"],
        "current_quantity": line["quantity"] - len(line["gone"]),
        "price": _amount(order, line["price"]),
        "price_set": _set(order, line["price"]),
        "total_discount": _amount(order, books.line_discount(line, across=False)),
        "gift_card": line["isGiftCard"],
        "requires_shipping": line["requiresShipping"],
    }


def _sent(order: Doc, row: Doc) -> Doc:
    tracking = row["trackingInfo"][0]
    return {
        "id": _id(row["id"]),
        "admin_graphql_api_id": row["id"],
        "order_id": _id(order["id"]),
        "status": row["status"].lower(),
        "shipment_status": "delivered" if row["deliveredAt"] else None,
        "created_at": row["createdAt"],
        "updated_at": row["updatedAt"],
        "tracking_number": tracking["number"],
        "tracking_company": tracking["company"],
        "location_id": _id(row["locationId"]),
    }


def refund_body(order: Doc, refund: Doc) -> Doc:
    """A refund."""
    paid = [t for t in order["transactions"] if t["id"] in refund["transactionIds"]]
    made = refund["returnId"]
    return {
        "id": _id(refund["id"]),
        "admin_graphql_api_id": refund["id"],
        "order_id": _id(order["id"]),
        "created_at": refund["createdAt"],
        "processed_at": refund["processedAt"],
        "note": refund["note"],
        "restock": any(row["restocked"] for row in refund["lines"]),
        "return": {"id": _id(made), "admin_graphql_api_id": made} if made else None,
        "refund_line_items": [_refund_line(order, row) for row in refund["lines"]],
        "transactions": [transaction_body(order, row) for row in paid],
        "order_adjustments": [],
        "refund_shipping_lines": [],
        "duties": [],
    }


def _refund_line(order: Doc, row: Doc) -> Doc:
    line: Any = books.by_id(order["lines"], row["lineId"])
    return {
        "id": _id(row["id"]),
        "quantity": row["quantity"],
        "line_item_id": _id(row["lineId"]),
        "location_id": _id(row["locationId"]),
        "restock_type": KINDS[row["restockType"]],
        "subtotal_set": _set(order, row["subtotal"]),
        "total_tax_set": _set(order, row["tax"]),
        "line_item": _line(order, line),
    }


def transaction_body(order: Doc, row: Doc) -> Doc:
    """A transaction."""
    return {
        "id": _id(row["id"]),
        "admin_graphql_api_id": row["id"],
        "order_id": _id(order["id"]),
        "kind": row["kind"].lower(),
        "status": row["status"].lower(),
        "gateway": row["gateway"],
        "amount": _amount(order, row["amount"]),
        "currency": order["presentmentCurrencyCode"],
        "created_at": row["createdAt"],
        "processed_at": row["processedAt"],
        "parent_id": _id(row["parentId"]),
        "error_code": row["errorCode"],
        "test": row["test"],
    }
