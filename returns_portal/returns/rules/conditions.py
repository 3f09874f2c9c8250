"""The catalogue of conditions: what a rule may ask of an order and its lines, and how."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fnmatch import translate
from typing import Any

from returns_portal.returns.rules.types import Condition

Test = Callable[[Any], bool]


class Kind(StrEnum):
    """What sort of value a condition compares."""

    WORD = "word"
    WORDS = "words"
    NUMBER = "number"
    FLAG = "flag"
    DAY = "day"
    ANSWER = "answer"


class Operator(StrEnum):
    ONE_OF = "one_of"
    NONE_OF = "none_of"
    LIKE = "like"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    MORE_THAN = "more_than"
    LESS_THAN = "less_than"
    IS = "is"
    FROM = "from"
    UNTIL = "until"


class Unreadable(ValueError):
    """A condition that cannot be read: an unknown field or operator, or a value of another kind."""


OPERATORS: dict[Kind, tuple[Operator, ...]] = {
    Kind.WORD: (Operator.ONE_OF, Operator.NONE_OF, Operator.LIKE),
    Kind.WORDS: (Operator.ONE_OF, Operator.NONE_OF, Operator.LIKE),
    Kind.NUMBER: (
        Operator.AT_LEAST,
        Operator.AT_MOST,
        Operator.MORE_THAN,
        Operator.LESS_THAN,
    ),
    Kind.FLAG: (Operator.IS,),
    Kind.DAY: (Operator.FROM, Operator.UNTIL),
    Kind.ANSWER: (Operator.ONE_OF, Operator.NONE_OF),
}


@dataclass(frozen=True, slots=True)
class ConditionField:
    """Something that can be asked; `of_order` is the same for all lines of an order."""

    name: str
    kind: Kind
    of_order: bool = False


CONDITIONS: dict[str, ConditionField] = {
    field.name: field
    for field in (
        ConditionField("country", Kind.WORD, of_order=True),
        ConditionField("regions", Kind.WORDS, of_order=True),
        ConditionField("channel", Kind.WORD, of_order=True),
        ConditionField("currency", Kind.WORD, of_order=True),
        ConditionField("order_value", Kind.NUMBER, of_order=True),
        ConditionField("discount_percent", Kind.NUMBER, of_order=True),
        ConditionField("order_tags", Kind.WORDS, of_order=True),
        ConditionField("ordered_on", Kind.DAY, of_order=True),
        ConditionField("requested_on", Kind.DAY, of_order=True),
        ConditionField("days_since_order", Kind.NUMBER, of_order=True),
        ConditionField("days_since_fulfillment", Kind.NUMBER),
        ConditionField("days_since_delivery", Kind.NUMBER),
        ConditionField("fulfilled_by_tiktok", Kind.FLAG, of_order=True),
        ConditionField("line_value", Kind.NUMBER),
        ConditionField("line_discount_percent", Kind.NUMBER),
        ConditionField("product_title", Kind.WORD),
        ConditionField("product_tags", Kind.WORDS),
        ConditionField("product_type", Kind.WORD),
        ConditionField("category", Kind.WORDS),
        ConditionField("vendor", Kind.WORD),
        ConditionField("sku", Kind.WORD),
        ConditionField("final_sale", Kind.FLAG),
        ConditionField("reason", Kind.WORD),
        ConditionField("reason_heading", Kind.WORD),
        ConditionField("fault", Kind.WORD),
        ConditionField("answers", Kind.ANSWER),
        ConditionField("quantity", Kind.NUMBER),
        ConditionField("customer_returns", Kind.NUMBER, of_order=True),
        ConditionField("customer_return_rate", Kind.NUMBER, of_order=True),
        ConditionField("customer_return_value", Kind.NUMBER, of_order=True),
        ConditionField("first_return", Kind.FLAG, of_order=True),
        ConditionField("blocked", Kind.FLAG, of_order=True),
    )
}
FLAGS = {"yes": True, "no": False}


def build_test(condition: Condition) -> Test:
    """The condition as a function of its field's value in a subject; raises Unreadable.

    What is not known (None) meets no condition, whichever way it is asked.
    """
    field = CONDITIONS.get(condition.field)
    if field is None:
        raise Unreadable(condition.field)
    operator = _operator(condition, field.kind)
    build = BUILDERS[field.kind]
    if not condition.values:
        raise Unreadable(condition.field)
    return build(operator, condition)


def _operator(condition: Condition, kind: Kind) -> Operator:
    if condition.operator not in OPERATORS[kind]:
        raise Unreadable(condition.operator)
    return Operator(condition.operator)


def fold(words: Iterable[str]) -> frozenset[str]:
    """Words as they are compared: without outer spaces, capital letters being the same."""
    return frozenset(word.strip().casefold() for word in words)


def read_number(text: str) -> Decimal:
    """The number that a merchant wrote; raises Unreadable."""
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise Unreadable(text) from None
    if not number.is_finite():
        raise Unreadable(text)
    return number


def read_day(text: str) -> date:
    """The day, written as 2026-12-31; raises Unreadable."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Unreadable(text) from None


