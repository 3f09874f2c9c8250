"""A return on its way through Shopify: what is calculated, opened, processed and paid."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from returns_portal.shopify.types.money import Money
from returns_portal.shopify.types.orders import ReverseLine


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
    """A return right before it is processed; `has_refunds` says only whether there is any.

    `order_refund_ids` are the order's refunds, of this return or not; None where there are many.
    """

    id: str
    name: str
    status: str
    lines: tuple[LineProgress, ...]
    reverse_lines: tuple[ReverseLine, ...]
    has_refunds: bool
    order_refund_ids: tuple[str, ...] | None

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
class Credit:
    """Store credit given to a customer: by an app or a person it is an ADJUSTMENT."""

    id: str
    amount: Money
    created_at: datetime
    event: str


@dataclass(frozen=True, slots=True)
class RefundLineInput:
    """Units of a line that a refund without a return is for: NO_RESTOCK, RETURN or CANCEL."""

    line_item_id: str
    quantity: int
    restock_type: str = "NO_RESTOCK"
    location_id: str | None = None
