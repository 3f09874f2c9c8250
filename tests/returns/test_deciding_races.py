"""Decisions that meet on one request: exactly one of them takes effect."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from returns_portal.returns.models import (
    ApprovalLimit,
    DryRun,
    Operation,
    PolicyVersion,
    Proposal,
    ReservedUnit,
    ReturnPolicy,
    ReturnRequest,
)
from returns_portal.returns.ruling import find_version
from returns_portal.returns.services import (
    Actor,
    Decision,
    LineDecision,
    NotEligible,
    Refused,
    approve,
    cancel,
    change_request,
    confirm_proposal,
    decline,
    facts_for_change,
    go_on_trying,
    publish_policy,
    roll_back,
    start_trial,
)
from returns_portal.returns.services.starting import add_defaults
from returns_portal.returns.workflow import InvalidTransition
from tests.returns.examples import NOON, usd
from tests.returns.factories import ReturnPolicyFactory, UserFactory
from tests.returns.scenes import a_line, a_quote, ask, order_facts

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 3


def staff() -> Actor:
    return Actor.staff(UserFactory(staff=True))


def all_at_once(*acts: Callable[[], object]) -> list[bool]:
    """Which of the acts, begun at the same moment on connections of their own, went through."""
    barrier = threading.Barrier(len(acts))
    went_through = [False] * len(acts)
    surprises: list[Exception] = []

    def run(position: int) -> None:
        barrier.wait()
        try:
            acts[position]()
            went_through[position] = True
        except (Refused, InvalidTransition, NotEligible):
            pass
        except Exception as error:
            surprises.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[position]) for position in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert surprises == []
    return went_through


def approve_units(row: ReturnRequest, units: int) -> Callable[[], object]:
    """A press that approves `units` of the request's only line."""
    line = LineDecision(row.lines.get().pk, units, decline_reason="One was worn.")
    decision, actor = Decision((line,), quote=a_quote(units)), staff()
    amount = a_quote(units).refund

    def press() -> object:
        return approve(
            request_id=row.pk,
            amount=amount,
            quoted=row.quoted_amount,
            actor=actor,
            now=NOON,
            decision=decision,
        )

    return press


def decline_it(row: ReturnRequest, reason: str = "It was worn.") -> Callable[[], object]:
    actor = staff()
    return lambda: decline(request_id=row.pk, reason=reason, actor=actor, now=NOON)


def steps(row: ReturnRequest) -> list[str]:
    """What is owed in Shopify, one kind after another."""
    owed = row.operations.exclude(kind=Operation.Kind.SEND_EMAIL)
    return sorted(owed.values_list("kind", flat=True))


@pytest.mark.parametrize("turn", range(ROUNDS))
class TestTwoStaff:
    def test_who_approve_different_parts_end_in_one_approval(self, turn: int) -> None:
        row = ask(quantity=2)
        whole, part = all_at_once(approve_units(row, 2), approve_units(row, 1))
        assert whole != part
        row.refresh_from_db()
        line = row.lines.get()
        units = 2 if whole else 1
        assert (row.approved_amount, line.approved_quantity) == (usd("25.99").amount * units, units)
        assert ReservedUnit.objects.filter(line=line).count() == units
        assert row.events.filter(to_status="approved").count() == 1
        assert steps(row) == ["create_return", "process_return"]

    def test_who_approve_and_decline_do_not_both(self, turn: int) -> None:
        row = ask(quantity=1)
        approved, declined = all_at_once(approve_units(row, 1), decline_it(row))
        assert approved != declined
        row.refresh_from_db()
        held = ReservedUnit.objects.filter(line__return_request=row).count()
        mails = set(row.operations.filter(kind="send_email").values_list("part", flat=True))
        if approved:
            assert (row.status, row.decline_reason, held) == ("approved", "", 1)
            assert steps(row) == ["create_return", "process_return"]
            assert mails == {"requested", "approved"}
        else:
            assert (row.status, row.approved_amount, held) == ("declined", None, 0)
            assert steps(row) == []
            assert mails == {"requested", "declined"}
        assert row.events.filter(to_status__in=["approved", "declined"]).count() == 1

    def test_who_decline_for_different_reasons_give_one(self, turn: int) -> None:
        row = ask(quantity=1)
        assert sorted(all_at_once(decline_it(row, "Worn."), decline_it(row, "Too late."))) == [
            False,
            True,
        ]
        row.refresh_from_db()
        assert row.events.get(to_status="declined").message == row.decline_reason

    def test_who_confirm_one_proposal_carry_it_out_once(self, turn: int) -> None:
        ApprovalLimit.objects.create(currency="USD", amount=1)
        row = ask(quantity=1)
        approve_units(row, 1)()
        confirmations = [
            lambda actor=actor: confirm_proposal(request_id=row.pk, actor=actor, now=NOON)
            for actor in (staff(), staff(), staff())
        ]
        assert sorted(all_at_once(*confirmations)) == [False, False, True]
        assert Proposal.objects.get().ending == "confirmed"
        assert row.events.filter(to_status="approved").count() == 1
        assert steps(row) == ["create_return", "process_return"]

    def test_who_propose_at_once_leave_one_proposal_open(self, turn: int) -> None:
        ApprovalLimit.objects.create(currency="USD", amount=1)
        row = ask(quantity=2)
        all_at_once(approve_units(row, 2), approve_units(row, 1))
        row.refresh_from_db()
        assert (row.status, Proposal.objects.filter(ending="").count()) == ("requested", 1)
        assert steps(row) == []


