"""Rules of a published policy at work: from the choice of items to what is owed in Shopify."""

import uuid
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from returns_portal.returns import snapshots
from returns_portal.returns.mirror import mirror_order
from returns_portal.returns.models import (
    DryRun,
    PolicyVersion,
    ReturnPolicy,
    ReturnReason,
    ReturnRequest,
)
from returns_portal.returns.orders import Choice, OrderFacts, build_choices, find_order, read_order
from returns_portal.returns.quotes import quote_return
from returns_portal.returns.rules import Condition, Effect, Match, Rule
from returns_portal.returns.ruling import read_history
from returns_portal.returns.services import (
    Actor,
    NotEligible,
    Refused,
    RequestedLine,
    block_shopper,
    go_on_trying,
    publish_policy,
    replace_rules,
    request_return,
    roll_back,
    start_trial,
    trying_out,
)
from returns_portal.returns.shoppers import note_keys
from returns_portal.shopify.sandbox.building import add_order
from tests.returns.shop import Shop

pytestmark = pytest.mark.django_db
QUESTION = Effect("ask_question", text="Was it worn?", choices=("Yes", "No"))


def a_rule(*effects: Effect, conditions: tuple[Condition, ...] = (), key: str = "a") -> Rule:
    return Rule(key, f"Rule {key}", 10, Match.ALL, conditions, effects)


def policy_of(shop: Shop) -> ReturnPolicy:
    return facts_of(shop).policy


def facts_of(shop: Shop) -> OrderFacts:
    found = find_order(number=shop.number, postcode_or_email=shop.postcode, now=shop.now)
    return read_order(found.order_id, now=shop.now)


def publish(shop: Shop, *rules: Rule) -> PolicyVersion:
    policy = policy_of(shop)
    replace_rules(policy, rules)
    try_out(policy, shop)
    return publish_policy(policy_id=policy.pk, actor=Actor.system(), now=shop.now)


def try_out(policy: ReturnPolicy, shop: Shop) -> DryRun:
    trial = start_trial(policy_id=policy.pk, now=shop.now)
    while trial.state != DryRun.State.DONE:
        trial = go_on_trying(trial_id=trial.pk, now=shop.now)
    return trial


def first_choice(shop: Shop) -> Choice:
    return next(c for c in build_choices(facts_of(shop), now=shop.now) if c.fulfillment)


def ask(shop: Shop, **values: Any) -> ReturnRequest:
    facts = facts_of(shop)
    choice = next(c for c in build_choices(facts, now=shop.now) if c.eligible)
    return shop_submit(shop, facts, replace(wish(choice), **values))


def shop_submit(shop: Shop, facts: OrderFacts, line: RequestedLine) -> ReturnRequest:

    return request_return(
        facts=facts,
        lines=[line],
        quote=quote_return(facts, [line]),
        contact_email="shopper@example.com",
        language="en",
        identity_verified=True,
        submission_key=uuid.uuid4(),
        actor=Actor.shopper(),
        now=shop.now,
    )


class TestChoices:
    def test_are_refused_in_the_merchants_words(self, shop: Shop) -> None:
        publish(shop, a_rule(Effect("not_eligible", text="Sold as a sample.")))
        choice = first_choice(shop)
        assert choice.objection is not None
        assert choice.objection.words == "Sold as a sample."

    def test_are_judged_by_another_window(self, shop: Shop) -> None:
        before = first_choice(shop).window_ends_at
        days = policy_of(shop).return_window_days or 0
        publish(shop, a_rule(Effect("window_days", str(days + 7))))
        after = first_choice(shop).window_ends_at
        assert before is not None
        assert after is not None
        assert timedelta(days=7) - (after - before) in {timedelta(0), timedelta(hours=1)}

    def test_are_refused_for_a_reason_only_once_it_is_given(self, shop: Shop) -> None:
        condition = Condition("reason", "one_of", ("changed-mind",))
        publish(shop, a_rule(Effect("not_eligible", text="Not for that."), conditions=(condition,)))
        assert first_choice(shop).eligible
        with pytest.raises(NotEligible, match="Not for that"):
            ask(shop)


