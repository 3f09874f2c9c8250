"""The page for the tracking number, the calendar file, and the bars on the packing slip."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from returns_portal.returns.models import ReturnRequest
from returns_portal.returns.services import Actor, tell_tracking
from tests.returns.factories import ReturnPolicyFactory, request_with_line

pytestmark = pytest.mark.django_db
NUMBER = "1Z999AA10123456784"


def address(row: ReturnRequest, part: str = "") -> str:
    return f"/returns/{row.token}/{part}"


def send(client: Client, row: ReturnRequest, number: str = NUMBER, carrier: str = "ups") -> Any:
    return client.post(address(row, "tracking/"), {"carrier": carrier, "tracking_number": number})


def status_of(client: Client, row: ReturnRequest) -> str:
    return client.get(address(row)).content.decode()


class TestTracking:
    def test_is_offered_while_the_parcel_may_be_sent(self, client: Client) -> None:
        assert "add the tracking number" in status_of(client, request_with_line())

    @pytest.mark.parametrize("ended", ["declined", "canceled"])
    def test_is_neither_offered_nor_taken_for_a_return_that_ended(
        self, client: Client, ended: str
    ) -> None:
        row = request_with_line(**{ended: True})
        assert "tracking" not in status_of(client, row)
        assert send(client, row)["Location"] == address(row)
        assert not hasattr(ReturnRequest.objects.get(pk=row.pk), "reverse_delivery")

    def test_leads_back_to_the_status_page_with_the_carriers_link(self, client: Client) -> None:
        row = request_with_line()
        answer = send(client, row, " 1z999aa1 0123456784 ")
        assert (answer.status_code, answer["Location"]) == (303, address(row))
        page = status_of(client, row)
        assert "You sent the parcel." in page
        assert f"https://www.ups.com/track?tracknum={NUMBER}" in page
        assert '<span class="step-label">Sent</span>' in page

    def test_comes_back_filled_to_be_corrected(self, client: Client) -> None:
        row = request_with_line()
        send(client, row)
        page = client.get(address(row, "tracking/")).content.decode()
        assert f'value="{NUMBER}"' in page
        assert '<option value="ups" selected>' in page

    @pytest.mark.parametrize(
        ("number", "carrier", "sentence"),
        [
            ("", "ups", "Enter the tracking number"),
            (NUMBER, "", "Choose who carries the parcel."),
            (NUMBER, "pigeon", "Choose who carries the parcel."),
            ("hello there", "ups", "6 to 40 letters and digits"),
            ("<script>1", "ups", "6 to 40 letters and digits"),
            ("1" * 81, "ups", "too long"),
        ],
    )
    def test_says_what_is_wrong(
        self, client: Client, number: str, carrier: str, sentence: str
    ) -> None:
        row = request_with_line()
        answer = send(client, row, number, carrier)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert "<script>1" not in answer.content.decode()

    def test_of_an_unknown_return_is_404(self, client: Client) -> None:
        assert client.get("/returns/no-such-token/tracking/").status_code == 404

    def test_is_no_page_for_others_to_keep(self, client: Client) -> None:
        answer = client.get(address(request_with_line(), "tracking/"))
        assert answer["Cache-Control"] == "no-store"
        assert "noindex" in answer["X-Robots-Tag"]


class TestSteps:
    def test_put_a_parcel_sent_early_before_the_approval(self, client: Client) -> None:
        row = request_with_line()
        send(client, row)
        page = status_of(client, row)
        assert page.index(">Sent<") < page.index(">Approved<")

    def test_put_it_after_the_approval_otherwise(self, client: Client) -> None:
        row = request_with_line(approved=True, policy=ReturnPolicyFactory(paid_on_receipt=True))
        send(client, row)
        page = status_of(client, row)
        assert page.index(">Approved<") < page.index(">Sent<") < page.index(">Received<")
        assert "Your parcel is on its way." in page


class TestCalendar:
    def test_holds_the_last_day(self, client: Client) -> None:
        row = request_with_line(send_by=datetime(2026, 11, 30, 10, tzinfo=UTC))
        answer = client.get(address(row, "calendar.ics"))
        assert answer["Content-Type"] == "text/calendar"
        (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
        assert event.decoded("dtstart").isoformat() == "2026-11-30"
        assert row.rma_number in str(event["summary"])
        assert row.token not in answer.content.decode()

    @pytest.mark.parametrize("values", [{"declined": True}, {"send_by": None}])
    def test_is_404_without_one(self, client: Client, values: dict[str, Any]) -> None:
        assert client.get(address(request_with_line(**values), "calendar.ics")).status_code == 404


class TestSlip:
    def test_carries_the_number_as_bars(self, client: Client) -> None:
        page = client.get(address(request_with_line(), "slip/")).content.decode()
        assert 'class="slip-bars"' in page
        assert page.count("h1v30h-1z") > 40
        assert "style=" not in page


class TestStaff:
    def test_see_and_find_the_parcel(self, admin_client: Client) -> None:
        row = request_with_line()
        tell_tracking(
            request_id=row.pk,
            carrier="ups",
            tracking_number=NUMBER,
            actor=Actor.shopper(),
            now=datetime.now(UTC),
        )
        page = admin_client.get(f"/admin/returns/returnrequest/{row.pk}/change/")
        assert f"tracknum={NUMBER}" in page.content.decode()
        found = admin_client.get("/admin/returns/returnrequest/", {"q": NUMBER, "tab": "all"})
        assert row.rma_number in found.content.decode()
