"""The laws of rules: priority, all and any, and a trace that leaves nothing out."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from returns_portal.returns.eligibility import Code, judge, objection, window_ends_at
from returns_portal.returns.rules import (
    ACTIONS,
    Condition,
    Decision,
    Effect,
    LineSubject,
    Match,
    OrderSubject,
    Rule,
    RuleBook,
    overruled,
    terms_under,
)
from returns_portal.returns.rules.actions import check_effect
from returns_portal.returns.rules.conditions import Unreadable
from returns_portal.returns.rules.deciding import ANY_AMOUNT
from tests.returns.examples import a_parcel, an_order, an_order_line, facts, terms

FIELDS = ("country", "vendor", "sku", "channel")


def a_rule(key: str = "a", *, priority: int = 10, **values: object) -> Rule:
    return Rule(
        **{  # type: ignore[arg-type]
            "key": key,
            "name": f"Rule {key}",
            "priority": priority,
            "match": Match.ALL,
            "conditions": (),
            "effects": (Effect("eligible"),),
            **values,
        }
    )


conditions = st.builds(
    Condition,
    st.sampled_from(FIELDS),
    st.sampled_from(["one_of", "none_of"]),
    st.tuples(st.sampled_from("xy")),
)
effects = st.one_of(
    st.builds(Effect, st.just("window_days"), st.integers(0, 90).map(str)),
    st.builds(Effect, st.just("restocking_fee"), st.integers(0, 100).map(str)),
    st.just(Effect("waive_fees")),
    st.just(Effect("not_eligible", text="No.")),
    st.just(Effect("eligible")),
    st.builds(Effect, st.just("offer_outcome"), st.sampled_from(["store_credit", "keep_item"])),
    st.builds(Effect, st.just("remove_outcome"), st.sampled_from(["store_credit", "keep_item"])),
)
books = st.lists(
    st.builds(
        a_rule,
        key=st.uuids().map(str),
        priority=st.integers(0, 3),
        match=st.sampled_from(Match),
        conditions=st.lists(conditions, max_size=3).map(tuple),
        effects=st.lists(effects, min_size=1, max_size=3).map(tuple),
    ),
    max_size=8,
)
words = st.sampled_from(["x", "y", None])


def holds(rule: Rule, order: OrderSubject, line: LineSubject) -> bool:
    """The rule's conditions, asked as plainly as can be."""
    met = []
    for condition in rule.conditions:
        subject: object = order if condition.field in {"country", "channel"} else line
        value = getattr(subject, condition.field)
        within = value in condition.values
        met.append(value is not None and within is (condition.operator == "one_of"))
    if not met:
        return True
    return all(met) if rule.match is Match.ALL else any(met)


class TestLaws:
    @given(books, words, words, words, words)
    def test_rules_speak_that_hold_and_no_others_in_order_of_priority(
        self,
        rules: list[Rule],
        country: str | None,
        channel: str | None,
        vendor: str | None,
        sku: str | None,
    ) -> None:
        order, line = (
            OrderSubject(country=country, channel=channel),
            LineSubject(vendor=vendor, sku=sku),
        )
        decision = RuleBook(rules).for_order(order).decide(line)
        speaking = sorted(
            (rule for rule in rules if holds(rule, order, line)),
            key=lambda rule: (rule.priority, rule.key),
        )
        expected = [(rule.key, effect) for rule in speaking for effect in rule.effects]
        assert [(spoken.rule, spoken.effect) for spoken in decision.trace] == expected

    @given(books)
    def test_nothing_is_settled_twice_and_whoever_is_overruled_is_told_by_whom(
        self, rules: list[Rule]
    ) -> None:
        plain = [replace(rule, conditions=()) for rule in rules]
        decision = RuleBook(plain).for_order(OrderSubject()).decide(LineSubject())
        in_force = [spoken for spoken in decision.trace if not spoken.overruled_by]
        assert {id(effect) for effect in decision.settled.values()} <= {
            id(spoken.effect) for spoken in in_force
        }
        names = {spoken.name for spoken in in_force}
        assert all(s.overruled_by in names for s in decision.trace if s.overruled_by)

    @given(books)
    def test_the_order_in_which_rules_were_written_does_not_matter(self, rules: list[Rule]) -> None:
        forward = RuleBook(rules).for_order(OrderSubject()).decide(LineSubject())
        backward = RuleBook(reversed(rules)).for_order(OrderSubject()).decide(LineSubject())
        assert forward == backward

    @given(books, st.integers(0, 90))
    def test_a_rule_of_highest_priority_settles_what_it_speaks_of(
        self, rules: list[Rule], days: int
    ) -> None:
        first = a_rule("!", priority=-1, effects=(Effect("window_days", str(days)),))
        decision = RuleBook([*rules, first]).for_order(OrderSubject()).decide(LineSubject())
        assert decision.window_days == days

    @given(st.integers(0, 400), st.integers(0, 400))
    def test_a_longer_window_never_ends_sooner(self, days: int, more: int) -> None:
        order, parcel, here = an_order(), a_parcel(), facts()
        ends = []
        for length in (days, days + more):
            effect = Effect("window_days", str(length))
            book = RuleBook([a_rule(effects=(effect,))]).for_order(OrderSubject())
            changed = terms_under(book.decide(LineSubject()), terms())
            ends.append(window_ends_at(order, parcel, changed, here.timezone))
        assert ends[0] is not None
        assert ends[1] is not None
        assert ends[0] <= ends[1]


