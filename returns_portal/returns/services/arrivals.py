"""What arrives at the bench: noted parcel by parcel, paid for once it is all, undone until then.

Arrival is a fact of its own: goods may come before the decision, in several parcels, or after the
request has ended. Only where the policy pays on receipt does money wait for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.models import (
    ConditionGrade,
    Operation,
    Parcel,
    ParcelItem,
    ReturnLineItem,
    ReturnRequest,
)
from returns_portal.returns.refund_amounts import smallest_unit
from returns_portal.returns.services.guard import Refused, lock_request, move, owe_email
from returns_portal.returns.services.owing import owe_receipt
from returns_portal.returns.workflow import FINAL, Action, Status

Disposition = ReturnLineItem.Disposition
Kind = Operation.Kind
MONEY = (Kind.PROCESS_RETURN, Kind.SETTLE_RETURN)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Units of a line found in a parcel: their grade (a code, or none) and where they go."""

    line_id: int
    quantity: int
    disposition: str
    grade: str = ""
    location_id: str = ""


@transaction.atomic
def note_parcel(
    *,
    request_id: int,
    arrivals: Sequence[Arrival],
    actor: Actor,
    now: datetime,
    tracking_number: str = "",
    note: str = "",
) -> Parcel:
    """Notes a parcel and what was in it; later parcels add up.

    With the last approved unit the request is received, and paid for where the policy pays on
    receipt. Raises Refused when nothing arrived, or more than was still missing.
    """
    return_request = lock_request(request_id)
    found = [arrival for arrival in arrivals if arrival.quantity]
    if not found:
        raise Refused(_("Tick what arrived, and enter how many."))
    parcel = Parcel.objects.create(
        return_request=return_request,
        received_at=now,
        user_id=actor.user_id,
        tracking_number=tracking_number,
        note=note,
    )
    lines = {line.pk: line for line in return_request.lines.all()}
    items = [_note_item(parcel, lines.get(arrival.line_id), arrival) for arrival in found]
    for item in items:
        count_arrived(item.line)
    record_event(
        return_request, "inspected", actor=actor, now=now, message="; ".join(map(_told, items))
    )
    _warn(return_request, items)
    finish_if_complete(return_request, actor=actor, now=now)
    return parcel


def _note_item(parcel: Parcel, line: ReturnLineItem | None, arrival: Arrival) -> ParcelItem:
    if line is None or arrival.disposition not in Disposition.values:
        raise Refused(_("An item or its destination is not part of this request."))
    missing = units_missing(line)
    if not 0 < arrival.quantity <= missing:
        words = _("Of “%(item)s”, at most %(count)d can still have arrived.")
        raise Refused(words % {"item": line.title, "count": missing})
    grade = ConditionGrade.objects.filter(code=arrival.grade, active=True).first()
    if arrival.grade and grade is None:
        raise Refused(_("This condition is not in use any more. Choose another."))
    return ParcelItem.objects.create(
        parcel=parcel,
        line=line,
        quantity=arrival.quantity,
        grade=grade,
        disposition=arrival.disposition,
        location_id=arrival.location_id,
    )


def units_missing(line: ReturnLineItem) -> int:
    """Units of the line that were asked for and have not arrived yet."""
    return line.quantity - (line.received_quantity or 0)


def count_arrived(line: ReturnLineItem) -> None:
    """Sets what the line's parcels add up to: units, and the last one's grade and destination."""
    items = ParcelItem.objects.filter(line=line, parcel__undone_at__isnull=True)
    last = items.select_related("grade").order_by("-pk").first()
    columns: dict[str, object] = {
        "received_quantity": items.aggregate(units=Sum("quantity"))["units"],
        "condition": last.grade.code if last and last.grade else "",
    }
    if last:
        columns |= {"disposition": last.disposition}
    if last and last.location_id:
        columns |= {"location_id": last.location_id}
    ReturnLineItem.objects.filter(pk=line.pk).update(**columns)


