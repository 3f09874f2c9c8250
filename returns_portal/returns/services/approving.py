"""Approving: which units, for how much money, and what is owed once it is agreed."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.models import (
    ApprovalLimit,
    Message,
    Proposal,
    ReturnEvent,
    ReturnLineItem,
    ReturnRequest,
)
from returns_portal.returns.payouts import parts_of
from returns_portal.returns.services.arrivals import finish_if_complete
from returns_portal.returns.services.decisions import approval_mail
from returns_portal.returns.services.guard import (
    Refused,
    lock_request,
    lock_with_lines,
    move,
    owe_email,
)
from returns_portal.returns.services.line_decisions import (
    Decision,
    changed_outcomes,
    changes_fees,
    check_lines,
    is_as_asked,
    settle_lines,
)
from returns_portal.returns.services.messaging import clean_body
from returns_portal.returns.services.owing import owe_approval
from returns_portal.returns.services.sending import owe_announcement
from returns_portal.returns.snapshots import dump, load
from returns_portal.returns.workflow import Action, Status, next_status
from returns_portal.shopify.types import Money


@dataclass(frozen=True, slots=True)
class Proposed:
    """A decision as it waits for a second person, with the quote that the first one saw."""

    decision: Decision
    quoted: Decimal


AS_ASKED = Decision()


@transaction.atomic
def approve(
    *,
    request_id: int,
    amount: Money,
    actor: Actor,
    now: datetime,
    quoted: Decimal | None = None,
    decision: Decision = AS_ASKED,
) -> ReturnRequest:
    """Approves the request for `amount`, the money the person saw: no other amount is ever paid.

    Opens the return in Shopify; where the policy pays on approval, refund and restock follow.
    Above the limit for one person it is only proposed, and the request stays as it is. Raises
    InvalidTransition, and Refused for what cannot be approved, or when the shopper changed the
    request so that `quoted`, which the person judged by, is old.
    """
    return_request = lock_with_lines(request_id)
    next_status(Action.APPROVE, Status(return_request.status))
    if quoted is not None and quoted != return_request.quoted_amount:
        raise Refused(_("The shopper has changed this request. Look at it again."))
    check_amount(return_request, amount, decision)
    if return_request.four_eyes or needs_second_person(amount):
        propose(return_request, amount, decision, actor, now)
        return return_request
    _carry_out(return_request, amount, decision, actor, now)
    return return_request


@transaction.atomic
def confirm_proposal(*, request_id: int, actor: Actor, now: datetime) -> ReturnRequest:
    """Carries out what another person proposed; raises InvalidTransition and Refused."""
    return_request = lock_with_lines(request_id)
    proposal = open_proposal(return_request)
    if proposal is None:
        raise Refused(_("Nothing is proposed for this request any more."))
    if actor.user_id is None or actor.user_id == proposal.proposed_by_id:
        raise Refused(_("Somebody else must confirm it: you proposed it."))
    proposed = load(proposal.decision, Proposed)
    if proposed.quoted != return_request.quoted_amount:
        raise Refused(_("The shopper has changed this request. Look at it again."))
    amount = Money(proposal.amount, return_request.currency)
    check_amount(return_request, amount, proposed.decision)
    _end(proposal, Proposal.Ending.CONFIRMED, actor, now)
    _carry_out(return_request, amount, proposed.decision, actor, now)
    return return_request


@transaction.atomic
def withdraw_proposal(*, request_id: int, actor: Actor, now: datetime) -> ReturnRequest:
    """Takes a proposed approval back; the request waits for a new decision. Raises Refused."""
    return_request = lock_request(request_id)
    proposal = open_proposal(return_request)
    if proposal is None:
        raise Refused(_("Nothing is proposed for this request any more."))
    _end(proposal, Proposal.Ending.WITHDRAWN, actor, now)
    record_event(return_request, "proposal_withdrawn", actor=actor, now=now)
    return return_request


def open_proposal(return_request: ReturnRequest) -> Proposal | None:
    """The approval that waits for a second person, if there is one."""
    waiting = return_request.proposals.select_related("proposed_by").filter(ending="")
    return waiting.first()


def needs_second_person(amount: Money) -> bool:
    """Whether the shop lets nobody approve this much alone."""
    limit = ApprovalLimit.objects.filter(currency=amount.currency).first()
    return limit is not None and amount.amount > limit.amount


def propose(
    return_request: ReturnRequest, amount: Money, decision: Decision, actor: Actor, now: datetime
) -> Proposal:
    """Keeps the decision until somebody else confirms it; nobody is mailed. Raises Refused."""
    if actor.kind != ReturnEvent.ActorKind.STAFF or actor.user_id is None:
        raise Refused(_("An amount this high must be approved by two people."))
    waiting = open_proposal(return_request)
    if waiting and waiting.proposed_by_id == actor.user_id:
        raise Refused(_("You proposed this approval already: somebody else must confirm it."))
    if waiting:
        _end(waiting, Proposal.Ending.OVERTAKEN, actor, now)
    check_lines(return_request, decision)
    words = f"Refund of {amount.amount} {amount.currency} proposed. {decision.reason}".strip()
    record_event(return_request, "proposed", actor=actor, now=now, message=words)
    return Proposal.objects.create(
        return_request=return_request,
        proposed_by_id=actor.user_id,
        proposed_at=now,
        amount=amount.amount,
        decision=dump(Proposed(decision, return_request.quoted_amount)),
    )


def _end(proposal: Proposal, ending: str, actor: Actor, now: datetime) -> None:
    Proposal.objects.filter(pk=proposal.pk).update(
        ending=ending, ended_by_id=actor.user_id, ended_at=now
    )


def check_amount(return_request: ReturnRequest, amount: Money, decision: Decision) -> None:
    """Raises Refused for an amount above what Shopify says, or another one without a reason."""
    if amount.currency != return_request.currency or amount.amount < 0:
        currency = {"currency": return_request.currency}
        raise Refused(_("The refund must be an amount in %(currency)s.") % currency)
    if decision.quote is None and not is_as_asked(return_request, decision):
        raise Refused(_("Shopify must first say what these units are worth. Try again later."))
    most = decision.quote.refund.amount if decision.quote else return_request.quoted_amount
    if amount.amount > most:
        limit = {"most": f"{most.normalize():f} {return_request.currency}"}
        raise Refused(_("At most %(most)s can be refunded.") % limit)
    told = return_request.quoted_amount if is_as_asked(return_request, decision) else most
    by_hand = amount.amount not in (told, most) or changes_fees(return_request, decision)
    if by_hand and not decision.reason.strip():
        raise Refused(_("Say why the amount or a fee is another one."))


def _carry_out(
    return_request: ReturnRequest, amount: Money, decision: Decision, actor: Actor, now: datetime
) -> None:
    check_lines(return_request, decision)
    before = return_request.quoted_amount
    message = clean_body(decision.message)[: Message.LONGEST]
    fees_changed = changes_fees(return_request, decision)
    _note_outcomes(return_request, decision, actor, now)
    in_part = settle_lines(return_request, decision)
    shipping = decision.quote.return_shipping_fee.amount if decision.quote else None
    move(
        return_request,
        Action.APPROVE,
        actor=actor,
        now=now,
        message=_describe(return_request, amount, in_part=in_part),
        approved_amount=amount.amount,
        decided_at=now,
        decision_message=message,
        return_shipping_fee=return_request.return_shipping_fee if shipping is None else shipping,
    )
    # The move has read the request afresh, without its lines.
    prefetch_related_objects([return_request], "lines")
    if decision.reason.strip() and (fees_changed or amount.amount != before):
        note_change(return_request, before, amount.amount, decision.reason, actor, now)
    if message:
        _add_to_thread(return_request, message, actor, now)
    _note_bonus(return_request)
    owe_approval(return_request, now=now)
    owe_announcement(return_request, now=now)
    if return_request.settlement != ReturnRequest.Settlement.TIKTOK:
        # Where TikTok decides with us, it is told once TikTok has agreed.
        owe_email(return_request, approval_mail(return_request), now=now)
    # Goods may have come before the decision.
    finish_if_complete(return_request, actor=actor, now=now)


def _note_bonus(return_request: ReturnRequest) -> None:
    """Writes down what the shop adds to store credit, where that is another amount by now."""
    bonus = parts_of(return_request).bonus.amount
    if bonus != return_request.bonus_amount:
        return_request.bonus_amount = bonus
        return_request.save(update_fields=["bonus_amount"])


def note_change(
    return_request: ReturnRequest,
    old: Decimal,
    new: Decimal,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Writes down who changed the money, from what to what, and why."""
    currency = return_request.currency
    words = f"{old.normalize():f} → {new.normalize():f} {currency}: {reason.strip()}"
    record_event(return_request, "amount_changed", actor=actor, now=now, message=words)