def decide(*effects: Effect) -> Decision:
    return RuleBook([a_rule(effects=effects)]).for_order(OrderSubject()).decide(LineSubject())


class TestConflicts:
    def test_are_settled_by_priority_and_told(self) -> None:
        refuse = a_rule("b", priority=1, effects=(Effect("not_eligible", text="Worn."),))
        allow = a_rule("a", priority=2)
        decision = RuleBook([allow, refuse]).for_order(OrderSubject()).decide(LineSubject())
        assert (decision.eligible, decision.sentence) == (False, "Worn.")
        assert [spoken.overruled_by for spoken in decision.trace] == ["", "Rule b"]

    def test_about_another_thing_settle_nothing_of_this(self) -> None:
        decision = decide(Effect("waive_fees"), Effect("remove_outcome", "store_credit"))
        assert (decision.eligible, decision.window_days, decision.restock) == (None, None, None)
        assert (decision.offered, decision.removed) == ((), ("store_credit",))
        assert (decision.instructions, decision.return_address, decision.refund_on) == ("", "", "")
        assert decide(Effect("offer_outcome", "store_credit")).keep_item_up_to is None
        assert decide(Effect("offer_outcome", "keep_item")).keep_item_up_to == ANY_AMOUNT
        limited = (Effect("offer_outcome", "keep_item"), Effect("keep_item_up_to", "9"))
        assert decide(*limited).keep_item_up_to == 9
        assert decide(Effect("return_shipping_fee", "3")).restocking_fee_percent is None
        assert decide(Effect("restocking_fee", "3")).return_shipping_fee is None

    def test_of_equal_priority_are_settled_by_key(self) -> None:
        one = a_rule("1", effects=(Effect("window_days", "10"),))
        two = a_rule("2", effects=(Effect("window_days", "20"),))
        for rules in ([one, two], [two, one]):
            assert RuleBook(rules).for_order(OrderSubject()).decide(LineSubject()).window_days == 10

    def test_waiving_takes_both_fees(self) -> None:
        decision = decide(Effect("waive_fees"), Effect("restocking_fee", "15"))
        assert (decision.restocking_fee_percent, decision.return_shipping_fee) == (0, 0)
        assert decision.trace[1].overruled_by == "Rule a"

    def test_waiving_leaves_a_fee_that_was_set_before(self) -> None:
        decision = decide(Effect("restocking_fee", "15"), Effect("waive_fees"))
        assert decision.restocking_fee_percent == Decimal(15)
        assert decision.return_shipping_fee == Decimal(0)

    def test_two_questions_are_both_asked(self) -> None:
        asked = [Effect("ask_question", text=text, choices=("Yes", "No")) for text in "AB"]
        assert [question.label for question in decide(*asked).questions] == ["A", "B"]


EXAMPLES = {
    "eligible": Effect("eligible"),
    "not_eligible": Effect("not_eligible", text="No."),
    "window_days": Effect("window_days", "45"),
    "window_until": Effect("window_until", "2027-02-10"),
    "restocking_fee": Effect("restocking_fee", "12.5"),
    "return_shipping_fee": Effect("return_shipping_fee", "4.90"),
    "waive_fees": Effect("waive_fees"),
    "offer_outcome": Effect("offer_outcome", "store_credit"),
    "remove_outcome": Effect("remove_outcome", "keep_item"),
    "store_credit_bonus": Effect("store_credit_bonus", "10"),
    "keep_item_up_to": Effect("keep_item_up_to", "15"),
    "require_photo": Effect("require_photo"),
    "require_comment": Effect("require_comment"),
    "ask_question": Effect("ask_question", text="Worn?", choices=("Yes", "No")),
    "instructions": Effect("instructions", text="Pack it twice."),
    "return_address": Effect("return_address", text="Dock 4"),
    "auto_approve_up_to": Effect("auto_approve_up_to", "30"),
    "send_to_review": Effect("send_to_review"),
    "four_eyes": Effect("four_eyes"),
    "refund_on": Effect("refund_on", "receipt"),
    "restock": Effect("restock", "no"),
}


