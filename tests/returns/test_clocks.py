"""Deadlines to the second: hours, days, working days, changes of clocks, and reminders."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from returns_portal.returns.clocks import (
    CHOICES,
    Calendar,
    ClockTerms,
    Moment,
    OnExpiry,
    Turn,
    after_working_time,
    days_after,
    find_deadline,
    local_day,
    working_days_after,
)
from returns_portal.returns.workflow import FINAL, Status

NEW_YORK = ZoneInfo("America/New_York")
OFFICE = Calendar(NEW_YORK)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
# Monday, 23 November 2026; Thanksgiving is the 26th.
MONDAY_NOON = datetime(2026, 11, 23, 12, tzinfo=NEW_YORK)


def ny(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=NEW_YORK)  # type: ignore[arg-type]


def a_moment(status: Status, **values: object) -> Moment:
    return Moment(
        **{  # type: ignore[arg-type]
            "status": status,
            "entered_at": MONDAY_NOON.astimezone(UTC),
            "answer_within_hours": 48,
            "send_within_days": 14,
            "clocks": ClockTerms(),
            **values,
        }
    )


class TestDaysAfter:
    @pytest.mark.parametrize(
        ("start", "days", "due"),
        [
            (ny(2026, 11, 23, 12), 0, ny(2026, 11, 23, 23, 59, 59)),
            (ny(2026, 11, 23, 0), 1, ny(2026, 11, 24, 23, 59, 59)),
            (ny(2026, 11, 23, 23, 59, 59), 1, ny(2026, 11, 24, 23, 59, 59)),
            (ny(2026, 11, 24, 0), 1, ny(2026, 11, 25, 23, 59, 59)),
            # Clocks go back on 1 November and forward on 14 March: the day ends at its midnight.
            (ny(2026, 10, 31, 12), 1, ny(2026, 11, 1, 23, 59, 59)),
            (ny(2027, 3, 13, 12), 1, ny(2027, 3, 14, 23, 59, 59)),
            (ny(2028, 2, 28, 12), 1, ny(2028, 2, 29, 23, 59, 59)),
            (ny(2027, 2, 28, 12), 1, ny(2027, 3, 1, 23, 59, 59)),
        ],
    )
    def test_is_the_last_second_of_the_shops_day(
        self, start: datetime, days: int, due: datetime
    ) -> None:
        assert days_after(start, days, OFFICE) == due

    def test_counts_the_shops_day_and_not_that_of_utc(self) -> None:
        evening = datetime(2026, 11, 24, 3, tzinfo=UTC)  # still Monday in New York
        assert days_after(evening, 1, OFFICE) == ny(2026, 11, 24, 23, 59, 59)

    @given(
        st.integers(0, 250_000_000),
        st.integers(0, 400),
    )
    def test_grows_with_the_days_and_never_lies_before_the_start(
        self, seconds: int, days: int
    ) -> None:
        start = datetime(2024, 1, 1, tzinfo=UTC) + seconds * SECOND
        due = days_after(start, days, OFFICE)
        assert start <= due < days_after(start, days + 1, OFFICE)
        assert local_day(due, OFFICE) + timedelta(days=1) == local_day(due + SECOND, OFFICE)
        assert local_day(due, OFFICE) == local_day(start, OFFICE) + timedelta(days=days)


class TestWorkingDays:
    @pytest.mark.parametrize(
        ("start", "days", "due"),
        [
            (ny(2026, 11, 27, 9), 0, ny(2026, 11, 27, 23, 59, 59)),
            (ny(2026, 11, 28, 9), 0, ny(2026, 11, 30, 23, 59, 59)),
            (ny(2026, 11, 27, 9), 1, ny(2026, 11, 30, 23, 59, 59)),
            (ny(2026, 11, 27, 9), 2, ny(2026, 12, 1, 23, 59, 59)),
        ],
    )
    def test_leave_out_the_weekend(self, start: datetime, days: int, due: datetime) -> None:
        assert working_days_after(start, days, OFFICE) == due

    def test_leave_out_holidays(self) -> None:
        closed = Calendar(NEW_YORK, holidays=frozenset({date(2026, 11, 26), date(2026, 11, 27)}))
        assert working_days_after(ny(2026, 11, 25, 9), 1, closed) == ny(2026, 11, 30, 23, 59, 59)

    def test_of_a_shop_that_never_works_are_all_days(self) -> None:
        never = Calendar(NEW_YORK, working_weekdays=frozenset())
        assert working_days_after(ny(2026, 11, 27, 9), 1, never) == ny(2026, 11, 28, 23, 59, 59)


class TestWorkingTime:
    @pytest.mark.parametrize(
        ("start", "hours", "due"),
        [
            (ny(2026, 11, 23, 12), 48, ny(2026, 11, 25, 12)),
            (ny(2026, 11, 27, 12), 48, ny(2026, 12, 1, 12)),
            (ny(2026, 11, 27, 12), 12, ny(2026, 11, 28, 0)),
            (ny(2026, 11, 28, 12), 1, ny(2026, 11, 30, 1)),
            (ny(2026, 11, 27, 23, 59, 59), 1, ny(2026, 11, 30, 0, 59, 59)),
        ],
    )
    def test_passes_on_working_days_only(self, start: datetime, hours: int, due: datetime) -> None:
        assert after_working_time(start, hours * HOUR, OFFICE) == due

    def test_has_an_hour_less_on_the_day_that_clocks_go_forward(self) -> None:
        always = Calendar(NEW_YORK, working_weekdays=frozenset(range(7)))
        start = ny(2027, 3, 14, 0)
        assert after_working_time(start, 24 * HOUR, always) == ny(2027, 3, 15, 1)

    @given(st.integers(0, 500), st.integers(0, 20))
    def test_never_ends_sooner_than_plain_time(self, hours: int, more: int) -> None:
        due = after_working_time(MONDAY_NOON, hours * HOUR, OFFICE)
        assert due >= MONDAY_NOON.astimezone(UTC) + hours * HOUR
        assert after_working_time(MONDAY_NOON, (hours + more) * HOUR, OFFICE) >= due


class TestDeadline:
    def test_of_a_request_is_the_shops_in_hours(self) -> None:
        deadline = find_deadline(a_moment(Status.REQUESTED), OFFICE)
        assert deadline is not None
        assert (deadline.turn, deadline.due_at) == (Turn.SHOP, ny(2026, 11, 25, 12))
        assert deadline.remind_at == ny(2026, 11, 25, 0)

    def test_counts_hours_as_they_pass_over_a_change_of_clocks(self) -> None:
        saturday = ny(2026, 10, 31, 12).astimezone(UTC)
        deadline = find_deadline(a_moment(Status.REQUESTED, entered_at=saturday), OFFICE)
        assert deadline is not None
        assert deadline.due_at == ny(2026, 11, 2, 11)

    def test_counts_working_days_where_the_policy_says_so(self) -> None:
        friday = ny(2026, 11, 27, 12)
        clocks = ClockTerms(counts_working_days=True)
        asked = find_deadline(a_moment(Status.REQUESTED, entered_at=friday, clocks=clocks), OFFICE)
        here = find_deadline(a_moment(Status.RECEIVED, entered_at=friday, clocks=clocks), OFFICE)
        assert asked is not None
        assert here is not None
        assert asked.due_at == ny(2026, 12, 1, 12)
        assert here.due_at == ny(2026, 12, 1, 23, 59, 59)

    @pytest.mark.parametrize("status", [Status.REQUESTED, Status.RECEIVED])
    def test_is_tiktoks_where_tiktok_decides(self, status: Status) -> None:
        tiktok = ny(2026, 11, 24, 7, 30, 1)
        deadline = find_deadline(a_moment(status, decides_at=tiktok), OFFICE)
        assert deadline is not None
        assert deadline.due_at == tiktok

    def test_of_a_question_is_the_shoppers_at_the_end_of_a_day(self) -> None:
        deadline = find_deadline(a_moment(Status.NEEDS_INFO), OFFICE)
        assert deadline is not None
        assert (deadline.turn, deadline.due_at) == (Turn.SHOPPER, ny(2026, 11, 30, 23, 59, 59))
        assert deadline.remind_at == ny(2026, 11, 27, 23, 59, 59)

    def test_of_an_approval_is_to_send_then_to_arrive(self) -> None:
        unsent = find_deadline(a_moment(Status.APPROVED, waits_for_parcel=True), OFFICE)
        sent = find_deadline(a_moment(Status.APPROVED, waits_for_parcel=True, sent=True), OFFICE)
        assert unsent is not None
        assert sent is not None
        assert (unsent.turn, unsent.due_at) == (Turn.SHOPPER, ny(2026, 12, 7, 23, 59, 59))
        assert (sent.turn, sent.due_at) == (Turn.CARRIER, ny(2026, 12, 23, 23, 59, 59))

    def test_is_none_where_the_money_does_not_wait_for_the_parcel(self) -> None:
        assert find_deadline(a_moment(Status.APPROVED), OFFICE) is None

    @pytest.mark.parametrize("status", sorted(FINAL))
    def test_is_none_at_the_end(self, status: Status) -> None:
        assert find_deadline(a_moment(status), OFFICE) is None

    def test_of_a_few_hours_is_reminded_of_half_way(self) -> None:
        deadline = find_deadline(a_moment(Status.REQUESTED, answer_within_hours=4), OFFICE)
        assert deadline is not None
        assert deadline.remind_at == ny(2026, 11, 23, 14)

    @pytest.mark.parametrize(
        ("status", "field", "values"),
        [
            (Status.REQUESTED, "when_unanswered", {}),
            (Status.NEEDS_INFO, "when_info_missing", {}),
            (Status.APPROVED, "when_not_sent", {"waits_for_parcel": True}),
            (Status.APPROVED, "when_not_arrived", {"waits_for_parcel": True, "sent": True}),
            (Status.RECEIVED, "when_not_inspected", {}),
        ],
    )
    def test_is_followed_by_what_the_policy_chose_for_it(
        self, status: Status, field: str, values: dict[str, object]
    ) -> None:
        for chosen in CHOICES[status]:
            moment = a_moment(status, clocks=ClockTerms(**{field: chosen}), **values)  # type: ignore[arg-type]
            deadline = find_deadline(moment, OFFICE)
            assert deadline is not None
            assert deadline.on_expiry is chosen

    def test_leaves_the_decision_to_a_person_unless_told_otherwise(self) -> None:
        clocks = ClockTerms()
        assert {clocks.when_unanswered, clocks.when_not_sent} == {OnExpiry.ASK_PERSON}
