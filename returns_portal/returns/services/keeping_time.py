"""Keeping time: reminders before a deadline, and what the policy wants once it has passed."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from returns_portal.returns.clocks import OnExpiry, Turn
from returns_portal.returns.history import Actor, note_moment, record_event
from returns_portal.returns.models import Operation, ReturnRequest
from returns_portal.returns.outbox import owe
from returns_portal.returns.rules import Spoken
from returns_portal.returns.services.approving import approve
from returns_portal.returns.services.decisions import decline, expire
from returns_portal.returns.services.guard import (
    SPOILT,
    Refused,
    deadline_of,
    lock_request,
    move,
    owe_email,
    terms_of,
)
from returns_portal.returns.shoppers import is_blocked
from returns_portal.returns.snapshots import load
from returns_portal.returns.workflow import FINAL, Action, InvalidTransition, Status
from returns_portal.shopify.types import Money

logger = logging.getLogger(__name__)
# So many requests one sweep turns to at the most; the next one goes on.
BATCH = 200
Step = ReturnRequest.ClockStep
REMINDERS = {
    Status.NEEDS_INFO: "reminder_to_answer",
    Status.APPROVED: "reminder_to_send",
}


def requests_to_remind(now: datetime) -> QuerySet[ReturnRequest]:
    """Open requests whose reminder is due, and whose deadline is not."""
    waiting = _open().filter(clock_step=Step.RUNNING, remind_at__lte=now, due_at__gte=now)
    return waiting.order_by("remind_at")


def requests_over(now: datetime) -> QuerySet[ReturnRequest]:
    """Open requests whose deadline has passed, and for which nothing was done about it."""
    return _open().filter(clock_step__lt=Step.OVER, due_at__lt=now).order_by("due_at")


def _open() -> QuerySet[ReturnRequest]:
    return ReturnRequest.objects.exclude(status__in=[status.value for status in FINAL])


def keep_time(*, now: datetime) -> int:
    """Reminds of what is due soon and deals with what is over; returns how many requests.

    Each request is a transaction of its own: one that fails keeps none of the others.
    """
    over = list(requests_over(now).values_list("pk", flat=True)[:BATCH])
    soon = list(requests_to_remind(now).values_list("pk", flat=True)[:BATCH])
    done = sum(_try(run_out, request_id, now) for request_id in over)
    return done + sum(_try(remind, request_id, now) for request_id in soon)


def _try(act: Callable[..., bool], request_id: int, now: datetime) -> bool:
    try:
        return act(request_id=request_id, now=now)
    except SPOILT:
        logger.exception("The clock of return request %s could not be kept.", request_id)
        return False


@transaction.atomic
def remind(*, request_id: int, now: datetime) -> bool:
    """Reminds whoever must act, once for each deadline; False when somebody else did, or acted."""
    return_request = lock_request(request_id)
    due = requests_to_remind(now).filter(pk=request_id)
    if not due.update(clock_step=Step.REMINDED):
        return False
    status = Status(return_request.status)
    mail = REMINDERS.get(status, "")
    event = record_event(
        return_request,
        "reminded" if mail else "due_soon",
        actor=Actor.system(),
        now=now,
        message=f"Due {_due(return_request)}.",
    )
    if mail:
        owe_email(return_request, f"{mail}-{event.pk}", now=now)
    else:
        _owe_staff(return_request, f"due_soon-{event.pk}", now=now)
    return True


def _due(return_request: ReturnRequest) -> str:
    return note_moment(return_request.due_at) if return_request.due_at else "the deadline"


def _owe_staff(return_request: ReturnRequest, event: str, *, now: datetime) -> None:
    if settings.STAFF_EMAIL:
        owe(return_request, Operation.Kind.SEND_EMAIL, part=event, now=now)


@transaction.atomic
def run_out(*, request_id: int, now: datetime) -> bool:
    """Does, once, what the request's policy wants when its time is up; False when it is not.

    Whatever is not possible any more (the money moves already, say) is left to a person.
    """
    return_request = lock_request(request_id)
    if not requests_over(now).filter(pk=request_id).update(clock_step=Step.OVER):
        return False
    wanted = action_on_expiry(return_request)
    try:
        with transaction.atomic():
            ACTIONS[wanted](return_request, now)
    except (InvalidTransition, Refused) as refusal:
        _ask_person(return_request, now, why=str(refusal))
    return True


def action_on_expiry(return_request: ReturnRequest) -> OnExpiry:
    """What the policy wants now that the present deadline has passed.

    A parcel that the shopper sent asks for other things than one that was never sent.
    """
    status = Status(return_request.status)
    clocks = terms_of(return_request).clocks
    decided = status in {Status.APPROVED, Status.RECEIVED}
    if decided and return_request.settlement == ReturnRequest.Settlement.TIKTOK:
        # What becomes of a parcel and its money, TikTok says.
        return OnExpiry.ASK_PERSON
    deadline = deadline_of(return_request, status, return_request.requested_at)
    if deadline is None:
        return OnExpiry.ASK_PERSON
    return clocks.when_not_arrived if deadline.turn is Turn.CARRIER else deadline.on_expiry


def _approve(return_request: ReturnRequest, now: datetime) -> None:
    if is_blocked(return_request):
        raise Refused("The shopper is blocked: a person decides.")
    if any(_asks_for_a_person(line.rule_trace) for line in return_request.lines.all()):
        raise Refused("A rule of the policy wants a person to decide.")
    amount = Money(return_request.quoted_amount, return_request.currency)
    approve(request_id=return_request.pk, amount=amount, actor=Actor.system(), now=now)


def _asks_for_a_person(trace: list[dict[str, Any]]) -> bool:
    """Whether a rule that was not overruled sent the line to review."""
    spoken = load(trace, tuple[Spoken, ...])
    return any(s.effect.action == "send_to_review" and not s.overruled_by for s in spoken)


def _decline(return_request: ReturnRequest, now: datetime) -> None:
    with override(return_request.language):
        if return_request.status == Status.NEEDS_INFO:
            reason = _("The shop asked you a question, and the time to answer it is over.")
        else:
            reason = _("The time to look at your request is over. Please write to the shop.")
    decline(request_id=return_request.pk, reason=reason, actor=Actor.system(), now=now)


def _expire(return_request: ReturnRequest, now: datetime) -> None:
    expire(
        request_id=return_request.pk,
        actor=Actor.system(),
        now=now,
        message=f"Nothing happened until {_due(return_request)}.",
    )


def _close(return_request: ReturnRequest, now: datetime) -> None:
    """Closes without a refund what is not refunded; a refund under way is not stopped."""
    if return_request.status == Status.APPROVED:
        _expire(return_request, now)
        return
    over = [Operation.State.DONE, Operation.State.SKIPPED]
    owed = return_request.operations.exclude(kind=Operation.Kind.SEND_EMAIL)
    if owed.exclude(state__in=over).exists():
        raise Refused("A step in Shopify is not done yet.")
    move(return_request, Action.CLOSE, actor=Actor.system(), now=now, closed_at=now)


def _ask_person(return_request: ReturnRequest, now: datetime, why: str = "") -> None:
    sentence = f"{OVERDUE[Status(return_request.status)]} {why}".strip()
    if return_request.attention and sentence not in return_request.attention:
        sentence = f"{return_request.attention}\n{sentence}"
    ReturnRequest.objects.filter(pk=return_request.pk).update(attention=sentence)
    event = record_event(return_request, "overdue", actor=Actor.system(), now=now, message=sentence)
    _owe_staff(return_request, f"overdue-{event.pk}", now=now)


OVERDUE = {
    Status.REQUESTED: "Overdue: the shopper waits for an answer.",
    Status.NEEDS_INFO: "The shopper has not answered the question in time.",
    Status.APPROVED: "The parcel has not come in time.",
    Status.RECEIVED: "Overdue: the parcel is here and nobody has looked at it.",
}
ACTIONS: dict[OnExpiry, Callable[[ReturnRequest, datetime], None]] = {
    OnExpiry.ASK_PERSON: _ask_person,
    OnExpiry.APPROVE: _approve,
    OnExpiry.DECLINE: _decline,
    OnExpiry.EXPIRE: _expire,
    OnExpiry.CLOSE: _close,
}


@transaction.atomic
def set_tiktok_deadline(*, request_id: int, decides_at: datetime | None, now: datetime) -> None:
    """Notes when TikTok decides itself: for the shop's own turn this is the deadline from now on.

    The same moment again changes nothing.
    """
    return_request = lock_request(request_id)
    if return_request.tiktok_decides_at == decides_at:
        return
    return_request.tiktok_decides_at = decides_at
    ReturnRequest.objects.filter(pk=request_id).update(tiktok_decides_at=decides_at)
    deadline = deadline_of(return_request, Status(return_request.status), now)
    if deadline is None or deadline.turn is not Turn.SHOP:
        return
    ReturnRequest.objects.filter(pk=request_id).update(
        due_at=deadline.due_at, remind_at=deadline.remind_at, clock_step=Step.RUNNING
    )
