"""Receive: what arrived is booked, and nothing that cannot have arrived."""

import pytest
from django.test import Client

from returns_portal.returns.models import Operation, ReturnLineItem
from tests.returns.factories import request_with_line
from tests.staff.deciding import approved_for_receipt, receipt, state_of
from tests.staff.pages import get, messages, text, url

pytestmark = pytest.mark.django_db


class TestReceive:
    def test_shows_the_form_and_changes_nothing(self, reviewer: Client) -> None:
        item = approved_for_receipt()
        before = state_of(item)
        page = get(reviewer, item, "receive")
        assert "What arrived for" in page
        assert state_of(item) == before

    def test_books_what_arrived_and_owes_the_refund(self, reviewer: Client) -> None:
        item = approved_for_receipt()
        reviewer.post(url(item, "receive"), receipt(item, where="NOT_RESTOCKED"))
        item.refresh_from_db()
        line = ReturnLineItem.objects.get(return_request=item)
        assert item.status == "received"
        assert (line.received_quantity, line.disposition) == (1, "NOT_RESTOCKED")
        assert item.operations.filter(kind=Operation.Kind.PROCESS_RETURN).exists()

    @pytest.mark.parametrize("quantity", [-1, 2, 1000])
    def test_asks_again_for_a_count_that_cannot_be(self, reviewer: Client, quantity: int) -> None:
        item = approved_for_receipt()
        before = state_of(item)
        answer = reviewer.post(url(item, "receive"), receipt(item, quantity))
        assert answer.status_code == 200
        assert "errorlist" in text(answer)
        assert state_of(item) == before

    def test_refuses_an_empty_parcel(self, reviewer: Client) -> None:
        item = approved_for_receipt()
        before = state_of(item)
        answer = reviewer.post(url(item, "receive"), receipt(item, 0), follow=True)
        assert messages(answer) == ["Enter how many units arrived."]
        assert state_of(item) == before

    def test_refuses_a_request_that_still_waits_for_its_answer(self, reviewer: Client) -> None:
        item = request_with_line()
        before = state_of(item)
        answer = reviewer.post(url(item, "receive"), receipt(item), follow=True)
        assert messages(answer) == ["A request that is requested cannot be received."]
        assert state_of(item) == before
