"""TikTok's aftersales as requests: joined to what the shopper asked, or opened by themselves."""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from returns_portal.returns import snapshots
from returns_portal.returns.channels.aftersales import RETURN_AND_REFUND, match_units, portal_reason
from returns_portal.returns.channels.settlement import Settlement, find_channel
from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.models import (
    Aftersale,
    MirroredOrder,
    ReturnLineItem,
    ReturnReason,
    ReturnRequest,
)
from returns_portal.returns.orders import Choice, OrderFacts, build_choices
from returns_portal.returns.quotes import RequestedLine
from returns_portal.returns.refund_amounts import Quote
from returns_portal.returns.reservations import UnitsTaken, free_units
from returns_portal.returns.services.guard import lock_request, owe_email, restart_clock
from returns_portal.returns.services.reconsidering import ask_again, asks_again
from returns_portal.returns.services.requesting import (
    add_line,
    new_rma_number,
    order_columns,
    quote_columns,
    terms_columns,
)
from returns_portal.returns.workflow import FINAL, RELEASES_UNITS, UNDECIDED, Status
from returns_portal.shopify.types import CalculatedLine, Money
from returns_portal.tiktok.types import AftersaleFacts, Cancellation, Record

COMPLETED = "order_completed"
TAKEN = "The units of this aftersale are returned already, by another request."
UNKNOWN_ITEMS = "The items of this aftersale are not found in the Shopify order."
OTHER_CURRENCY = "TikTok pays in {}, while the order in Shopify is in {}: use Seller Center."
IN_MOTION = (
    "The buyer began the same return in the TikTok app ({return_id}), where TikTok pays it. Look "
    "into Seller Center before anything else is paid for this request."
)
CANCELED_ORDER = (
    "TikTok has canceled items of this order and pays the buyer back (cancellation {}). Look into "
    "Seller Center before anything is paid for this request."
)
BY_HAND = (
    "You approved it to refund it by hand. The buyer then began the same return in the TikTok app, "
    "where TikTok pays it: decide it again here, and refund nothing by hand. If you have refunded "
    "it already, reject it on TikTok."
)


@transaction.atomic
def note_aftersale(
    facts: AftersaleFacts, *, records: Sequence[Record] = (), now: datetime
) -> Aftersale:
    """Keeps what TikTok says of an aftersale; an older word never replaces a newer one."""
    known = Aftersale.objects.select_for_update().filter(return_id=facts.return_id).first()
    if known is None:
        known = Aftersale(return_id=facts.return_id)
    elif known.updated_at > facts.updated_at or known.status.endswith("_COMPLETE"):
        Aftersale.objects.filter(pk=known.pk).update(synced_at=now)
        return known
    for name, value in _columns(facts).items():
        setattr(known, name, value)
    if records:
        # What the buyer added later stands with what was there.
        known.note = "\n".join(record.note for record in records if record.note)
        known.media = [address for record in records for address in record.media]
    known.synced_at = now
    known.save()
    return known


def _columns(facts: AftersaleFacts) -> dict[str, object]:
    return {
        "order_id": facts.order_id,
        "return_type": facts.return_type[:40],
        "status": facts.status[:60],
        "arbitration": facts.arbitration[:40],
        "reason": facts.reason[:160],
        "reason_text": facts.reason_text[:300],
        "amount": facts.refund.amount if facts.refund else None,
        "currency": facts.refund.currency if facts.refund else "",
        "deadline": facts.deadline,
        "next_action": facts.next_action[:60],
        "is_quick_refund": facts.is_quick_refund,
        "snapshot": snapshots.dump(facts),
        "created_at": facts.created_at,
        "updated_at": facts.updated_at,
    }


@transaction.atomic
def attach_request(
    aftersale: Aftersale, order: OrderFacts, *, by_tiktok: bool, now: datetime
) -> ReturnRequest | None:
    """The request that stands for the aftersale: the shopper's own, or a new one.

    None where there can be none; why stands with the aftersale then.
    """
    MirroredOrder.objects.select_for_update().get(shopify_id=order.order.id)
    current = Aftersale.objects.select_for_update().get(pk=aftersale.pk)
    if current.return_request is not None:
        return current.return_request
    current.fulfilled_by_tiktok = by_tiktok
    facts = read_facts(current)
    free = free_units(order.order, order.in_shopify)
    units = match_units(order.order, facts.lines, free)
    if units is None:
        _leave(current, UNKNOWN_ITEMS)
        return None
    if asked := find_asked(current.order_id, units):
        return _join(current, asked, now=now)
    if facts.refund and facts.refund.currency != order.order.currency:
        _leave(current, OTHER_CURRENCY.format(facts.refund.currency, order.order.currency))
        return None
    try:
        with transaction.atomic():
            return _open(current, facts, order, units, now=now)
    except UnitsTaken:
        _leave(current, TAKEN)
        return None


