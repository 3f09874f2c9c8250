"""Approve, decline, cancel."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from returns_portal.returns.history import Actor
from returns_portal.returns.models import Operation, ReturnLineItem, ReturnRequest
from returns_portal.returns.outbox import owe
from returns_portal.returns.reservations import release
from returns_portal.returns.services.guard import Refused, lock_request, move, owe_email
from returns_portal.returns.services.sending import owe_announcement
from returns_portal.returns.workflow import Action
from returns_portal.shopify.types import Money


@transaction.atomic
def approve(
    *,
    request_id: int,
    amount: Money,
    actor: Actor,
    now: datetime,
    quoted: Decimal | None = None,
    dispositions: Mapping[int, str] | None = None,
) -> ReturnRequest:
    """Approves the request for `amount`, the money the person saw: no other amount is ever paid.

    Opens the return in Shopify; where the policy pays on approval, refund and restock follow.
    `dispositions` says, by line id, where the units go. Raises InvalidTransition, and Refused
    when the shopper changed the request so that `quoted`, which the person judged by, is old.
    """
    return_request = lock_request(request_id)
    if quoted is not None and quoted != return_request.quoted_amount:
        raise Refused("The shopper has changed this request. Look at it again.")
    if amount.currency != return_request.currency or amount.amount < 0:
        raise Refused(f"The refund must be an amount in {return_request.currency}.")
    move(
        return_request,
        Action.APPROVE,
        actor=actor,
        now=now,
        message=f"Refund of {amount.amount} {amount.currency} approved.",
        approved_amount=amount.amount,
        decided_at=now,
    )
    set_dispositions(return_request, dispositions or {})
    opened = owe(return_request, Operation.Kind.CREATE_RETURN, now=now)
    if return_request.policy_terms["refund_on"] == "approval":
        owe(return_request, Operation.Kind.PROCESS_RETURN, after=opened, now=now)
    owe_announcement(return_request, now=now)
    owe_email(return_request, "approved", now=now)
    return return_request


@transaction.atomic
def decline(*, request_id: int, reason: str, actor: Actor, now: datetime) -> ReturnRequest:
    """Declines the request with a reason that the shopper reads; its units are free again.

    Raises InvalidTransition, and Refused without a reason.
    """
    if not reason.strip():
        raise Refused("Say why: the shopper reads the reason.")
    return_request = lock_request(request_id)
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
    """Takes the request back before it was decided; its units are free again.

    Raises InvalidTransition.
    """
    return_request = lock_request(request_id)
    move(return_request, Action.CANCEL, actor=actor, now=now, closed_at=now)
    release(return_request.pk)
    owe_email(return_request, "canceled", now=now)
    return return_request


def set_dispositions(return_request: ReturnRequest, dispositions: Mapping[int, str]) -> None:
    """Notes where each line's units go; raises Refused for a line or place that is unknown."""
    lines = {line.pk: line for line in return_request.lines.all()}
    for line_id, disposition in dispositions.items():
        if line_id not in lines or disposition not in ReturnLineItem.Disposition.values:
            raise Refused("An item or its destination is not part of this request.")
        ReturnLineItem.objects.filter(pk=line_id).update(disposition=disposition)
