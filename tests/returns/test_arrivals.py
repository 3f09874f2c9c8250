"""Arrivals: parcels add up, money waits for them where it should, and a mistake can be undone."""

from datetime import timedelta
from decimal import Decimal

import pytest

from returns_portal.returns.models import (
    ConditionGrade,
    Operation,
    Parcel,
    ReturnLineItem,
    ReturnRequest,
)
from returns_portal.returns.outbox import due_operations
from returns_portal.returns.services import Actor, Refused, approve, cancel
from returns_portal.returns.services.arrivals import (
    Arrival,
    finish_receipt,
    match_parcel,
    note_parcel,
    note_unknown_parcel,
    undo_parcel,
    undo_window,
)
from tests.returns.examples import NOON, usd
from tests.returns.factories import request_with_line
from tests.returns.scenes import ask, order_facts

pytestmark = pytest.mark.django_db
BENCH = Actor.system()


@pytest.fixture(autouse=True)
def grades() -> None:
    ConditionGrade.objects.create(code="original", label="Original")
    ConditionGrade.objects.create(
        code="severe-damage", label="Severe damage", disposition="NOT_RESTOCKED"
    )


def two_units(*, on_receipt: bool = True, approved: bool = True) -> ReturnRequest:
    facts = order_facts(paid_on_receipt=True) if on_receipt else order_facts()
    made = ask(facts, quantity=2)
    if approved:
        approve(request_id=made.pk, amount=usd("51.98"), actor=BENCH, now=NOON)
    made.refresh_from_db()
    return made


def line_of(request: ReturnRequest) -> ReturnLineItem:
    return request.lines.get()


def note(request: ReturnRequest, units: int = 1, **more: str) -> Parcel:
    arrival = Arrival(line_of(request).pk, units, **{"disposition": "RESTOCKED", **more})
    return note_parcel(request_id=request.pk, arrivals=[arrival], actor=BENCH, now=NOON)


def money_owed(request: ReturnRequest) -> list[str]:
    return list(request.operations.filter(kind="process_return").values_list("state", flat=True))


class TestParcels:
    def test_add_up_and_the_last_one_receives_the_request(self) -> None:
        made = two_units()
        note(made)
        made.refresh_from_db()
        assert (made.status, line_of(made).received_quantity, money_owed(made)) == (
            "approved",
            1,
            [],
        )
        note(made)
        made.refresh_from_db()
        assert (made.status, line_of(made).received_quantity, money_owed(made)) == (
            "received",
            2,
            ["pending"],
        )
        assert made.approved_amount == Decimal("51.98")

    def test_keep_the_grade_and_where_the_goods_go(self) -> None:
        made = two_units()
        note(made, 2, grade="severe-damage", disposition="NOT_RESTOCKED")
        line = line_of(made)
        assert (line.condition, line.disposition) == ("severe-damage", "NOT_RESTOCKED")

    @pytest.mark.parametrize("units", [0, -1, 3])
    def test_hold_no_more_than_is_missing(self, units: int) -> None:
        made = two_units()
        with pytest.raises(Refused):
            note(made, units)
        assert not Parcel.objects.exists()

    def test_hold_nothing_of_another_request(self) -> None:
        made, other = two_units(), request_with_line()
        arrival = Arrival(line_of(other).pk, 1, "RESTOCKED")
        with pytest.raises(Refused):
            note_parcel(request_id=made.pk, arrivals=[arrival], actor=BENCH, now=NOON)
        assert line_of(other).received_quantity is None

    def test_take_no_condition_that_nobody_knows(self) -> None:
        with pytest.raises(Refused, match="condition"):
            note(two_units(), grade="made-up")


class TestFinishing:
    def test_pays_for_what_came_and_not_for_the_rest(self) -> None:
        made = two_units()
        note(made)
        finish_receipt(request_id=made.pk, actor=BENCH, now=NOON)
        made.refresh_from_db()
        assert (made.status, made.approved_amount) == ("received", Decimal("25.99"))
        assert line_of(made).units_back == 1
        assert made.operations.filter(kind="send_email", part="received_partly").exists()

    def test_needs_something_that_arrived(self) -> None:
        made = two_units()
        with pytest.raises(Refused, match="Nothing has arrived"):
            finish_receipt(request_id=made.pk, actor=BENCH, now=NOON)

    def test_leaves_the_money_alone_where_approval_pays(self) -> None:
        made = two_units(on_receipt=False)
        note(made)
        finish_receipt(request_id=made.pk, actor=BENCH, now=NOON)
        made.refresh_from_db()
        assert (made.approved_amount, line_of(made).units_back) == (Decimal("51.98"), 2)


