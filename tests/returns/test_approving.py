"""Approving a part, other amounts and fees, and approvals that two people must make."""

from dataclasses import replace
from decimal import Decimal

import pytest

from returns_portal.returns.models import (
    ApprovalLimit,
    Proposal,
    ReservedUnit,
    ReturnRequest,
)
from returns_portal.returns.quotes import quote_units
from returns_portal.returns.refund_amounts import Quote
from returns_portal.returns.services import (
    Actor,
    Decision,
    LineDecision,
    Refused,
    approve,
    confirm_proposal,
    decline,
    withdraw_proposal,
)
from returns_portal.returns.services.previewing import preview_mail
from returns_portal.returns.workflow import InvalidTransition
from returns_portal.shopify.types import Money
from tests.returns.examples import NOON, usd
from tests.returns.factories import UserFactory
from tests.returns.scenes import a_quote, ask
from tests.returns.shop import Shop

pytestmark = pytest.mark.django_db


def staff() -> Actor:
    return Actor.staff(UserFactory(staff=True))


def part_of(row: ReturnRequest, units: int, quote: Quote, **line: str) -> Decision:
    """The decision for `units` of the request's only line."""
    reason = line.pop("decline_reason", "One of them was worn.")
    decided = LineDecision(row.lines.get().pk, units, decline_reason=reason, **line)
    return Decision((decided,), quote=quote)


class TestInPart:
    def test_keeps_the_units_the_reason_and_what_they_are_worth(self) -> None:
        row = ask(quantity=2)
        decision = part_of(row, 1, a_quote(1))
        approve(request_id=row.pk, amount=usd("25.99"), actor=staff(), now=NOON, decision=decision)
        row.refresh_from_db()
        line = row.lines.get()
        assert (row.status, row.approved_amount) == ("approved", Decimal("25.99"))
        assert (line.approved_quantity, line.decline_reason) == (1, "One of them was worn.")
        assert line.subtotal == Decimal("25.99")

    def test_frees_the_other_units(self) -> None:
        row = ask(quantity=2)
        decision = part_of(row, 1, a_quote(1))
        approve(request_id=row.pk, amount=usd("25.99"), actor=staff(), now=NOON, decision=decision)
        assert ReservedUnit.objects.filter(line__return_request=row).count() == 1
        assert ask(quantity=1).status == "requested"

    def test_mails_that_it_is_a_part(self) -> None:
        row = ask(quantity=2)
        decision = part_of(row, 1, a_quote(1))
        approve(request_id=row.pk, amount=usd("25.99"), actor=staff(), now=NOON, decision=decision)
        assert row.operations.filter(kind="send_email", part="approved_partly").exists()

    @pytest.mark.parametrize(
        ("units", "reason"), [(1, " "), (3, "No."), (-1, "No."), (0, "Not one.")]
    )
    def test_refuses_counts_and_silence_that_cannot_be(self, units: int, reason: str) -> None:
        row = ask(quantity=2)
        decision = part_of(row, units, a_quote(1), decline_reason=reason)
        with pytest.raises(Refused):
            approve(
                request_id=row.pk, amount=usd("1.00"), actor=staff(), now=NOON, decision=decision
            )
        row.refresh_from_db()
        assert row.status == "requested"
        assert ReservedUnit.objects.filter(line__return_request=row).count() == 2

    def test_needs_shopify_s_word_on_what_the_part_is_worth(self) -> None:
        row = ask(quantity=2)
        decision = replace(part_of(row, 1, a_quote(1)), quote=None)
        with pytest.raises(Refused, match="Shopify must first say"):
            approve(
                request_id=row.pk, amount=usd("25.99"), actor=staff(), now=NOON, decision=decision
            )

    def test_refuses_a_calculation_of_other_units(self) -> None:
        row = ask(quantity=2)
        with pytest.raises(Refused, match="changed"):
            approve(
                request_id=row.pk,
                amount=usd("51.98"),
                actor=staff(),
                now=NOON,
                decision=part_of(row, 1, a_quote(2)),
            )

    def test_opens_and_refunds_just_these_units_in_shopify(self, shop: Shop) -> None:
        row = shop.ask(units=2)
        first, second = row.lines.order_by("pk")
        units = {first.pk: 1, second.pk: 0}
        percents = dict.fromkeys(units, Decimal(0))
        quote = quote_units(row, units=units, percents=percents, shipping_fee=Decimal(0))
        lines = (LineDecision(first.pk, 1), LineDecision(second.pk, 0, decline_reason="Worn."))
        approve(
            request_id=row.pk,
            amount=quote.refund,
            actor=staff(),
            now=shop.now,
            decision=Decision(lines, quote=quote),
        )
        shop.work()
        row.refresh_from_db()
        order = shop.order(row.shopify_order_id)
        assert (row.status, row.refunded_amount) == ("closed", quote.refund.amount)
        assert quote.refund.amount < row.quoted_amount
        assert [len(made["lines"]) for made in order["returns"]] == [1]
        assert shop.restocked() == 1


