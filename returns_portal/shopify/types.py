"""What Shopify says, as frozen values; every amount is in the order's presentment currency."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency (ISO 4217); two currencies never mix."""

    amount: Decimal
    currency: str

    @classmethod
    def zero(cls, currency: str) -> "Money":
        return cls(Decimal(0), currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same_currency(other).amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same_currency(other).amount, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same_currency(other).amount

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same_currency(other).amount

    def __bool__(self) -> bool:
        return bool(self.amount)

    def _same_currency(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return other


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of an order; `unit_price` is Shopify's approximate price after all discounts.

    `before_tax` and `tax` are what all its units cost, discounts taken off.
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
    """An order as far as a return needs it; missing personal data is an empty string."""

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


@dataclass(frozen=True, slots=True)
class ReturnableLine:
    """Units that Shopify would still take back; returns are keyed by fulfillment line item."""

    fulfillment_line_item_id: str
    line_item_id: str
    fulfillment_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class ReturnLineInput:
    """What is to be returned of one fulfillment line item, with its fee in percent."""

    fulfillment_line_item_id: str
    quantity: int
    restocking_fee_percent: Decimal = Decimal(0)
    reason_definition_id: str | None = None
    reason_note: str = ""


@dataclass(frozen=True, slots=True)
class CalculatedLine:
    """Shopify's worth of a line to return: subtotal and tax are positive, given back.

    `tax` is what comes on top of the subtotal: zero where the order's prices include it.
    """

    fulfillment_line_item_id: str
    quantity: int
    subtotal: Money
    tax: Money
    restocking_fee: Money


@dataclass(frozen=True, slots=True)
class ReturnCalculation:
    """Shopify's calculation of a return that does not exist yet; `refund` is never below zero."""

    lines: tuple[CalculatedLine, ...]
    return_shipping_fee: Money
    refund: Money


@dataclass(frozen=True, slots=True)
class SuggestedTransaction:
    """A share of a refund that Shopify would pay back to the payment `parent_id`."""

    parent_id: str
    gateway: str
    amount: Money
    maximum_refundable: Money | None


@dataclass(frozen=True, slots=True)
class SuggestedOutcome:
    """What Shopify would pay back for an open return: never below zero."""

    amount: Money
    maximum_refundable: Money
    transactions: tuple[SuggestedTransaction, ...]


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


@dataclass(frozen=True, slots=True)
class BareReturn:
    """A return by its name and status, nothing else of it being read."""

    id: str
    name: str
    status: str


@dataclass(frozen=True, slots=True)
class OpenedLine:
    """Units of a return that was just opened, under the id by which they are processed."""

    id: str
    fulfillment_line_item_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class OpenedReturn:
    """A return that was just opened, with the ids of its lines."""

    id: str
    name: str
    status: str
    lines: tuple[OpenedLine, ...]


@dataclass(frozen=True, slots=True)
class LineProgress:
    """How far the units of a return line are processed."""

    id: str
    quantity: int
    processed_quantity: int


@dataclass(frozen=True, slots=True)
class ReturnToProcess:
    """A return right before it is processed; `has_refunds` says only whether there is any."""

    id: str
    name: str
    status: str
    lines: tuple[LineProgress, ...]
    reverse_lines: tuple[ReverseLine, ...]
    has_refunds: bool

    @property
    def is_untouched(self) -> bool:
        """Whether it is open, and nobody processed units or paid money on it."""
        processed = any(line.processed_quantity for line in self.lines)
        return self.status == "OPEN" and not self.has_refunds and not processed


@dataclass(frozen=True, slots=True)
class Movement:
    """A transaction of a refund, without the payment that it goes back to."""

    id: str
    kind: str
    status: str
    gateway: str
    amount: Money
    error_code: str


@dataclass(frozen=True, slots=True)
class Payout:
    """The money of a refund, without the goods that it is for."""

    id: str
    created_at: datetime | None
    note: str
    total: Money
    transactions: tuple[Movement, ...]


@dataclass(frozen=True, slots=True)
class ProcessedReturn:
    """A return that was just processed, with the money that this set in motion."""

    id: str
    name: str
    status: str
    refunds: tuple[Payout, ...]


@dataclass(frozen=True, slots=True)
class DispositionInput:
    reverse_line_id: str
    quantity: int
    type: str
    location_id: str | None = None


@dataclass(frozen=True, slots=True)
class ProcessLineInput:
    """Units of a return line to process, and where they go."""

    return_line_id: str
    quantity: int
    dispositions: tuple[DispositionInput, ...] = ()


@dataclass(frozen=True, slots=True)
class RefundTransactionInput:
    """Money to pay back to the payment `parent_id`; an empty gateway is the parent's own."""

    parent_id: str
    amount: Money
    gateway: str = ""


@dataclass(frozen=True, slots=True)
class RefundLineInput:
    """Units of a line that a refund without a return is for: NO_RESTOCK, RETURN or CANCEL."""

    line_item_id: str
    quantity: int
    restock_type: str = "NO_RESTOCK"
    location_id: str | None = None


@dataclass(frozen=True, slots=True)
class Location:
    id: str
    name: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class ReturnReasonDefinition:
    id: str
    handle: str
    name: str


@dataclass(frozen=True, slots=True)
class Shop:
    """The shop behind the credentials, and what they allow."""

    id: str
    name: str
    domain: str
    currency: str
    timezone: str
    scopes: tuple[str, ...]
