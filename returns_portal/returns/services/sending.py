"""The parcel on its way: what the shopper tells of it, and what Shopify is owed to know."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from returns_portal.returns.carriers import (
    BY_CODE,
    OTHER,
    carrier_name,
    normalize_tracking_number,
    tracking_url,
)
from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.models import Operation, ReturnRequest, ReverseDelivery
from returns_portal.returns.outbox import finish, owe
from returns_portal.returns.services.guard import (
    Refused,
    lock_request,
    owe_email,
    restart_clock,
)
from returns_portal.returns.statements import shows_instructions
from returns_portal.returns.workflow import Status

MOST_REVISIONS = 10


def may_be_on_its_way(return_request: ReturnRequest) -> bool:
    """Whether the parcel may be on its way: the shopper may send it, and nobody has counted it."""
    arrived = any(line.received_quantity is not None for line in return_request.lines.all())
    return shows_instructions(return_request) and not arrived


def may_tell_tracking(return_request: ReturnRequest) -> bool:
    """Whether the shopper may tell of the parcel here; where TikTok knows the return, it does."""
    return not hasattr(return_request, "aftersale") and may_be_on_its_way(return_request)


@transaction.atomic
def tell_tracking(
    *, request_id: int, carrier: str, tracking_number: str, actor: Actor, now: datetime
) -> ReverseDelivery:
    """Notes the parcel that the shopper sent, or corrects it; Shopify is told once it can be.

    The same again changes nothing. Raises Refused for a number that cannot be one, an unknown
    carrier, and when the return takes none (any more).
    """
    return_request = lock_request(request_id)
    number = normalize_tracking_number(tracking_number)
    if not number or (carrier != OTHER and carrier not in BY_CODE):
        raise Refused(_("This is no tracking number that we can use."))
    if not may_tell_tracking(return_request):
        raise Refused(_("A tracking number can't be given for this return now."))
    known = ReverseDelivery.objects.filter(return_request=return_request).first()
    if known and (known.carrier, known.tracking_number) == (carrier, number):
        return known
    if known and known.revision >= MOST_REVISIONS:
        raise Refused(_("The tracking number was changed too often: please write to the shop."))
    delivery = _note(return_request, known, carrier, number, now)
    record_event(
        return_request,
        "sending_changed" if known else "sent",
        actor=actor,
        now=now,
        message=f"{carrier_name(carrier)} {number}".strip(),
        shopper_sees=True,
    )
    if known is None and return_request.status == Status.APPROVED:
        restart_clock(return_request, now=now)
    owe_announcement(return_request, now=now)
    owe_email(return_request, "sent", now=now)
    return delivery


def _note(
    return_request: ReturnRequest,
    known: ReverseDelivery | None,
    carrier: str,
    number: str,
    now: datetime,
) -> ReverseDelivery:
    delivery = known or ReverseDelivery(return_request=return_request, sent_at=now)
    if known and known.tracking_number != number:
        delivery.earlier_numbers = [*known.earlier_numbers, known.tracking_number]
    delivery.revision += 1 if known else 0
    delivery.carrier, delivery.tracking_number = carrier, number
    delivery.tracking_url = tracking_url(carrier, number)
    delivery.changed_at = now
    delivery.save()
    return delivery


def owe_announcement(return_request: ReturnRequest, *, now: datetime) -> None:
    """Owes Shopify the parcel, if there is one, after the return that it belongs to."""
    delivery = ReverseDelivery.objects.filter(return_request=return_request).first()
    if delivery is None:
        return
    opening = return_request.operations.filter(kind=Operation.Kind.CREATE_RETURN).first()
    if opening is None or opening.state == Operation.State.SKIPPED:
        return
    owe(
        return_request,
        Operation.Kind.ANNOUNCE_PARCEL,
        part=str(delivery.revision),
        after=None if opening.state == Operation.State.DONE else opening,
        now=now,
    )


@transaction.atomic
def parcel_announced(operation: Operation, *, message: str, now: datetime) -> None:
    """Shopify knows the parcel, or can't take it any more; `message` says which, for staff."""
    return_request = lock_request(operation.return_request_id)
    record_event(return_request, operation.kind, actor=Actor.shopify(), now=now, message=message)
    finish(operation, now=now)
