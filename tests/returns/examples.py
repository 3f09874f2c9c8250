"""Plain values of orders for the rules' tests: one order, one parcel, one line, as defaults."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from returns_portal.returns.eligibility import Facts, PolicyTerms
from returns_portal.shopify.types import (
    Fulfillment,
    FulfillmentLine,
    Money,
    Order,
    OrderLine,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LINE = "gid://shopify/LineItem/1"
SENT = "gid://shopify/FulfillmentLineItem/1"


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def an_order_line(**values: Any) -> OrderLine:
    return OrderLine(
        **{
            "id": LINE,
            "title": "Linen shirt",
            "variant_title": "M / sand",
            "sku": "LIN-M-SAND",
            "vendor": "Loom",
            "product_id": "gid://shopify/Product/1",
            "variant_id": "gid://shopify/ProductVariant/1",
            "inventory_item_id": "gid://shopify/InventoryItem/1",
            "product_type": "Shirts",
            "product_tags": (),
            "image_url": "",
            "quantity": 2,
            "current_quantity": 2,
            "refundable_quantity": 2,
            "unfulfilled_quantity": 0,
            "requires_shipping": True,
            "restockable": True,
            "is_gift_card": False,
            "custom_attributes": (),
            "unit_price": usd("25.99"),
            "before_tax": usd("51.98"),
            "tax": usd("0"),
            **values,
        }
    )


def a_parcel(**values: Any) -> Fulfillment:
    return Fulfillment(
        **{
            "id": "gid://shopify/Fulfillment/1",
            "status": "SUCCESS",
            "display_status": "DELIVERED",
            "created_at": NOON - timedelta(days=10),
            "delivered_at": NOON - timedelta(days=7),
            "location_id": "gid://shopify/Location/1",
            "lines": (FulfillmentLine(SENT, LINE, 2),),
            **values,
        }
    )


def an_order(**values: Any) -> Order:
    return Order(
        **{
            "id": "gid://shopify/Order/1",
            "name": "#1001",
            "source_name": "tiktok",
            "source_identifier": "",
            "app_id": "",
            "tags": ("TikTokOrderID:577092126219211281",),
            "note": "",
            "custom_attributes": (),
            "email": "v4bEXAMPLE@scs.tiktokw.us",
            "customer_id": None,
            "customer_name": "",
            "locale": "en",
            "country": "US",
            "postcode": "08840",
            "created_at": NOON - timedelta(days=12),
            "updated_at": NOON - timedelta(days=7),
            "canceled_at": None,
            "test": False,
            "currency": "USD",
            "shop_currency": "USD",
            "taxes_included": False,
            "financial_status": "PAID",
            "fulfillment_status": "FULFILLED",
            "return_status": "NO_RETURN",
            "total": usd("51.98"),
            "total_received": usd("51.98"),
            "total_refunded": usd("0"),
            "lines": (an_order_line(),),
            "fulfillments": (a_parcel(),),
            **values,
        }
    )


def terms(**values: Any) -> PolicyTerms:
    return PolicyTerms(
        **{
            "name": "Everywhere",
            "return_window_days": 30,
            "window_anchor": "delivered",
            "transit_days": 7,
            "send_within_days": 14,
            "answer_within_hours": 48,
            "instructions_on": "request",
            "refund_on": "approval",
            "final_sale_tags": ("final-sale",),
            "restocking_fee_percent": Decimal(0),
            "return_shipping_fee": Decimal(0),
            "return_shipping_paid_by": "tiktok",
            "conditions": "",
            "instructions": "",
            "return_address": "",
            **values,
        }
    )


def facts(**values: Any) -> Facts:
    return Facts(
        **{
            "order": an_order(),
            "line": an_order_line(),
            "fulfillment": a_parcel(),
            "returnable": 2,
            "terms": terms(),
            "now": NOON,
            "timezone": ZoneInfo("America/New_York"),
            **values,
        }
    )