class TestRequest:
    def test_keeps_version_and_trace(self, shop: Shop) -> None:
        version = publish(shop, a_rule(Effect("restock", "no")))
        row = ask(shop)
        line = row.lines.get()
        assert row.policy_version_number == version.number == 1
        assert [spoken["name"] for spoken in line.rule_trace] == ["Rule a"]
        assert line.disposition == "NOT_RESTOCKED"

    def test_pays_the_fees_of_the_rules(self, shop: Shop) -> None:
        publish(shop, a_rule(Effect("restocking_fee", "10"), Effect("return_shipping_fee", "3")))
        row = ask(shop)
        line = row.lines.get()
        assert (line.restocking_fee_percent, row.return_shipping_fee) == (10, 3)
        assert row.quoted_amount == line.subtotal + line.tax - line.restocking_fee - 3

    def test_pays_none_where_the_reason_waives_them(self, shop: Shop) -> None:
        ReturnReason.objects.update(waives_fees=True)
        publish(shop, a_rule(Effect("restocking_fee", "10"), Effect("return_shipping_fee", "3")))
        row = ask(shop)
        assert (row.lines.get().restocking_fee, row.return_shipping_fee) == (0, 0)

    def test_takes_over_refund_instructions_and_address(self, shop: Shop) -> None:
        publish(
            shop,
            a_rule(
                Effect("refund_on", "receipt"),
                Effect("instructions", text="Pack it twice."),
                Effect("return_address", text="Dock 4"),
            ),
        )
        terms = ask(shop).policy_terms
        assert terms["refund_on"] == "receipt"
        assert (terms["instructions"], terms["return_address"]) == ("Pack it twice.", "Dock 4")

    def test_wants_a_comment_and_an_answer(self, shop: Shop) -> None:
        publish(shop, a_rule(Effect("require_comment"), QUESTION))
        with pytest.raises(NotEligible, match="few words"):
            ask(shop)
        with pytest.raises(NotEligible, match="Was it worn"):
            ask(shop, customer_note="Too wide", answers=(("Was it worn?", "Perhaps"),))
        row = ask(shop, customer_note="Too wide", answers=(("Was it worn?", "No"),))
        assert row.lines.get().answers == [["Was it worn?", "No"]]

    def test_wants_a_photo(self, shop: Shop) -> None:
        publish(shop, a_rule(Effect("require_photo")))
        with pytest.raises(NotEligible, match="photo"):
            ask(shop)

    def test_is_judged_by_its_answers(self, shop: Shop) -> None:
        worn = Condition("answers", "one_of", ("yes",), about="Was it worn?")
        refuse = a_rule(Effect("not_eligible", text="Worn."), conditions=(worn,), key="b")
        publish(shop, a_rule(QUESTION), refuse)
        with pytest.raises(NotEligible, match="Worn"):
            ask(shop, answers=(("Was it worn?", "Yes"),))

    def test_is_approved_at_once_up_to_an_amount(self, shop: Shop) -> None:
        publish(shop, a_rule(Effect("auto_approve_up_to", "100000")))
        row = ask(shop)
        assert (row.status, row.approved_amount) == ("approved", row.quoted_amount)
        shop.work()
        row.refresh_from_db()
        assert row.refunded_amount == row.quoted_amount

    @pytest.mark.parametrize(
        "effects",
        [
            (Effect("auto_approve_up_to", "0.01"),),
            (Effect("send_to_review"), Effect("auto_approve_up_to", "100000")),
            (Effect("four_eyes"), Effect("auto_approve_up_to", "100000")),
            (),
        ],
    )
    def test_waits_for_a_person_otherwise(self, shop: Shop, effects: tuple[Effect, ...]) -> None:
        publish(shop, a_rule(*effects))
        row = ask(shop)
        assert row.status == "requested"
        assert row.four_eyes is (Effect("four_eyes") in effects)

    def test_waits_for_a_person_where_the_shopper_is_blocked(self, shop: Shop) -> None:
        publish(shop, a_rule(Effect("auto_approve_up_to", "100000")))
        row = ask(shop)
        assert row.status == "approved"
        block(shop, row)
        assert ask(shop).status == "requested"