class TestActions:
    def test_are_more_than_fifteen_each_with_an_example_here(self) -> None:
        assert set(EXAMPLES) == set(ACTIONS)
        assert len(ACTIONS) >= 15

    @pytest.mark.parametrize("name", EXAMPLES)
    def test_change_what_is_decided(self, name: str) -> None:
        assert decide(EXAMPLES[name]) != decide()
        assert decide(EXAMPLES[name]).trace[0].effect is EXAMPLES[name]

    @pytest.mark.parametrize(
        "effect",
        [
            Effect("no-such-action"),
            Effect("not_eligible", text=" "),
            Effect("window_days", "-1"),
            Effect("window_days", "1.5"),
            Effect("window_days", "4000"),
            Effect("restocking_fee", "100.01"),
            Effect("restocking_fee", "-0.01"),
            Effect("return_shipping_fee", "-1"),
            Effect("window_until", "soon"),
            Effect("offer_outcome", "voucher"),
            Effect("refund_on", "never"),
            Effect("restock", "perhaps"),
            Effect("ask_question", text="Worn?"),
            Effect("ask_question", text=" ", choices=("Yes",)),
            Effect("ask_question", text="Worn?", choices=(" ",)),
        ],
    )
    def test_of_the_wrong_kind_are_refused(self, effect: Effect) -> None:
        with pytest.raises(Unreadable):
            check_effect(effect)

    @pytest.mark.parametrize(
        "effect",
        [
            Effect("restocking_fee", "100"),
            Effect("restocking_fee", "0"),
            Effect("return_shipping_fee", "0"),
            Effect("window_days", "0"),
            Effect("window_days", "3650"),
        ],
    )
    def test_at_their_bounds_are_taken(self, effect: Effect) -> None:
        check_effect(effect)


class TestApplying:
    def test_changes_the_terms(self) -> None:
        decision = decide(*(EXAMPLES[name] for name in ("window_days", "refund_on", "waive_fees")))
        changed = terms_under(decision, terms(return_shipping_fee=Decimal(5)))
        assert (changed.return_window_days, changed.refund_on) == (45, "receipt")
        assert changed.return_shipping_fee == 0

    @pytest.mark.parametrize(
        ("action", "field", "value"),
        [
            ("window_days", "return_window_days", 45),
            ("window_until", "window_until", date(2027, 2, 10)),
            ("restocking_fee", "restocking_fee_percent", Decimal("12.5")),
            ("return_shipping_fee", "return_shipping_fee", Decimal("4.90")),
            ("store_credit_bonus", "store_credit_bonus_percent", Decimal(10)),
            ("keep_item_up_to", "keep_item_up_to", Decimal(15)),
            ("instructions", "instructions", "Pack it twice."),
            ("return_address", "return_address", "Dock 4"),
            ("refund_on", "refund_on", "receipt"),
            ("offer_outcome", "offers_store_credit", True),
        ],
    )
    def test_changes_the_one_term_that_an_action_is_about(
        self, action: str, field: str, value: object
    ) -> None:
        changed = terms_under(decide(EXAMPLES[action]), terms())
        assert changed == replace(terms(), **{field: value})  # type: ignore[arg-type]

    def test_an_allowance_opens_both_final_sale_and_window_and_nothing_else(self) -> None:
        late = facts(
            terms=terms(return_window_days=0),
            line=an_order_line(product_tags=("final-sale",)),
        )
        plain = judge(late)
        opened = overruled(decide(Effect("eligible")), plain)
        assert objection(opened) is None
        changed = {new.code for old, new in zip(plain, opened, strict=True) if old != new}
        assert changed == {Code.FINAL_SALE, Code.RETURN_WINDOW}
        assert overruled(decide(), plain) == plain

    def test_leaves_terms_alone_of_which_no_rule_speaks(self) -> None:
        assert terms_under(decide(), terms()) == terms()

    def test_a_refusal_is_told_in_the_merchants_words(self) -> None:
        told = objection(overruled(decide(EXAMPLES["not_eligible"]), judge(facts())))
        assert told is not None
        assert (told.code, told.words) == (Code.RULE, "No.")

    def test_an_allowance_beats_final_sale_and_window_only(self) -> None:
        late = facts(terms=terms(return_window_days=0), returnable=0)
        verdicts = overruled(decide(Effect("eligible")), judge(late))
        told = objection(verdicts)
        assert told is not None
        assert told.code is Code.NOTHING_LEFT
