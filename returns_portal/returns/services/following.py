"""Lets a request follow what TikTok has decided: agreed, sent, paid, refused, given up."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from returns_portal.returns.carriers import OTHER
from returns_portal.returns.channels.aftersales import (
    AGREED,
    WARNINGS,
    Stage,
    stage_of,
    warning_due,
)
from returns_portal.returns.channels.settlement import RestockedBy, restocker_of
from returns_portal.returns.history import Actor, note_moment, record_event
from returns_portal.returns.models import (
    Aftersale,
    Operation,
    Refund,
    ReturnLineItem,
    ReturnRequest,
    ReverseDelivery,
)
from returns_portal.returns.outbox import owe
from returns_portal.returns.reservations import release
from returns_portal.returns.services.aftersales import read_facts
from returns_portal.returns.services.decisions import approval_mail
from returns_portal.returns.services.guard import lock_request, move, owe_email
from returns_portal.returns.services.keeping_time import set_tiktok_deadline
from returns_portal.returns.services.owing import Kind, owe_mirroring
from returns_portal.returns.services.reconsidering import ask_again, asks_again, hold_again
from returns_portal.returns.services.settlement import close_when_complete
from returns_portal.returns.workflow import FINAL, Action, Status

BEFORE_INSPECTION = timedelta(hours=12)
UNPAID = frozenset({Stage.SEND, Stage.SENT})
DECIDED = frozenset({Status.APPROVED, Status.RECEIVED})
NO_PARCEL = (
    "TikTok paid before any parcel was seen. The units count as back in stock: correct the stock "
    "in Shopify if they do not come."
)
UNUSUAL = (
    "TikTok calls this {kind} “{status}”. The portal does not decide such cases: "
    "look into Seller Center."
)


@transaction.atomic
def follow(aftersale_id: int, *, now: datetime) -> None:
    """Brings the aftersale's request to where TikTok stands; a second time changes nothing."""
    aftersale = Aftersale.objects.get(pk=aftersale_id)
    if aftersale.return_request_id is None:
        return
    row = lock_request(aftersale.return_request_id)
    aftersale.refresh_from_db()
    stage = stage_of(aftersale.status)
    set_tiktok_deadline(request_id=row.pk, decides_at=aftersale.deadline, now=now)
    row.refresh_from_db()
    if stage in AGREED:
        _agree(row, aftersale, stage, now)
    if asks_again(row, aftersale):
        ask_again(row, now=now)
    elif stage is Stage.OFFERED:
        _note_offer(row, aftersale)
    elif stage is Stage.SENT:
        _sent(row, aftersale, now)
    elif stage is Stage.COMPLETE:
        _paid(row, aftersale, now)
    elif stage in {Stage.REJECTED, Stage.PARCEL_REJECTED}:
        _refuse(row, now)
    elif stage is Stage.CANCELED:
        _give_up(row, now)
    elif stage is Stage.OPEN:
        _ask_person(row, aftersale, now)


def _agree(row: ReturnRequest, aftersale: Aftersale, stage: Stage, now: datetime) -> None:
    """TikTok's word is that the buyer gets the money, whoever decided so and whatever we said."""
    status = Status(row.status)
    if status is Status.CLOSED or (status in DECIDED and stage is Stage.COMPLETE):
        return
    if stage in UNPAID and _is_being_rejected(row):
        return
    if status not in DECIDED:
        reopened = status is not Status.REQUESTED
        move(
            row,
            Action.REOPEN if reopened else Action.APPROVE,
            actor=Actor.tiktok(),
            now=now,
            message=f"TikTok: {aftersale.status} {aftersale.arbitration}".strip(),
            approved_amount=_amount(row, aftersale),
            decided_at=now,
            closed_at=None,
        )
        if reopened and status is not Status.NEEDS_INFO:
            hold_again(row, now=now)
    if stage is not Stage.COMPLETE:
        owe_email(row, _numbered(row, approval_mail(row), ("approved", "reopened")), now=now)


def _is_being_rejected(row: ReturnRequest) -> bool:
    """Whether a rejection made here is on its way to TikTok: until it is, TikTok says the old."""
    over = [Operation.State.DONE, Operation.State.SKIPPED]
    rejections = row.operations.filter(kind=Kind.TIKTOK_REJECT).exclude(state__in=over)
    return row.status == Status.DECLINED and rejections.exists()


def _amount(row: ReturnRequest, aftersale: Aftersale) -> Decimal:
    """What TikTok pays, in the request's own currency; as quoted where TikTok tells another."""
    if aftersale.amount is None or aftersale.currency != row.currency:
        return row.quoted_amount
    return aftersale.amount


def _numbered(row: ReturnRequest, event: str, kinds: tuple[str, ...]) -> str:
    """The mail's name, with a number where a ruling has turned the request around before."""
    turns = row.events.filter(kind__in=kinds).count()
    return f"{event}-{turns}" if turns > 1 else event


def _note_offer(row: ReturnRequest, aftersale: Aftersale) -> None:
    """Whoever takes an offer of a part keeps the goods, unless the parcel is here already."""
    Aftersale.objects.filter(pk=aftersale.pk).update(offered_amount=row.approved_amount or 0)


def _sent(row: ReturnRequest, aftersale: Aftersale, now: datetime) -> None:
    """The parcel is under way: staff have until TikTok's deadline to look at it."""
    facts = read_facts(aftersale)
    if facts.tracking_number and not hasattr(row, "reverse_delivery"):
        ReverseDelivery.objects.create(
            return_request=row,
            carrier=OTHER,
            tracking_number=facts.tracking_number[:40],
            sent_at=now,
            changed_at=now,
        )
        record_event(
            row,
            "sent",
            actor=Actor.tiktok(),
            now=now,
            message=f"{facts.carrier} {facts.tracking_number}".strip(),
            shopper_sees=True,
        )
    if row.status == Status.APPROVED and aftersale.deadline is not None:
        ReturnRequest.objects.filter(pk=row.pk).update(
            due_at=aftersale.deadline, remind_at=aftersale.deadline - BEFORE_INSPECTION
        )


