"""Who a shopper is: shown to those who may know, and not to be found out by the others."""

import pytest
from django.test import Client

from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.models import Message, ReturnRequest, ReverseDelivery
from tests.returns.factories import request_with_line, utc_now
from tests.staff.conftest import SignIn
from tests.staff.pages import QUEUE, get, text, url

pytestmark = pytest.mark.django_db
SECRETS = ("Dana Whitfield", "dana@example.com", "1Z999SECRET", "My neighbor is Eve")


@pytest.fixture
def item() -> ReturnRequest:
    row = request_with_line(customer_name="Dana Whitfield", contact_email="dana@example.com")
    ReverseDelivery.objects.create(
        return_request=row,
        carrier="ups",
        tracking_number="1Z999SECRET",
        sent_at=utc_now(),
        changed_at=utc_now(),
    )
    record_event(row, "sent", actor=Actor.shopper(), now=utc_now(), message="UPS 1Z999SECRET")
    Message.objects.create(
        return_request=row, author="shopper", body="My neighbor is Eve", created_at=utc_now()
    )
    return row


class TestDecisionScreen:
    def test_tells_those_who_may_know(self, reviewer: Client, item: ReturnRequest) -> None:
        page = get(reviewer, item)
        assert [secret for secret in SECRETS if secret not in page] == []

    @pytest.mark.parametrize("part", ["change", "compare", "approve", "decline"])
    def test_tells_nothing_to_the_others(
        self, sign_in: SignIn, item: ReturnRequest, part: str
    ) -> None:
        client = sign_in("view_returnrequest", "decide_returnrequest")
        page = get(client, item, part)
        assert [secret for secret in (*SECRETS, item.token) if secret in page] == []


class TestSearch:
    @pytest.mark.parametrize("term", ["Dana", "dana@example.com", "1Z999SECRET"])
    def test_finds_a_person_for_those_who_may_know(
        self, reviewer: Client, item: ReturnRequest, term: str
    ) -> None:
        assert item.rma_number in text(reviewer.get(QUEUE, {"q": term}))

    @pytest.mark.parametrize("term", ["Dana", "dana@example.com", "1Z999SECRET"])
    def test_finds_no_person_for_the_others(
        self, viewer: Client, item: ReturnRequest, term: str
    ) -> None:
        assert item.rma_number not in text(viewer.get(QUEUE, {"q": term}))


class TestHistory:
    def test_keeps_the_words_of_shoppers_from_those_who_may_not_know(
        self, sign_in: SignIn, item: ReturnRequest
    ) -> None:
        client = sign_in("view_returnevent")
        event = item.events.get()
        pages = ("/admin/returns/returnevent/", f"/admin/returns/returnevent/{event.pk}/change/")
        for page in pages:
            answer = client.get(page)
            assert answer.status_code == 200
            assert "1Z999SECRET" not in text(answer)


class TestWriting:
    def test_is_for_those_who_may_read_the_answers(
        self, sign_in: SignIn, item: ReturnRequest
    ) -> None:
        client = sign_in("view_returnrequest", "decide_returnrequest")
        assert client.post(url(item, "write"), {"body": "Hello"}).status_code == 403
        assert item.messages.count() == 1