def _told(item: ParcelItem) -> str:
    grade = f", {item.grade.label}" if item.grade else ""
    where = Disposition(item.disposition).label
    return f"{item.line.title}: {item.quantity}{grade}, {where}"


def _warn(return_request: ReturnRequest, items: Sequence[ParcelItem]) -> None:
    """Tells staff what the portal can't put right by itself."""
    warnings = []
    if return_request.status in FINAL and return_request.status != Status.CLOSED:
        status = return_request.get_status_display()
        warnings.append(
            _("A parcel arrived although the request is: %(status)s.") % {"status": status}
        )
    placed = return_request.operations.filter(kind__in=MONEY, sent_at__isnull=False).exists()
    for item in items:
        into_stock = item.line.disposition == Disposition.RESTOCKED
        if placed and into_stock and item.disposition != Disposition.RESTOCKED:
            words = _("“%(item)s” was put into stock at approval, but it came back unfit for it.")
            warnings.append(words % {"item": item.line.title})
    if warnings:
        attention = " ".join([return_request.attention, *warnings]).strip()
        ReturnRequest.objects.filter(pk=return_request.pk).update(attention=attention)


def is_complete(return_request: ReturnRequest) -> bool:
    """Whether every unit arrived that was approved and is not kept by the shopper."""
    return all(
        (line.received_quantity or 0) >= line.units_approved
        for line in return_request.lines.exclude(outcome=ReturnLineItem.Outcome.KEEP_ITEM)
    )


def finish_if_complete(return_request: ReturnRequest, *, actor: Actor, now: datetime) -> None:
    """Receives an approved request whose goods are all there; leaves the others as they are."""
    if not any(line.received_quantity for line in return_request.lines.all()):
        return
    return_request.refresh_from_db()
    if return_request.status == Status.APPROVED and is_complete(return_request):
        receive_what_came(return_request, actor=actor, now=now)


@transaction.atomic
def finish_receipt(*, request_id: int, actor: Actor, now: datetime) -> ReturnRequest:
    """Receives what came so far: nothing more is expected, and no more is paid for.

    Raises InvalidTransition, and Refused when nothing arrived.
    """
    return_request = lock_request(request_id)
    if not return_request.lines.filter(received_quantity__gt=0).exists():
        raise Refused(_("Nothing has arrived for this request yet."))
    receive_what_came(return_request, actor=actor, now=now)
    return return_request


def receive_what_came(
    return_request: ReturnRequest, *, actor: Actor, now: datetime, hold: bool = True
) -> None:
    """Moves the request to received; money and mail wait a moment, so that it can be undone."""
    pays_now = return_request.policy_terms["refund_on"] == "receipt"
    if pays_now:
        goods = return_request.lines.exclude(outcome=ReturnLineItem.Outcome.KEEP_ITEM)
        goods.filter(received_quantity__isnull=True).update(received_quantity=0)
        lower_amount(return_request, actor=actor, now=now)
    move(return_request, Action.RECEIVE, actor=actor, now=now)
    owe_receipt(return_request, now=now)
    owe_email(return_request, receipt_mail(return_request), now=now)
    if hold:
        _held(return_request).filter(due_at__lte=now).update(due_at=now + undo_window())


def receipt_mail(return_request: ReturnRequest) -> str:
    """The mail that tells of the arrival: whether it is of all approved units or of fewer."""
    return "received" if is_complete(return_request) else "received_partly"


def lower_amount(return_request: ReturnRequest, *, actor: Actor, now: datetime) -> None:
    """Takes the worth of approved units that did not come from the approved amount."""
    approved = return_request.approved_amount
    missing = sum((worth_of_missing(line) for line in return_request.lines.all()), Decimal(0))
    if approved is None or not missing:
        return
    unit = smallest_unit(return_request.currency)
    left = max(Decimal(0), approved - missing.quantize(unit, ROUND_CEILING))
    ReturnRequest.objects.filter(pk=return_request.pk).update(approved_amount=left)
    return_request.refresh_from_db()
    record_event(
        return_request,
        "amount_lowered",
        actor=actor,
        now=now,
        message=f"{approved} → {left} {return_request.currency}: not everything arrived.",
    )


