"""Every condition, just inside and just outside of what it asks."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from returns_portal.returns.rules import (
    CONDITIONS,
    OPERATORS,
    Condition,
    LineSubject,
    Operator,
    OrderSubject,
)
from returns_portal.returns.rules.conditions import Unreadable, build_test

DAY = date(2028, 2, 29)
# Field, operator, what is written, a value that meets it, a value that just does not.
CASES: list[tuple[str, str, tuple[str, ...], Any, Any]] = [
    ("country", "one_of", ("US", "ca"), "ca", "mx"),
    ("country", "none_of", ("US",), "mx", "us"),
    ("sku", "like", ("LIN-*",), "lin-m", "xlin-m"),
    ("sku", "like", ("A?C",), "abc", "ac"),
    ("product_tags", "one_of", ("final-sale", "b"), frozenset({"a", "b"}), frozenset({"a"})),
    ("product_tags", "none_of", ("b",), frozenset({"a"}), frozenset({"a", "b"})),
    ("product_tags", "like", ("drop-*",), frozenset({"drop-7"}), frozenset({"a-drop"})),
    ("order_value", "at_least", ("50",), Decimal(50), Decimal("49.99")),
    ("order_value", "at_most", ("50",), Decimal(50), Decimal("50.01")),
    ("quantity", "more_than", ("2",), 3, 2),
    ("quantity", "less_than", ("2",), 1, 2),
    ("final_sale", "is", ("yes",), True, False),
    ("final_sale", "is", ("no",), False, True),
    ("ordered_on", "from", ("2028-02-29",), DAY, date(2028, 2, 28)),
    ("ordered_on", "until", ("2028-02-29",), DAY, date(2028, 3, 1)),
    ("answers", "one_of", ("Yes",), (("Worn?", " yes"),), (("Worn?", "no"),)),
    ("answers", "none_of", ("Yes",), (("Worn?", "no"),), (("Worn?", "yes"),)),
]


class TestConditions:
    @pytest.mark.parametrize(("field", "operator", "values", "meets", "fails"), CASES)
    def test_hold_up_to_their_bound_and_not_beyond(
        self, field: str, operator: str, values: tuple[str, ...], meets: Any, fails: Any
    ) -> None:
        test = build_test(Condition(field, operator, values))
        assert test(meets)
        assert not test(fails)

    @pytest.mark.parametrize("field", CONDITIONS)
    def test_are_met_by_nothing_that_is_unknown(self, field: str) -> None:
        values = {"number": "1", "flag": "no", "day": "2026-01-01"}
        kind = CONDITIONS[field].kind
        for operator in OPERATORS[kind]:
            test = build_test(Condition(field, operator, (values.get(kind.value, "x"),)))
            assert not test(None)

    def test_name_fields_that_subjects_have(self) -> None:
        for name, field in CONDITIONS.items():
            kind = OrderSubject if field.of_order else LineSubject
            assert name in kind.__dataclass_fields__

    def test_are_more_than_twenty_and_have_every_operator_tried_above(self) -> None:
        assert len(CONDITIONS) >= 20
        assert {case[1] for case in CASES} == {operator.value for operator in Operator}

    def test_about_one_question_leave_out_the_others(self) -> None:
        test = build_test(Condition("answers", "one_of", ("yes",), about="Worn?"))
        assert test((("worn?", "Yes"),))
        assert not test((("Washed?", "Yes"), ("Worn?", "No")))

    @pytest.mark.parametrize(
        "condition",
        [
            Condition("no-such-field", "is", ("yes",)),
            Condition("quantity", "like", ("1",)),
            Condition("quantity", "at_least", ("many",)),
            Condition("quantity", "at_least", ("NaN",)),
            Condition("ordered_on", "from", ("31.12.2026",)),
            Condition("blocked", "is", ("perhaps",)),
            Condition("country", "one_of", ()),
        ],
    )
    def test_that_cannot_be_read_are_refused(self, condition: Condition) -> None:
        with pytest.raises(Unreadable):
            build_test(condition)
