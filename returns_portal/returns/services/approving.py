"""Approving: which units, for how much money, and what is owed once it is agreed."""

from collections.abc import Mapping
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
from returns_portal.returns.outcomes import outcomes_for_staff
from returns_portal.returns.payouts import parts_of
from returns_portal.returns.refund_amounts import Quote
from returns_portal.returns.reservations import keep_units
from returns_portal.returns.services.arrivals import finish_if_complete
from returns_portal.returns.services.decisions import approval_mail
from returns_portal.returns.services.guard import (
    Refused,
    lock_request,
    lock_with_lines,
    move,
    owe_email,
)
from returns_portal.returns.services.messaging import clean_body
from returns_portal.returns.services.owing import owe_approval
from returns_portal.returns.services.sending import owe_announcement
from returns_portal.returns.snapshots import dump, load
from returns_portal.returns.workflow import Action, Status, next_status
from returns_portal.shopify.types import Money


@dataclass(frozen=True, slots=True)
class LineDecision:
    """What staff decided of one line; what is None or empty stays as it is.

    `decline_reason` says why the units that are not approved are not.
    """

    line_id: int
    approved: int
    decline_reason: str = ""
    disposition: str = ""
    location_id: str = ""
    outcome: str = ""
    restocking_fee_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """An approval in full; without `lines` all units are approved as they were asked for.

    `quote` is what Shopify calculated for just these units and fees; `reason` says why the amount
    or the fees are others than the policy's; `message` goes to the shopper.
    """

    lines: tuple[LineDecision, ...] = ()
    return_shipping_fee: Decimal | None = None
    quote: Quote | None = None
    reason: str = ""
    message: str = ""


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
    if decision.quote is None and not _is_as_asked(return_request, decision):
        raise Refused(_("Shopify must first say what these units are worth. Try again later."))
    most = decision.quote.refund.amount if decision.quote else return_request.quoted_amount
    if amount.amount > most:
        limit = {"most": f"{most.normalize():f} {return_request.currency}"}
        raise Refused(_("At most %(most)s can be refunded.") % limit)
    told = return_request.quoted_amount if _is_as_asked(return_request, decision) else most
    by_hand = amount.amount not in (told, most) or changes_fees(return_request, decision)
    if by_hand and not decision.reason.strip():
        raise Refused(_("Say why the amount or a fee is another one."))


def changes_fees(return_request: ReturnRequest, decision: Decision) -> bool:
    """Whether the decision sets other fees than the request holds."""
    shipping = decision.return_shipping_fee
    if shipping is not None and shipping != return_request.return_shipping_fee:
        return True
    held = {line.pk: line.restocking_fee_percent for line in return_request.lines.all()}
    return any(
        line.restocking_fee_percent not in (None, held.get(line.line_id)) for line in decision.lines
    )


def _is_as_asked(return_request: ReturnRequest, decision: Decision) -> bool:
    asked = {line.pk: line.quantity for line in return_request.lines.all()}
    approved = {line.line_id: line.approved for line in decision.lines} or asked
    changed = changes_fees(return_request, decision) or changed_outcomes(return_request, decision)
    return approved == asked and not changed


def changed_outcomes(return_request: ReturnRequest, decision: Decision) -> dict[int, str]:
    """How lines are paid back otherwise than the shopper chose, by line id."""
    held = {line.pk: line.outcome for line in return_request.lines.all()}
    return {
        line.line_id: line.outcome
        for line in decision.lines
        if line.outcome and line.outcome != held.get(line.line_id)
    }


def check_lines(return_request: ReturnRequest, decision: Decision) -> None:
    """Raises Refused for lines that are not the request's, or units declined without a reason."""
    if not decision.lines:
        return
    lines = {line.pk: line for line in return_request.lines.all()}
    if {line.line_id for line in decision.lines} != set(lines):
        raise Refused(_("The shopper has changed this request. Look at it again."))
    if not any(line.approved for line in decision.lines):
        raise Refused(_("No unit is approved: decline the request instead."))
    for line in decision.lines:
        _check_line(lines[line.line_id], line)


def _check_line(row: ReturnLineItem, line: LineDecision) -> None:
    words = {"title": row.title, "count": row.quantity}
    if not 0 <= line.approved <= row.quantity:
        raise Refused(_("Of “%(title)s”, between 0 and %(count)s can be approved.") % words)
    if line.approved < row.quantity and not line.decline_reason.strip():
        raise Refused(_("“%(title)s”: say why not all units are approved.") % words)
    if line.disposition and line.disposition not in ReturnLineItem.Disposition.values:
        raise Refused(_("“%(title)s” cannot go there.") % words)
    if line.outcome and line.outcome not in outcomes_for_staff(row.return_request, row):
        raise Refused(_("“%(title)s” cannot be paid back like that.") % words)
    percent = line.restocking_fee_percent
    if percent is not None and not 0 <= percent <= 100:
        raise Refused(_("A restocking fee is between 0 and 100 percent."))


def _carry_out(
    return_request: ReturnRequest, amount: Money, decision: Decision, actor: Actor, now: datetime
) -> None:
    check_lines(return_request, decision)
    before = return_request.quoted_amount
    message = clean_body(decision.message)[: Message.LONGEST]
    fees_changed = changes_fees(return_request, decision)
    _note_outcomes(return_request, decision, actor, now)
    in_part = _settle_lines(return_request, decision)
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


def _settle_lines(return_request: ReturnRequest, decision: Decision) -> bool:
    """Writes the decision onto the lines and frees the units declined; True when there are any."""
    worth = (
        {line.fulfillment_line_item_id: line for line in decision.quote.lines}
        if (decision.quote)
        else {}
    )
    decisions = {line.line_id: line for line in decision.lines}
    in_part = False
    for row in return_request.lines.all():
        line = decisions.get(row.pk, LineDecision(row.pk, row.quantity))
        in_part |= line.approved < row.quantity
        calculated = worth.get(row.fulfillment_line_item_id)
        if worth and (calculated.quantity if calculated else 0) != line.approved:
            raise Refused(_("The shopper has changed this request. Look at it again."))
        _settle_line(row, line, _amounts(worth, row))
    return in_part


def _settle_line(row: ReturnLineItem, line: LineDecision, amounts: Mapping[str, object]) -> None:
    """Writes the decision onto a line; all of its units are held already."""
    less = line.approved < row.quantity
    columns = {
        "approved_quantity": line.approved,
        "decline_reason": line.decline_reason.strip() if less else "",
        **_overrides(line),
        **amounts,
    }
    for name, value in columns.items():
        setattr(row, name, value)
    row.save(update_fields=columns)
    if less:
        keep_units(row, line.approved)


def _overrides(line: LineDecision) -> dict[str, object]:
    given = {
        "disposition": line.disposition,
        "location_id": line.location_id,
        "outcome": line.outcome,
    }
    columns: dict[str, object] = {name: value for name, value in given.items() if value}
    if line.restocking_fee_percent is not None:
        columns["restocking_fee_percent"] = line.restocking_fee_percent
    return columns


def _amounts(worth: Mapping[str, object], row: ReturnLineItem) -> dict[str, object]:
    """What the approved units are worth; nothing where Shopify was not asked."""
    if not worth:
        return {}
    calculated = worth.get(row.fulfillment_line_item_id)
    names = ("subtotal", "tax", "restocking_fee")
    return {name: getattr(calculated, name).amount if calculated else Decimal(0) for name in names}


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