@transaction.atomic
def note_completed_order(request_id: int, *, sentence: str, now: datetime) -> None:
    """TikTok takes no return of the order any more: staff and shopper are told, once."""
    row = lock_request(request_id)
    if row.status in UNDECIDED and not row.events.filter(kind=COMPLETED).exists():
        ReturnRequest.objects.filter(pk=row.pk).update(attention=sentence)
        record_event(row, COMPLETED, actor=Actor.tiktok(), now=now, message=sentence)
        owe_email(row, "tiktok_completed", now=now)


@transaction.atomic
def note_cancellation(cancellation: Cancellation, *, now: datetime) -> None:
    """TikTok pays back a canceled order by itself: whoever would pay its return is told, once."""
    sentence = CANCELED_ORDER.format(cancellation.cancel_id)
    requests = ReturnRequest.objects.filter(
        tiktok_order_id=cancellation.order_id, aftersale=None, refunded_at=None
    ).exclude(status__in=[status.value for status in FINAL])
    for key in requests.order_by("pk").values_list("pk", flat=True):
        row = lock_request(key)
        if row.events.filter(kind="attention", message=sentence).exists():
            continue
        ReturnRequest.objects.filter(pk=row.pk).update(attention=sentence)
        record_event(row, "attention", actor=Actor.tiktok(), now=now, message=sentence)


def note_tiktok_order(request_id: int, order_id: str) -> None:
    """Keeps TikTok's id of an order that carries none in Shopify."""
    ReturnRequest.objects.filter(pk=request_id, tiktok_order_id="").update(tiktok_order_id=order_id)


def read_facts(aftersale: Aftersale) -> AftersaleFacts:
    """The aftersale as TikTok last told it."""
    return snapshots.load(aftersale.snapshot, AftersaleFacts)


def _leave(aftersale: Aftersale, problem: str) -> None:
    aftersale.problem = problem
    aftersale.save()


def find_asked(order_id: str, units: Mapping[str, int]) -> ReturnRequest | None:
    """The shopper's request in the portal for some of the same units, known to no aftersale."""
    over = [status.value for status in RELEASES_UNITS]
    requests: QuerySet[ReturnRequest] = ReturnRequest.objects.filter(
        tiktok_order_id=order_id, aftersale=None, refunded_at=None
    ).exclude(status__in=over)
    fitting = requests.filter(lines__fulfillment_line_item_id__in=list(units)).distinct()
    keys = fitting.order_by("requested_at").values_list("pk", flat=True)
    # Under its lock, since somebody may be deciding it just now.
    locked = (lock_request(key) for key in keys)
    return next((row for row in locked if row.status not in over and not row.refunded_at), None)


def _join(aftersale: Aftersale, asked: ReturnRequest, *, now: datetime) -> ReturnRequest:
    """The aftersale and the request are one from now on; TikTok pays, unless money is in motion."""
    decided = asked.status not in UNDECIDED
    by_hand = decided and asked.settlement == Settlement.EXTERNAL
    if decided and asked.settlement == Settlement.SHOPIFY:
        sentence = IN_MOTION.format(return_id=aftersale.return_id)
        ReturnRequest.objects.filter(pk=asked.pk).update(attention=sentence)
        return _leave_to_person(aftersale, asked, sentence, now)
    aftersale.return_request, aftersale.problem = asked, ""
    aftersale.save()
    changes: dict[str, object] = {"settlement": Settlement.TIKTOK}
    if aftersale.amount is not None and aftersale.currency == asked.currency:
        changes |= {"quoted_amount": aftersale.amount, "quote_source": "tiktok"}
        if asked.approved_amount is not None:
            changes["approved_amount"] = aftersale.amount
    terms = asked.policy_terms | {"refund_on": refund_on(aftersale)}
    ReturnRequest.objects.filter(pk=asked.pk).update(**changes, policy_terms=terms)
    asked.refresh_from_db()
    record_event(
        asked,
        "joined",
        actor=Actor.tiktok(),
        now=now,
        message=f"Is TikTok's return {aftersale.return_id}: TikTok pays.",
    )
    if by_hand and asks_again(asked, aftersale):
        ask_again(asked, now=now, sentence=BY_HAND)
    return asked


