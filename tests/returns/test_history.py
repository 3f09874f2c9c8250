"""History: nobody edits or deletes it, neither by the ORM nor in the database itself."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, transaction

from returns_portal.returns import outbox
from returns_portal.returns.history import Actor, note_moment, record_event, tell_moments
from returns_portal.returns.keeping import COLUMNS, sqlite_triggers
from returns_portal.returns.models import Attempt, Operation, ReturnEvent
from returns_portal.returns.models.kept import HistoryIsKept
from returns_portal.returns.services.privacy import erase_customer
from tests.returns.examples import NOON
from tests.returns.factories import OperationFactory, UserFactory, request_with_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(db: None) -> ReturnEvent:
    row = request_with_line(contact_email="dana@example.com")
    return record_event(row, "sent", actor=Actor.shopper(), now=NOON, message="UPS 1Z999")


@pytest.fixture
def attempt(db: None) -> Attempt:
    operation = OperationFactory(due_at=NOON)
    held = outbox.claim(operation.pk, now=NOON)
    assert held
    outbox.fail(held, now=NOON, error="Shopify said no.")
    return Attempt.objects.get()


@pytest.fixture
def change(db: None) -> LogEntry:
    user = UserFactory(admin=True)
    return LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(ReturnEvent),
        object_id="1",
        object_repr="x",
        action_flag=CHANGE,
    )


@pytest.fixture(autouse=True)
def deletions_are_refused(db: None) -> None:
    """Puts back the triggers that the tests take away on SQLite, to empty tables after them."""
    if connection.vendor != "sqlite":
        return
    for table in COLUMNS:
        with connection.cursor() as cursor:
            cursor.execute(sqlite_triggers(table)[1])


def run(statement: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


class TestOrm:
    def test_refuses_to_update_events(self, event: ReturnEvent) -> None:
        with pytest.raises(HistoryIsKept):
            ReturnEvent.objects.update(message="")

    def test_refuses_to_update_many_at_once(self, event: ReturnEvent) -> None:
        with pytest.raises(HistoryIsKept):
            ReturnEvent.objects.bulk_update([event], ["message"])

    def test_refuses_to_delete_events(self, event: ReturnEvent) -> None:
        with pytest.raises(HistoryIsKept):
            ReturnEvent.objects.all().delete()

    def test_refuses_by_the_relation_too(self, event: ReturnEvent) -> None:
        with pytest.raises(HistoryIsKept):
            event.return_request.events.all().delete()


class TestDatabase:
    @pytest.mark.parametrize(
        "column", ["kind", "actor_name", "occurred_at", "from_status", "shopper_sees"]
    )
    def test_refuses_to_edit_an_event(self, event: ReturnEvent, column: str) -> None:
        setattr(event, column, {"occurred_at": None, "shopper_sees": True}.get(column, "other"))
        if column == "occurred_at":
            event.occurred_at = NOON.replace(year=2020)
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            event.save()

    def test_refuses_to_write_other_words(self, event: ReturnEvent) -> None:
        with pytest.raises(IntegrityError, match="never changed"):
            run("UPDATE returns_returnevent SET message = %s", "It was never sent.")

    def test_refuses_to_empty_the_words_and_change_something_with_it(
        self, event: ReturnEvent
    ) -> None:
        with pytest.raises(IntegrityError, match="never changed"):
            run("UPDATE returns_returnevent SET message = '', kind = 'approved'")

    def test_refuses_to_delete_an_event(self, event: ReturnEvent) -> None:
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            event.delete()
        assert ReturnEvent.objects.count() == 1

    def test_refuses_to_edit_or_delete_an_attempt(self, attempt: Attempt) -> None:
        for statement in ("UPDATE returns_attempt SET number = 9", "DELETE FROM returns_attempt"):
            with pytest.raises(IntegrityError, match="never changed"):
                run(statement)

    def test_refuses_to_edit_or_delete_what_staff_changed(self, change: LogEntry) -> None:
        for statement in (
            "UPDATE django_admin_log SET change_message = ''",
            "DELETE FROM django_admin_log",
        ):
            with pytest.raises(IntegrityError, match="never changed"):
                run(statement)

    def test_knows_every_column_of_the_tables_it_keeps(self) -> None:
        for model in (ReturnEvent, Attempt):
            columns = {field.column for field in model._meta.fields}
            assert columns == set(COLUMNS[model._meta.db_table])


class TestErasure:
    def test_empties_the_words_of_a_person_and_leaves_the_fact(self, event: ReturnEvent) -> None:
        order_id = event.return_request.shopify_order_id
        assert erase_customer(order_ids=[order_id], actor=Actor.shopify(), now=NOON) == 1
        event.refresh_from_db()
        assert (event.kind, event.message) == ("sent", "")


class TestAttempts:
    def test_are_logged_with_their_answers_in_order(self) -> None:
        operation = OperationFactory(due_at=NOON)
        for at_last in (False, True):
            held = outbox.claim(operation.pk, now=NOON)
            assert held
            if at_last:
                outbox.finish(held, now=NOON)
            else:
                outbox.postpone(held, now=NOON, until=NOON, error="Shopify is away.")
        logged = Attempt.objects.filter(operation=operation).values_list(
            "number", "outcome", "answer"
        )
        assert list(logged) == [(1, "postponed", "Shopify is away."), (2, "done", "")]

    def test_stay_when_a_later_one_succeeds(self, attempt: Attempt) -> None:
        Operation.objects.update(state="done", last_error="")
        assert Attempt.objects.get().answer == "Shopify said no."


class TestMoments:
    def test_are_kept_in_utc_and_told_as_the_reader_wants_them(self) -> None:
        at = datetime(2026, 12, 5, 13, 38, tzinfo=ZoneInfo("America/New_York"))
        kept = f"Due {note_moment(at)}."
        assert kept == "Due 2026-12-05 18:38 UTC."
        assert tell_moments(kept, lambda told: f"<{told == at}>") == "Due <True>."

    @pytest.mark.parametrize("words", ["", "Due soon.", "2026-12-05", "2026-13-45 99:99 UTC"])
    def test_that_are_none_stay_as_they_are(self, words: str) -> None:
        assert tell_moments(words, str) == words
