"""Reminders and expiry: once each, by compare-and-set, as the request's own policy wants."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from returns_portal.returns.history import note_moment
from returns_portal.returns.models import (
    Operation,
    ReservedUnit,
    ReturnRequest,
    ShopCalendar,
)
from returns_portal.returns.policies import read_calendar
from returns_portal.returns.rules import Effect, Spoken
from returns_portal.returns.services import (
    Actor,
    Receipt,
    approve,
    block_shopper,
    cancel,
    keep_time,
    keeping_time,
    may_end,
    receive,
    set_tiktok_deadline,
    tell_tracking,
)
from returns_portal.returns.services.guard import move
from returns_portal.returns.services.keeping_time import run_out
from returns_portal.returns.snapshots import dump
from returns_portal.returns.workflow import Action, InvalidTransition
from tests.returns.examples import NOON, usd
from tests.returns.factories import OperationFactory
from tests.returns.scenes import ask, order_facts
from tests.returns.shop import Shop

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
KEY = "6a1f0f2e-8f0f-4f0e-9f3a-0d7c1f1e2a3b"


def asked(**policy: Any) -> ReturnRequest:
    """A request under a policy that pays once the parcel is there."""
    return ask(order_facts(name="Clocks", refund_on="receipt", **policy))


def approved(**policy: Any) -> ReturnRequest:
    row = asked(**policy)
    return approve(request_id=row.pk, amount=usd("25.99"), actor=Actor.system(), now=NOON)


def asked_back(**policy: Any) -> ReturnRequest:
    row = asked(**policy)
    move(row, Action.ASK, actor=Actor.system(), now=NOON)
    return row


def due(row: ReturnRequest) -> datetime:
    row.refresh_from_db()
    assert row.due_at is not None
    return row.due_at


def parts(row: ReturnRequest) -> list[str]:
    mails = row.operations.filter(kind="send_email").order_by("pk")
    return [part.partition("-")[0] for part in mails.values_list("part", flat=True)]


def kinds(row: ReturnRequest) -> list[str]:
    return list(row.events.order_by("pk").values_list("kind", flat=True))


class TestDueTimes:
    def test_follow_the_status(self) -> None:
        row = asked(send_within_days=10, inspect_within_days=3)
        assert due(row) == NOON + timedelta(hours=48)
        approve(request_id=row.pk, amount=usd("25.99"), actor=Actor.system(), now=NOON)
        assert due(row) == row.send_by == (NOON + 10 * DAY).replace(hour=23, minute=59, second=59)
        line = row.lines.get()
        receive(
            request_id=row.pk,
            received={line.pk: Receipt(1, "RESTOCKED")},
            actor=Actor.system(),
            now=NOON,
        )
        assert due(row) == (NOON + 3 * DAY).replace(hour=23, minute=59, second=59)

    def test_begin_anew_once_the_parcel_is_sent(self) -> None:
        row = approved(arrive_within_days=20)
        tell_tracking(
            request_id=row.pk,
            carrier="ups",
            tracking_number="1Z999AA10123456784",
            actor=Actor.shopper(),
            now=NOON + DAY,
        )
        assert due(row) == (NOON + 21 * DAY).replace(hour=23, minute=59, second=59)

    def test_end_with_the_request(self) -> None:
        row = asked()
        cancel(request_id=row.pk, actor=Actor.shopper(), now=NOON)
        row.refresh_from_db()
        assert (row.due_at, row.remind_at) == (None, None)

    def test_are_tiktoks_where_it_sets_one(self) -> None:
        row = asked()
        decides_at = NOON + timedelta(hours=5)
        set_tiktok_deadline(request_id=row.pk, decides_at=decides_at, now=NOON)
        assert due(row) == decides_at

    def test_leave_out_the_days_that_the_shop_set(self) -> None:
        ShopCalendar.objects.create(working_weekdays=[2], holidays=["2026-11-25"])
        row = asked(counts_working_days=True, answer_within_hours=24)
        # Wednesdays only, and not tomorrow's: the hours pass on 2 December.
        assert due(row) == datetime.fromisoformat("2026-12-03T00:00:00+00:00")
        assert read_calendar().holidays


class TestReminders:
    @pytest.mark.parametrize(
        ("make", "mail"),
        [(approved, "reminder_to_send"), (asked_back, "reminder_to_answer")],
    )
    def test_go_to_the_shopper_once(self, make: Any, mail: str) -> None:
        row = make()
        row.refresh_from_db()
        assert row.remind_at is not None
        assert keep_time(now=row.remind_at - SECOND) == 0
        assert [keep_time(now=row.remind_at) for _again in range(2)] == [1, 0]
        assert parts(row).count(mail) == 1
        assert kinds(row).count("reminded") == 1

    def test_go_to_staff_where_it_is_the_shops_turn(self, settings: Any) -> None:
        settings.STAFF_EMAIL = "desk@example.com"
        row = asked()
        keep_time(now=due(row) - timedelta(hours=12))
        assert parts(row).count("due_soon") == 1
        assert "reminder_to_answer" not in parts(row)
        assert row.events.get(kind="due_soon").message == f"Due {note_moment(due(row))}."

    def test_come_again_for_the_next_deadline(self) -> None:
        row = asked_back()
        for _again in range(2):
            keep_time(now=due(row) - DAY)
            move(row, Action.ANSWER, actor=Actor.shopper(), now=NOON)
            move(row, Action.ASK, actor=Actor.system(), now=NOON)
        assert parts(row).count("reminder_to_answer") == 2


class TestExpiry:
    @pytest.mark.parametrize(
        ("make", "policy", "status"),
        [
            (asked, {"when_unanswered": "ask_person"}, "requested"),
            (asked, {"when_unanswered": "approve"}, "approved"),
            (asked, {"when_unanswered": "decline"}, "declined"),
            (asked, {"when_unanswered": "expire"}, "expired"),
            (asked_back, {"when_info_missing": "ask_person"}, "needs_info"),
            (asked_back, {"when_info_missing": "decline"}, "declined"),
            (asked_back, {"when_info_missing": "expire"}, "expired"),
            (approved, {"when_not_sent": "ask_person"}, "approved"),
            (approved, {"when_not_sent": "expire"}, "expired"),
            (approved, {"when_not_sent": "close"}, "expired"),
        ],
    )
    def test_does_what_the_policy_chose_and_not_before_its_time(
        self, make: Any, policy: dict[str, str], status: str
    ) -> None:
        row = make(**policy)
        at, before = due(row), row.status
        keep_time(now=at)
        row.refresh_from_db()
        assert row.status == before
        assert run_out(request_id=row.pk, now=at + SECOND)
        row.refresh_from_db()
        assert row.status == status
        assert not run_out(request_id=row.pk, now=at + SECOND)

    def test_asks_a_person_once(self, settings: Any) -> None:
        settings.STAFF_EMAIL = "desk@example.com"
        row = asked()
        late = due(row) + SECOND
        assert [keep_time(now=late) for _again in range(3)] == [1, 0, 0]
        row.refresh_from_db()
        assert "Overdue" in row.attention
        assert parts(row).count("overdue") == 1
        assert row.status == "requested"

    def test_approves_for_the_quoted_amount(self) -> None:
        row = asked(when_unanswered="approve")
        keep_time(now=due(row) + SECOND)
        row.refresh_from_db()
        assert row.approved_amount == row.quoted_amount

    def test_never_approves_for_a_blocked_shopper(self) -> None:
        row = asked(when_unanswered="approve")
        block_shopper(request_id=row.pk, reason="Empty boxes.", actor=Actor.system(), now=NOON)
        keep_time(now=due(row) + SECOND)
        row.refresh_from_db()
        assert row.status == "requested"
        assert "blocked: a person decides" in row.attention

    @pytest.mark.parametrize(("overruled_by", "status"), [("", "requested"), ("VIPs", "approved")])
    def test_never_approves_what_a_rule_sends_to_review(
        self, overruled_by: str, status: str
    ) -> None:
        row = asked(when_unanswered="approve")
        said = Spoken("a", "Often", Effect("send_to_review"), overruled_by)
        row.lines.update(rule_trace=dump((said,)))
        keep_time(now=due(row) + SECOND)
        row.refresh_from_db()
        assert row.status == status
        assert ("wants a person to decide" in row.attention) is not bool(overruled_by)

    def test_frees_the_units_and_tells_the_shopper(self) -> None:
        row = asked_back()
        keep_time(now=due(row) + SECOND)
        assert not ReservedUnit.objects.exists()
        assert "expired" in parts(row)
        assert "expired" in kinds(row)

    def test_of_a_parcel_on_its_way_is_another_choice(self) -> None:
        row = approved(when_not_sent="expire", when_not_arrived="ask_person")
        tell_tracking(
            request_id=row.pk,
            carrier="ups",
            tracking_number="1Z999AA10123456784",
            actor=Actor.shopper(),
            now=NOON,
        )
        keep_time(now=due(row) + SECOND)
        row.refresh_from_db()
        assert row.status == "approved"
        assert row.attention

    def test_is_left_to_a_person_once_money_moves(self) -> None:
        row = approved(when_not_sent="expire")
        OperationFactory(
            return_request=row,
            kind="process_return",
            state="running",
            lease=KEY,
            lease_expires_at=NOON,
        )
        keep_time(now=due(row) + SECOND)
        row.refresh_from_db()
        assert row.status == "approved"
        assert "cannot be expired" in row.attention

    def test_does_nothing_for_a_request_that_somebody_answered_in_between(self) -> None:
        row = asked(when_unanswered="decline")
        late = due(row) + SECOND
        approve(request_id=row.pk, amount=usd("25.99"), actor=Actor.system(), now=NOON)
        assert not run_out(request_id=row.pk, now=late)
        row.refresh_from_db()
        assert row.status == "approved"


class TestCancelAfterApproval:
    def test_never_opens_what_was_not_opened(self) -> None:
        row = approved()
        cancel(request_id=row.pk, actor=Actor.shopper(), now=NOON)
        assert row.operations.get(kind="create_return").state == Operation.State.SKIPPED
        assert not row.operations.filter(kind="cancel_return").exists()
        assert not ReservedUnit.objects.exists()

    @pytest.mark.parametrize("state", ["running", "unknown"])
    def test_waits_for_an_opening_under_way(self, state: str) -> None:
        row = approved()
        row.operations.filter(kind="create_return").update(
            state=state, lease=KEY, lease_expires_at=NOON, sent_at=NOON
        )
        cancel(request_id=row.pk, actor=Actor.shopper(), now=NOON)
        assert row.operations.get(kind="cancel_return").after is not None

    def test_is_refused_where_the_refund_came_with_the_approval(self) -> None:
        row = ask()
        approve(request_id=row.pk, amount=usd("25.99"), actor=Actor.system(), now=NOON)
        row.refresh_from_db()
        assert not may_end(row)
        with pytest.raises(InvalidTransition):
            cancel(request_id=row.pk, actor=Actor.shopper(), now=NOON)
        assert ReservedUnit.objects.count() == 1

    def test_cancels_the_return_in_shopify_and_frees_its_units(self, shop: Shop) -> None:
        row = shop.ask(units=1)
        ReturnRequest.objects.filter(pk=row.pk).update(
            policy_terms={**row.policy_terms, "refund_on": "receipt"}
        )
        shop.approve(row)
        shop.work(rounds=2)
        row.refresh_from_db()
        assert row.shopify_return_id
        cancel(request_id=row.pk, actor=Actor.shopper(), now=shop.now)
        shop.work(rounds=2)
        found = [
            r
            for r in shop.order(row.shopify_order_id)["returns"]
            if r["id"] == row.shopify_return_id
        ]
        assert [r["status"] for r in found] == ["CANCELED"]
        again = shop.ask(units=1)
        assert again.lines.get().fulfillment_line_item_id == (
            row.lines.get().fulfillment_line_item_id
        )


class TestOneThatBreaks:
    def test_keeps_none_of_the_others(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        broken, sound = asked(when_unanswered="decline"), asked(when_unanswered="decline")
        later = max(due(broken), due(sound)) + SECOND
        shown = keeping_time.action_on_expiry

        def break_one(row: ReturnRequest) -> Any:
            if row.pk == broken.pk:
                raise TypeError("a policy with a hole in it")
            return shown(row)

        monkeypatch.setattr(keeping_time, "action_on_expiry", break_one)
        assert keep_time(now=later) == 1
        sound.refresh_from_db()
        broken.refresh_from_db()
        assert (sound.status, broken.status) == ("declined", "requested")
        assert str(broken.pk) in caplog.text
