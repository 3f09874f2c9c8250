"""What may be returned, rule by rule, with windows to the second."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from returns_portal.returns import snapshots
from returns_portal.returns.eligibility import (
    Code,
    Verdict,
    judge,
    judge_window,
    objection,
    window_ends_at,
)
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


class TestJudge:
    def test_passes_a_delivered_line_inside_the_window(self) -> None:
        assert objection(judge(facts())) is None

    def test_gives_the_verdict_of_every_rule(self) -> None:
        assert {verdict.code for verdict in judge(facts())} == set(Code)

    @pytest.mark.parametrize(
        ("values", "code"),
        [
            ({"order": an_order(canceled_at=NOON)}, Code.ORDER_CANCELED),
            ({"fulfillment": None, "returnable": 0}, Code.NOT_SENT),
            ({"line": an_order_line(is_gift_card=True, requires_shipping=False)}, Code.GIFT_CARD),
            ({"line": an_order_line(requires_shipping=False)}, Code.DIGITAL),
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


class TestTrace:
    def test_survives_the_database(self) -> None:
        trace = judge(facts())
        assert snapshots.load(snapshots.dump(trace), tuple[Verdict, ...]) == trace
