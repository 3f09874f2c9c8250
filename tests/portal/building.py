"""Orders for the shopper's pages, built by hand where a test needs to choose every detail."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.test import Client

from returns_portal.returns.mirror import mirror_order
from returns_portal.returns.orders import FoundOrder, OrderFacts, OrderNotFound
from returns_portal.returns.policies import build_terms
from returns_portal.returns.quotes import RequestedLine
from returns_portal.returns.refund_amounts import Quote, paid_apart
from returns_portal.returns.ruling import Rulings
from returns_portal.shopify.types import (
    CalculatedLine,
    Fulfillment,
    FulfillmentLine,
    Money,
    Order,
    OrderLine,
)
from tests.returns.factories import ReturnPolicyFactory

NOW = datetime.now(UTC).replace(microsecond=0)


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def build_line(number: int = 1, **values: Any) -> OrderLine:
    quantity = values.pop("quantity", 1)
    known: dict[str, Any] = {
        "id": f"gid://shopify/LineItem/{number}",
        "title": f"Item {number}",
        "variant_title": "M",
        "sku": f"SKU-{number}",
        "vendor": "",
        "product_id": None,
        "variant_id": f"gid://shopify/ProductVariant/{number}",
        "inventory_item_id": None,
        "product_type": "",
        "product_tags": (),
        "image_url": "",
        "quantity": quantity,
        "current_quantity": quantity,
        "refundable_quantity": quantity,
        "unfulfilled_quantity": 0,
        "requires_shipping": True,
        "restockable": True,
        "is_gift_card": False,
        "custom_attributes": (),
        "unit_price": usd("10.00"),
        "before_tax": usd("10.00"),
        "tax": usd("0"),
    }
    return OrderLine(**{**known, **values})


def build_order(*lines: OrderLine, legacy_id: int = 1, **values: Any) -> Order:
    """An order that was delivered two days ago, each line in one parcel."""
    parcel = Fulfillment(
        id="gid://shopify/Fulfillment/1",
        status="SUCCESS",
        display_status="DELIVERED",
        created_at=NOW - timedelta(days=5),
        delivered_at=NOW - timedelta(days=2),
        location_id=None,
        lines=tuple(
            FulfillmentLine(f"gid://shopify/FulfillmentLineItem/{digits(line.id)}", line.id, q)
            for line in lines
            if (q := line.quantity - line.unfulfilled_quantity)
        ),
    )
    known: dict[str, Any] = {
        "id": f"gid://shopify/Order/{legacy_id}",
        "name": f"#{1000 + legacy_id}",
        "source_name": "tiktok",
        "source_identifier": "",
        "app_id": "",
        "tags": (),
        "note": "A private note",
        "custom_attributes": (),
        "email": "v4babc@scs.tiktokw.us",
        "customer_id": None,
        "customer_name": "Maya Secret",
        "locale": "en",
        "country": "US",
        "postcode": "08840",
        "created_at": NOW - timedelta(days=6),
        "updated_at": NOW,
        "canceled_at": None,
        "test": False,
        "currency": "USD",
        "shop_currency": "USD",
        "taxes_included": False,
        "financial_status": "PAID",
        "fulfillment_status": "FULFILLED",
        "return_status": "NO_RETURN",
        "total": usd("100.00"),
        "total_received": usd("100.00"),
        "total_refunded": usd("0.00"),
        "lines": lines,
        "fulfillments": (parcel,),
    }
    return Order(**{**known, **values})


def digits(shopify_id: str) -> str:
    return shopify_id.rsplit("/", 1)[-1]


def fulfillment_line_id(number: int) -> str:
    return f"gid://shopify/FulfillmentLineItem/{number}"


@dataclass
class Door:
    """Stands where the domain reads orders and asks for quotes; a test may change its answers."""

    order: Order
    policy: dict[str, Any] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)
    error: Exception | None = None
    quote_error: Exception | None = None
    unit_worth: str = "10.00"
    fresh: bool = True
    rulings: Rulings | None = None

    def find_order(self, *, number: str, postcode_or_email: str, now: datetime) -> FoundOrder:
        if self.error:
            raise self.error
        if postcode_or_email != "08840":
            raise OrderNotFound
        return FoundOrder(self.order.id, verified=number != "masked")

    def read_order(
        self, order_id: str, *, now: datetime, recent_is_enough: bool = False
    ) -> OrderFacts:
        if self.error:
            raise self.error
        mirror_order(self.order, now=now)
        policy = ReturnPolicyFactory(**self.policy)
        units = {line.id: line.quantity for line in self.order.fulfillments[0].lines}
        free = {key: count - self.taken.get(key, 0) for key, count in units.items()}
        return OrderFacts(
            order=self.order,
            returnable=free,
            in_shopify=units,
            policy=policy,
            terms=build_terms(policy),
            fresh=self.fresh,
            rulings=self.rulings,
        )

    def quote_return(self, facts: OrderFacts, lines: list[RequestedLine]) -> Quote:
        if self.quote_error:
            raise self.quote_error
        worth = Decimal(self.unit_worth)
        whole = Quote(
            lines=tuple(
                CalculatedLine(
                    line.fulfillment_line_item_id,
                    line.quantity,
                    Money(worth * line.quantity, "USD"),
                    usd("0"),
                    usd("0"),
                )
                for line in lines
            ),
            return_shipping_fee=usd("0"),
            refund=Money(worth * sum(line.quantity for line in lines), "USD"),
            source="shopify",
        )
        outcomes = {line.fulfillment_line_item_id: line.outcome for line in lines}
        return paid_apart(whole, outcomes, facts.terms.store_credit_bonus_percent)


def look_up(client: Client, number: str = "1001", postcode: str = "08840") -> HttpResponse:
    answer = client.post("/", {"order_number": number, "postcode_or_email": postcode})
    assert isinstance(answer, HttpResponse)
    return answer


def choice(number: int = 1, **values: Any) -> dict[str, str]:
    """The fields of one chosen item."""
    fields = {"choose": "on", "quantity": "1", "reason": "too-small", "note": ""}
    return {f"{name}-{number}": str(value) for name, value in {**fields, **values}.items()}
