"""Approve: what the step shows, what the press does, and what it never does."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from returns_portal.returns.models import Operation, ReturnEvent
from returns_portal.shopify.errors import ShopifyProtocolError, ShopifyUnavailable
from staff import decision
from tests.returns.factories import ReturnLineItemFactory, request_with_line, utc_now
from tests.staff.conftest import SignIn
from tests.staff.deciding import approval, refuse_now, say_now, state_of
from tests.staff.pages import QUEUE, get, messages, text, url

pytestmark = pytest.mark.django_db


class TestApproveStep:
    def test_says_what_is_paid_and_mailed_and_changes_nothing(self, reviewer: Client) -> None:
        item = request_with_line()
        before = state_of(item)
        page = get(reviewer, item, "approve")
        assert "Approve and refund US$24.49" in page
        assert "An e-mail “approved” goes to shopper@example.com." in page
        assert '<input type="hidden" name="amount" value="24.49"' in page
        assert state_of(item) == before

    def test_says_that_shopify_is_silent_and_falls_back_on_the_quote(
        self, reviewer: Client
    ) -> None:
        page = get(reviewer, request_with_line(), "approve")
        assert "Shopify could not say what it would pay now" in page
        assert "This approves the quoted amount" in page

    def test_says_which_units_shopify_takes_back_no_more(
        self, reviewer: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sentence = "“Linen shirt”: Shopify takes back 0 of 1."
        monkeypatch.setattr(decision, "find_shortage", lambda _client, _request: sentence)
        item = request_with_line()
        refuse_now(monkeypatch, ShopifyProtocolError("LESS_THAN_OR_EQUAL_TO"))
        page = get(reviewer, item, "approve")
        assert sentence in page
        assert "LESS_THAN_OR_EQUAL_TO" not in page
        refuse_now(monkeypatch, ShopifyUnavailable("No answer."))
        assert sentence not in get(reviewer, item, "approve")

    def test_offers_the_amount_that_shopify_says_now(
        self, reviewer: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        say_now(monkeypatch, "20.00")
        page = get(reviewer, request_with_line(), "approve")
        assert "US$4.49 less than quoted." in page
        assert "The shopper was told US$24.49." in page
        assert '<input type="hidden" name="amount" value="20.00"' in page
        assert "Approve and refund US$20.00" in page

    def test_offers_nothing_when_shopify_would_pay_nothing(
        self, reviewer: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        say_now(monkeypatch, "0")
        page = get(reviewer, request_with_line(), "approve")
        assert "Approve and refund US$0.00" in page
        assert '<input type="hidden" name="amount" value="0"' in page

    def test_says_that_no_mail_is_sent_without_an_address(self, reviewer: Client) -> None:
        page = get(reviewer, request_with_line(contact_email=""), "approve")
        assert "No e-mail: the shopper reads it on the status page." in page

    def test_answers_htmx_with_the_panel_alone(self, reviewer: Client) -> None:
        answer = reviewer.get(url(request_with_line(), "approve"), headers={"HX-Request": "true"})
        assert "Approve and refund" in text(answer)
        assert "<html" not in text(answer)

    def test_sends_htmx_back_to_the_screen_when_it_is_too_late(self, reviewer: Client) -> None:
        item = request_with_line(declined=True)
        answer = reviewer.get(url(item, "approve"), headers={"HX-Request": "true"})
        assert answer.headers["HX-Redirect"] == url(item)


class TestApprove:
    def test_approves_what_was_seen_and_owes_the_rest(self, reviewer: Client) -> None:
        item = request_with_line()
        reviewer.post(url(item, "approve"), approval(item))
        item.refresh_from_db()
        assert (item.status, item.approved_amount) == ("approved", Decimal("24.49"))
        assert set(item.operations.values_list("kind", "part")) == {
            ("create_return", ""),
            ("process_return", ""),
            ("send_email", "approved"),
        }

    def test_writes_down_who_did_it(self, sign_in: SignIn) -> None:
        client = sign_in("view_returnrequest", "decide_returnrequest")
        item = request_with_line()
        client.post(url(item, "approve"), approval(item))
        event = ReturnEvent.objects.get(return_request=item, kind="approved")
        assert event.actor_kind == "staff"
        assert str(event.user_id) == client.session["_auth_user_id"]

    def test_keeps_where_each_line_goes(self, reviewer: Client) -> None:
        item = request_with_line()
        other = ReturnLineItemFactory(return_request=item)
        changes = {f"disposition-{other.pk}": "NOT_RESTOCKED"}
        reviewer.post(url(item, "approve"), approval(item, **changes))
        assert list(item.lines.order_by("pk").values_list("disposition", flat=True)) == [
            "RESTOCKED",
            "NOT_RESTOCKED",
        ]

    def test_goes_on_to_the_next_request_with_a_way_back(self, reviewer: Client) -> None:
        item = request_with_line(due_at=utc_now())
        following = request_with_line(due_at=utc_now() + timedelta(hours=1))
        answer = reviewer.post(url(item, "approve"), approval(item), follow=True)
        assert answer.redirect_chain == [(url(following), 302)]
        assert messages(answer) == [
            f'<a href="{url(item)}">{item.rma_number}</a> '
            "approved: the refund of US$24.49 is under way."
        ]

    def test_goes_to_the_queue_after_the_last_one(self, reviewer: Client) -> None:
        item = request_with_line()
        answer = reviewer.post(url(item, "approve"), approval(item))
        assert answer.headers["Location"] == QUEUE

    def test_owes_no_refund_yet_where_the_policy_pays_on_receipt(self, reviewer: Client) -> None:
        item = request_with_line(policy__paid_on_receipt=True)
        answer = reviewer.post(url(item, "approve"), approval(item), follow=True)
        assert "US$24.49 will be refunded once the parcel is in." in messages(answer)[0]
        assert not item.operations.filter(kind=Operation.Kind.PROCESS_RETURN).exists()

    def test_leaves_it_to_inspection_where_goods_go_that_are_looked_at_first(
        self, reviewer: Client
    ) -> None:
        item = request_with_line(policy__paid_on_receipt=True)
        assert 'name="disposition-' not in get(reviewer, item, "approve")
        fields = approval(item)
        del fields[f"disposition-{item.lines.get().pk}"]
        reviewer.post(url(item, "approve"), fields)
        assert state_of(item)["status"] == "approved"

    @pytest.mark.parametrize(
        "changes",
        [
            {"amount": ""},
            {"amount": "much"},
            {"amount": "-1"},
            {"amount": "NaN"},
            {"currency": "EUR"},
            {"currency": ""},
        ],
    )
    def test_refuses_a_form_that_came_back_broken(
        self, reviewer: Client, changes: dict[str, str]
    ) -> None:
        item = request_with_line()
        before = state_of(item)
        answer = reviewer.post(url(item, "approve"), approval(item, **changes), follow=True)
        assert messages(answer) == [
            "Nothing was approved: the form came back incomplete. Look again."
        ]
        assert state_of(item) == before

    def test_refuses_a_place_that_goods_cannot_go_to(self, reviewer: Client) -> None:
        item = request_with_line()
        before = state_of(item)
        line = item.lines.get()
        reviewer.post(url(item, "approve"), approval(item, **{f"disposition-{line.pk}": "MISSING"}))
        assert state_of(item) == before

    def test_refuses_an_amount_that_nobody_was_shown(self, reviewer: Client) -> None:
        item = request_with_line()
        before = state_of(item)
        answer = reviewer.post(url(item, "approve"), approval(item, amount="999"), follow=True)
        assert "Nothing was approved: the amount is now US$24.49. Look again." in text(answer)
        assert state_of(item) == before

    def test_takes_the_amount_that_shopify_says_now(
        self, reviewer: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        say_now(monkeypatch, "20.00")
        item = request_with_line()
        reviewer.post(url(item, "approve"), approval(item, amount="20.00"))
        assert state_of(item)["approved"] == Decimal("20.00")

    def test_refuses_an_amount_that_changed_since_it_was_shown(
        self, reviewer: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        say_now(monkeypatch, "19.00")
        item = request_with_line()
        answer = reviewer.post(url(item, "approve"), approval(item, amount="20.00"), follow=True)
        assert "Nothing was approved: the amount is now US$19.00. Look again." in text(answer)
        assert state_of(item)["status"] == "requested"

    def test_approves_once_however_often_it_is_pressed(self, reviewer: Client) -> None:
        item = request_with_line()
        reviewer.post(url(item, "approve"), approval(item))
        after_the_first = state_of(item)
        answer = reviewer.post(url(item, "approve"), approval(item), follow=True)
        assert messages(answer)[-1] == "A request that is approved cannot be approved."
        assert state_of(item) == after_the_first

    @pytest.mark.parametrize("trait", ["declined", "canceled", "refunded"])
    def test_refuses_what_was_decided_otherwise(self, reviewer: Client, trait: str) -> None:
        item = request_with_line(**{trait: True})
        before = state_of(item)
        answer = reviewer.post(url(item, "approve"), approval(item), follow=True)
        assert "cannot be approved" in messages(answer)[0]
        assert state_of(item) == before