@pytest.mark.parametrize("turn", range(ROUNDS))
class TestStaffAndShopper:
    def test_who_approve_and_cancel_do_not_both(self, turn: int) -> None:
        row = ask(quantity=1)
        approved, canceled = all_at_once(
            approve_units(row, 1),
            lambda: cancel(request_id=row.pk, actor=Actor.shopper(), now=NOON),
        )
        row.refresh_from_db()
        if canceled and not approved:
            assert (row.status, steps(row)) == ("canceled", [])
            assert not ReservedUnit.objects.filter(line__return_request=row).exists()
        elif approved and not canceled:
            assert (row.status, steps(row)) == ("approved", ["create_return", "process_return"])
        else:
            pytest.fail(f"approved {approved}, canceled {canceled}")

    def test_who_approve_and_change_never_approve_what_was_not_seen(self, turn: int) -> None:
        facts = order_facts()
        row = ask(facts, quantity=2)
        mine = facts_for_change(facts, row)
        approved, changed = all_at_once(
            approve_units(row, 2),
            lambda: change_request(
                request_id=row.pk,
                facts=mine,
                lines=[a_line(1)],
                quote=a_quote(1),
                actor=Actor.shopper(),
                now=NOON,
            ),
        )
        assert approved != changed
        row.refresh_from_db()
        line = row.lines.get()
        units = 2 if approved else 1
        assert (row.status, line.quantity) == ("approved" if approved else "requested", units)
        assert row.approved_amount == (usd("51.98").amount if approved else None)
        assert ReservedUnit.objects.filter(line__return_request=row).count() == units


@pytest.mark.parametrize("turn", range(ROUNDS))
class TestTwoManagers:
    def test_who_publish_one_draft_make_one_version(self, turn: int) -> None:
        policy = tried_policy(return_window_days=40)
        presses = [publish(policy) for _manager in range(3)]
        assert sorted(all_at_once(*presses)) == [False, False, True]
        assert PolicyVersion.objects.get(policy=policy).number == 1

    def test_who_publish_and_go_back_make_one_version_after_another(self, turn: int) -> None:
        policy = tried_policy(return_window_days=40)
        first = publish(policy)()
        policy = tried_policy(return_window_days=50)
        publish(policy)()
        policy = tried_policy(return_window_days=60)
        actor = staff()
        published, went_back = all_at_once(
            publish(policy), lambda: roll_back(version_id=first.pk, actor=actor, now=NOON)
        )
        numbers = list(policy.versions.order_by("number").values_list("number", flat=True))
        # Going back changes the draft, which then is no draft that anybody tried.
        assert went_back
        assert numbers == ([1, 2, 3, 4] if published else [1, 2, 3])
        policy.refresh_from_db()
        assert policy.return_window_days == 40
        assert find_version(policy) == policy.versions.get(again=first)


def tried_policy(**terms: int) -> ReturnPolicy:
    """The policy with a draft that was tried on past orders."""
    policy = ReturnPolicyFactory()
    ReturnPolicy.objects.filter(pk=policy.pk).update(**terms)
    policy.refresh_from_db()
    trial = start_trial(policy_id=policy.pk, now=NOON)
    while trial.state != DryRun.State.DONE:
        trial = go_on_trying(trial_id=trial.pk, now=NOON)
    return policy


def publish(policy: ReturnPolicy) -> Callable[[], PolicyVersion]:
    actor = staff()
    return lambda: publish_policy(policy_id=policy.pk, actor=actor, now=NOON)


class TestDefaults:
    def test_loaded_by_two_at_once_are_there_once(self) -> None:
        all_at_once(add_defaults, add_defaults)
        names = list(ReturnPolicy.objects.values_list("name", flat=True))
        assert len(names) == len(set(names)) == 11

    def test_loaded_by_two_at_once_beside_all_reasons_are_there_once(self) -> None:
        add_defaults()
        ReturnPolicy.objects.all().delete()
        all_at_once(add_defaults, add_defaults)
        assert ReturnPolicy.objects.count() == 11
