"""Every condition and every action of the catalogue, from the order in Shopify to what is kept.

One table names what a merchant may ask: each row is an order that meets the condition and one
that does not, published, asked for, and refused or taken. The other does the same for actions.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from returns_portal.returns.eligibility import Code
from returns_portal.returns.orders import Choice, OrderFacts, build_choices, judge_again
from returns_portal.returns.outcomes import KEEP_ITEM, ORIGINAL_PAYMENT, STORE_CREDIT
from returns_portal.returns.quotes import Fees, RequestedLine, fees_for, terms_of_return
from returns_portal.returns.rules import (
    CONDITIONS,
    Condition,
    Effect,
    Match,
    Rule,
    RuleBook,
)
from returns_portal.returns.ruling import Given, History, build_rulings
from returns_portal.shopify.types import Money
from tests.returns.examples import SENT, a_parcel, an_order, an_order_line
from tests.returns.factories import ReturnReasonFactory
from tests.returns.scenes import order_facts

pytestmark = pytest.mark.django_db
UTC_ZONE = ZoneInfo("UTC")
NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
DELIVERED = NOW - timedelta(days=9)


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def order_of(**values: Any) -> Any:
    """An order of one line; `line` and `parcel` change these."""
    line = an_order_line(**values.pop("line", {}))
    parcel = a_parcel(
        **{"delivered_at": DELIVERED, "created_at": DELIVERED, **values.pop("parcel", {})}
    )
    known = {"created_at": DELIVERED, "lines": (line,), "fulfillments": (parcel,)}
    return an_order(**{**known, **values})


def given(**values: Any) -> Given:
    return Given(**{"quantity": 1, **values})


def reason(code: str, **values: Any) -> Any:
    return ReturnReasonFactory(code=code, label=code, **values)


def below(heading: str) -> Any:
    return reason(f"below-{heading}", parent=reason(heading))


# Field: operator, value, then how an order (or a wish, or a past) meets it, and how it does not.
Way = Callable[[], dict[str, Any]]
CASES: dict[str, tuple[str, str, Way, Way]] = {
    "country": ("one_of", "US", lambda: {"country": "US"}, lambda: {"country": "CA"}),
    "regions": ("one_of", "eu", lambda: {"country": "DE"}, lambda: {"country": "US"}),
    "channel": (
        "one_of",
        "tiktok",
        lambda: {},
        lambda: {"source_name": "web", "email": "", "tags": ()},
    ),
    "currency": ("one_of", "EUR", lambda: {"currency": "EUR"}, lambda: {"currency": "USD"}),
    "order_value": (
        "at_least",
        "50",
        lambda: {"total": usd("50")},
        lambda: {"total": usd("49.99")},
    ),
    "discount_percent": (
        "at_least",
        "20",
        lambda: {"total": usd("80"), "discounts": usd("20")},
        lambda: {"total": usd("81"), "discounts": usd("20")},
    ),
    "order_tags": ("one_of", "gift", lambda: {"tags": ("Gift",)}, lambda: {"tags": ()}),
    "ordered_on": (
        "from",
        "2026-05-11",
        lambda: {"created_at": datetime(2026, 5, 11, tzinfo=UTC)},
        lambda: {"created_at": datetime(2026, 5, 10, 23, 59, 59, tzinfo=UTC)},
    ),
    "requested_on": (
        "until",
        "2026-05-20",
        lambda: {},
        lambda: {"asked_at": datetime(2026, 5, 21, tzinfo=UTC)},
    ),
    "days_since_order": (
        "more_than",
        "8",
        lambda: {"created_at": NOW - timedelta(days=9)},
        lambda: {"created_at": NOW - timedelta(days=8)},
    ),
    "days_since_fulfillment": (
        "at_most",
        "10",
        lambda: {"parcel": {"created_at": NOW - timedelta(days=10)}},
        lambda: {"parcel": {"created_at": NOW - timedelta(days=11)}},
    ),
    "days_since_delivery": (
        "at_most",
        "14",
        lambda: {"parcel": {"delivered_at": NOW - timedelta(days=14)}},
        lambda: {"parcel": {"delivered_at": NOW - timedelta(days=15)}},
    ),
    "fulfilled_by_tiktok": (
        "is",
        "yes",
        lambda: {"tags": ("Fulfilled by TikTok",)},
        lambda: {"tags": ()},
    ),
    "line_value": (
        "less_than",
        "10",
        lambda: {"line": {"before_tax": usd("9.00"), "tax": usd("0.99")}},
        lambda: {"line": {"before_tax": usd("9.00"), "tax": usd("1.00")}},
    ),
    "line_discount_percent": (
        "at_least",
        "50",
        lambda: {"line": {"full_price": usd("20"), "before_tax": usd("10"), "tax": usd("0")}},
        lambda: {"line": {"full_price": usd("20"), "before_tax": usd("10.01"), "tax": usd("0")}},
    ),
    "product_title": (
        "like",
        "Linen *",
        lambda: {"line": {"title": "Linen shirt"}},
        lambda: {"line": {"title": "Silk scarf"}},
    ),
    "product_tags": (
        "none_of",
        "sale",
        lambda: {"line": {"product_tags": ("new",)}},
        lambda: {"line": {"product_tags": ("SALE",)}},
    ),
    "product_type": (
        "one_of",
        "Shoes",
        lambda: {"line": {"product_type": "shoes"}},
        lambda: {"line": {"product_type": "hats"}},
    ),
    "category": (
        "one_of",
        "Shirts",
        lambda: {"line": {"category": "Apparel > Shirts"}},
        lambda: {"line": {"category": "Apparel > Skirts"}},
    ),
    "vendor": (
        "one_of",
        "Acme",
        lambda: {"line": {"vendor": "ACME"}},
        lambda: {"line": {"vendor": "Other"}},
    ),
    "sku": ("like", "LIN-*", lambda: {"line": {"sku": "lin-1"}}, lambda: {"line": {"sku": "X-1"}}),
    "final_sale": (
        "is",
        "yes",
        lambda: {"line": {"product_tags": ("final-sale",)}},
        lambda: {"line": {"product_tags": ()}},
    ),
    "reason": (
        "one_of",
        "torn",
        lambda: {"given": given(reason=reason("torn"))},
        lambda: {"given": given(reason=reason("late"))},
    ),
    "reason_heading": (
        "one_of",
        "broken",
        lambda: {"given": given(reason=below("broken"))},
        lambda: {"given": given(reason=below("fit"))},
    ),
    "fault": (
        "one_of",
        "carrier",
        lambda: {"given": given(reason=reason("torn", fault="carrier"))},
        lambda: {"given": given(reason=reason("wrong", fault="shop"))},
    ),
    "answers": (
        "one_of",
        "Yes",
        lambda: {"given": given(answers=(("Worn?", "Yes"),))},
        lambda: {"given": given(answers=(("Worn?", "No"),))},
    ),
    "quantity": (
        "at_least",
        "2",
        lambda: {"given": given(quantity=2)},
        lambda: {"given": given(quantity=1)},
    ),
    "customer_returns": (
        "at_least",
        "3",
        lambda: {"history": History(returns=3)},
        lambda: {"history": History(returns=2)},
    ),
    "customer_return_rate": (
        "more_than",
        "50",
        lambda: {"history": History(returned_orders=2, orders=3)},
        lambda: {"history": History(returned_orders=2, orders=4)},
    ),
    "customer_return_value": (
        "at_least",
        "100",
        lambda: {"history": History(value=Decimal(100))},
        lambda: {"history": History(value=Decimal("99.99"))},
    ),
    "first_return": (
        "is",
        "yes",
        lambda: {"history": History(returns=0)},
        lambda: {"history": History(returns=1)},
    ),
    "blocked": (
        "is",
        "yes",
        lambda: {"history": History(blocked=True)},
        lambda: {"history": History(blocked=False)},
    ),
}
REFUSE = Effect("not_eligible", text="Not by this rule.")


def ruled_facts(
    effects: tuple[Effect, ...], conditions: tuple[Condition, ...], values: dict[str, Any]
) -> OrderFacts:
    """An order under a policy whose one rule is published; takes what it knows out of `values`."""
    history, now = values.pop("history", History()), values.pop("asked_at", NOW)
    # Each call has a policy of its own.
    terms = {"name": str(uuid4()), "return_window_days": 30, **values.pop("policy", {})}
    order = order_of(**values)
    units = {sent.id: sent.quantity for parcel in order.fulfillments for sent in parcel.lines}
    book = RuleBook([Rule("a", "A", 1, Match.ALL, conditions, effects)])
    return replace(
        order_facts(**terms),
        order=order,
        returnable=units,
        in_shopify=units,
        rulings=build_rulings(book, order, history, now=now, timezone=UTC_ZONE),
    )


def judged(*effects: Effect, conditions: tuple[Condition, ...] = (), **values: Any) -> Choice:
    """The first item of the order as one published rule makes the portal judge it."""
    wish, now = values.pop("given", given()), values.get("asked_at", NOW)
    facts = ruled_facts(effects, conditions, values)
    return judge_again(facts, build_choices(facts, now=now)[0], wish, now=now)


class TestEveryCondition:
    def test_stands_in_the_table(self) -> None:
        assert set(CASES) == set(CONDITIONS)

    @pytest.mark.parametrize("field", CASES)
    def test_tells_what_meets_it_from_what_does_not(self, field: str) -> None:
        operator, value, meets, fails = CASES[field]
        condition = (Condition(field, operator, (value,)),)
        held = judged(REFUSE, conditions=condition, **meets())
        free = judged(REFUSE, conditions=condition, **fails())
        assert any(verdict.words == REFUSE.text for verdict in held.verdicts)
        assert not any(verdict.code is Code.RULE for verdict in free.verdicts)
        assert [spoken.name for spoken in held.decision.trace] == ["A"]


class TestEveryDayIsCounted:
    def test_from_the_taken_delivery_where_no_carrier_told(self) -> None:
        condition = (Condition("days_since_delivery", "at_most", ("14",)),)
        sent = NOW - timedelta(days=20)
        values: dict[str, Any] = {"parcel": {"created_at": sent, "delivered_at": None}}
        near = judged(REFUSE, conditions=condition, policy={"transit_days": 6}, **values)
        far = judged(REFUSE, conditions=condition, policy={"transit_days": 5}, **values)
        assert near.objection is not None
        assert far.objection is None


WEB: dict[str, Any] = {
    "source_name": "web",
    "email": "",
    "tags": (),
    "customer_id": "gid://shopify/Customer/1",
}


def fees(*effects: Effect) -> Fees:
    """The fees of one unit under a policy that takes some of both kinds."""
    policy = {"restocking_fee_percent": Decimal(20), "return_shipping_fee": Decimal(5)}
    facts = ruled_facts(effects, (), {"policy": policy})
    line = RequestedLine(SENT, 1, "late")
    return fees_for(facts, [line], {"late": reason("late")})


class TestActionsOnItems:
    """The other actions are followed to Shopify in test_rules_at_work."""

    @pytest.fixture(autouse=True)
    def shop(self, settings: Any) -> None:
        settings.PORTAL_CHANNELS = ["tiktok", "web"]
        settings.TIME_ZONE = "UTC"

    def test_eligible_opens_a_final_sale_and_a_window_that_is_over(self) -> None:
        final = {"line": {"product_tags": ("final-sale",)}, "policy": {"return_window_days": 1}}
        assert not judged(Effect("require_comment"), **final).eligible
        assert judged(Effect("eligible"), **final).eligible

    @pytest.mark.parametrize(
        ("last_day", "second", "open_still"),
        [("2026-05-20", 86_399, True), ("2026-05-19", 0, False), ("2026-05-20", 86_400, False)],
    )
    def test_window_until_lasts_to_the_last_second_of_its_day(
        self, last_day: str, second: int, open_still: bool
    ) -> None:
        at = datetime(2026, 5, 20, tzinfo=UTC) + timedelta(seconds=second)
        over = {"policy": {"return_window_days": 1}, "asked_at": at}
        assert judged(Effect("window_until", last_day), **over).eligible is open_still

    def test_waive_fees_takes_both(self) -> None:
        plain, waived = fees(Effect("require_comment")), fees(Effect("waive_fees"))
        assert (plain.percent[SENT], plain.return_shipping) == (20, usd("5.00"))
        assert (waived.percent[SENT], waived.return_shipping) == (0, None)

    @pytest.mark.parametrize("name", [STORE_CREDIT, KEEP_ITEM])
    def test_offer_outcome_adds_it(self, name: str) -> None:
        assert judged(Effect("require_comment"), **WEB).outcomes == (ORIGINAL_PAYMENT,)
        assert judged(Effect("offer_outcome", name), **WEB).outcomes == (ORIGINAL_PAYMENT, name)

    def test_remove_outcome_takes_it_away_and_leaves_one(self) -> None:
        offering = {"policy": {"offers_store_credit": True}, **WEB}
        gone = judged(Effect("remove_outcome", STORE_CREDIT), **offering)
        assert gone.outcomes == (ORIGINAL_PAYMENT,)
        only = judged(Effect("remove_outcome", ORIGINAL_PAYMENT), **offering)
        assert only.outcomes == (STORE_CREDIT,)
        assert judged(Effect("remove_outcome", ORIGINAL_PAYMENT)).outcomes == (ORIGINAL_PAYMENT,)

    @pytest.mark.parametrize(("most", "kept"), [("25", True), ("24.99", False)])
    def test_keep_item_up_to_counts_the_price_of_a_unit(self, most: str, kept: bool) -> None:
        line = {"line": {"unit_price": usd("25.00")}, **WEB}
        choice = judged(Effect("keep_item_up_to", most), **line)
        assert (KEEP_ITEM in choice.outcomes) is kept

    def test_store_credit_bonus_is_that_of_the_whole_return(self) -> None:
        facts = ruled_facts((), (), {"policy": {"store_credit_bonus_percent": Decimal(5)}})
        plain, ruled = judged(), judged(Effect("store_credit_bonus", "12.5"))
        both = [plain.decision, ruled.decision]
        assert terms_of_return(facts, both).store_credit_bonus_percent == Decimal("12.5")
        assert terms_of_return(facts, both[:1]).store_credit_bonus_percent == 5
