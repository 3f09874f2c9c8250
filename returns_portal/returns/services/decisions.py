"""Decline, cancel; where goods go."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from returns_portal.returns.history import Actor
from returns_portal.returns.models import Operation, ReturnEvent, ReturnLineItem, ReturnRequest
from returns_portal.returns.outbox import owe, skip_followers, skip_unsent
from returns_portal.returns.reservations import release
from returns_portal.returns.services.guard import Refused, lock_request, move, owe_email
from returns_portal.returns.services.owing import awaits_tiktok
from returns_portal.returns.workflow import UNDECIDED, Action, InvalidTransition, Status


@transaction.atomic
def decline(*, request_id: int, reason: str, actor: Actor, now: datetime) -> ReturnRequest:
    """Declines the request with a reason that the shopper reads; its units are free again.

    Raises InvalidTransition, and Refused without a reason.
    """
    if not reason.strip():
        raise Refused("Say why: the shopper reads the reason.")
    return_request = lock_request(request_id)
    if awaits_tiktok(return_request):
        raise Refused(_("TikTok wants one of its own reasons: reject it on the request's page."))
    move(
        return_request,
        Action.DECLINE,
        actor=actor,
        now=now,
        message=reason,
        decline_reason=reason.strip(),
        decided_at=now,
        closed_at=now,
    )
    release(return_request.pk)
    owe_email(return_request, "declined", now=now)
    return return_request


@transaction.atomic
def cancel(*, request_id: int, actor: Actor, now: datetime) -> ReturnRequest:
    """Takes the request back; its units are free again, and its return in Shopify is canceled.

    An approved request can be taken back while its refund waits for a parcel that nobody counted.
    Raises InvalidTransition.
    """
    return_request = lock_request(request_id)
    end_without_refund(return_request, Action.CANCEL, actor=actor, now=now)
    by_shopper = actor.kind == ReturnEvent.ActorKind.SHOPPER
    owe_email(return_request, "canceled" if by_shopper else "canceled_by_shop", now=now)
    return return_request


def approval_mail(return_request: ReturnRequest) -> str:
    """The mail that tells of the approval: whether it is of all units or of a part."""
    partly = any(line.units_approved < line.quantity for line in return_request.lines.all())
    return "approved_partly" if partly else "approved"


@transaction.atomic
def expire(*, request_id: int, actor: Actor, now: datetime, message: str = "") -> ReturnRequest:
    """Ends a request on which nothing happened in time; its units are free again.

    Raises InvalidTransition, as cancel does.
    """
    return_request = lock_request(request_id)
    end_without_refund(return_request, Action.EXPIRE, actor=actor, now=now, message=message)
    owe_email(return_request, "expired", now=now)
    return return_request


def may_end(return_request: ReturnRequest) -> bool:
    """Whether the request can end without a refund: undecided, or its money waits for a parcel."""
    status = Status(return_request.status)
    if awaits_tiktok(return_request):
        return False
    if status is not Status.APPROVED:
        return status in UNDECIDED
    if return_request.policy_terms["refund_on"] != "receipt" or return_request.refunded_at:
        return False
    kinds = [
        Operation.Kind.PROCESS_RETURN,
        Operation.Kind.SETTLE_RETURN,
        Operation.Kind.REFUND_KEPT,
    ]
    paying = return_request.operations.filter(kind__in=kinds)
    return not paying.exclude(state=Operation.State.SKIPPED).exists()


def end_without_refund(
    return_request: ReturnRequest, action: Action, *, actor: Actor, now: datetime, message: str = ""
) -> None:
    """Moves to an end that frees the units; the return in Shopify, if any, is owed a cancel."""
    before = Status(return_request.status)
    held = before is Status.APPROVED or awaits_tiktok(return_request)
    if held and not may_end(return_request):
        raise InvalidTransition(action, before)
    move(return_request, action, actor=actor, now=now, message=message, closed_at=now)
    release(return_request.pk)
    if before is Status.APPROVED:
        owe_cancel(return_request, now=now)


def owe_cancel(return_request: ReturnRequest, *, now: datetime) -> None:
    """Owes Shopify the end of the return; one that was never asked for is not opened at all.

    An opening that is under way, or whose answer is unknown, is waited for.
    """
    opening = return_request.operations.filter(kind=Operation.Kind.CREATE_RETURN).first()
    if opening is None:
        return
    skip_followers(opening, now=now)
    if skip_unsent(opening, now=now):
        return
    opening.refresh_from_db()
    over = {Operation.State.DONE, Operation.State.SKIPPED, Operation.State.FAILED}
    waits = opening.state not in over
    owe(
        return_request,
        Operation.Kind.CANCEL_RETURN,
        after=opening if waits else None,
        now=now,
    )


def set_dispositions(return_request: ReturnRequest, dispositions: Mapping[int, str]) -> None:
    """Notes where each line's units go; raises Refused for a line or place that is unknown."""
    lines = {line.pk: line for line in return_request.lines.all()}
    for line_id, disposition in dispositions.items():
        if line_id not in lines or disposition not in ReturnLineItem.Disposition.values:
            raise Refused("An item or its destination is not part of this request.")
        ReturnLineItem.objects.filter(pk=line_id).update(disposition=disposition)
