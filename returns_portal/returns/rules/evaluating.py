"""Evaluating rules: read once, narrowed to an order, then asked for each of its lines.

Every condition has a number. What a subject meets is a set of those numbers, kept as the bits of
an integer: a rule holds when all the bits that it needs are set, or any of them. Conditions are
asked once for each value of a field, not once for each line.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from returns_portal.returns.rules.actions import check_effect
from returns_portal.returns.rules.conditions import CONDITIONS, Test, build_test
from returns_portal.returns.rules.deciding import Decision, Saying, sayings_of, settle
from returns_portal.returns.rules.subjects import LineSubject, OrderSubject
from returns_portal.returns.rules.types import Condition, Match, Rule

# As many answers are remembered for one order; its lines hardly ever differ more than that.
MOST_REMEMBERED = 10_000
REASONS = frozenset({"reason", "reason_heading", "fault"})


@dataclass(slots=True)
class Asked:
    """Conditions of one side (the order, or its lines) by field, each with its bit."""

    by_field: dict[str, list[tuple[int, Test]]] = field(default_factory=dict)

    def met_by(self, subject: Any, remembered: dict[Hashable, int]) -> int:
        """The bits of all conditions that `subject` meets."""
        met = 0
        for name, tests in self.by_field.items():
            value = getattr(subject, name)
            bits = remembered.get((name, value))
            if bits is None:
                bits = sum(bit for bit, test in tests if test(value))
                if len(remembered) < MOST_REMEMBERED:
                    remembered[name, value] = bits
            met |= bits
        return met


@dataclass(frozen=True, slots=True)
class ReadRule:
    """A rule as the bits that it turns on, whether it needs all of them, and what it then says."""

    bits: int
    all_of_them: bool
    sayings: tuple[Saying, ...]


class RuleBook:
    """Rules in the order in which they speak; raises Unreadable for one that cannot be read."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(sorted(rules, key=lambda rule: (rule.priority, rule.key)))
        self._of_order, self._of_line = Asked(), Asked()
        self._bits: dict[Condition, int] = {}
        self._read = tuple(self._read_rule(rule) for rule in self.rules)

    def _read_rule(self, rule: Rule) -> ReadRule:
        for effect in rule.effects:
            check_effect(effect)
        bits = 0
        for condition in rule.conditions:
            bits |= self._bit_of(condition)
        # Without a condition none is missing: the rule always holds.
        return ReadRule(bits, rule.match is Match.ALL or not bits, sayings_of(rule))

    def _bit_of(self, condition: Condition) -> int:
        """The bit of the condition; rules that ask the same share it."""
        if condition not in self._bits:
            test, bit = build_test(condition), 1 << len(self._bits)
            side = self._of_order if CONDITIONS[condition.field].of_order else self._of_line
            side.by_field.setdefault(condition.field, []).append((bit, test))
            self._bits[condition] = bit
        return self._bits[condition]

    def for_order(self, order: OrderSubject) -> "OrderRules":
        """The rules as they stand for lines of this order."""
        return OrderRules(self._read, self._of_line, self._of_order.met_by(order, {}))


class OrderRules:
    """A rule book narrowed to one order: `met` are the bits that hold for all its lines."""

    def __init__(self, rules: Sequence[ReadRule], of_line: Asked, met: int) -> None:
        self._rules, self._of_line, self._met = rules, of_line, met
        self._remembered: dict[Hashable, int] = {}
        self._decisions: dict[int, Decision] = {}

    @property
    def ask_for_reasons(self) -> bool:
        """Whether any rule turns on why something comes back."""
        return not REASONS.isdisjoint(self._of_line.by_field)

    def decide(self, line: LineSubject) -> Decision:
        """What the rules that hold for `line` decide; lines that meet the same share it."""
        met = self._met | self._of_line.met_by(line, self._remembered)
        decision = self._decisions.get(met)
        if decision is None:
            decision = settle(self._sayings(met))
            self._decisions[met] = decision
        return decision

    def _sayings(self, met: int) -> Iterator[Saying]:
        for rule in self._rules:
            bits = met & rule.bits
            if bits == rule.bits if rule.all_of_them else bits:
                yield from rule.sayings


NO_RULES = RuleBook(()).for_order(OrderSubject())
