"""What rules make of an item for each reason, before the shopper has chosen one."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from returns_portal.returns.eligibility import may_override
from returns_portal.returns.models import ReturnReason
from returns_portal.returns.orders import Choice, OrderFacts, judge_again
from returns_portal.returns.policies import group_reasons, reasons_by_code
from returns_portal.returns.ruling import Given


def note_reasons(
    facts: OrderFacts,
    choices: Iterable[Choice],
    reasons: Sequence[ReturnReason],
    *,
    now: datetime,
) -> tuple[Choice, ...]:
    """The choices with what hangs on the reason: whether one opens the item, or asks for a photo.

    What a rule allows for some reasons only can be chosen, for those reasons.
    """
    if facts.rulings is None or not facts.rulings.rules.ask_for_reasons:
        return tuple(choices)
    return tuple(_noted(facts, choice, reasons, now) for choice in choices)


def _noted(
    facts: OrderFacts, choice: Choice, reasons: Sequence[ReturnReason], now: datetime
) -> Choice:
    if not choice.eligible and not may_override(choice.verdicts):
        return choice
    fitting = reasons_by_code(group_reasons(reasons, choice.line.product_type))
    judged = {
        code: judge_again(facts, choice, Given(reason=reason, quantity=1), now=now)
        for code, reason in fitting.items()
    }
    opening = tuple(code for code, ruled in judged.items() if ruled.eligible)
    return replace(
        choice,
        only_for=() if choice.eligible else opening,
        may_want_photo=any(ruled.decision.requires_photo for ruled in judged.values()),
    )
