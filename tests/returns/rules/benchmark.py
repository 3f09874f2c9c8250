"""How long rules take for a large order: run python -m tests.returns.rules.benchmark."""

import sys
import time
from collections.abc import Iterator
from decimal import Decimal

from returns_portal.returns.rules import (
    Condition,
    Effect,
    LineSubject,
    Match,
    OrderSubject,
    Rule,
    RuleBook,
)

LINES, RULES, ROUNDS = 120, 100, 50


def build_rules() -> Iterator[Rule]:
    """Rules of two conditions each, a third of them about the order."""
    for number in range(RULES):
        conditions = (
            Condition("product_tags", "one_of", (f"tag-{number % 30}", "final-sale")),
            Condition("line_value", "at_least", (str(number),)),
        )
        if number % 3 == 0:
            conditions = (Condition("country", "one_of", ("US",)), conditions[1])
        if number % 7 == 0:
            conditions = (Condition("sku", "like", (f"SKU-{number}*",)), *conditions)
        yield Rule(
            key=str(number),
            name=f"Rule {number}",
            priority=number,
            match=Match.ALL if number % 5 else Match.ANY,
            conditions=conditions,
            effects=(Effect("window_days", str(number)), Effect("require_photo")),
        )


def build_lines() -> Iterator[LineSubject]:
    for number in range(LINES):
        yield LineSubject(
            product_tags=frozenset({f"tag-{number % 40}", "cotton"}),
            line_value=Decimal(number),
            sku=f"sku-{number}",
        )


def measure() -> tuple[float, float]:
    """Milliseconds for one order: the best round, and reading the rules beforehand."""
    rules, lines = list(build_rules()), list(build_lines())
    start = time.perf_counter()
    book = RuleBook(rules)
    reading = time.perf_counter() - start
    best = min(_round(book, lines) for _ in range(ROUNDS))
    return best * 1000, reading * 1000


def _round(book: RuleBook, lines: list[LineSubject]) -> float:
    start = time.perf_counter()
    narrowed = book.for_order(OrderSubject(country="us"))
    for line in lines:
        narrowed.decide(line)
    return time.perf_counter() - start


if __name__ == "__main__":
    deciding, reading = measure()
    sys.stdout.write(
        f"{LINES} lines under {RULES} rules: {deciding:.2f} ms; reading them: {reading:.2f} ms\n"
    )
