"""Owed operations: written once, claimed by one, never lost."""

from datetime import timedelta

import pytest

from returns_portal.celery import app
from returns_portal.returns import outbox
from returns_portal.returns.models import Operation
from tests.returns.examples import NOON
from tests.returns.factories import OperationFactory, ReturnRequestFactory

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
KIND = Operation.Kind


class TestOwe:
    def test_writes_an_operation_once_by_kind_and_part(self) -> None:
        row = ReturnRequestFactory()
        first = outbox.owe(row, KIND.SEND_EMAIL, part="approved", now=NOON)
        assert outbox.owe(row, KIND.SEND_EMAIL, part="approved", now=NOON) == first
        assert outbox.owe(row, KIND.SEND_EMAIL, part="refunded", now=NOON) != first

    def test_survives_a_broker_that_is_down(
        self, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks
    ) -> None:
        def refuse(*args: object, **kwargs: object) -> None:
            raise ConnectionError("no broker")

        monkeypatch.setattr(app, "send_task", refuse)
        with django_capture_on_commit_callbacks(execute=True) as callbacks:
            operation = outbox.owe(ReturnRequestFactory(), KIND.SEND_EMAIL, now=NOON)
        assert len(callbacks) == 1
        assert outbox.due_operations(NOON) == [operation.pk]


class TestClaim:
    def test_gives_an_operation_to_one_worker_only(self) -> None:
        operation = OperationFactory(due_at=NOON)
        claimed = outbox.claim(operation.pk, now=NOON)
        assert claimed is not None
        assert (claimed.state, claimed.attempts) == ("running", 1)
        assert outbox.claim(operation.pk, now=NOON) is None

    def test_waits_for_the_due_time(self) -> None:
        operation = OperationFactory(due_at=NOON + SECOND)
        assert outbox.claim(operation.pk, now=NOON) is None
        assert outbox.claim(operation.pk, now=NOON + SECOND) is not None

    def test_waits_for_the_operation_before_it(self) -> None:
        first = OperationFactory(due_at=NOON)
        second = OperationFactory(
            due_at=NOON, after=first, return_request=first.return_request, kind="process_return"
        )
        assert outbox.claim(second.pk, now=NOON) is None
        held = outbox.claim(first.pk, now=NOON)
        assert held is not None
        outbox.finish(held, now=NOON)
        assert outbox.claim(second.pk, now=NOON) is not None

    def test_takes_over_when_a_lease_has_run_out(self, settings) -> None:
        settings.OPERATION_LEASE_SECONDS = 60
        operation = OperationFactory(due_at=NOON)
        dead = outbox.claim(operation.pk, now=NOON)
        assert outbox.claim(operation.pk, now=NOON + 60 * SECOND) is None
        alive = outbox.claim(operation.pk, now=NOON + 61 * SECOND)
        assert dead is not None
        assert alive is not None
        with pytest.raises(outbox.LeaseLost):
            outbox.finish(dead, now=NOON)
        outbox.finish(alive, now=NOON + 61 * SECOND)

    @pytest.mark.parametrize("state", ["done", "failed"])
    def test_leaves_what_is_over(self, state: str) -> None:
        assert outbox.claim(OperationFactory(state=state, due_at=NOON).pk, now=NOON) is None


class TestMarkSent:
    def test_renews_a_lease_that_still_holds_and_refuses_one_that_ran_out(self, settings) -> None:
        settings.OPERATION_LEASE_SECONDS = 60
        held = outbox.claim(OperationFactory(due_at=NOON).pk, now=NOON)
        assert held is not None
        outbox.mark_sent(held, now=NOON + 59 * SECOND)
        held.refresh_from_db()
        assert held.sent_at == NOON + 59 * SECOND
        assert held.lease_expires_at == NOON + 119 * SECOND
        with pytest.raises(outbox.LeaseLost):
            outbox.mark_sent(held, now=NOON + 119 * SECOND)


class TestPostpone:
    def test_gives_the_operation_back_for_later(self) -> None:
        held = outbox.claim(OperationFactory(due_at=NOON).pk, now=NOON)
        assert held is not None
        outbox.postpone(held, now=NOON, until=NOON + SECOND, error="Shopify is away.", unknown=True)
        held.refresh_from_db()
        assert (held.state, held.last_error) == ("unknown", "Shopify is away.")
        assert outbox.due_operations(NOON) == []
        assert outbox.due_operations(NOON + SECOND) == [held.pk]
