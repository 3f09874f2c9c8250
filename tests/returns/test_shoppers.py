"""Shoppers known again by digests: history, signals and the block list."""

from datetime import timedelta

import pytest

from returns_portal.returns.models import BlockedShopper, ReturnRequest
from returns_portal.returns.services import Actor, Refused, block_shopper, unblock_shopper
from returns_portal.returns.shoppers import (
    Signal,
    is_blocked,
    keys_of,
    note_keys,
    read_history,
)
from tests.returns.examples import NOON
from tests.returns.factories import UserFactory, request_with_line
from tests.returns.scenes import ask

pytestmark = pytest.mark.django_db


def staff() -> Actor:
    return Actor.staff(UserFactory(staff=True))


def known(email: str = "ada@example.com", **values: object) -> ReturnRequest:
    row = request_with_line(**{"requested_at": NOON, **values})
    note_keys(row, None, email)
    return row


class TestKeys:
    def test_are_the_same_however_the_address_is_written(self) -> None:
        assert keys_of(None, " Ada@Example.com ") == keys_of(None, "ada@example.com")

    def test_leave_out_addresses_that_tell_nothing(self) -> None:
        assert keys_of(None, "", "x@scs.tiktokw.us", "a***@example.com") == []

    def test_name_nobody(self) -> None:
        [(_kind, value)] = keys_of(None, "ada@example.com")
        assert "ada" not in value
        assert len(value) == 64

    def test_are_kept_with_a_new_request(self) -> None:
        assert ask(email="ada@example.com").shopper_keys.exists()


class TestHistory:
    def test_finds_the_shopper_s_other_requests(self) -> None:
        earlier, row = known(requested_at=NOON - timedelta(days=5)), known()
        known("grace@example.com")
        assert read_history(row, now=NOON).earlier == (earlier,)

    def test_says_that_nothing_is_known_of_an_anonymous_shopper(self) -> None:
        history = read_history(known("x@scs.tiktokw.us"), now=NOON)
        assert (history.known, history.earlier) == (False, ())

    def test_tells_a_repeat_returner(self) -> None:
        for days in (3, 10, 80):
            known(requested_at=NOON - timedelta(days=days))
        assert Signal.REPEAT_RETURNER in read_history(known(), now=NOON).signals

    def test_forgives_what_is_long_ago_or_was_canceled(self) -> None:
        known(requested_at=NOON - timedelta(days=200))
        known(requested_at=NOON - timedelta(days=3), canceled=True)
        known(requested_at=NOON - timedelta(days=2))
        assert read_history(known(), now=NOON).signals == ()

    def test_tells_of_a_parcel_that_was_empty(self) -> None:
        earlier = known(approved=True)
        earlier.lines.update(approved_quantity=1, received_quantity=0)
        assert Signal.EMPTY_PARCEL in read_history(known(), now=NOON).signals

    def test_tells_that_nobody_checked_who_it_is(self) -> None:
        row = known(identity_verified=False)
        assert Signal.NOT_VERIFIED in read_history(row, now=NOON).signals

    def test_reads_no_more_however_many_there_are(
        self, django_assert_max_num_queries: object
    ) -> None:
        for _number in range(60):
            known()
        row = known()
        with django_assert_max_num_queries(7):  # type: ignore[operator]
            history = read_history(row, now=NOON)
        assert len(history.earlier) <= 50


class TestBlockList:
    def test_holds_for_every_request_of_the_shopper(self) -> None:
        block_shopper(request_id=known().pk, reason="Empty boxes.", actor=staff(), now=NOON)
        assert is_blocked(known())
        assert not is_blocked(known("grace@example.com"))
        assert Signal.BLOCKED in read_history(known(), now=NOON).signals

    def test_wants_a_reason(self) -> None:
        row = known()
        with pytest.raises(Refused):
            block_shopper(request_id=row.pk, reason=" ", actor=staff(), now=NOON)
        assert not BlockedShopper.objects.exists()

    def test_refuses_a_shopper_whom_nothing_tells_from_others(self) -> None:
        row = known("x@scs.tiktokw.us")
        with pytest.raises(Refused):
            block_shopper(request_id=row.pk, reason="Empty boxes.", actor=staff(), now=NOON)

    def test_can_be_left_again_and_both_are_written_down(self) -> None:
        row = known()
        block_shopper(request_id=row.pk, reason="Empty boxes.", actor=staff(), now=NOON)
        unblock_shopper(request_id=row.pk, actor=staff(), now=NOON)
        assert not is_blocked(row)
        assert list(row.events.values_list("kind", flat=True)) == ["blocked", "unblocked"]
        block_shopper(request_id=row.pk, reason="Again.", actor=staff(), now=NOON)
        assert is_blocked(row)

    def test_keeps_the_request_itself_as_it_is(self) -> None:
        row = known()
        block_shopper(request_id=row.pk, reason="Empty boxes.", actor=staff(), now=NOON)
        row.refresh_from_db()
        assert row.status == "requested"
