"""How long a step is tried before a person must look: banks may take days, Shopify no hours."""

from datetime import timedelta

import pytest

from returns_portal.returns.models import Operation
from returns_portal.returns.outbox import MAX_ATTEMPTS
from returns_portal.returns.processing import run
from returns_portal.returns.processing.step import NotYet, Step
from tests.returns.examples import NOON
from tests.returns.factories import OperationFactory

pytestmark = pytest.mark.django_db
Kind = Operation.Kind


def not_yet(step: Step) -> None:
    raise NotYet("The bank has not answered.")


@pytest.fixture(autouse=True)
def silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step is told that it is too early."""
    monkeypatch.setattr(run, "HANDLERS", dict.fromkeys(Kind, not_yet))


def tried(kind: Kind, *, days: int) -> Operation:
    """A step that was tried as often as may be, and is tried once more after so many days."""
    step = OperationFactory(
        kind=kind, attempts=MAX_ATTEMPTS, created_at=NOON - timedelta(days=days), due_at=NOON
    )
    run.carry_out(step.pk, clock=lambda: NOON)
    step.refresh_from_db()
    return step


class TestPatience:
    def test_of_a_step_in_shopify_ends_with_a_person(self) -> None:
        assert tried(Kind.PROCESS_RETURN, days=1).state == Operation.State.FAILED

    def test_for_a_bank_lasts_two_weeks_at_an_hour_each(self) -> None:
        step = tried(Kind.CONFIRM_REFUND, days=13)
        assert step.state == Operation.State.PENDING
        assert step.due_at == NOON + timedelta(hours=1)

    def test_for_a_bank_ends_as_well(self) -> None:
        assert tried(Kind.CONFIRM_REFUND, days=14).state == Operation.State.FAILED