def _note_outcomes(
    return_request: ReturnRequest, decision: Decision, actor: Actor, now: datetime
) -> None:
    """Writes down which lines are paid back another way than the shopper chose."""
    changed = changed_outcomes(return_request, decision)
    labels = dict(ReturnLineItem.Outcome.choices)
    for line in return_request.lines.filter(pk__in=changed):
        words = f"{line.title}: {labels[line.outcome]} → {labels[changed[line.pk]]}"
        record_event(return_request, "outcome_changed", actor=actor, now=now, message=words)


def _describe(return_request: ReturnRequest, amount: Money, *, in_part: bool) -> str:
    words = f"Refund of {amount.amount} {amount.currency} approved."
    if not in_part:
        return words
    parts = [
        f"{line.title}: {line.approved_quantity} of {line.quantity}"
        + (f" ({line.decline_reason})" if line.decline_reason else "")
        for line in return_request.lines.all()
    ]
    return f"{words} {'; '.join(parts)}"


def _add_to_thread(
    return_request: ReturnRequest, body: str, actor: Actor, now: datetime
) -> Message:
    """The same words in the thread: the mail about the decision carries them already."""
    return Message.objects.create(
        return_request=return_request,
        author=Message.Author.STAFF,
        user_id=actor.user_id,
        body=body,
        created_at=now,
    )
