"""What a shopper may get for an item: each outcome with its net amount, none before the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from django.utils.translation import gettext as _

from returns_portal.returns.eligibility import PolicyTerms
from returns_portal.returns.models import ReturnReason
from returns_portal.returns.orders import Choice, OrderFacts
from returns_portal.returns.outcomes import KEEP_ITEM, ORIGINAL_PAYMENT, STORE_CREDIT
from returns_portal.returns.refund_amounts import estimate, rounded
from returns_portal.returns.rules import terms_under
from returns_portal.returns.wording import format_money
from returns_portal.shopify.types import CalculatedLine, Money


@dataclass(frozen=True, slots=True)
class Offer:
    """An outcome with the amount it comes to, and a sentence on fee or bonus."""

    outcome: str
    label: str
    amount: Money
    note: str


class Asked(Protocol):
    """What is known of a line so far: its units and the reason, as typed, and what rules say."""

    choice: Choice
    ruled: Choice
    reasons: dict[str, ReturnReason]

    @property
    def typed(self) -> Mapping[str, str]: ...


def build_offers(facts: OrderFacts, asked: Asked) -> list[Offer]:
    """The outcomes of a line with their amounts; none where the money just goes back."""
    if asked.ruled.outcomes == (ORIGINAL_PAYMENT,):
        return []
    terms = terms_under(asked.ruled.decision, facts.terms)
    worth = _worth(facts, asked, _fee_percent(terms, asked))
    return [_offer(terms, outcome, worth) for outcome in asked.ruled.outcomes]


def _fee_percent(terms: PolicyTerms, asked: Asked) -> Decimal:
    reason = asked.reasons.get(asked.typed.get("reason", ""))
    waived = reason is not None and reason.waives_fees
    return Decimal(0) if waived else terms.restocking_fee_percent


def _worth(facts: OrderFacts, asked: Asked, percent: Decimal) -> CalculatedLine:
    typed = asked.typed.get("quantity", "")
    units = int(typed) if typed.isdecimal() and len(typed) < 5 else 1
    units = min(max(units, 1), asked.choice.returnable)
    key = asked.choice.fulfillment_line_item_id or ""
    return estimate(facts.order, {key: (units, percent)}, None).lines[0]


def _offer(terms: PolicyTerms, outcome: str, worth: CalculatedLine) -> Offer:
    whole = worth.subtotal + worth.tax
    net = whole - worth.restocking_fee
    if outcome == KEEP_ITEM:
        return Offer(
            outcome,
            _("to your original payment, and you keep the item"),
            whole,
            _("Nothing to send back."),
        )
    fee = (
        _("After a restocking fee of %(fee)s.") % {"fee": format_money(worth.restocking_fee)}
        if worth.restocking_fee
        else ""
    )
    if outcome == STORE_CREDIT:
        percent = terms.store_credit_bonus_percent
        bonus = rounded(net.amount * percent / 100, net.currency)
        added = _("With a bonus of %(bonus)s.") % {"bonus": format_money(bonus)} if bonus else ""
        note = " ".join(part for part in (added, fee) if part)
        return Offer(outcome, _("as store credit"), net + bonus, note)
    return Offer(outcome, _("to your original payment"), net, fee)