def _leave_to_person(
    aftersale: Aftersale, asked: ReturnRequest, sentence: str, now: datetime
) -> ReturnRequest:
    if aftersale.problem != sentence:
        record_event(asked, "attention", actor=Actor.tiktok(), now=now, message=sentence)
    _leave(aftersale, sentence)
    return asked


def refund_on(aftersale: Aftersale) -> str:
    """When staff's word releases the money: with goods on their way, once they are here."""
    return "receipt" if aftersale.return_type == RETURN_AND_REFUND else "approval"


def _open(
    aftersale: Aftersale,
    facts: AftersaleFacts,
    order: OrderFacts,
    units: Mapping[str, int],
    *,
    now: datetime,
) -> ReturnRequest:
    order = replace(
        order,
        terms=replace(
            order.terms,
            refund_on=refund_on(aftersale),
            restocking_fee_percent=Decimal(0),
            return_shipping_fee=Decimal(0),
        ),
    )
    choices = {choice.fulfillment_line_item_id: choice for choice in build_choices(order, now=now)}
    chosen = {key: choices[key] for key in units}
    quote = quote_of(facts, order, chosen, units)
    reason = find_reason(facts)
    asked = [
        (RequestedLine(key, units[key], reason.code, aftersale.note[:300]), choice)
        for key, choice in chosen.items()
    ]
    row = ReturnRequest.objects.create(
        rma_number=new_rma_number(),
        token=secrets.token_urlsafe(24),
        submission_key=uuid.uuid4(),
        status=Status.REQUESTED,
        requested_at=facts.created_at,
        tiktok_decides_at=facts.deadline,
        **(
            order_columns(order)
            | {"settlement": Settlement.TIKTOK, "tiktok_order_id": facts.order_id}
        ),
        **terms_columns(order, asked, now),
        **quote_columns(quote),
    )
    for line, choice in asked:
        add_line(row, line, choice, quote, order, reason)
    _place(row, aftersale)
    aftersale.return_request, aftersale.problem = row, ""
    aftersale.save()
    restart_clock(row, now=now)
    record_event(
        row,
        "requested",
        actor=Actor.tiktok(),
        now=facts.created_at,
        to_status=Status.REQUESTED,
        message=f"Begun in the TikTok app: {aftersale.reason_text or aftersale.reason}.",
        shopper_sees=True,
    )
    return row


def _place(row: ReturnRequest, aftersale: Aftersale) -> None:
    """Goods that stay with the buyer, or belong to TikTok's own stock, are not restocked."""
    stays = aftersale.return_type != RETURN_AND_REFUND
    channel = find_channel(row.sales_channel)
    foreign = aftersale.fulfilled_by_tiktok and not channel.restocks_tiktok_warehouse
    if stays or foreign:
        row.lines.update(disposition=ReturnLineItem.Disposition.NOT_RESTOCKED)


def find_reason(facts: AftersaleFacts) -> ReturnReason:
    """The portal's reason for TikTok's; the last one of the list where none fits."""
    code = portal_reason(facts.reason, facts.reason_text)
    known = ReturnReason.objects.filter(code__in=[code, "other"]).order_by("pk")
    exact = next((reason for reason in known if reason.code == code), None)
    return exact or known.first() or ReturnReason.objects.order_by("-position")[:1].get()


def quote_of(
    facts: AftersaleFacts,
    order: OrderFacts,
    chosen: Mapping[str, Choice],
    units: Mapping[str, int],
) -> Quote:
    """What TikTok says it will pay, by line as far as it says so."""
    currency = facts.refund.currency if facts.refund else order.order.currency
    nothing = Money(Decimal(0), currency)
    left = list(facts.lines)
    lines = []
    for key, choice in chosen.items():
        mine = [line for line in left if line.seller_sku == choice.line.sku][: units[key]]
        left = [line for line in left if line not in mine]
        worth = sum((line.refund or Decimal(0) for line in mine), Decimal(0))
        lines.append(CalculatedLine(key, units[key], Money(worth, currency), nothing, nothing))
    total = Money(facts.refund.amount, currency) if facts.refund else nothing
    return Quote(tuple(lines), nothing, total, "tiktok")