def worth_of_missing(line: ReturnLineItem) -> Decimal:
    """What the line's approved units that did not arrive would have been paid back with."""
    if line.outcome == ReturnLineItem.Outcome.KEEP_ITEM:
        return Decimal(0)
    approved = line.units_approved
    units = max(0, approved - (line.received_quantity or 0))
    worth: Decimal = line.subtotal + line.tax - line.restocking_fee
    return worth * units / approved if approved else Decimal(0)


def undo_window() -> timedelta:
    return timedelta(minutes=settings.BENCH_UNDO_MINUTES)


def _held(return_request: ReturnRequest) -> QuerySet[Operation]:
    mails = return_request.operations.filter(kind=Kind.SEND_EMAIL, part__startswith="received")
    money = return_request.operations.filter(kind__in=MONEY)
    return (mails | money).filter(state=Operation.State.PENDING, attempts=0)


@transaction.atomic
def undo_parcel(*, parcel_id: int, actor: Actor, now: datetime) -> Parcel:
    """Takes a parcel back as if it had not been noted; raises Refused once money may have moved."""
    parcel = Parcel.objects.select_related("return_request").get(pk=parcel_id)
    if parcel.undone_at:
        return parcel
    if parcel.return_request_id:
        _take_back(lock_request(parcel.return_request_id), parcel, actor, now)
    parcel.undone_at = now
    parcel.save(update_fields=["undone_at"])
    for item in parcel.items.select_related("line"):
        count_arrived(item.line)
    return parcel


def _take_back(return_request: ReturnRequest, parcel: Parcel, actor: Actor, now: datetime) -> None:
    pays_on_receipt = return_request.policy_terms["refund_on"] == "receipt"
    if return_request.status == Status.RECEIVED:
        _held(return_request).delete()
        left = return_request.operations.filter(kind__in=MONEY).exists()
        if pays_on_receipt and left:
            raise Refused(_("The refund is under way already, so this can't be undone any more."))
        _restore_amount(return_request)
        move(return_request, Action.UNRECEIVE, actor=actor, now=now)
    elif pays_on_receipt and return_request.status == Status.CLOSED:
        raise Refused(_("The refund is paid already, so this can't be undone any more."))
    record_event(return_request, "parcel_undone", actor=actor, now=now)


def _restore_amount(return_request: ReturnRequest) -> None:
    """Back to what was approved before units turned out to be missing."""
    lowered = return_request.events.filter(kind="amount_lowered").order_by("-pk").first()
    undone = return_request.events.filter(kind="parcel_undone").order_by("-pk").first()
    if lowered and (undone is None or undone.pk < lowered.pk):
        before = Decimal(lowered.message.partition(" ")[0])
        ReturnRequest.objects.filter(pk=return_request.pk).update(approved_amount=before)


@transaction.atomic
def note_unknown_parcel(*, tracking_number: str, note: str, actor: Actor, now: datetime) -> Parcel:
    """Notes a parcel that belongs to no request that anybody could find; raises Refused if bare."""
    if not tracking_number and not note:
        raise Refused(_("Say something by which the parcel can be known: its number, or a note."))
    return Parcel.objects.create(
        received_at=now, user_id=actor.user_id, tracking_number=tracking_number, note=note
    )


@transaction.atomic
def match_parcel(*, parcel_id: int, request_id: int, actor: Actor, now: datetime) -> Parcel:
    """Gives a parcel without a request to the one it belongs to; raises Refused if it has one."""
    parcel = Parcel.objects.select_for_update().get(pk=parcel_id)
    if parcel.return_request_id or parcel.undone_at:
        raise Refused(_("This parcel is matched already."))
    return_request = lock_request(request_id)
    parcel.return_request = return_request
    parcel.save(update_fields=["return_request"])
    record_event(
        return_request, "parcel_matched", actor=actor, now=now, message=parcel.tracking_number
    )
    return parcel
