"""Orders and requests as the narrow rows that the reports count."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone

from returns_portal.returns import identity
from returns_portal.returns.mirror import channel_of, digest
from returns_portal.returns.models import (
    MirroredOrder,
    ReportedLine,
    ReportedRequest,
    ReturnEvent,
    ReturnLineItem,
    ReturnReason,
    ReturnRequest,
    SoldLine,
)
from returns_portal.returns.workflow import FINAL, RELEASES_UNITS, Status
from returns_portal.shopify.types import Order, OrderLine

CENT = Decimal("0.001")
# So many hexadecimal digits fit into a signed number of 64 bits.
DIGITS = 15


@dataclass(frozen=True, slots=True)
class Goods:
    """A variant as a line names it, with the keys that tell it from others."""

    product_key: str
    product_title: str
    variant_key: str
    variant_title: str
    sku: str


@dataclass(frozen=True, slots=True)
class Sale:
    """A line of an order that counts as sold."""

    order_pk: int
    line_item_id: str
    sold_on: date
    market: tuple[str, str]
    goods: Goods
    units: int
    shopper: int | None


def day_of(at: datetime) -> date:
    """The shop's day at that moment (TIME_ZONE)."""
    return timezone.localtime(at, timezone.get_default_timezone()).date()


def shopper_number(email_digest: str) -> int | None:
    """A number that stands for a shopper, made of a keyed digest; None where that is empty."""
    return int(email_digest[:DIGITS], 16) if email_digest else None


def build_sales(mirrored: MirroredOrder, order: Order) -> list[Sale]:
    """What of the order counts as sold: goods that are sent, of orders neither canceled nor tests.

    Units are those ordered: what was taken back later counts as sold and returned, not as unsold.
    """
    if order.canceled_at or order.test:
        return []
    return [
        Sale(
            order_pk=mirrored.pk,
            line_item_id=line.id,
            sold_on=day_of(order.created_at),
            market=(channel_of(order)[:40], order.country[:2]),
            goods=goods_of(line),
            units=line.quantity,
            shopper=shopper_number(mirrored.email_digest),
        )
        for line in order.lines
        if line.requires_shipping and not line.is_gift_card and line.quantity
    ]


def goods_of(line: OrderLine) -> Goods:
    return _goods(line.product_id, line.variant_id, line.title, line.variant_title, line.sku)


def goods_asked(line: ReturnLineItem) -> Goods:
    """The goods of a requested line whose order is not mirrored: known by name only."""
    return _goods(None, None, line.title, line.variant_title, line.sku)


def _goods(
    product_id: str | None, variant_id: str | None, title: str, variant: str, sku: str
) -> Goods:
    product_key = product_id or f"title:{title[:255]}"
    variant_key = variant_id or f"{product_key}|{variant[:150]}|{sku[:150]}"
    return Goods(product_key, title[:255], variant_key, variant[:255], sku[:255])


def build_request(
    row: ReturnRequest,
    lines: Iterable[ReturnLineItem],
    *,
    market_id: int,
    decision: ReturnEvent | None,
    email_digest: str,
    blaming: frozenset[int],
) -> ReportedRequest:
    """The request's narrow row; `decision` is its first approval or refusal.

    `blaming` are the reasons that blame the shop or the carrier.
    """
    lines = list(lines)
    decided_at = decision.occurred_at if decision else row.decided_at
    return ReportedRequest(
        return_request_id=row.pk,
        market_id=market_id,
        requested_on=day_of(row.requested_at),
        decided_on=day_of(decided_at) if decided_at else None,
        refunded_on=day_of(row.refunded_at) if row.refunded_at else None,
        finished_on=_finished_on(row),
        status=row.status,
        minutes_to_decision=_minutes(row.requested_at, decided_at),
        minutes_to_refund=_minutes(row.requested_at, row.refunded_at),
        decider_id=decision.user_id if decision else None,
        currency=row.currency,
        asked=sum((line.subtotal + line.tax for line in lines), Decimal(0)),
        refunded=(row.refunded_amount or Decimal(0)) if row.refunded_at else Decimal(0),
        fees=_fees(row, lines) if row.refunded_at else Decimal(0),
        units=sum(units_returned(row, line) for line in lines),
        claims=sum(units_returned(row, ln) for ln in lines if ln.reason_id in blaming),
        shopper=shopper_number(email_digest or _contact_digest(row)),
    )


def build_line(
    row: ReturnRequest,
    line: ReturnLineItem,
    *,
    sold: SoldLine | None,
    market_id: int,
    variant_id: int,
    product_id: int,
) -> ReportedLine:
    """The line's narrow row; where its sale is known, market and goods are those of the sale."""
    requested_on = day_of(row.requested_at)
    units = units_returned(row, line)
    share = Decimal(units) / line.quantity
    worth = ((line.subtotal + line.tax) * share).quantize(CENT, ROUND_HALF_UP)
    return ReportedLine(
        line_id=line.pk,
        sold_line=sold,
        requested_on=requested_on,
        sold_on=sold.sold_on if sold else None,
        days_after_sale=(requested_on - sold.sold_on).days if sold else None,
        refunded_on=day_of(row.refunded_at) if row.refunded_at else None,
        market_id=market_id,
        product_id=product_id,
        variant_id=variant_id,
        reason_id=line.reason_id,
        units=units,
        received_units=(line.received_quantity or 0) if units else 0,
        condition=line.condition,
        disposition=line.disposition,
        currency=row.currency,
        worth=worth,
    )


def units_returned(row: ReturnRequest, line: ReturnLineItem) -> int:
    """Units that came back or are to come: none of requests declined, canceled or expired."""
    if Status(row.status) in RELEASES_UNITS:
        return 0
    return line.units_approved if line.received_quantity is None else line.received_quantity


def blaming_reasons() -> frozenset[int]:
    """The reasons whose fault lies with the shop or the carrier."""
    reasons = ReturnReason.objects.exclude(fault=ReturnReason.Fault.SHOPPER)
    return frozenset(reasons.values_list("pk", flat=True))


def first_decisions(request_ids: Iterable[int]) -> Mapping[int, ReturnEvent]:
    """The first approval or refusal of each request, where there is one."""
    events = ReturnEvent.objects.filter(
        return_request_id__in=list(request_ids), kind__in=("approved", "declined")
    ).order_by("occurred_at", "pk")
    found: dict[int, ReturnEvent] = {}
    for event in events:
        found.setdefault(event.return_request_id, event)
    return found


def _finished_on(row: ReturnRequest) -> date | None:
    ended = row.closed_at or row.refunded_at or row.decided_at
    return day_of(ended) if ended and Status(row.status) in FINAL else None


def _minutes(start: datetime, end: datetime | None) -> int | None:
    return None if end is None else max(0, int((end - start).total_seconds() // 60))


def _fees(row: ReturnRequest, lines: Iterable[ReturnLineItem]) -> Decimal:
    return sum((line.restocking_fee for line in lines), row.return_shipping_fee)


def _contact_digest(row: ReturnRequest) -> str:
    if not row.contact_email:
        return ""
    return digest("email", identity.normalize_email(row.contact_email))
