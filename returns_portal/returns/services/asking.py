"""What a policy's rules want of a request: more from the shopper, and columns that keep it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from returns_portal.returns import snapshots
from returns_portal.returns.history import Actor
from returns_portal.returns.models import ReturnReason, ReturnRequest
from returns_portal.returns.orders import Choice, OrderFacts, judge_again
from returns_portal.returns.quotes import RequestedLine, given_of, terms_of_return
from returns_portal.returns.refund_amounts import Quote
from returns_portal.returns.rules import Decision, Question
from returns_portal.returns.services.approving import approve
from returns_portal.returns.shoppers import is_blocked
from returns_portal.returns.workflow import Status
from returns_portal.shopify.types import Money


def rule_choices(
    facts: OrderFacts,
    choices: Mapping[str, Choice],
    lines: Sequence[RequestedLine],
    reasons: Mapping[str, ReturnReason],
    *,
    now: datetime,
) -> dict[str, Choice]:
    """The choices with those that are asked for judged by their reason, quantity and answers."""
    judged = dict(choices)
    for line in lines:
        choice = judged.get(line.fulfillment_line_item_id)
        if choice is not None:
            given = given_of(line, reasons.get(line.reason_code))
            judged[line.fulfillment_line_item_id] = judge_again(facts, choice, given, now=now)
    return judged


def missing_answers(decision: Decision, answers: Iterable[tuple[str, str]]) -> tuple[Question, ...]:
    """The questions that rules ask and that have no answer from among their choices yet."""
    given = dict(answers)
    return tuple(q for q in decision.questions if given.get(q.label) not in q.choices)


def what_rules_miss(line: RequestedLine, choice: Choice) -> str | None:
    """A sentence about what the rules still want to know of the line; None when it is all."""
    if choice.decision.requires_comment and not line.customer_note.strip():
        return _("%(title)s: tell us in a few words what is the matter.") % {
            "title": choice.line.title
        }
    if missing := missing_answers(choice.decision, line.answers):
        return _("%(title)s: answer the question “%(question)s”") % {
            "title": choice.line.title,
            "question": missing[0].label,
        }
    return None


def photo_is_missing(choice: Choice, photos: int) -> bool:
    """Whether a rule wants a photo of the item, and there is none."""
    return choice.decision.requires_photo and not photos


def ruled_facts(facts: OrderFacts, chosen: Sequence[tuple[RequestedLine, Choice]]) -> OrderFacts:
    """The order under the terms that hold for the whole return once the rules have spoken."""
    if facts.rulings is None:
        return facts
    terms = terms_of_return(facts, [choice.decision for _line, choice in chosen])
    most = [choice.decision.keep_item_up_to for _line, choice in chosen]
    kept = max((amount for amount in most if amount is not None), default=terms.keep_item_up_to)
    return replace(facts, terms=replace(terms, keep_item_up_to=kept))


def request_columns(
    facts: OrderFacts, chosen: Sequence[tuple[RequestedLine, Choice]]
) -> dict[str, Any]:
    """What a request keeps of the rules it was judged by."""
    return {
        "policy_version_number": facts.version_number,
        "four_eyes": any(choice.decision.four_eyes for _line, choice in chosen),
    }


def line_columns(line: RequestedLine, choice: Choice) -> dict[str, Any]:
    """What a line keeps of what the rules said, and of what the shopper answered."""
    asked = {question.label for question in choice.decision.questions}
    return {
        "rule_trace": snapshots.dump(choice.decision.trace),
        "answers": [list(pair) for pair in line.answers if pair[0] in asked],
    }


def approve_by_rules(
    return_request: ReturnRequest, choices: Sequence[Choice], quote: Quote, *, now: datetime
) -> None:
    """Approves a new request at once where rules allow that for each line and its amount.

    Never for an order that nobody proved to be theirs, on an estimate, where two must approve, or
    for a shopper whom staff blocked.
    """
    most = [choice.decision.auto_approve_up_to for choice in choices]
    if None in most or not most or return_request.status != Status.REQUESTED:
        return
    sure = return_request.identity_verified and quote.source == "shopify"
    limit = min((amount for amount in most if amount is not None), default=Decimal(-1))
    if not sure or return_request.four_eyes or quote.refund.amount > limit:
        return
    if is_blocked(return_request):
        return
    amount = Money(return_request.quoted_amount, return_request.currency)
    approve(request_id=return_request.pk, amount=amount, actor=Actor.system(), now=now)
    return_request.refresh_from_db()