def _pattern(values: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(translate(value.strip().casefold()) for value in values))


def _word_test(operator: Operator, condition: Condition) -> Test:
    wanted = fold(condition.values)
    if operator is Operator.LIKE:
        match = _pattern(condition.values).match
        return lambda value: bool(match(value or ""))
    if operator is Operator.ONE_OF:
        return lambda value: value in wanted
    return lambda value: value is not None and value not in wanted


def _words_test(operator: Operator, condition: Condition) -> Test:
    wanted = fold(condition.values)
    if operator is Operator.LIKE:
        match = _pattern(condition.values).match
        return lambda found: any(match(word) for word in found or ())
    if operator is Operator.ONE_OF:
        return lambda found: found is not None and not wanted.isdisjoint(found)
    return lambda found: found is not None and wanted.isdisjoint(found)


def _number_test(operator: Operator, condition: Condition) -> Test:
    bound = read_number(condition.values[0])
    tests: dict[Operator, Test] = {
        Operator.AT_LEAST: lambda value: value is not None and value >= bound,
        Operator.AT_MOST: lambda value: value is not None and value <= bound,
        Operator.MORE_THAN: lambda value: value is not None and value > bound,
        Operator.LESS_THAN: lambda value: value is not None and value < bound,
    }
    return tests[operator]


def _flag_test(_operator: Operator, condition: Condition) -> Test:
    wanted = FLAGS.get(condition.values[0].strip().casefold())
    if wanted is None:
        raise Unreadable(condition.values[0])
    return lambda value: value is wanted


def _day_test(operator: Operator, condition: Condition) -> Test:
    bound = read_day(condition.values[0])
    if operator is Operator.FROM:
        return lambda value: value is not None and value >= bound
    return lambda value: value is not None and value <= bound


def _answer_test(operator: Operator, condition: Condition) -> Test:
    wanted, about = fold(condition.values), condition.about.strip().casefold()

    def given(answers: Iterable[tuple[str, str]] | None) -> list[str]:
        return [
            answer.strip().casefold()
            for question, answer in answers or ()
            if not about or question.strip().casefold() == about
        ]

    def none_of(answers: Any) -> bool:
        said = given(answers)
        return bool(said) and wanted.isdisjoint(said)

    return (
        none_of
        if operator is Operator.NONE_OF
        else (lambda answers: not wanted.isdisjoint(given(answers)))
    )


BUILDERS: dict[Kind, Callable[[Operator, Condition], Test]] = {
    Kind.WORD: _word_test,
    Kind.WORDS: _words_test,
    Kind.NUMBER: _number_test,
    Kind.FLAG: _flag_test,
    Kind.DAY: _day_test,
    Kind.ANSWER: _answer_test,
}
