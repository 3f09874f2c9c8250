"""TikTok's side of the orders in the stand-in for Shopify."""

import re
from decimal import Decimal
from typing import Any

from returns_portal.shopify.sandbox.people import tiktok_id
from returns_portal.shopify.sandbox.seed_orders import orders as shopify_specs
from returns_portal.shopify.sandbox.seeds import fill as fill_shopify
from returns_portal.shopify.sandbox.state import State
from returns_portal.tiktok.sandbox.book import Book, Doc

WITHOUT_CENTS = frozenset({"JPY"})
WITH_MILS = frozenset({"KWD"})
# One order that TikTok takes nothing back of any more, and one that its own warehouse sent.
COMPLETED, BY_TIKTOK = 30, 12


def fill(book: Book, shop: str = "demo-shop.myshopify.com") -> None:
    """Puts TikTok's view of every order of the Shopify stand-in into the book."""
    state = State(None)
    fill_shopify(state, shop)
    count = sum(1 for spec in shopify_specs() if spec.get("source", "tiktok") == "tiktok")
    made = list(state.tables["order"].values())[:count]
    with book.change():
        for number, order in enumerate(made, start=1):
            add_order(book, from_shopify(order, tiktok_id(number), number))
    state.close()


def from_shopify(order: Doc, order_id: str, number: int = 0) -> Doc:
    """TikTok's order for one of Shopify's: a line for each unit."""
    address = order.get("shippingAddress") or {}
    currency = order["presentmentCurrencyCode"]
    lines = [
        _unit(order_id, line, unit, currency)
        for line in order["lines"]
        for unit in range(line["quantity"])
    ]
    return {
        "id": order_id,
        "external_id": order["legacyResourceId"],
        "status": _status(order, number),
        "fulfillment_type": (
            "FULFILLMENT_BY_TIKTOK" if number == BY_TIKTOK else "FULFILLMENT_BY_SELLER"
        ),
        "region": address.get("countryCodeV2") or "US",
        "recipient_address": {
            "region_code": address.get("countryCodeV2") or "US",
            "name": "M*** R****",
            "phone_number": "(+1)973*****15",
        },
        "buyer_email": order.get("email") or "",
        "currency": currency,
        "line_items": lines,
    }


def _status(order: Doc, number: int) -> str:
    if number == COMPLETED:
        return "COMPLETED"
    delivered = any(parcel.get("deliveredAt") for parcel in order["fulfillments"])
    return "DELIVERED" if delivered else "IN_TRANSIT" if order["fulfillments"] else "ON_HOLD"


def _unit(order_id: str, line: Doc, unit: int, currency: str) -> Doc:
    number = re.sub(r"\D", "", line["id"])
    whole = line["price"] * line["quantity"] - sum(d["amount"] for d in line["discounts"])
    share = whole * (unit + 1) // line["quantity"] - whole * unit // line["quantity"]
    return {
        "id": f"{order_id[:4]}{number[-10:]}{unit:04}",
        "sku_id": re.sub(r"\D", "", line.get("variantId") or line["id"])[-18:],
        "seller_sku": line.get("sku") or "",
        "product_name": line["title"],
        "display_status": "DELIVERED",
        "refund": f"{money(share, currency):f}",
    }


def money(minor: int, currency: str) -> Decimal:
    """An amount in smallest units, as a decimal."""
    places = 0 if currency in WITHOUT_CENTS else 3 if currency in WITH_MILS else 2
    return Decimal(minor).scaleb(-places)


def add_order(book: Book, order: dict[str, Any]) -> None:
    """Puts an order into the book, unless it is there."""
    book.orders.setdefault(order["id"], order)
