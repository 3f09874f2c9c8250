"""How every decision moves a request: lock, compare-and-set, event, and the mail it owes."""

from datetime import datetime

from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.models import Operation, ReturnRequest
from returns_portal.returns.outbox import owe
from returns_portal.returns.workflow import (
    PARTICIPLES,
    Action,
    InvalidTransition,
    Status,
    next_status,
)


class Refused(Exception):
    """A foreseen refusal; its text is a sentence for the person who asked."""


def lock_request(request_id: int) -> ReturnRequest:
    """The request, its row locked until the transaction ends."""
    return ReturnRequest.objects.select_for_update().get(pk=request_id)


def move(
    return_request: ReturnRequest,
    action: Action,
    *,
    actor: Actor,
    now: datetime,
    message: str = "",
    **changes: object,
) -> None:
    """Takes `action`: sets the next status and `changes`, and records the event.

    Raises InvalidTransition, also when somebody else moved the request in between.
    """
    before = Status(return_request.status)
    after = next_status(action, before)
    moved = ReturnRequest.objects.filter(pk=return_request.pk, status=before).update(
        status=after, **changes
    )
    if not moved:
        raise InvalidTransition(action, before)
    return_request.refresh_from_db()
    record_event(
        return_request,
        PARTICIPLES[action],
        actor=actor,
        now=now,
        from_status=before,
        to_status=after,
        message=message,
        shopper_sees=True,
    )


def owe_email(return_request: ReturnRequest, event: str, *, now: datetime) -> None:
    """Owes the shopper a mail about `event`, once, if there is an address to write to."""
    if return_request.contact_email:
        owe(return_request, Operation.Kind.SEND_EMAIL, part=event, now=now)
