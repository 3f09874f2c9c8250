"""Changing a request: prefilled, the new refund seen first, and nothing after the decision."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from returns_portal.returns.models import ReservedUnit, ReturnRequest
from returns_portal.shopify.errors import ShopifyRefused, ShopifyUnavailable
from tests.portal.building import Door, build_line, build_order, choice, look_up
from tests.returns.factories import ReturnReasonFactory

pytestmark = pytest.mark.django_db
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
def row(client: Client, door: Door) -> ReturnRequest:
    """A request for both shirts and for a mug."""
    ReturnReasonFactory(shops_fault=True)
    shirts, mug = build_line(1, title="Linen shirt", quantity=2), build_line(3, title="Mug")
    door.order = build_order(shirts, mug)
    look_up(client)
    fields = {**choice(1, quantity="2", note="Too tight"), **choice(3)}
    page = client.post("/orders/1/review/", fields).content.decode()
    client.post("/orders/1/submit/", {**dict(HIDDEN.findall(page)), "conditions": "on"})
    made = ReturnRequest.objects.get()
    ReturnRequest.objects.update(contact_email="me@example.com")
    return made


def send(client: Client, row: ReturnRequest, shown: str = "", **fields: str) -> Any:
    return client.post(f"/returns/{row.token}/change/", {**fields, "quoted_amount": shown})


def units(row: ReturnRequest) -> list[tuple[str, int, str]]:
    return [(line.title, line.quantity, line.reason.code) for line in row.lines.order_by("pk")]


class TestPage:
    def test_comes_filled_with_what_was_asked_for(self, client: Client, row: ReturnRequest) -> None:
        page = client.get(f"/returns/{row.token}/change/").content.decode()
        assert page.count(" checked") == 4  # two items, each with its reason
        assert 'name="quantity-1" value="2"' in page
        assert 'value="too-small" checked' in page
        assert ">Too tight</textarea>" in page

    def test_is_offered_on_the_status_page(self, client: Client, row: ReturnRequest) -> None:
        link = f"/returns/{row.token}/change/"
        assert link in client.get(f"/returns/{row.token}/").content.decode()
        ReturnRequest.objects.update(status="canceled")
        assert link not in client.get(f"/returns/{row.token}/").content.decode()

    def test_shows_the_new_refund_before_anything_is_saved(
        self, client: Client, row: ReturnRequest
    ) -> None:
        page = send(client, row, **choice(1)).content.decode()
        assert "Your refund after the change" in page
        assert "$10.00" in page
        assert "Save the change" in page
        assert units(row) == [("Linen shirt", 2, "too-small"), ("Mug", 1, "too-small")]

    def test_of_an_unknown_return_is_404(self, client: Client) -> None:
        assert client.get("/returns/no-such-token/change/").status_code == 404


class TestSaving:
    def test_changes_units_reasons_and_notes(self, client: Client, row: ReturnRequest) -> None:
        fields = {**choice(1, reason="damaged", note="A hole"), **choice(3)}
        answer = send(client, row, "20.00", **fields)
        assert (answer.status_code, answer["Location"]) == (303, f"/returns/{row.token}/")
        row.refresh_from_db()
        assert units(row) == [("Linen shirt", 1, "damaged"), ("Mug", 1, "too-small")]
        assert row.quoted_amount == Decimal("20.00")
        assert row.lines.order_by("pk")[0].customer_note == "A hole"
        assert ReservedUnit.objects.count() == 2

    def test_gives_back_what_is_taken_out(self, client: Client, row: ReturnRequest) -> None:
        send(client, row, "10.00", **choice(3))
        assert units(row) == [("Mug", 1, "too-small")]
        assert ReservedUnit.objects.count() == 1

    def test_can_ask_for_more_units_again(self, client: Client, row: ReturnRequest) -> None:
        send(client, row, "10.00", **choice(1))
        send(client, row, "20.00", **choice(1, quantity="2"))
        assert units(row) == [("Linen shirt", 2, "too-small")]

    def test_tells_staff_the_old_and_the_new(self, client: Client, row: ReturnRequest) -> None:
        send(client, row, "10.00", **choice(1))
        event = row.events.get(kind="changed")
        assert event.message == (
            "2 of Linen shirt: Too small (Too tight); 1 of Mug: Too small; 30 USD → "
            "1 of Linen shirt: Too small; 10 USD"
        )
        assert "You changed the request." in client.get(f"/returns/{row.token}/").content.decode()

    def test_mails_each_change(self, client: Client, row: ReturnRequest) -> None:
        send(client, row, "10.00", **choice(1))
        send(client, row, "20.00", **choice(1, quantity="2"))
        parts = row.operations.filter(part__startswith="changed-")
        assert parts.count() == 2

    def test_of_nothing_is_no_news(self, client: Client, row: ReturnRequest) -> None:
        fields = {**choice(1, quantity="2", note="Too tight"), **choice(3)}
        assert send(client, row, "30.00", **fields).status_code == 303
        assert not row.events.filter(kind="changed").exists()

    @pytest.mark.parametrize("shown", ["9.99", "", "x", "NaN", "Infinity", "-10"])
    def test_needs_the_refund_to_have_been_shown(
        self, client: Client, row: ReturnRequest, shown: str
    ) -> None:
        assert "Save the change" in send(client, row, shown, **choice(1)).content.decode()
        assert len(units(row)) == 2


class TestRefusing:
    @pytest.mark.parametrize(
        "fields",
        [
            {},
            choice(1, quantity="3"),
            choice(1, quantity="0"),
            choice(1, quantity="-1"),
            choice(1, reason="no-such-reason"),
            choice(1, note="x" * 301),
            choice(99),
        ],
    )
    def test_what_cannot_be_returned_so(
        self, client: Client, row: ReturnRequest, fields: dict[str, str]
    ) -> None:
        answer = send(client, row, "10.00", **fields)
        assert answer.status_code == 422
        assert "Please check" in answer.content.decode()
        assert len(units(row)) == 2

    @pytest.mark.parametrize("status", ["approved", "canceled", "received", "closed"])
    def test_what_the_shop_has_decided(
        self, client: Client, row: ReturnRequest, status: str
    ) -> None:
        ReturnRequest.objects.update(status=status)
        answer = send(client, row, "10.00", **choice(1))
        assert answer["Location"] == f"/returns/{row.token}/"
        assert len(units(row)) == 2

    def test_items_of_another_request(self, client: Client, row: ReturnRequest, door: Door) -> None:
        door.order = build_order(*door.order.lines, build_line(4, title="Vase"))
        assert send(client, row, "10.00", **choice(4)).status_code == 422

    def test_units_that_another_request_took(
        self, client: Client, row: ReturnRequest, door: Door
    ) -> None:
        send(client, row, "10.00", **choice(1))
        look_up(client)
        page = client.post("/orders/1/review/", choice(1)).content.decode()
        client.post("/orders/1/submit/", {**dict(HIDDEN.findall(page)), "conditions": "on"})
        assert ReturnRequest.objects.count() == 2
        answer = send(client, row, "20.00", **choice(1, quantity="2"))
        assert answer.status_code == 422
        assert units(row) == [("Linen shirt", 1, "too-small")]

    @pytest.mark.parametrize(
        "error", [ShopifyUnavailable("no"), ShopifyRefused("no", user_errors=())]
    )
    def test_nothing_for_good_while_the_shop_is_silent(
        self, client: Client, row: ReturnRequest, door: Door, error: Exception
    ) -> None:
        door.error = error
        answer = client.get(f"/returns/{row.token}/change/")
        assert answer.status_code == 503
        assert "stands as it is" in answer.content.decode()

    def test_no_one_for_a_window_that_closed_since(
        self, client: Client, row: ReturnRequest
    ) -> None:
        with time_machine.travel(datetime.now(UTC) + timedelta(days=60), tick=False):
            assert send(client, row, "10.00", **choice(1)).status_code == 303
        assert units(row) == [("Linen shirt", 1, "too-small")]
