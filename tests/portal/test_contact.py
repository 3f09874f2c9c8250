"""The pages of the shopper's address: confirming it by a button, and giving another."""

import pytest
from django.test import Client
from django.urls import reverse

from returns_portal.returns.links import build_contact_link
from returns_portal.returns.models import ReturnRequest
from tests.returns.factories import request_with_line, utc_now

pytestmark = pytest.mark.django_db


def link(row: ReturnRequest) -> str:
    return "/confirm/" + build_contact_link(row).split("/confirm/")[1]


def page(row: ReturnRequest, name: str = "contact") -> str:
    return reverse(f"portal:{name}", args=[row.token])


class TestConfirm:
    def test_changes_nothing_when_a_scanner_opens_the_link(self, client: Client) -> None:
        row = request_with_line()
        response = client.get(link(row))
        assert "Is this your e-mail address?" in response.content.decode()
        assert "shopper@example.com" not in response.content.decode()
        assert response.headers["Cache-Control"] == "no-store"
        row.refresh_from_db()
        assert row.contact_confirmed_at is None

    def test_confirms_by_the_button_and_leads_to_the_return(self, client: Client) -> None:
        row = request_with_line()
        response = client.post(link(row))
        assert (response.status_code, response.url) == (303, page(row, "status"))
        row.refresh_from_db()
        assert row.contact_confirmed_at
        assert "your e-mail address is confirmed" in client.get(response.url).content.decode()

    def test_says_no_more_of_a_bad_link_than_that_it_does_not_work(self, client: Client) -> None:
        row = request_with_line()
        for bad in ("/confirm/nonsense/", link(row)[:-3] + "x/"):
            response = client.get(bad)
            assert response.status_code == 404
            assert "This link does not work any more" in response.content.decode()


class TestChange:
    def test_is_offered_on_the_status_page_with_the_reason(self, client: Client) -> None:
        row = request_with_line(contact_undeliverable_at=utc_now())
        status = client.get(page(row, "status")).content.decode()
        assert "We could not reach s…r@example.com. Give another address." in status
        assert page(row) in status
        assert "shopper@example.com" not in status

    def test_writes_to_the_new_address_from_then_on(self, client: Client) -> None:
        row = request_with_line()
        response = client.post(page(row), {"contact_email": "new@example.com"})
        assert response.status_code == 303
        row.refresh_from_db()
        assert row.contact_email == "new@example.com"

    @pytest.mark.parametrize("typed", ["", "nonsense", "x@scs.tiktokw.us"])
    def test_keeps_what_was_typed_and_says_what_is_wrong(self, client: Client, typed: str) -> None:
        row = request_with_line()
        response = client.post(page(row), {"contact_email": typed})
        assert response.status_code == 422
        assert 'id="contact_email-error"' in response.content.decode()
        row.refresh_from_db()
        assert row.contact_email == "shopper@example.com"

    def test_is_not_for_strangers(self, client: Client) -> None:
        assert client.get("/returns/no-such-token/contact/").status_code == 404
