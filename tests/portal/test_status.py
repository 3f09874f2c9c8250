"""The page of a return: open to its link alone, and never ahead of the facts."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.models import ReturnEvent, ReturnRequest
from returns_portal.returns.services import tell_tracking
from tests.returns.factories import (
    RefundFactory,
    ReturnLineItemFactory,
    ReturnPolicyFactory,
    ReturnReasonFactory,
    request_with_line,
)

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


def page_of(client: Client, return_request: ReturnRequest) -> str:
    answer = client.get(f"/returns/{return_request.token}/")
    assert answer.status_code == 200
    return answer.content.decode()


def on_receipt(**values: Any) -> ReturnRequest:
    policy = ReturnPolicyFactory(paid_on_receipt=True, instructions_on="approval")
    return request_with_line(policy=policy, **values)


class TestLink:
    def test_opens_without_a_session(self, client: Client) -> None:
        return_request = request_with_line()
        assert return_request.rma_number in page_of(client, return_request)

    @pytest.mark.parametrize("page", ["", "slip/", "cancel/"])
    def test_that_is_wrong_is_404_in_the_same_look(self, client: Client, page: str) -> None:
        answer = client.get(f"/returns/no-such-token/{page}")
        assert answer.status_code == 404
        assert "There is nothing here" in answer.content.decode()
        assert answer["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("token", ["%00", "a%00b", "..%2f", "%F0%9F%8E%81", "x" * 3000])
    def test_that_is_nonsense_is_404(self, client: Client, token: str) -> None:
        assert client.get(f"/returns/{token}/").status_code == 404

    @pytest.mark.parametrize("page", ["", "slip/"])
    def test_is_passed_on_to_nobody(self, client: Client, page: str) -> None:
        answer = client.get(f"/returns/{request_with_line().token}/{page}")
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cache-Control"] == "no-store"
        assert "noindex" in answer["X-Robots-Tag"]

    def test_names_no_person(self, client: Client) -> None:
        return_request = request_with_line(customer_name="Maya Secret", attention="Look twice")
        page = page_of(client, return_request)
        for secret in ("Maya", "Secret", "shopper@example.com", "Look twice"):
            assert secret not in page

    @pytest.mark.parametrize("page", ["", "slip/"])
    def test_takes_no_forms(self, client: Client, page: str) -> None:
        assert client.post(f"/returns/{request_with_line().token}/{page}").status_code == 405


class TestStory:
    def test_of_a_request_waits_for_the_shop(self, client: Client) -> None:
        page = page_of(client, request_with_line())
        assert "We have your request." in page
        assert "You can send the parcel already." in page
        assert "You can send the parcel already." not in page_of(client, on_receipt())
        assert "<strong>The shop</strong>" in page
        assert "You get, if approved" in page

    def test_names_the_zone_of_a_deadline(self, client: Client, settings: Any) -> None:
        settings.TIME_ZONE = "Europe/Berlin"
        due = datetime(2099, 1, 15, 16, 0, tzinfo=UTC)
        page = page_of(client, request_with_line(due_at=due))
        assert "January 15, 2099, 5:00\u202fPM CET" in page

    def test_of_a_late_answer_says_so(self, client: Client) -> None:
        late = request_with_line(due_at=NOW - timedelta(minutes=1))
        page = page_of(client, late)
        assert "answer is late" in page
        assert "was due" in page

    def test_of_an_approved_request_does_not_say_refunded(self, client: Client) -> None:
        page = page_of(client, request_with_line(approved=True))
        assert "Your return is approved." in page
        assert "Approved. Not paid yet." in page
        assert "Paid on" not in page

    def test_waits_for_the_parcel_where_the_policy_pays_on_receipt(self, client: Client) -> None:
        page = page_of(client, on_receipt(approved=True))
        assert "Your refund follows once it has arrived." in page
        assert "Received" in page

    def test_of_money_on_its_way_says_not_confirmed(self, client: Client) -> None:
        return_request = request_with_line(approved=True)
        RefundFactory(return_request=return_request, state="pending")
        assert "not confirmed yet" in page_of(client, return_request)

    def test_of_a_refund_names_amount_and_date(self, client: Client) -> None:
        page = page_of(client, request_with_line(refunded=True))
        assert "Your refund is paid." in page
        assert "Paid on" in page
        assert "$24.49" in page

    def test_of_store_credit_sends_nobody_to_their_bank(self, client: Client) -> None:
        row = request_with_line(refunded=True)
        row.lines.update(outcome="store_credit")
        page = page_of(client, row)
        assert "Your store credit is there." in page
        assert "business days" not in page

    def test_shows_a_changed_amount_beside_the_quote(self, client: Client) -> None:
        page = page_of(client, request_with_line(approved=True, approved_amount=Decimal("20.00")))
        assert "$20.00" in page
        assert "As quoted" in page
        assert "$24.49" in page

    def test_of_a_declined_request_gives_the_reason(self, client: Client) -> None:
        declined = request_with_line(declined=True, decline_reason="Worn.\n<b>Really</b>")
        page = page_of(client, declined)
        assert "The shop declined your return." in page
        assert "Worn.<br>&lt;b&gt;Really&lt;/b&gt;" in page
        assert "Nothing is paid back" in page
        assert "You get" not in page

    def test_of_a_return_worth_nothing_is_complete(self, client: Client) -> None:
        free = request_with_line(
            refunded=True, approved_amount=Decimal(0), refunded_amount=Decimal(0)
        )
        page = page_of(client, free)
        assert "Your return is complete." in page
        assert "There is nothing to pay back for these items." in page
        assert "Refunded" not in page


class TestInstructions:
    def test_come_at_once_where_the_policy_says_so(self, client: Client) -> None:
        page = page_of(client, request_with_line())
        assert "Send it with the label from the TikTok app." in page
        assert "1 Warehouse Way" in page
        assert "send it by" in page

    def test_wait_for_the_approval_where_the_policy_says_so(self, client: Client) -> None:
        assert "What to do" not in page_of(client, on_receipt())
        assert "What to do" in page_of(client, on_receipt(approved=True))

    @pytest.mark.parametrize("ended", ["declined", "canceled"])
    def test_end_with_the_request(self, client: Client, ended: str) -> None:
        assert "What to do" not in page_of(client, request_with_line(**{ended: True}))

    def test_end_once_the_parcel_has_arrived(self, client: Client) -> None:
        row = request_with_line(refunded=True)
        assert "What to do" in page_of(client, row)
        row.lines.update(received_quantity=1)
        assert "What to do" not in page_of(client, row)

    def test_step_back_once_the_parcel_was_sent(self, client: Client, now: datetime) -> None:
        row = request_with_line()
        tell_tracking(
            request_id=row.pk,
            carrier="ups",
            tracking_number="1Z999AA10123456784",
            actor=Actor.shopper(),
            now=now,
        )
        page = page_of(client, row)
        assert "<summary>What to do</summary>" in page
        assert "send it by" not in page

    def test_exist_without_any_text_in_the_policy(self, client: Client) -> None:
        policy = ReturnPolicyFactory(name="Bare", instructions="", return_address="")
        page = page_of(client, request_with_line(policy=policy))
        assert "Get the label in the TikTok app" in page
        assert "<address>" not in page


class TestTimeline:
    def test_shows_only_what_is_meant_for_the_shopper(self, client: Client) -> None:
        return_request = request_with_line()
        record_event(
            return_request, "approved", actor=Actor.system(), now=NOW, shopper_sees=True,
            message="For staff only",
        )  # fmt: skip
        record_event(return_request, "attention", actor=Actor.system(), now=NOW, message="Hidden")
        page = page_of(client, return_request)
        assert "The shop approved your return." in page
        assert "For staff only" not in page
        assert "Hidden" not in page

    def test_does_not_blame_the_shopper_for_what_staff_canceled(self, client: Client) -> None:
        return_request = request_with_line(canceled=True)
        staff = Actor(ReturnEvent.ActorKind.STAFF, "Robin")
        record_event(return_request, "canceled", actor=staff, now=NOW, shopper_sees=True)
        page = page_of(client, return_request)
        assert "You canceled" not in page
        assert "Robin" not in page


class TestPolling:
    def poll(self, client: Client, return_request: ReturnRequest, seen: str = "") -> Any:
        return client.get(
            f"/returns/{return_request.token}/?seen={seen}", headers={"HX-Request": "true"}
        )

    def version(self, client: Client, return_request: ReturnRequest) -> str:
        return page_of(client, return_request).split("?seen=")[1].split('"')[0]

    def test_says_nothing_while_nothing_changed(self, client: Client) -> None:
        return_request = request_with_line()
        seen = self.version(client, return_request)
        assert self.poll(client, return_request, seen).status_code == 204

    def test_brings_the_fragment_after_a_change(self, client: Client) -> None:
        return_request = request_with_line()
        seen = self.version(client, return_request)
        ReturnRequest.objects.update(status="approved", approved_amount=Decimal("24.49"))
        answer = self.poll(client, return_request, seen)
        assert answer.status_code == 200
        assert "<html" not in answer.content.decode()
        assert 'id="announcement" data-hx-swap-oob' in answer.content.decode()

    @pytest.mark.parametrize("ended", ["declined", "canceled", "refunded"])
    def test_ends_when_nothing_more_can_happen(self, client: Client, ended: str) -> None:
        assert "data-hx-get" not in page_of(client, request_with_line(**{ended: True}))

    def test_goes_on_until_then(self, client: Client) -> None:
        assert 'data-hx-trigger="every 10s"' in page_of(client, request_with_line(approved=True))


class TestSlip:
    def test_carries_the_number_and_its_code(self, client: Client) -> None:
        return_request = request_with_line()
        page = client.get(f"/returns/{return_request.token}/slip/").content.decode()
        assert return_request.rma_number in page
        assert "<svg" in page
        assert "LIN-M-SAND" in page

    def test_reads_in_the_shoppers_language(self, client: Client) -> None:
        reason = ReturnReasonFactory(code="too-small", label="It is too small")
        row = request_with_line()
        row.lines.update(reason=reason)
        german = {"Accept-Language": "de"}
        page = client.get(f"/returns/{row.token}/slip/", headers=german).content.decode()
        assert "Es ist zu klein" in page

    def test_names_the_address_that_the_policy_does(self, client: Client) -> None:
        page = client.get(f"/returns/{request_with_line().token}/slip/").content.decode()
        assert "1 Warehouse Way" in page

    @pytest.mark.parametrize("ended", ["declined", "canceled"])
    def test_is_refused_once_nothing_is_to_be_sent(self, client: Client, ended: str) -> None:
        row = request_with_line(**{ended: True})
        answer = client.get(f"/returns/{row.token}/slip/", follow=True)
        assert answer.redirect_chain == [(f"/returns/{row.token}/", 302)]
        assert "There is no packing slip for this return now." in answer.content.decode()

    def test_waits_for_the_approval_where_the_policy_says_so(self, client: Client) -> None:
        row = on_receipt()
        assert client.get(f"/returns/{row.token}/slip/").status_code == 302

    def test_gives_the_private_link_to_nobody_who_opens_the_parcel(self, client: Client) -> None:
        return_request = request_with_line()
        page = client.get(f"/returns/{return_request.token}/slip/").content.decode()
        article = page.split("<article")[1].split("</article>")[0]
        assert return_request.token not in article


class TestCancel:
    def test_asks_first(self, client: Client) -> None:
        return_request = request_with_line()
        page = client.get(f"/returns/{return_request.token}/cancel/").content.decode()
        return_request.refresh_from_db()
        assert "Yes, cancel it" in page
        assert return_request.status == "requested"

    def test_takes_the_request_back(self, client: Client) -> None:
        return_request = request_with_line()
        answer = client.post(f"/returns/{return_request.token}/cancel/")
        return_request.refresh_from_db()
        assert answer.status_code == 303
        assert return_request.status == "canceled"
        assert "This request is canceled." in page_of(client, return_request)

    @pytest.mark.parametrize("moment", ["approved", "declined", "canceled", "refunded"])
    def test_is_not_offered_later_and_changes_nothing(self, client: Client, moment: str) -> None:
        return_request = request_with_line(**{moment: True})
        address = f"/returns/{return_request.token}/cancel/"
        before = return_request.status
        assert address not in page_of(client, return_request)
        for answer in (client.get(address, follow=True), client.post(address, follow=True)):
            assert "can&#39;t be canceled any more" in answer.content.decode()
        return_request.refresh_from_db()
        assert return_request.status == before


class TestQueries:
    def test_are_as_many_for_fifty_lines_as_for_one(self, client: Client) -> None:
        return_request = request_with_line()

        def queries() -> int:
            with CaptureQueriesContext(connection) as counted:
                page_of(client, return_request)
            return len(counted)

        one = queries()
        ReturnLineItemFactory.create_batch(49, return_request=return_request)
        assert queries() == one