class TestItemsAsShopifyTells:
    @pytest.fixture
    def bought(self, shop: Shop) -> Shop:
        """An order of a shirt with a tenth off and a lamp that stands in no category."""
        lines = [{"goods": "linen-shirt", "discount": "2.60"}, {"goods": "desk-lamp"}]
        spec = {"name": "#90001", "zip": shop.postcode, "lines": lines}
        with shop.server.state.transaction() as draft:
            add_order(draft, spec | {"fulfillments": [{"delivered": 3}]})
        shop.number = "#90001"
        return shop

    @pytest.mark.parametrize(
        "condition",
        [
            Condition("category", "one_of", ("Shirts",)),
            Condition("category", "one_of", ("Apparel & Accessories",)),
            Condition("category", "like", ("Apparel & Accessories > Clothing > *",)),
            Condition("line_discount_percent", "at_least", ("10",)),
        ],
    )
    def test_tell_a_request_for_one_from_a_request_for_another(
        self, bought: Shop, condition: Condition
    ) -> None:
        publish(bought, a_rule(Effect("not_eligible", text="Not these."), conditions=(condition,)))
        facts = facts_of(bought)
        shirt, lamp = (c for c in build_choices(facts, now=bought.now) if c.fulfillment)
        with pytest.raises(NotEligible, match="Not these"):
            shop_submit(bought, facts, wish(shirt))
        assert shop_submit(bought, facts, wish(lamp)).status == "requested"


def wish(choice: Choice) -> RequestedLine:
    return RequestedLine(choice.fulfillment_line_item_id or "", 1, "changed-mind")


class TestCustomersPast:
    def test_counts_the_share_of_orders_that_came_back(self, shop: Shop) -> None:
        often = Condition("customer_return_rate", "at_least", ("50",))
        publish(shop, a_rule(Effect("not_eligible", text="Write to us."), conditions=(often,)))
        assert first_choice(shop).eligible
        shop.ask(1)
        choice = first_choice(shop)
        assert choice.objection is not None
        assert choice.objection.words == "Write to us."
        other_orders_of_the_customer(shop, 2)
        assert first_choice(shop).eligible

    def test_knows_a_guest_by_the_address(self, shop: Shop) -> None:
        first = Condition("first_return", "is", ("no",))
        publish(shop, a_rule(Effect("require_comment"), conditions=(first,)))
        order = replace(facts_of(shop).order, customer_id=None, email="Guest@example.com")
        assert read_history(order).returns == 0
        row = ask(shop)
        note_keys(row, None, "guest@example.com")
        known = read_history(order)
        assert (known.returns, known.returned_orders, known.value) == (1, 1, row.quoted_amount)

    def test_knows_who_is_blocked_even_where_only_the_mirror_answers(self, shop: Shop) -> None:
        blocked = Condition("blocked", "is", ("yes",))
        publish(shop, a_rule(Effect("not_eligible", text="Blocked."), conditions=(blocked,)))
        row = ask(shop)
        anonymous = replace(facts_of(shop).order, customer_id=None, email="")
        assert not read_history(anonymous).blocked
        block(shop, row)
        assert first_choice(shop).objection is not None
        assert read_history(anonymous).blocked


def block(shop: Shop, row: ReturnRequest) -> None:
    block_shopper(request_id=row.pk, reason="Empty boxes.", actor=Actor.system(), now=shop.now)


def other_orders_of_the_customer(shop: Shop, count: int) -> None:
    """Puts further orders of the same customer into the mirror."""
    order = facts_of(shop).order
    for number in range(count):
        mirror_order(
            replace(order, id=f"{order.id}{number}", name=f"{order.name}-{number}"), now=shop.now
        )


class TestPublishing:
    def test_wants_a_dry_run_of_this_very_draft(self, shop: Shop) -> None:
        policy = policy_of(shop)
        replace_rules(policy, (a_rule(Effect("require_photo")),))
        with pytest.raises(Refused, match="Try the draft"):
            publish_policy(policy_id=policy.pk, actor=Actor.system(), now=shop.now)
        try_out(policy, shop)
        replace_rules(policy, (a_rule(Effect("require_comment")),))
        with pytest.raises(Refused, match="Try the draft"):
            publish_policy(policy_id=policy.pk, actor=Actor.system(), now=shop.now)

    def test_leaves_what_holds_alone_until_then(self, shop: Shop) -> None:
        policy = policy_of(shop)
        publish(shop, a_rule(Effect("window_days", "40")))
        ReturnPolicy.objects.filter(pk=policy.pk).update(return_window_days=1)
        replace_rules(policy, ())
        assert facts_of(shop).terms.return_window_days != 1
        assert first_choice(shop).decision.window_days == 40

    def test_goes_back_to_an_earlier_version_terms_and_rules(self, shop: Shop) -> None:
        policy = policy_of(shop)
        first = publish(shop, a_rule(Effect("window_days", "40")))
        ReturnPolicy.objects.filter(pk=policy.pk).update(restocking_fee_percent=Decimal(5))
        publish(shop)
        again = roll_back(version_id=first.pk, actor=Actor.system(), now=shop.now)
        assert (again.number, again.again, again.digest) == (3, first, first.digest)
        assert first_choice(shop).decision.window_days == 40
        policy.refresh_from_db()
        assert (policy.restocking_fee_percent, policy.rules.get().name) == (0, "Rule a")
        with pytest.raises(Refused):
            roll_back(version_id=first.pk, actor=Actor.system(), now=shop.now)

    def test_makes_a_version_that_the_database_lets_nobody_change(self, shop: Shop) -> None:
        version = publish(shop, a_rule(Effect("window_days", "40")))
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            PolicyVersion.objects.filter(pk=version.pk).update(rules=[])
        version.refresh_from_db()
        assert version.rules


