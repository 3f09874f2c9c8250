"""Approve, decline, cancel, receive: who may, from where, and what is owed for it."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from returns_portal.returns.models import Operation, ReservedUnit, ReturnRequest
from returns_portal.returns.services import (
    Actor,
    Decision,
    LineDecision,
    Receipt,
    Refused,
    approve,
    cancel,
    decline,
    receive,
    retry_operation,
)
from returns_portal.returns.workflow import Action, InvalidTransition, Status, next_status
from returns_portal.shopify.types import Money
from tests.returns.examples import NOON, usd
from tests.returns.factories import (
    OperationFactory,
    ReturnPolicyFactory,
    UserFactory,
    request_with_line,
)
from tests.returns.scenes import ask, order_facts

pytestmark = pytest.mark.django_db


def staff() -> Actor:
    return Actor.staff(UserFactory(staff=True))


def owed(return_request: ReturnRequest) -> list[tuple[str, str]]:
    return list(return_request.operations.order_by("pk").values_list("kind", "part"))


class TestApprove:
    def test_owes_the_return_then_the_money_and_a_mail(self) -> None:
        made = ask()
        approve(request_id=made.pk, amount=usd("25.99"), actor=staff(), now=NOON)
        made.refresh_from_db()
        assert (made.status, made.approved_amount) == ("approved", Decimal("25.99"))
        assert owed(made) == [
            ("send_email", "requested"),
            ("create_return", ""),
            ("process_return", ""),
            ("send_email", "approved"),
        ]
        paying = made.operations.get(kind="process_return")
        assert paying.after == made.operations.get(kind="create_return")

    def test_leaves_the_money_to_receipt_where_the_policy_says_so(self) -> None:
        made = ask(order_facts(paid_on_receipt=True))
        approve(request_id=made.pk, amount=usd("25.99"), actor=staff(), now=NOON)
        assert "process_return" not in dict(owed(made))

    def test_records_who_approved_how_much(self) -> None:
        made = ask()
        user = UserFactory(staff=True)
        approve(request_id=made.pk, amount=usd("25.99"), actor=Actor.staff(user), now=NOON)
        event = made.events.get(kind="approved")
        assert (event.user, event.from_status, event.to_status) == (user, "requested", "approved")
        assert "25.99 USD" in event.message

    def test_a_second_time_changes_nothing(self) -> None:
        made = ask()
        approve(request_id=made.pk, amount=usd("25.99"), actor=staff(), now=NOON)
        with pytest.raises(InvalidTransition):
            approve(request_id=made.pk, amount=usd("99.00"), actor=staff(), now=NOON)
        made.refresh_from_db()
        assert made.approved_amount == Decimal("25.99")
        assert len(owed(made)) == 4

    @pytest.mark.parametrize("amount", [usd("-1"), Money(Decimal("25.99"), "EUR")])
    def test_refuses_an_amount_that_cannot_be(self, amount: Money) -> None:
        made = ask()
        with pytest.raises(Refused):
            approve(request_id=made.pk, amount=amount, actor=staff(), now=NOON)
        made.refresh_from_db()
        assert made.status == "requested"

    def test_refuses_a_request_that_was_changed_since_the_person_looked(self) -> None:
        made = ask()
        old = made.quoted_amount + 1
        with pytest.raises(Refused, match="changed"):
            approve(request_id=made.pk, amount=usd("25.99"), quoted=old, actor=staff(), now=NOON)
        made.refresh_from_db()
        assert made.status == "requested"

    def test_notes_where_the_goods_go(self) -> None:
        made = ask()
        line = made.lines.get()
        approve(
            request_id=made.pk,
            amount=usd("25.99"),
            actor=staff(),
            now=NOON,
            decision=Decision((LineDecision(line.pk, 1, disposition="NOT_RESTOCKED"),)),
        )
        line.refresh_from_db()
        assert line.disposition == "NOT_RESTOCKED"

    def test_refuses_the_line_of_another_request(self) -> None:
        made, other = ask(), request_with_line()
        with pytest.raises(Refused):
            approve(
                request_id=made.pk,
                amount=usd("25.99"),
                actor=staff(),
                now=NOON,
                decision=Decision((LineDecision(other.lines.get().pk, 1),)),
            )
        made.refresh_from_db()
        assert made.status == "requested"


class TestDecline:
    def test_frees_the_units_and_mails_the_reason(self) -> None:
        made = ask()
        decline(request_id=made.pk, reason="The seal is broken.", actor=staff(), now=NOON)
        made.refresh_from_db()
        assert (made.status, made.decline_reason) == ("declined", "The seal is broken.")
        assert ("send_email", "declined") in owed(made)
        assert not ReservedUnit.objects.exists()

    def test_wants_a_reason(self) -> None:
        with pytest.raises(Refused, match="Say why"):
            decline(request_id=ask().pk, reason="  ", actor=staff(), now=NOON)


class TestReceive:
    def test_counts_what_came_and_then_owes_the_money(self) -> None:
        made = ask(order_facts(paid_on_receipt=True), quantity=2)
        approve(request_id=made.pk, amount=usd("51.98"), actor=staff(), now=NOON)
        line = made.lines.get()
        receive(
            request_id=made.pk,
            received={line.pk: Receipt(2, "RESTOCKED")},
            actor=staff(),
            now=NOON,
        )
        line.refresh_from_db()
        assert line.received_quantity == 2
        assert ("process_return", "") in owed(made)
        assert ("send_email", "received") in owed(made)

    @pytest.mark.parametrize("count", [0, -1, 3])
    def test_refuses_counts_that_cannot_be(self, count: int) -> None:
        made = ask(order_facts(paid_on_receipt=True), quantity=2)
        approve(request_id=made.pk, amount=usd("51.98"), actor=staff(), now=NOON)
        line = made.lines.get()
        with pytest.raises(Refused):
            receive(
                request_id=made.pk,
                received={line.pk: Receipt(count, "RESTOCKED")},
                actor=staff(),
                now=NOON,
            )
        made.refresh_from_db()
        assert made.status == "approved"


ACTS: dict[Action, Callable[[ReturnRequest], object]] = {
    Action.APPROVE: lambda row: approve(
        request_id=row.pk, amount=usd("24.49"), actor=staff(), now=NOON
    ),
    Action.DECLINE: lambda row: decline(request_id=row.pk, reason="No.", actor=staff(), now=NOON),
    Action.CANCEL: lambda row: cancel(request_id=row.pk, actor=Actor.shopper(), now=NOON),
    Action.RECEIVE: lambda row: receive(
        request_id=row.pk,
        received={row.lines.get().pk: Receipt(1, "RESTOCKED")},
        actor=staff(),
        now=NOON,
    ),
}
TRAITS = {
    Status.REQUESTED: {},
    Status.NEEDS_INFO: {"status": Status.NEEDS_INFO},
    Status.EXPIRED: {"status": Status.EXPIRED},
    Status.APPROVED: {"approved": True},
    Status.DECLINED: {"declined": True},
    Status.CANCELED: {"canceled": True},
    Status.RECEIVED: {"approved": True, "status": Status.RECEIVED},
    Status.CLOSED: {"refunded": True},
}


class TestEveryMove:
    @pytest.mark.parametrize("status", Status)
    @pytest.mark.parametrize("action", ACTS)
    def test_goes_where_the_workflow_says_or_changes_nothing(
        self, action: Action, status: Status
    ) -> None:
        # What is paid with its approval can't be taken back afterwards.
        policy = ReturnPolicyFactory(paid_on_receipt=action is Action.CANCEL)
        row = request_with_line(**TRAITS[status], policy=policy)
        try:
            expected = next_status(action, status)
        except InvalidTransition:
            with pytest.raises(InvalidTransition):
                ACTS[action](row)
            row.refresh_from_db()
            assert row.status == status
            assert not row.operations.exists()
            assert not row.events.exists()
        else:
            ACTS[action](row)
            row.refresh_from_db()
            assert row.status == expected


class TestRetryOperation:
    def test_puts_a_failed_step_back_to_work(self) -> None:
        failed = OperationFactory(failed=True)
        revived = retry_operation(operation_id=failed.pk, actor=staff(), now=NOON)
        assert (revived.state, revived.attempts) == (Operation.State.PENDING, 0)
        assert failed.return_request.events.get().kind == "retried"

    @pytest.mark.parametrize("state", ["pending", "done", "unknown"])
    def test_leaves_other_steps_alone(self, state: str) -> None:
        operation = OperationFactory(state=state)
        with pytest.raises(Refused):
            retry_operation(operation_id=operation.pk, actor=staff(), now=NOON)