def _paid(row: ReturnRequest, aftersale: Aftersale, now: datetime) -> None:
    """The money is with the buyer: only now is it told, and Shopify gets the goods."""
    row.refresh_from_db()
    if row.refunded_at is not None:
        return
    amount = _amount(row, aftersale)
    _place_goods(row, aftersale, now)
    if amount:
        Refund.objects.create(
            return_request=row,
            shopify_id=f"tiktok/{aftersale.return_id}",
            amount=amount if aftersale.amount is None else aftersale.amount,
            currency=aftersale.currency or row.currency,
            state=Refund.State.SUCCEEDED,
            origin=Refund.Origin.TIKTOK,
            reference=aftersale.return_id,
            created_at=now,
            settled_at=now,
        )
    ReturnRequest.objects.filter(pk=row.pk).update(
        approved_amount=amount, refunded_amount=amount, refunded_at=now
    )
    row.refresh_from_db()
    record_event(
        row,
        "refunded",
        actor=Actor.tiktok(),
        now=now,
        message=f"{amount.normalize():f} {row.currency} paid by TikTok.",
        shopper_sees=True,
    )
    owe_email(row, _refund_mail(row, amount), now=now)
    owe_mirroring(row, now=now)
    close_when_complete(row, now=now)


def _place_goods(row: ReturnRequest, aftersale: Aftersale, now: datetime) -> None:
    """What stays with the buyer is not restocked; what nobody saw come back is told to staff."""
    into_stock = row.lines.filter(disposition=ReturnLineItem.Disposition.RESTOCKED)
    if hasattr(row, "reverse_delivery") or not into_stock.exists():
        return
    if row.status == Status.RECEIVED:
        return
    if aftersale.offered_amount is not None:
        into_stock.update(disposition=ReturnLineItem.Disposition.NOT_RESTOCKED)
        return
    if restocker_of(row.sales_channel) == RestockedBy.PORTAL:
        ReturnRequest.objects.filter(pk=row.pk).update(attention=NO_PARCEL)
        record_event(row, "attention", actor=Actor.tiktok(), now=now, message=NO_PARCEL)


def _refund_mail(row: ReturnRequest, amount: Decimal) -> str:
    if not amount:
        return "refunded_zero"
    return "refunded_partly" if amount < row.quoted_amount else "refunded"


def _refuse(row: ReturnRequest, now: datetime) -> None:
    """TikTok shows it as rejected, by us or in Seller Center; a ruling may turn it around."""
    status = Status(row.status)
    if status not in FINAL:
        with override(row.language):
            reason = row.decline_reason or _("The request was rejected on TikTok Shop.")
        action = Action.WITHDRAW if status in DECIDED else Action.DECLINE
        move(
            row,
            action,
            actor=Actor.tiktok(),
            now=now,
            decline_reason=reason,
            decided_at=row.decided_at or now,
            closed_at=now,
        )
        release(row.pk)
    if row.status == Status.DECLINED:
        owe_email(row, _numbered(row, "declined", ("declined", "withdrawn")), now=now)


def _give_up(row: ReturnRequest, now: datetime) -> None:
    """The buyer has taken it back in the app."""
    status = Status(row.status)
    if status in FINAL:
        return
    action = Action.ABANDON if status in DECIDED else Action.CANCEL
    move(row, action, actor=Actor.tiktok(), now=now, closed_at=now)
    release(row.pk)
    owe_email(row, "canceled", now=now)


def _ask_person(row: ReturnRequest, aftersale: Aftersale, now: datetime) -> None:
    sentence = UNUSUAL.format(kind=aftersale.return_type, status=aftersale.status)
    if row.attention != sentence and row.status not in FINAL:
        ReturnRequest.objects.filter(pk=row.pk).update(attention=sentence)
        record_event(row, "attention", actor=Actor.tiktok(), now=now, message=sentence)


@transaction.atomic
def warn_of_deadline(aftersale_id: int, *, staff_email: str, now: datetime) -> bool:
    """Warns staff 24, 12 and 4 hours before TikTok decides by itself; False when it was done."""
    request_id = Aftersale.objects.get(pk=aftersale_id).return_request_id
    if request_id is None:
        return False
    # The request first, as every decision does, so that no two wait for one another.
    row = lock_request(request_id)
    aftersale = Aftersale.objects.select_for_update().get(pk=aftersale_id)
    deadline = aftersale.deadline
    mark = warning_due(deadline, aftersale.warned, now) if deadline else ""
    if not mark or deadline is None:
        return False
    aftersale.warned = [*aftersale.warned, mark]
    aftersale.save(update_fields=["warned"])
    event = record_event(
        row,
        "due_soon",
        actor=Actor.tiktok(),
        now=now,
        message=f"TikTok decides by itself {note_moment(deadline)}.",
    )
    if staff_email:
        owe(row, Kind.SEND_EMAIL, part=f"due_soon-{event.pk}", now=now)
    return True


def aftersales_to_warn_of(now: datetime) -> list[int]:
    """Aftersales that wait for the seller and on which TikTok decides within a day."""
    soon = Aftersale.objects.filter(
        deadline__gt=now, deadline__lte=now + max(WARNINGS), return_request__isnull=False
    )
    return list(soon.order_by("deadline").values_list("pk", flat=True)[:1000])
