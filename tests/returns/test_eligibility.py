"""What may be returned, rule by rule, with windows to the second."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from returns_portal.returns import snapshots
from returns_portal.returns.eligibility import (
    Allowance,
    Code,
    Verdict,
    allow_more,
    judge,
    judge_window,
    may_override,
    objection,
    override,
    window_ends_at,
    without_tiktok,
)
from returns_portal.shopify.types import OrderLine
from tests.returns.examples import (
    NOON,
    a_parcel,
    an_order,
    an_order_line,
    facts,
    terms,
    usd,
)

NEW_YORK = ZoneInfo("America/New_York")


def added(title: str, vendor: str = "") -> OrderLine:
    """A line that stands for money alone."""
    return an_order_line(
        title=title,
        variant_title="",
        sku="",
        vendor=vendor,
        product_id=None,
        variant_id=None,
        inventory_item_id=None,
        requires_shipping=False,
        restockable=False,
    )


class TestJudge:
    def test_passes_a_delivered_line_inside_the_window(self) -> None:
        assert objection(judge(facts())) is None

    def test_gives_the_verdict_of_every_rule(self) -> None:
        assert {verdict.code for verdict in judge(facts())} == set(Code) - {
            Code.TIP,
            Code.ADDED_AMOUNT,
            Code.RULE,
            Code.OVERRIDDEN,
        }

    @pytest.mark.parametrize(
        ("values", "code"),
        [
            ({"order": an_order(canceled_at=NOON)}, Code.ORDER_CANCELED),
            ({"fulfillment": None, "returnable": 0}, Code.NOT_SENT),
            ({"line": an_order_line(is_gift_card=True, requires_shipping=False)}, Code.GIFT_CARD),
            ({"line": an_order_line(requires_shipping=False)}, Code.DIGITAL),
            # As Shopify has a tip: a line without any goods, which is never sent.
            ({"line": added("Tip")}, Code.TIP),
            ({"line": added("Tip"), "fulfillment": None}, Code.TIP),
            ({"line": added("Trinkgeld")}, Code.ADDED_AMOUNT),
            ({"line": added("Engraving"), "fulfillment": None}, Code.ADDED_AMOUNT),
            # A product of that name, deleted since: its vendor tells.
            ({"line": added("Tip", vendor="Linen & Co")}, Code.DIGITAL),
            ({"line": an_order_line(product_tags=("Final-Sale",))}, Code.FINAL_SALE),
            ({"order": an_order(financial_status="PENDING")}, Code.NOT_PAID),
            ({"order": an_order(financial_status="REFUNDED")}, Code.ALREADY_REFUNDED),
            ({"line": an_order_line(refundable_quantity=0)}, Code.ALREADY_REFUNDED),
            ({"returnable": 0}, Code.NOTHING_LEFT),
            ({"now": NOON + timedelta(days=60)}, Code.RETURN_WINDOW),
        ],
    )
    def test_objects_with_the_first_rule_that_fails(
        self, values: dict[str, object], code: Code
    ) -> None:
        verdict = objection(judge(facts(**values)))
        assert verdict is not None
        assert verdict.code is code

    def test_takes_an_order_of_nothing_for_paid(self) -> None:
        free = an_order(financial_status="PENDING", total=usd("0"))
        assert objection(judge(facts(order=free))) is None

    @pytest.mark.parametrize("status", ["PENDING", "AUTHORIZED", "EXPIRED", "VOIDED"])
    def test_takes_no_order_for_paid_whose_money_never_came(self, status: str) -> None:
        verdict = objection(judge(facts(order=an_order(financial_status=status))))
        assert verdict == Verdict(Code.NOT_PAID, passed=False)

    @pytest.mark.parametrize("status", ["PAID", "PARTIALLY_PAID", "PARTIALLY_REFUNDED"])
    def test_takes_orders_for_paid_of_which_some_money_came(self, status: str) -> None:
        assert objection(judge(facts(order=an_order(financial_status=status)))) is None

    def test_tells_when_a_canceled_order_was_canceled(self) -> None:
        verdict = objection(judge(facts(order=an_order(canceled_at=NOON))))
        assert verdict == Verdict(Code.ORDER_CANCELED, passed=False, at=NOON)

    def test_takes_a_last_unit(self) -> None:
        assert objection(judge(facts(returnable=1))) is None


class TestOverride:
    LATE = facts(terms=terms(return_window_days=0))

    def test_sets_the_shops_own_rules_aside_and_says_why(self) -> None:
        verdicts = override(judge(self.LATE), "A gift")
        assert objection(judge(self.LATE)) is not None
        assert objection(verdicts) is None
        assert verdicts[-1] == Verdict(Code.OVERRIDDEN, passed=True, words="A gift")
        assert verdicts[:-1] == judge(self.LATE)

    def test_sets_no_fact_of_the_order_aside(self) -> None:
        gone = facts(terms=terms(return_window_days=0), returnable=0)
        told = objection(override(judge(gone), "A gift"))
        assert told is not None
        assert told.code is Code.NOTHING_LEFT

    def test_is_possible_only_where_a_rule_and_no_fact_speaks_against_it(self) -> None:
        assert may_override(judge(self.LATE))
        assert not may_override(judge(facts()))
        assert not may_override(judge(facts(terms=terms(return_window_days=0), returnable=0)))


class TestAllowance:
    DAY, LATER = date(2026, 12, 1), date(2026, 12, 24)

    def test_keeps_the_later_of_two_last_days(self) -> None:
        ruled = terms(window_until=self.DAY)
        assert allow_more(ruled, Allowance(self.LATER)).window_until == self.LATER
        assert allow_more(ruled, Allowance()).window_until == self.DAY
        assert allow_more(terms(), Allowance()).window_until is None
        assert allow_more(terms(window_until=self.LATER), Allowance(self.DAY)).window_until == (
            self.LATER
        )

    def test_opens_a_final_sale_only_where_staff_say_so(self) -> None:
        assert allow_more(terms(), Allowance(final_sale=True)).final_sale_tags == ()
        assert allow_more(terms(), Allowance()) == terms()


class TestWithoutTikTok:
    """Orders of other channels than TikTok's."""

    def test_go_back_without_tiktoks_label(self) -> None:
        labelled = terms(return_shipping_paid_by="tiktok", instructions="Tap Return/refund.")
        own = without_tiktok(labelled)
        assert (own.return_shipping_paid_by, own.instructions) == ("shop", "")

    def test_keep_what_the_shop_itself_says(self) -> None:
        own = terms(return_shipping_paid_by="shopper", instructions="Send it to us.")
        assert without_tiktok(own) == own