class TestTiming:
    def test_of_goods_that_come_before_the_decision_waits_for_it(self) -> None:
        made = two_units(approved=False)
        note(made, 2)
        made.refresh_from_db()
        assert (made.status, money_owed(made)) == ("requested", [])
        approve(request_id=made.pk, amount=usd("51.98"), actor=BENCH, now=NOON)
        made.refresh_from_db()
        assert (made.status, money_owed(made)) == ("received", ["pending"])

    def test_of_goods_that_come_after_the_end_is_told_to_staff(self) -> None:
        made = two_units(approved=False)
        cancel(request_id=made.pk, actor=Actor.shopper(), now=NOON)
        note(made, 2)
        made.refresh_from_db()
        assert made.status == "canceled"
        assert "A parcel arrived" in made.attention

    def test_tells_staff_of_goods_restocked_at_approval_that_came_back_unfit(self) -> None:
        made = two_units(on_receipt=False)
        made.operations.filter(kind="process_return").update(sent_at=NOON)
        note(made, 2, disposition="NOT_RESTOCKED")
        made.refresh_from_db()
        assert "came back unfit" in made.attention


class TestUndo:
    def test_takes_receipt_money_and_mail_back(self) -> None:
        made = two_units()
        parcel = note(made, 2)
        undo_parcel(parcel_id=parcel.pk, actor=BENCH, now=NOON + timedelta(minutes=1))
        made.refresh_from_db()
        assert (made.status, line_of(made).received_quantity, money_owed(made)) == (
            "approved",
            None,
            [],
        )
        assert not made.operations.filter(part__startswith="received").exists()
        assert [event.kind for event in made.events.all()][-1] == "parcel_undone"

    def test_lets_it_be_noted_again(self) -> None:
        made = two_units()
        undo_parcel(parcel_id=note(made, 2).pk, actor=BENCH, now=NOON)
        note(made, 2)
        made.refresh_from_db()
        assert (made.status, money_owed(made)) == ("received", ["pending"])

    def test_brings_the_approved_amount_back(self) -> None:
        made = two_units()
        parcel = note(made)
        finish_receipt(request_id=made.pk, actor=BENCH, now=NOON)
        undo_parcel(parcel_id=parcel.pk, actor=BENCH, now=NOON)
        made.refresh_from_db()
        assert (made.status, made.approved_amount) == ("approved", Decimal("51.98"))

    def test_leaves_the_other_parcel(self) -> None:
        made = two_units()
        note(made)
        undo_parcel(parcel_id=note(made).pk, actor=BENCH, now=NOON)
        assert line_of(made).received_quantity == 1

    def test_twice_is_once(self) -> None:
        made = two_units()
        parcel = note(made, 2)
        for _ in range(2):
            undo_parcel(parcel_id=parcel.pk, actor=BENCH, now=NOON)
        assert made.events.filter(kind="parcel_undone").count() == 1

    @pytest.mark.parametrize("started", [{"state": "running"}, {"attempts": 1}, {"state": "done"}])
    def test_is_refused_once_money_may_have_moved(self, started: dict[str, object]) -> None:
        made = two_units()
        parcel = note(made, 2)
        more = {"lease": made.submission_key, "lease_expires_at": NOON}
        made.operations.filter(kind="process_return").update(**started, **more)
        with pytest.raises(Refused, match="under way"):
            undo_parcel(parcel_id=parcel.pk, actor=BENCH, now=NOON)
        made.refresh_from_db()
        assert (made.status, line_of(made).received_quantity) == ("received", 2)

    def test_has_its_time_before_money_and_mail_are_due(self) -> None:
        made = two_units()
        Operation.objects.filter(kind="create_return").update(state="done")
        note(made, 2)
        mine = made.operations.filter(kind="process_return").values_list("pk", flat=True)
        assert not set(mine) & set(due_operations(NOON + undo_window() - timedelta(seconds=1)))
        assert set(mine) <= set(due_operations(NOON + undo_window()))


class TestParcelOfNobody:
    def test_waits_until_somebody_finds_its_request(self) -> None:
        parcel = note_unknown_parcel(
            tracking_number="1Z999", note="A red coat", actor=BENCH, now=NOON
        )
        made = two_units()
        match_parcel(parcel_id=parcel.pk, request_id=made.pk, actor=BENCH, now=NOON)
        parcel.refresh_from_db()
        assert parcel.return_request == made

    def test_needs_something_to_know_it_by(self) -> None:
        with pytest.raises(Refused):
            note_unknown_parcel(tracking_number="", note="", actor=BENCH, now=NOON)

    def test_is_matched_once(self) -> None:
        parcel = note(two_units())
        with pytest.raises(Refused, match="matched already"):
            match_parcel(parcel_id=parcel.pk, request_id=two_units_id(), actor=BENCH, now=NOON)


def two_units_id() -> int:
    return int(request_with_line().pk)
