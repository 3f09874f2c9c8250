"""Requesting a return: judged, held, written down once."""

import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from returns_portal.returns.models import Operation, ReservedUnit, ReturnRequest
from returns_portal.returns.orders import OrderFacts
from returns_portal.returns.services import Actor, NotEligible, RequestedLine, cancel, decline
from tests.returns.examples import NOON, SENT, an_order, an_order_line
from tests.returns.scenes import a_line, a_quote, ask, order_facts

pytestmark = pytest.mark.django_db


class TestRequestReturn:
    def test_writes_the_request_with_its_terms_lines_and_trace(self) -> None:
        made = ask(quantity=2)
        line = made.lines.get()
        assert (made.status, made.order_name, made.tiktok_order_id) == (
            "requested",
            "#1001",
            "577092126219211281",
        )
        assert made.quoted_amount == line.subtotal
        assert made.due_at == NOON + timedelta(hours=48)
        assert (line.quantity, line.reason.code, line.customer_note) == (
            2,
            "too-small",
            "runs small",
        )
        assert all(verdict["passed"] for verdict in line.verdicts)

    def test_holds_the_units_and_owes_one_mail(self) -> None:
        made = ask(quantity=2)
        assert ReservedUnit.objects.filter(line__return_request=made).count() == 2
        mail = made.operations.get()
        assert (mail.kind, mail.part) == (Operation.Kind.SEND_EMAIL, "requested")

    def test_records_who_asked_and_when(self) -> None:
        event = ask().events.get()
        assert (event.kind, event.actor_kind, event.occurred_at) == ("requested", "shopper", NOON)

    def test_gives_the_same_request_when_the_same_form_comes_again(self) -> None:
        facts, key = order_facts(), uuid.uuid4()
        assert ask(facts, key=key) == ask(facts, key=key)
        assert ReturnRequest.objects.count() == 1
        assert Operation.objects.count() == 1

    def test_owes_no_mail_to_a_relay_address(self) -> None:
        assert not ask(email="").operations.exists()

    def test_writes_to_the_orders_own_address_when_it_is_a_real_one(self) -> None:
        facts = order_facts(an_order(email="jo@example.com"))
        assert ask(facts, email="").contact_email == "jo@example.com"

    @pytest.mark.parametrize(
        ("lines", "sentence"),
        [
            ([RequestedLine(SENT, 3, "too-small")], "only 2 can be returned"),
            ([RequestedLine(SENT, 0, "too-small")], "only 2 can be returned"),
            ([RequestedLine(SENT, -1, "too-small")], "only 2 can be returned"),
            ([RequestedLine(SENT, 1, "no-such-reason")], "choose a reason"),
            ([RequestedLine("gid://shopify/FulfillmentLineItem/9", 1, "too-small")], "not part of"),
            ([], "Choose at least one item"),
            ([RequestedLine(SENT, 1, "too-small")] * 2, "Choose at least one item"),
        ],
    )
    def test_refuses_what_the_order_does_not_hold(
        self, lines: list[RequestedLine], sentence: str
    ) -> None:
        quote = a_quote(lines[0].quantity if lines else 1)
        if lines:
            asked = replace(
                quote.lines[0], fulfillment_line_item_id=lines[0].fulfillment_line_item_id
            )
            quote = replace(quote, lines=(asked,))
        with pytest.raises(NotEligible, match=sentence):
            ask(lines=lines, quote=quote)
        assert not ReturnRequest.objects.exists()

    def test_refuses_lines_of_two_orders_as_a_whole(self) -> None:
        other = "gid://shopify/FulfillmentLineItem/9"
        mine = a_quote(1)
        quote = replace(
            mine, lines=(*mine.lines, replace(mine.lines[0], fulfillment_line_item_id=other))
        )
        with pytest.raises(NotEligible, match="not part of the order"):
            ask(lines=[a_line(1), RequestedLine(other, 1, "too-small")], quote=quote)
        assert not ReturnRequest.objects.exists()
        assert not ReservedUnit.objects.exists()

    def test_refuses_a_quote_for_something_else(self) -> None:
        with pytest.raises(NotEligible):
            ask(quantity=2, quote=a_quote(1))

    def test_refuses_what_a_rule_objects_to(self) -> None:
        order = an_order(lines=(an_order_line(product_tags=("final-sale",)),))
        with pytest.raises(NotEligible, match="Final sale"):
            ask(order_facts(order))

    def test_counts_what_other_requests_hold(self) -> None:
        facts = order_facts()
        ask(facts, quantity=2)
        with pytest.raises(NotEligible, match="already returned or in a return request"):
            ask(facts)

    def test_counts_a_unit_once_that_shopify_knows_of_already(self) -> None:
        first = ask(quantity=1)
        ReturnRequest.objects.filter(pk=first.pk).update(shopify_return_id="gid://shopify/Return/1")
        assert ask(order_facts(in_shopify=1)).lines.get().quantity == 1

    @pytest.mark.parametrize("undo", ["decline", "cancel"])
    def test_may_come_again_after_a_no_or_a_change_of_mind(self, undo: str) -> None:
        facts = order_facts()
        first = ask(facts, quantity=2)
        if undo == "decline":
            decline(request_id=first.pk, reason="Worn.", actor=Actor.system(), now=NOON)
        else:
            cancel(request_id=first.pk, actor=Actor.shopper(), now=NOON)
        assert ask(facts, quantity=2).status == "requested"


class TestReservedUnits:
    def test_are_refused_twice_by_the_database_itself(self) -> None:
        line = ask(quantity=1).lines.get()
        with pytest.raises(IntegrityError), transaction.atomic():
            ReservedUnit.objects.create(
                line=line, fulfillment_line_item_id=SENT, number=1, bought=2
            )

    def test_are_refused_beyond_what_was_bought(self) -> None:
        line = ask(quantity=1).lines.get()
        with pytest.raises(IntegrityError), transaction.atomic():
            ReservedUnit.objects.create(
                line=line, fulfillment_line_item_id=SENT, number=3, bought=2
            )


@pytest.mark.django_db(transaction=True)
class TestRace:
    def test_of_eight_shoppers_for_two_units_gives_out_exactly_two(self) -> None:
        facts = order_facts()
        results = _all_at_once(8, lambda: _outcome(facts))
        assert sorted(results) == ["no"] * 6 + ["yes"] * 2
        assert ReservedUnit.objects.count() == 2
        assert ReturnRequest.objects.count() == 2

    def test_of_one_form_sent_eight_times_makes_one_request(self) -> None:
        facts, key = order_facts(), uuid.uuid4()
        results = _all_at_once(8, lambda: ask(facts, key=key).rma_number)
        assert len(set(results)) == 1
        assert ReturnRequest.objects.count() == 1
        assert Operation.objects.filter(kind="send_email").count() == 1


def _outcome(facts: OrderFacts) -> str:
    try:
        ask(facts)
    except NotEligible:
        return "no"
    return "yes"


def _all_at_once(count: int, act: Callable[[], str]) -> list[str]:
    barrier = threading.Barrier(count)
    results: list[str] = []

    def run() -> None:
        try:
            barrier.wait()
            results.append(act())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
