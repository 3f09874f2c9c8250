"""Approve, decline, receive: what each press does, and what it never does."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from returns_portal.returns.models import Operation, ReturnEvent, ReturnLineItem, ReturnRequest
from returns_portal.returns.refund_amounts import Quote
from returns_portal.shopify.errors import ShopifyError, ShopifyProtocolError, ShopifyUnavailable
from returns_portal.shopify.types import CalculatedLine, Money
from staff import decision
from tests.returns.factories import (
    OperationFactory,
    ReturnLineItemFactory,
    ReturnRequestFactory,
    request_with_line,
    utc_now,
)
from tests.staff.conftest import SignIn
from tests.staff.pages import QUEUE, get, messages, text, url

pytestmark = pytest.mark.django_db


def state_of(item: ReturnRequest) -> dict[str, Any]:
    """All that a decision could change."""
    item.refresh_from_db()
    return {
        "status": item.status,
        "approved": item.approved_amount,
        "reason": item.decline_reason,
        "lines": list(item.lines.values_list("disposition", "received_quantity")),
        "events": item.events.count(),
        "operations": list(item.operations.order_by("pk").values_list("kind", "part", "state")),
    }


def approval(item: ReturnRequest, **changes: str) -> dict[str, str]:
    """The form that the confirm step sends."""
    lines = {}
    for line in item.lines.all():
        lines[f"units-{line.pk}"] = str(line.quantity)
        lines[f"disposition-{line.pk}"] = line.disposition
    seen = {"amount": "24.49", "currency": "USD", "quoted": "24.49"}
    return {**seen, **lines, **changes}


def receipt(item: ReturnRequest, quantity: int = 1, where: str = "RESTOCKED") -> dict[str, str]:
    fields = {}
    for line in item.lines.all():
        fields[f"received-{line.pk}"] = str(quantity)
        fields[f"disposition-{line.pk}"] = where
    return fields


def approved_for_receipt() -> ReturnRequest:
    item = request_with_line(approved=True, policy__paid_on_receipt=True)
    OperationFactory(return_request=item, done=True)
    return item


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


class TestDecline:
    def test_shows_the_form_and_changes_nothing(self, reviewer: Client) -> None:
        item = request_with_line()
        before = state_of(item)
        page = get(reviewer, item, "decline")
        assert "Reason, as the shopper will read it" in page
        assert 'maxlength="1000"' in page
        assert state_of(item) == before

    def test_declines_with_the_reason_that_the_shopper_reads(self, reviewer: Client) -> None:
        item = request_with_line()
        answer = reviewer.post(url(item, "decline"), {"reason": " Worn. "}, follow=True)
        item.refresh_from_db()
        assert (item.status, item.decline_reason) == ("declined", "Worn.")
        assert list(item.operations.values_list("kind", "part")) == [("send_email", "declined")]
        assert messages(answer)[0].endswith("declined: the shopper is told why.")

    @pytest.mark.parametrize("reason", ["", "   ", "x" * 1001])
    def test_asks_again_for_a_reason_that_is_missing_or_too_long(
        self, reviewer: Client, reason: str
    ) -> None:
        item = request_with_line()
        before = state_of(item)
        answer = reviewer.post(url(item, "decline"), {"reason": reason})
        assert answer.status_code == 200
        assert "errorlist" in text(answer)
        assert state_of(item) == before

    def test_takes_a_reason_of_a_thousand_characters(self, reviewer: Client) -> None:
        item = request_with_line()
        reviewer.post(url(item, "decline"), {"reason": "x" * 1000})
        assert state_of(item)["reason"] == "x" * 1000

    def test_escapes_the_reason_on_the_screen(self, reviewer: Client) -> None:
        item = request_with_line(declined=True, decline_reason="<img src=x onerror=alert(1)>")
        assert "<img src=x" not in get(reviewer, item)

    @pytest.mark.parametrize("trait", ["approved", "canceled", "refunded"])
    def test_refuses_what_was_decided_otherwise(self, reviewer: Client, trait: str) -> None:
        item = request_with_line(**{trait: True})
        before = state_of(item)
        answer = reviewer.post(url(item, "decline"), {"reason": "Worn."}, follow=True)
        assert "cannot be declined" in messages(answer)[0]
        assert state_of(item) == before


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


class TestRetry:
    def test_puts_a_failed_step_back_in_line(self, reviewer: Client) -> None:
        item = request_with_line(approved=True)
        operation = OperationFactory(return_request=item, failed=True)
        answer = reviewer.post(f"/admin/returns/operation/{operation.pk}/retry/", follow=True)
        operation.refresh_from_db()
        assert operation.state == "pending"
        assert answer.redirect_chain == [(url(item), 302)]
        assert messages(answer) == ["Open the return in Shopify: trying again."]

    def test_refuses_a_step_that_did_not_fail(self, reviewer: Client) -> None:
        operation = OperationFactory(done=True)
        answer = reviewer.post(f"/admin/returns/operation/{operation.pk}/retry/", follow=True)
        operation.refresh_from_db()
        assert operation.state == "done"
        assert "has not failed" in messages(answer)[0]

    def test_answers_only_to_a_press(self, reviewer: Client) -> None:
        operation = OperationFactory(failed=True)
        assert reviewer.get(f"/admin/returns/operation/{operation.pk}/retry/").status_code == 405
        operation.refresh_from_db()
        assert operation.state == "failed"

    def test_answers_404_for_a_step_that_is_not_there(self, reviewer: Client) -> None:
        assert reviewer.post("/admin/returns/operation/999999/retry/").status_code == 404

    @pytest.mark.parametrize(
        "permissions", [(), ("view_returnrequest", "decide_returnrequest"), ("retry_operation",)]
    )
    def test_needs_its_own_permission(self, sign_in: SignIn, permissions: tuple[str, ...]) -> None:
        operation = OperationFactory(failed=True)
        address = f"/admin/returns/operation/{operation.pk}/retry/"
        assert sign_in(*permissions).post(address).status_code == 403
        operation.refresh_from_db()
        assert operation.state == "failed"


class TestRights:
    """Who may not decide gets 403, and nothing changes."""

    FORMS: dict[str, tuple[Callable[[], ReturnRequest], Callable[[ReturnRequest], Any]]] = {
        "approve": (request_with_line, approval),
        "decline": (request_with_line, lambda _item: {"reason": "Worn."}),
        "receive": (approved_for_receipt, receipt),
    }

    @pytest.mark.parametrize("part", FORMS)
    @pytest.mark.parametrize(
        "permissions",
        [
            (),
            ("view_returnrequest",),
            ("decide_returnrequest",),
            ("view_returnrequest", "change_returnrequest", "delete_returnrequest"),
        ],
    )
    def test_to_decide_need_both_permissions(
        self, sign_in: SignIn, part: str, permissions: tuple[str, ...]
    ) -> None:
        make, form = self.FORMS[part]
        item = make()
        before = state_of(item)
        client = sign_in(*permissions)
        assert client.get(url(item, part)).status_code == 403
        assert client.post(url(item, part), form(item)).status_code == 403
        assert state_of(item) == before

    @pytest.mark.parametrize("part", FORMS)
    def test_are_nobody_s_without_a_sign_in(self, part: str) -> None:
        make, form = self.FORMS[part]
        item = make()
        before = state_of(item)
        assert Client().post(url(item, part), form(item)).status_code == 302
        assert state_of(item) == before

    @pytest.mark.parametrize("part", FORMS)
    def test_are_not_lent_to_another_site(self, reviewer: Client, part: str) -> None:
        make, form = self.FORMS[part]
        item = make()
        before = state_of(item)
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = reviewer.cookies
        assert strict.post(url(item, part), form(item)).status_code == 403
        assert state_of(item) == before

    @pytest.mark.parametrize("part", FORMS)
    def test_end_where_the_request_does_not_exist(self, reviewer: Client, part: str) -> None:
        missing = ReturnRequestFactory.build(pk=999_999)
        answer: HttpResponse = reviewer.post(url(missing, part), {})
        assert answer.status_code == 404


def refuse_now(monkeypatch: pytest.MonkeyPatch, error: ShopifyError) -> None:
    """Shopify calculates nothing for the request."""

    def quote(_request: ReturnRequest) -> Quote:
        raise error

    monkeypatch.setattr(decision, "quote_request", quote)


def say_now(monkeypatch: pytest.MonkeyPatch, amount: str) -> None:
    """Shopify's answer to what it would pay, without Shopify."""

    worth, nothing = Money(Decimal(amount), "USD"), Money(Decimal(0), "USD")

    def quote(request: ReturnRequest) -> Quote:
        lines = tuple(
            CalculatedLine(line.fulfillment_line_item_id, line.quantity, worth, nothing, nothing)
            for line in request.lines.all()
        )
        return Quote(lines, nothing, worth, "shopify")

    monkeypatch.setattr(decision, "quote_request", quote)