class TestWindowEndsAt:
    def test_is_the_midnight_after_the_last_day_in_the_shops_time_zone(self) -> None:
        parcel = a_parcel(delivered_at=datetime(2026, 1, 10, 3, 30, tzinfo=UTC))  # the 9th there
        ends = window_ends_at(an_order(), parcel, terms(return_window_days=30), NEW_YORK)
        assert ends == datetime(2026, 2, 9, 0, 0, tzinfo=NEW_YORK)

    def test_keeps_midnight_over_a_change_of_clocks(self) -> None:
        parcel = a_parcel(delivered_at=datetime(2026, 10, 20, 12, tzinfo=UTC))
        ends = window_ends_at(an_order(), parcel, terms(return_window_days=14), NEW_YORK)
        assert ends == datetime(2026, 11, 4, 0, 0, tzinfo=NEW_YORK)
        assert ends.utcoffset() == timedelta(hours=-5)

    def test_assumes_delivery_after_the_transit_days_when_nobody_told_it(self) -> None:
        parcel = a_parcel(delivered_at=None, created_at=datetime(2026, 1, 1, 12, tzinfo=UTC))
        ends = window_ends_at(an_order(), parcel, terms(transit_days=7), NEW_YORK)
        assert ends == datetime(2026, 2, 8, 0, 0, tzinfo=NEW_YORK)

    @pytest.mark.parametrize(
        ("anchor", "day"), [("ordered", 13), ("fulfilled", 15), ("delivered", 18)]
    )
    def test_counts_from_the_policys_anchor(self, anchor: str, day: int) -> None:
        policy = terms(return_window_days=1, window_anchor=anchor)
        ends = window_ends_at(an_order(), a_parcel(), policy, NEW_YORK)
        assert ends == datetime(2026, 11, day, 0, 0, tzinfo=NEW_YORK)

    def test_is_nothing_where_the_policy_sets_no_limit(self) -> None:
        policy = terms(return_window_days=None)
        assert window_ends_at(an_order(), a_parcel(), policy, NEW_YORK) is None
        assert judge_window(facts(terms=policy, now=NOON + timedelta(days=9999))).passed


class TestJudgeWindow:
    def test_is_open_up_to_its_last_second_and_closed_from_midnight(self) -> None:
        ends = window_ends_at(an_order(), a_parcel(), terms(), NEW_YORK)
        assert ends is not None
        assert judge_window(facts(now=ends - timedelta(seconds=1))).passed
        assert not judge_window(facts(now=ends)).passed
        assert judge_window(facts(now=ends)) == Verdict(Code.RETURN_WINDOW, False, ends)

    def test_counts_from_this_orders_own_day(self) -> None:
        policy = terms(window_anchor="ordered")
        order = an_order(created_at=NOON - timedelta(days=32))
        assert not judge_window(facts(order=order, terms=policy)).passed

    def test_has_not_begun_for_what_was_not_sent(self) -> None:
        assert judge_window(facts(fulfillment=None)) == Verdict(Code.RETURN_WINDOW, True)


class TestTrace:
    def test_survives_the_database(self) -> None:
        trace = judge(facts())
        assert snapshots.load(snapshots.dump(trace), tuple[Verdict, ...]) == trace