class TestAmount:
    def test_is_never_above_what_shopify_says(self) -> None:
        row = ask()
        decision = Decision(quote=a_quote(), reason="A gift.")
        with pytest.raises(Refused, match="At most"):
            approve(
                request_id=row.pk, amount=usd("26.00"), actor=staff(), now=NOON, decision=decision
            )

    def test_by_hand_needs_a_reason(self) -> None:
        row = ask()
        with pytest.raises(Refused, match="Say why"):
            approve(request_id=row.pk, amount=usd("20.00"), actor=staff(), now=NOON)

    def test_by_hand_is_written_down_from_what_to_what_and_why(self) -> None:
        row = ask()
        approve(
            request_id=row.pk,
            amount=usd("20.00"),
            actor=staff(),
            now=NOON,
            decision=Decision(reason="The box was open."),
        )
        row.refresh_from_db()
        assert row.approved_amount == Decimal("20.00")
        event = row.events.get(kind="amount_changed")
        assert event.message == "25.99 → 20 USD: The box was open."
        assert not event.shopper_sees

    def test_lower_by_hand_is_what_shopify_pays(self, shop: Shop) -> None:
        row = shop.ask(units=1)
        amount = Money(row.quoted_amount - 5, row.currency)
        approve(
            request_id=row.pk,
            amount=amount,
            actor=staff(),
            now=shop.now,
            decision=Decision(reason="Scratched."),
        )
        shop.work()
        row.refresh_from_db()
        assert (row.status, row.refunded_amount) == ("closed", amount.amount)

    def test_fees_by_hand_need_a_reason_too(self) -> None:
        row = ask()
        quote = a_quote()
        line = LineDecision(row.lines.get().pk, 1, restocking_fee_percent=Decimal(10))
        with pytest.raises(Refused, match="Say why"):
            approve(
                request_id=row.pk,
                amount=quote.refund,
                actor=staff(),
                now=NOON,
                decision=Decision((line,), quote=quote),
            )

    def test_goes_with_the_fees_that_shopify_calculated(self, shop: Shop) -> None:
        row = shop.ask(units=1)
        line = row.lines.get()
        quote = quote_units(
            row, units={line.pk: 1}, percents={line.pk: Decimal(10)}, shipping_fee=Decimal("2.00")
        )
        decided = LineDecision(line.pk, 1, restocking_fee_percent=Decimal(10))
        approve(
            request_id=row.pk,
            amount=quote.refund,
            actor=staff(),
            now=shop.now,
            decision=Decision((decided,), Decimal("2.00"), quote, "Opened box."),
        )
        shop.work()
        row.refresh_from_db()
        assert (row.status, row.refunded_amount) == ("closed", quote.refund.amount)
        assert row.return_shipping_fee == Decimal("2.00")
        assert row.lines.get().restocking_fee == quote.restocking_fee.amount


class TestMessage:
    def test_goes_into_the_mail_and_the_thread_once(self) -> None:
        row = ask()
        approve(
            request_id=row.pk,
            amount=usd("25.99"),
            actor=staff(),
            now=NOON,
            decision=Decision(message="Thank you for the photos."),
        )
        assert [message.body for message in row.messages.all()] == ["Thank you for the photos."]
        assert not row.operations.filter(part__startswith="message-").exists()

    def test_is_shown_before_it_is_sent_and_nothing_stays(self) -> None:
        row = ask()

        def act() -> ReturnRequest:
            decision = Decision(message="Thank you for the photos.")
            return approve(
                request_id=row.pk, amount=usd("25.99"), actor=staff(), now=NOON, decision=decision
            )

        mail = preview_mail(row.pk, act)
        row.refresh_from_db()
        assert mail is not None
        assert "Thank you for the photos." in mail.body
        assert "25.99" in mail.body
        assert row.status == "requested"
        assert not row.messages.exists()
        assert not row.operations.filter(part="approved").exists()


