"""The policy before the order is known: true for every country it speaks of."""

from typing import Any

from portal.policy_summary import summarize
from returns_portal.returns.models import ReturnPolicy


def policy(**values: Any) -> ReturnPolicy:
    known = {"return_window_days": 30, "conditions": "Unused.", "return_shipping_paid_by": "shop"}
    return ReturnPolicy(**{**known, **values})


class TestSummarize:
    def test_says_nothing_without_a_policy(self) -> None:
        assert summarize([]) == []

    def test_tells_one_policy_exactly(self) -> None:
        assert summarize([policy()]) == [
            "You can ask for a return until 30 days after delivery.",
            "Sending it back is free: the shop pays.",
            "Unused.",
        ]

    def test_names_the_day_that_counts(self) -> None:
        assert (
            "1 day after your order"
            in summarize([policy(return_window_days=1, window_anchor="ordered")])[0]
        )
        assert "after we sent the parcel" in summarize([policy(window_anchor="fulfilled")])[0]

    def test_knows_no_limit(self) -> None:
        assert summarize([policy(return_window_days=None)])[0] == (
            "You can ask for a return at any time."
        )

    def test_tells_the_range_where_countries_differ(self) -> None:
        lines = summarize(
            [
                policy(),
                policy(return_window_days=6, return_shipping_paid_by="shopper", conditions="New."),
            ]
        )
        assert "6 to 30 days" in lines[0]
        assert "depends on your country" in lines[1]
        assert "Unused." not in lines[2]

    def test_promises_no_number_where_a_country_has_no_limit(self) -> None:
        lines = summarize([policy(), policy(return_window_days=None)])
        assert "depends on your country" in lines[0]
        assert "30" not in lines[0]
