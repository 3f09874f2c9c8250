"""What TikTok says, as frozen values: ids are strings, money is exact, times know their zone."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Price:
    """An amount in a currency."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop that the seller lets the app into."""

    id: str
    name: str
    region: str
    cipher: str


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """One unit in an aftersale."""

    order_line_item_id: str
    sku_id: str
    seller_sku: str
    product_name: str
    refund: Decimal | None


@dataclass(frozen=True, slots=True)
class AftersaleFacts:
    """A return, refund, replacement or exchange as it stands; `status` is TikTok's own word.

    `deadline` is by when the seller must do `next_action`, where something is asked of the seller.
    """

    return_id: str
    order_id: str
    return_type: str
    status: str
    arbitration: str
    reason: str
    reason_text: str
    refund: Price | None
    lines: tuple[ReturnLine, ...]
    next_action: str
    deadline: datetime | None
    is_quick_refund: bool
    tracking_number: str
    carrier: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """Some aftersales, and the token of the next page; empty at the end.

    `unread` names those whose shape nobody knows: they keep the others from nobody.
    """

    aftersales: tuple[AftersaleFacts, ...]
    next_token: str
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """What somebody said or did in an aftersale, with the addresses of photos and videos."""

    role: str
    note: str
    media: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason that TikTok offers just now."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Decisions:
    """What the seller may decide now, and the range of a partial refund, if any."""

    names: tuple[str, ...]
    partial_minimum: Decimal | None = None
    partial_maximum: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LineEligibility:
    """Whether an aftersale of a type can be begun for order lines, and for which reasons."""

    request_type: str
    eligible: bool
    why_not: str
    reasons: tuple[Reason, ...]
    order_line_item_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One unit of an order."""

    id: str
    sku_id: str
    seller_sku: str
    product_name: str
    status: str


@dataclass(frozen=True, slots=True)
class Order:
    """An order, as far as returns need it."""

    id: str
    status: str
    fulfillment_type: str
    region: str
    lines: tuple[OrderLine, ...]

    @property
    def is_completed(self) -> bool:
        """Whether TikTok takes no returns or refunds for it any more."""
        return self.status == "COMPLETED"

    @property
    def is_fulfilled_by_tiktok(self) -> bool:
        return self.fulfillment_type == "FULFILLMENT_BY_TIKTOK"


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A cancellation of an order or of units of it; `deadline` is the seller's, if it waits."""

    cancel_id: str
    order_id: str
    status: str
    reason_text: str
    next_action: str
    deadline: datetime | None
    updated_at: datetime

    @property
    def is_complete(self) -> bool:
        """Whether the order is canceled and the buyer's money on its way back."""
        return self.status.endswith(("_SUCCESS", "_COMPLETE"))