class TestDryRun:
    def test_says_how_many_orders_would_change_with_before_after_and_why(self, shop: Shop) -> None:
        order = facts_of(shop).order
        policy = policy_of(shop)
        refuse = a_rule(
            Effect("not_eligible", text="No."),
            conditions=(Condition("product_title", "one_of", (order.lines[0].title,)),),
        )
        replace_rules(policy, (refuse,))
        trial = try_out(policy, shop)
        assert (trial.tried, trial.changed) == (1, 1)
        example = trial.examples[0]
        assert (example["order"], example["item"]) == (order.name, order.lines[0].title)
        assert (example["after"], example["why"]) == ("No.", "Rule a")
        assert example["before"] != "No."

    def test_judges_past_requests_by_their_reasons_and_quantities(self, shop: Shop) -> None:
        row = ask(shop)
        policy = policy_of(shop)
        late = Condition("reason", "one_of", ("arrived-late",))
        given = Condition("reason", "one_of", ("changed-mind",))
        one = Condition("quantity", "at_most", ("1",))
        refuse = Effect("not_eligible", text="No.")
        replace_rules(policy, (a_rule(refuse, conditions=(late,)),))
        assert (try_out(policy, shop).tried, try_out(policy, shop).changed) == (2, 0)
        replace_rules(policy, (a_rule(refuse, conditions=(given, one)),))
        trial = try_out(policy, shop)
        assert (trial.tried, trial.requests_tried, trial.changed) == (2, 1, 1)
        assert [(e["request"], e["after"]) for e in trial.examples] == [(row.rma_number, "No.")]

    def test_knows_of_a_past_request_only_what_was_known_then(self, shop: Shop) -> None:
        ask(shop)
        policy = policy_of(shop)
        again = Condition("customer_returns", "at_least", ("1",))
        replace_rules(policy, (a_rule(Effect("not_eligible", text="No."), conditions=(again,)),))
        assert "RMA" not in str(try_out(policy, shop).examples)

    def test_goes_through_requests_and_orders_in_portions(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(trying_out, "BATCH", 1)
        ask(shop)
        ask(shop)
        trial = start_trial(policy_id=policy_of(shop).pk, now=shop.now)
        seen = []
        while trial.state != DryRun.State.DONE:
            trial = go_on_trying(trial_id=trial.pk, now=shop.now)
            seen.append((trial.requests_seen, trial.seen))
        assert seen == [(1, 0), (2, 0), (2, 1), (2, 1)]
        assert trial.tried == trial.to_try == 3

    def test_of_an_unchanged_draft_changes_nothing(self, shop: Shop) -> None:
        policy = policy_of(shop)
        trial = try_out(policy, shop)
        assert (trial.tried, trial.changed, trial.examples) == (1, 0, [])

    def test_notices_terms_that_change(self, shop: Shop) -> None:
        policy = policy_of(shop)
        publish(shop, a_rule(Effect("require_photo")))
        ReturnPolicy.objects.filter(pk=policy.pk).update(restocking_fee_percent=Decimal(5))
        assert try_out(policy, shop).changed == 1


class TestSnapshot:
    def test_of_rules_reads_back_the_same(self) -> None:
        rules = (a_rule(QUESTION, conditions=(Condition("sku", "like", ("A*",)),)),)
        assert snapshots.load(snapshots.dump(rules), tuple[Rule, ...]) == rules
