"""What rules that hold decide together: the first to speak of something settles it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from returns_portal.returns.rules.actions import OUTCOMES, slots_of
from returns_portal.returns.rules.types import Effect, Rule

# More than anything costs, in any currency; as a policy's terms can hold it.
ANY_AMOUNT = Decimal(10) ** 11


@dataclass(frozen=True, slots=True)
class Spoken:
    """One thing that a rule said; `overruled_by` names the rule that had settled it before."""

    rule: str
    name: str
    effect: Effect
    overruled_by: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question to the shopper with the answers to choose from."""

    label: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """All that the rules settle for a line, by slot, and everything that was said on the way."""

    settled: Mapping[str, Effect] = field(default_factory=dict)
    trace: tuple[Spoken, ...] = ()

    def _value(self, slot: str, action: str) -> str | None:
        effect = self.settled.get(slot)
        return effect.value if effect is not None and effect.action == action else None

    def _decimal(self, slot: str, action: str) -> Decimal | None:
        value = self._value(slot, action)
        return None if value is None else Decimal(value)

    @property
    def eligible(self) -> bool | None:
        """Whether rules allow or refuse the return; None where they leave it to the terms."""
        effect = self.settled.get("eligible")
        return None if effect is None else effect.action == "eligible"

    @property
    def sentence(self) -> str:
        """Why it is refused, for the shopper."""
        effect = self.settled.get("eligible")
        return effect.text if effect is not None and effect.action == "not_eligible" else ""

    @property
    def window_days(self) -> int | None:
        value = self._value("window_days", "window_days")
        return None if value is None else int(value)

    @property
    def window_until(self) -> date | None:
        value = self._value("window_until", "window_until")
        return None if value is None else date.fromisoformat(value.strip())

    @property
    def restocking_fee_percent(self) -> Decimal | None:
        return Decimal(0) if self._waived("restocking_fee") else self._fee("restocking_fee")

    @property
    def return_shipping_fee(self) -> Decimal | None:
        return Decimal(0) if self._waived("return_shipping_fee") else self._shipping_fee()

    def _fee(self, slot: str) -> Decimal | None:
        return self._decimal(slot, "restocking_fee")

    def _shipping_fee(self) -> Decimal | None:
        return self._decimal("return_shipping_fee", "return_shipping_fee")

    def _waived(self, slot: str) -> bool:
        return self._value(slot, "waive_fees") is not None

    @property
    def offered(self) -> tuple[str, ...]:
        return self._outcomes("offer_outcome")

    @property
    def removed(self) -> tuple[str, ...]:
        return self._outcomes("remove_outcome")

    def _outcomes(self, action: str) -> tuple[str, ...]:
        return tuple(name for name in OUTCOMES if self._value(f"outcome:{name}", action))

    @property
    def store_credit_bonus(self) -> Decimal | None:
        return self._decimal("store_credit_bonus", "store_credit_bonus")

    @property
    def keep_item_up_to(self) -> Decimal | None:
        """Up to which value the item may be kept; any, where that is offered without a limit."""
        limit = self._decimal("keep_item_up_to", "keep_item_up_to")
        return ANY_AMOUNT if limit is None and "keep_item" in self.offered else limit

    @property
    def requires_photo(self) -> bool:
        return "photo" in self.settled

    @property
    def requires_comment(self) -> bool:
        return "comment" in self.settled

    @property
    def questions(self) -> tuple[Question, ...]:
        asked = (e for slot, e in self.settled.items() if slot.startswith("question:"))
        return tuple(Question(effect.text.strip(), effect.choices) for effect in asked)

    @property
    def instructions(self) -> str:
        return self._text("instructions")

    @property
    def return_address(self) -> str:
        return self._text("return_address")

    def _text(self, slot: str) -> str:
        effect = self.settled.get(slot)
        return effect.text if effect is not None else ""

    @property
    def auto_approve_up_to(self) -> Decimal | None:
        """Up to which amount the request may be approved at once; None: not at all."""
        return self._decimal("approval", "auto_approve_up_to")

    @property
    def four_eyes(self) -> bool:
        return "four_eyes" in self.settled

    @property
    def refund_on(self) -> str:
        return self._value("refund_on", "refund_on") or ""

    @property
    def restock(self) -> bool | None:
        value = self._value("restock", "restock")
        return None if value is None else value == "yes"


NO_DECISION = Decision()


class Saying:
    """One effect of a rule with the slots that it would settle, and its line in a trace."""

    __slots__ = ("_overruled", "effect", "name", "slots", "spoken")

    def __init__(self, rule: Rule, effect: Effect) -> None:
        self.effect, self.name, self.slots = effect, rule.name, slots_of(effect)
        self.spoken = Spoken(rule.key, rule.name, effect)
        self._overruled: dict[str, Spoken] = {}

    def overruled_by(self, name: str) -> Spoken:
        """Its line in a trace where the rule called `name` had settled the same before."""
        if name not in self._overruled:
            self._overruled[name] = replace(self.spoken, overruled_by=name)
        return self._overruled[name]


def sayings_of(rule: Rule) -> tuple[Saying, ...]:
    """What the rule says whenever it holds."""
    return tuple(Saying(rule, effect) for effect in rule.effects)


def settle(sayings: Iterable[Saying]) -> Decision:
    """The decision of what rules that hold say, in the order in which they speak."""
    first: dict[str, Saying] = {}
    trace = []
    for saying in sayings:
        in_force = False
        for slot in saying.slots:
            in_force |= first.setdefault(slot, saying) is saying
        spoken = saying.spoken if in_force else saying.overruled_by(first[saying.slots[0]].name)
        trace.append(spoken)
    return Decision({slot: saying.effect for slot, saying in first.items()}, tuple(trace))
