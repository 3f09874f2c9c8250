"""What a decision changes: the terms that a line is judged by, and the verdicts about it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from returns_portal.returns.eligibility import Code, PolicyTerms, Verdict
from returns_portal.returns.rules.deciding import Decision

# A rule may allow what the policy's own terms refuse; facts of the order it cannot change.
OVERRULABLE = frozenset({Code.FINAL_SALE, Code.RETURN_WINDOW})


def terms_under(decision: Decision, terms: PolicyTerms) -> PolicyTerms:
    """The policy's terms as the rules change them for a line."""
    changes: dict[str, Any] = {
        "return_window_days": decision.window_days,
        "window_until": decision.window_until,
        "restocking_fee_percent": decision.restocking_fee_percent,
        "return_shipping_fee": decision.return_shipping_fee,
        "store_credit_bonus_percent": decision.store_credit_bonus,
        "keep_item_up_to": decision.keep_item_up_to,
        "instructions": decision.instructions or None,
        "return_address": decision.return_address or None,
        "refund_on": decision.refund_on or None,
        "offers_store_credit": True if "store_credit" in decision.offered else None,
    }
    return replace(terms, **{name: value for name, value in changes.items() if value is not None})


def overruled(decision: Decision, verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """The verdicts after the rules have spoken, with the rules' own sentence against a return."""
    if decision.eligible is False:
        return (*verdicts, Verdict(Code.RULE, passed=False, words=decision.sentence))
    if decision.eligible:
        return tuple(
            replace(verdict, passed=True) if verdict.code in OVERRULABLE else verdict
            for verdict in verdicts
        )
    return tuple(verdicts)
