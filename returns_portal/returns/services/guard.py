"""How every decision moves a request: lock, compare-and-set, event, and the mail it owes."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError
from django.db.models import prefetch_related_objects
from structlog.contextvars import bind_contextvars

from returns_portal.returns import snapshots
from returns_portal.returns.clocks import Calendar, Deadline, Moment, days_after, find_deadline
from returns_portal.returns.eligibility import PolicyTerms
from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.identity import is_relay_email
from returns_portal.returns.models import Operation, Proposal, ReturnRequest, ReverseDelivery
from returns_portal.returns.outbox import owe
from returns_portal.returns.policies import read_calendar
from returns_portal.returns.workflow import (
    PARTICIPLES,
    Action,
    InvalidTransition,
    Status,
    next_status,
)

# What the rows of one request can cause: others must not wait for it. A worker that ends, and
# whatever else is not about one request, stays what it is.
SPOILT = (
    DatabaseError,
    ObjectDoesNotExist,
    ArithmeticError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
)


class Refused(Exception):
    """A foreseen refusal; its text is a sentence for the person who asked."""


def lock_request(request_id: int) -> ReturnRequest:
    """The request, its row locked until the transaction ends."""
    return_request = ReturnRequest.objects.select_for_update().get(pk=request_id)
    bind_contextvars(rma=return_request.rma_number)
    return return_request


def lock_with_lines(request_id: int) -> ReturnRequest:
    """The request, its row locked until the transaction ends, with its lines read once."""
    return_request = lock_request(request_id)
    prefetch_related_objects([return_request], "lines")
    return return_request


def move(
    return_request: ReturnRequest,
    action: Action,
    *,
    actor: Actor,
    now: datetime,
    message: str = "",
    **changes: object,
) -> None:
    """Takes `action`: sets the next status, its deadline and `changes`, and records the event.

    Raises InvalidTransition, also when somebody else moved the request in between.
    """
    before = Status(return_request.status)
    after = next_status(action, before)
    clock = clock_columns(return_request, after, now)
    moved = ReturnRequest.objects.filter(pk=return_request.pk, status=before).update(
        **{"status": after, **clock, **changes}
    )
    if not moved:
        raise InvalidTransition(action, before)
    return_request.refresh_from_db()
    # Whatever was proposed before is decided now, or asked anew.
    return_request.proposals.filter(ending="").update(
        ending=Proposal.Ending.OVERTAKEN, ended_by_id=actor.user_id, ended_at=now
    )
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


def terms_of(return_request: ReturnRequest) -> PolicyTerms:
    """The terms that the request was judged by."""
    return snapshots.load(return_request.policy_terms, PolicyTerms)


def owe_email(return_request: ReturnRequest, event: str, *, now: datetime) -> None:
    """Owes the shopper a mail about `event`, once, if there is an address that mails reach."""
    email = return_request.contact_email
    if not email or is_relay_email(email) or return_request.contact_undeliverable_at:
        return
    owe(return_request, Operation.Kind.SEND_EMAIL, part=event, now=now)


def clock_columns(return_request: ReturnRequest, status: Status, now: datetime) -> dict[str, Any]:
    """What a request holds of its clock when it enters `status`: due time, reminder, send-by."""
    calendar = read_calendar()
    deadline = _find_deadline(return_request, status, now, calendar)
    columns: dict[str, Any] = {
        "due_at": deadline.due_at if deadline else None,
        "remind_at": deadline.remind_at if deadline else None,
        "clock_step": ReturnRequest.ClockStep.RUNNING,
    }
    if status is Status.APPROVED and return_request.returned_lines:
        days = terms_of(return_request).send_within_days
        columns["send_by"] = days_after(now, days, calendar)
    return columns


def deadline_of(return_request: ReturnRequest, status: Status, now: datetime) -> Deadline | None:
    """Until when somebody must act on a request that enters `status` now, by its own terms."""
    return _find_deadline(return_request, status, now, read_calendar())


def _find_deadline(
    return_request: ReturnRequest, status: Status, now: datetime, calendar: Calendar
) -> Deadline | None:
    terms = terms_of(return_request)
    moment = Moment(
        status=status,
        entered_at=now,
        answer_within_hours=terms.answer_within_hours,
        send_within_days=terms.send_within_days,
        clocks=terms.clocks,
        waits_for_parcel=terms.refund_on == "receipt" and bool(return_request.returned_lines),
        sent=ReverseDelivery.objects.filter(return_request=return_request).exists(),
        decides_at=return_request.tiktok_decides_at,
    )
    return find_deadline(moment, calendar)


def restart_clock(return_request: ReturnRequest, *, now: datetime) -> None:
    """Counts anew in the present status: something happened that changes whose turn it is."""
    columns = clock_columns(return_request, Status(return_request.status), now)
    columns.pop("send_by", None)
    ReturnRequest.objects.filter(pk=return_request.pk, status=return_request.status).update(
        **columns
    )
    return_request.refresh_from_db()
