"""The catalogue of actions: what a rule may do, and which actions exclude each other."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from returns_portal.returns.rules.conditions import Unreadable, read_day, read_number
from returns_portal.returns.rules.types import Effect

HUNDRED = 100
LONGEST_WINDOW = 3650
OUTCOMES = ("original_payment", "store_credit", "keep_item")


class Take(StrEnum):
    """What an action takes: nothing, a value of some sort, or a text."""

    NOTHING = "nothing"
    TEXT = "text"
    DAYS = "days"
    DAY = "day"
    PERCENT = "percent"
    AMOUNT = "amount"
    OUTCOME = "outcome"
    MOMENT = "moment"
    FLAG = "flag"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class ActionKind:
    """An action with what it takes; of two that share a slot, the one of higher priority holds."""

    name: str
    take: Take
    slots: tuple[str, ...]


ACTIONS: dict[str, ActionKind] = {
    kind.name: kind
    for kind in (
        ActionKind("eligible", Take.NOTHING, ("eligible",)),
        ActionKind("not_eligible", Take.TEXT, ("eligible",)),
        ActionKind("window_days", Take.DAYS, ("window_days",)),
        ActionKind("window_until", Take.DAY, ("window_until",)),
        ActionKind("restocking_fee", Take.PERCENT, ("restocking_fee",)),
        ActionKind("return_shipping_fee", Take.AMOUNT, ("return_shipping_fee",)),
        ActionKind("waive_fees", Take.NOTHING, ("restocking_fee", "return_shipping_fee")),
        ActionKind("offer_outcome", Take.OUTCOME, ()),
        ActionKind("remove_outcome", Take.OUTCOME, ()),
        ActionKind("store_credit_bonus", Take.PERCENT, ("store_credit_bonus",)),
        ActionKind("keep_item_up_to", Take.AMOUNT, ("keep_item_up_to",)),
        ActionKind("require_photo", Take.NOTHING, ("photo",)),
        ActionKind("require_comment", Take.NOTHING, ("comment",)),
        ActionKind("ask_question", Take.QUESTION, ()),
        ActionKind("instructions", Take.TEXT, ("instructions",)),
        ActionKind("return_address", Take.TEXT, ("return_address",)),
        ActionKind("auto_approve_up_to", Take.AMOUNT, ("approval",)),
        ActionKind("send_to_review", Take.NOTHING, ("approval",)),
        ActionKind("four_eyes", Take.NOTHING, ("four_eyes",)),
        ActionKind("refund_on", Take.MOMENT, ("refund_on",)),
        ActionKind("restock", Take.FLAG, ("restock",)),
    )
}


def slots_of(effect: Effect) -> tuple[str, ...]:
    """What the effect settles: nobody after it settles the same for a line."""
    if effect.action in {"offer_outcome", "remove_outcome"}:
        return (f"outcome:{effect.value}",)
    if effect.action == "ask_question":
        return (f"question:{effect.text.strip().casefold()}",)
    return ACTIONS[effect.action].slots


def check_effect(effect: Effect) -> None:
    """Raises Unreadable where the action is unknown, or its value is not of its kind."""
    kind = ACTIONS.get(effect.action)
    if kind is None:
        raise Unreadable(effect.action)
    CHECKS[kind.take](effect)


def _anything(_effect: Effect) -> None:
    return


def _text(effect: Effect) -> None:
    if not effect.text.strip():
        raise Unreadable(effect.text)


def _days(effect: Effect) -> None:
    if not effect.value.strip().isdecimal() or int(effect.value) > LONGEST_WINDOW:
        raise Unreadable(effect.value)


def _percent(effect: Effect) -> None:
    if not 0 <= read_number(effect.value) <= HUNDRED:
        raise Unreadable(effect.value)


def _amount(effect: Effect) -> None:
    if read_number(effect.value) < 0:
        raise Unreadable(effect.value)


def _day(effect: Effect) -> None:
    read_day(effect.value)


def _question(effect: Effect) -> None:
    _text(effect)
    if not [choice for choice in effect.choices if choice.strip()]:
        raise Unreadable(effect.text)


def _one_of(known: tuple[str, ...]) -> Callable[[Effect], None]:
    def check(effect: Effect) -> None:
        if effect.value not in known:
            raise Unreadable(effect.value)

    return check


MOMENTS = ("approval", "receipt")
CHECKS: dict[Take, Callable[[Effect], None]] = {
    Take.NOTHING: _anything,
    Take.TEXT: _text,
    Take.DAYS: _days,
    Take.DAY: _day,
    Take.PERCENT: _percent,
    Take.AMOUNT: _amount,
    Take.OUTCOME: _one_of(OUTCOMES),
    Take.MOMENT: _one_of(MOMENTS),
    Take.FLAG: _one_of(("yes", "no")),
    Take.QUESTION: _question,
}
