"""An order as Shopify keeps it: what was bought, sent, paid, sent back and refunded."""

from dataclasses import dataclass
from datetime import datetime

from returns_portal.shopify.types.money import Money


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of an order; `unit_price` is Shopify's approximate price after all discounts.

    `before_tax` and `tax` are what all its units cost, discounts taken off. `category` is the
    full path in Shopify's taxonomy; `full_price` is what all its units cost before discounts, taxes
    as in the price, None where Shopify did not say.
    """

    id: str
    title: str
    variant_title: str
    sku: str
    vendor: str
    product_id: str | None
    variant_id: str | None
    inventory_item_id: str | None
    product_type: str
    product_tags: tuple[str, ...]
    image_url: str
    quantity: int
    current_quantity: int
    refundable_quantity: int
    unfulfilled_quantity: int
    requires_shipping: bool
    restockable: bool
    is_gift_card: bool
    custom_attributes: tuple[tuple[str, str], ...]
    unit_price: Money
    before_tax: Money
    tax: Money
    category: str = ""
    full_price: Money | None = None


@dataclass(frozen=True, slots=True)
class FulfillmentLine:
    id: str
    line_item_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Fulfillment:
    """A parcel of an order; `delivered_at` is the carrier's word or the DELIVERED event's time."""

    id: str
    status: str
    display_status: str
    created_at: datetime
    delivered_at: datetime | None
    location_id: str | None
    lines: tuple[FulfillmentLine, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """An order as far as a return needs it; missing personal data is an empty string.

    `discounts` is what was taken off in all; None where Shopify did not say.
    """

    id: str
    name: str
    source_name: str
    source_identifier: str
    app_id: str
    tags: tuple[str, ...]
    note: str
    custom_attributes: tuple[tuple[str, str], ...]
    email: str
    customer_id: str | None
    customer_name: str
    locale: str
    country: str
    postcode: str
    created_at: datetime
    updated_at: datetime
    canceled_at: datetime | None
    test: bool
    currency: str
    shop_currency: str
    taxes_included: bool
    financial_status: str
    fulfillment_status: str
    return_status: str
    total: Money
    total_received: Money
    total_refunded: Money
    lines: tuple[OrderLine, ...]
    fulfillments: tuple[Fulfillment, ...]
    discounts: Money | None = None


@dataclass(frozen=True, slots=True)
class ReturnableLine:
    """Units that Shopify would still take back; returns are keyed by fulfillment line item."""

    fulfillment_line_item_id: str
    line_item_id: str
    fulfillment_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Transaction:
    """Money that moved, is moving (PENDING, AWAITING_RESPONSE, UNKNOWN) or failed to move."""

    id: str
    kind: str
    status: str
    gateway: str
    amount: Money
    parent_id: str | None
    error_code: str


@dataclass(frozen=True, slots=True)
class RefundedLine:
    line_item_id: str
    quantity: int
    restock_type: str
    restocked: bool


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund in Shopify; it has no status, its money is in the transactions."""

    id: str
    created_at: datetime | None
    note: str
    return_id: str | None
    total: Money
    transactions: tuple[Transaction, ...]
    lines: tuple[RefundedLine, ...]


@dataclass(frozen=True, slots=True)
class ReturnLine:
    id: str
    fulfillment_line_item_id: str
    line_item_id: str
    quantity: int
    processable_quantity: int
    processed_quantity: int
    refunded_quantity: int
    reason_note: str


@dataclass(frozen=True, slots=True)
class Disposition:
    """Where units went: RESTOCKED, NOT_RESTOCKED, PROCESSING_REQUIRED or MISSING.

    `location_id` is None where there is none, or where it was not asked for.
    """

    type: str
    quantity: int
    location_id: str | None


@dataclass(frozen=True, slots=True)
class ReverseLine:
    """Units on their way back, in a reverse fulfillment order."""

    id: str
    reverse_fulfillment_order_id: str
    fulfillment_line_item_id: str
    quantity: int
    dispositions: tuple[Disposition, ...]


@dataclass(frozen=True, slots=True)
class Return:
    """A return in Shopify: REQUESTED, OPEN, DECLINED, CLOSED or CANCELED."""

    id: str
    name: str
    status: str
    order_id: str
    created_at: datetime
    lines: tuple[ReturnLine, ...]
    reverse_lines: tuple[ReverseLine, ...]
    refunds: tuple[Refund, ...]
    transactions: tuple[Transaction, ...]