class TestTwoPeople:
    @pytest.fixture(autouse=True)
    def limit(self) -> None:
        ApprovalLimit.objects.create(currency="USD", amount=Decimal("20.00"))

    def proposed(self, row: ReturnRequest, actor: Actor) -> ReturnRequest:
        return approve(request_id=row.pk, amount=usd("25.99"), actor=actor, now=NOON)

    def test_above_the_limit_it_is_only_proposed_and_nobody_is_mailed(self) -> None:
        row = self.proposed(ask(), staff())
        row.refresh_from_db()
        assert row.status == "requested"
        assert list(row.operations.values_list("part", flat=True)) == ["requested"]
        assert row.proposals.get().amount == Decimal("25.99")

    def test_at_the_limit_one_person_is_enough(self) -> None:
        ApprovalLimit.objects.update(amount=Decimal("25.99"))
        row = self.proposed(ask(), staff())
        row.refresh_from_db()
        assert row.status == "approved"

    def test_a_second_person_carries_out_what_the_first_decided(self) -> None:
        row = ask(quantity=2)
        approve(
            request_id=row.pk,
            amount=usd("25.99"),
            actor=staff(),
            now=NOON,
            decision=part_of(row, 1, a_quote(1)),
        )
        second = staff()
        confirm_proposal(request_id=row.pk, actor=second, now=NOON)
        row.refresh_from_db()
        assert (row.status, row.approved_amount) == ("approved", Decimal("25.99"))
        assert row.lines.get().approved_quantity == 1
        proposal = row.proposals.get()
        assert (proposal.ending, proposal.ended_by_id) == ("confirmed", second.user_id)

    def test_never_the_same_person(self) -> None:
        first = staff()
        row = self.proposed(ask(), first)
        with pytest.raises(Refused, match="Somebody else"):
            confirm_proposal(request_id=row.pk, actor=first, now=NOON)
        with pytest.raises(Refused, match="somebody else"):
            self.proposed(row, first)
        row.refresh_from_db()
        assert row.status == "requested"

    def test_another_decision_by_another_person_takes_its_place(self) -> None:
        row = self.proposed(ask(), staff())
        self.proposed(row, staff())
        assert sorted(row.proposals.values_list("ending", flat=True)) == ["", "overtaken"]
        row.refresh_from_db()
        assert row.status == "requested"

    def test_is_overtaken_by_a_decline(self) -> None:
        row = self.proposed(ask(), staff())
        decline(request_id=row.pk, reason="Worn.", actor=staff(), now=NOON)
        with pytest.raises(Refused):
            confirm_proposal(request_id=row.pk, actor=staff(), now=NOON)
        assert row.proposals.get().ending == "overtaken"

    def test_is_refused_once_the_shopper_has_changed_the_request(self) -> None:
        row = self.proposed(ask(), staff())
        ReturnRequest.objects.filter(pk=row.pk).update(quoted_amount=Decimal("51.98"))
        with pytest.raises(Refused, match="changed"):
            confirm_proposal(request_id=row.pk, actor=staff(), now=NOON)

    def test_can_be_taken_back(self) -> None:
        first = staff()
        row = self.proposed(ask(), first)
        withdraw_proposal(request_id=row.pk, actor=first, now=NOON)
        assert row.proposals.get().ending == Proposal.Ending.WITHDRAWN
        with pytest.raises(Refused):
            confirm_proposal(request_id=row.pk, actor=staff(), now=NOON)

    def test_the_portal_itself_approves_nothing_above_the_limit(self) -> None:
        row = ask()
        with pytest.raises(Refused, match="two people"):
            self.proposed(row, Actor.system())

    def test_a_decided_request_is_not_proposed(self) -> None:
        row = ask()
        decline(request_id=row.pk, reason="Worn.", actor=staff(), now=NOON)
        with pytest.raises(InvalidTransition):
            self.proposed(row, staff())
