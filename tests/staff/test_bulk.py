"""Many requests at once: the sum first, then a result for each."""

from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from returns_portal.returns.models import ReturnRequest
from staff import bulk
from tests.returns.factories import ReturnPolicyFactory, request_with_line
from tests.staff.conftest import SignIn
from tests.staff.pages import QUEUE, messages, text

pytestmark = pytest.mark.django_db


def press(client: Client, action: str, chosen: list[ReturnRequest], **fields: Any) -> HttpResponse:
    form = {"action": action, "_selected_action": [item.pk for item in chosen], **fields}
    return client.post(f"{QUEUE}?tab=all", form, follow=True)


def seen(*chosen: ReturnRequest) -> dict[str, str]:
    """The amounts that the confirm page showed."""
    amounts = {f"amount-{item.pk}": f"{item.quoted_amount:f}" for item in chosen}
    return {"confirmed": "yes", **amounts}


def statuses(*chosen: ReturnRequest) -> list[str]:
    rows = ReturnRequest.objects.in_bulk([item.pk for item in chosen])
    return [rows[item.pk].status for item in chosen]


class TestConfirmApproval:
    def test_tells_the_sum_by_currency_and_changes_nothing(self, reviewer: Client) -> None:
        chosen = [
            request_with_line(quoted_amount=Decimal("24.49")),
            request_with_line(quoted_amount=Decimal("18.00")),
            request_with_line(quoted_amount=Decimal("31.50"), currency="GBP"),
        ]
        page = text(press(reviewer, "approve_selected", chosen))
        assert "3 requests will be approved and refunded:" in page
        assert '<strong class="amount">£31.50</strong> + <strong class="amount">US$42.49' in page
        assert statuses(*chosen) == ["requested"] * 3

    def test_leaves_out_what_can_no_longer_be_approved(self, reviewer: Client) -> None:
        chosen = [request_with_line(), request_with_line(declined=True)]
        page = text(press(reviewer, "approve_selected", chosen))
        assert "1 request will be approved" in page
        assert "Left alone: A request that is declined cannot be approved." in page


class TestApprove:
    def test_approves_each_with_a_message_for_each(self, reviewer: Client) -> None:
        chosen = [request_with_line(), request_with_line()]
        answer = press(reviewer, "approve_selected", chosen, **seen(*chosen))
        assert statuses(*chosen) == ["approved", "approved"]
        assert len(messages(answer)) == 2
        assert all("the refund of US$24.49 is under way" in words for words in messages(answer))

    def test_goes_on_past_one_that_fails_and_names_it(self, reviewer: Client) -> None:
        first, second, third = (request_with_line() for _ in range(3))
        ReturnRequest.objects.filter(pk=second.pk).update(status="canceled")
        chosen = [first, second, third]
        answer = press(reviewer, "approve_selected", chosen, **seen(*chosen))
        assert statuses(*chosen) == ["approved", "canceled", "approved"]
        failed = [words for words in messages(answer) if "cannot be approved" in words]
        assert len(failed) == 1
        assert second.rma_number in failed[0]

    @pytest.mark.parametrize("amount", ["", "1.00", "junk"])
    def test_pays_no_amount_that_was_not_on_the_page(self, reviewer: Client, amount: str) -> None:
        item = request_with_line()
        fields = {"confirmed": "yes", f"amount-{item.pk}": amount}
        answer = press(reviewer, "approve_selected", [item], **fields)
        assert statuses(item) == ["requested"]
        assert "its amount was not on the page that you confirmed" in messages(answer)[0]

    def test_promises_no_refund_yet_where_the_policy_pays_on_receipt(
        self, reviewer: Client
    ) -> None:
        item = request_with_line(policy=ReturnPolicyFactory(paid_on_receipt=True))
        answer = press(reviewer, "approve_selected", [item], **seen(item))
        assert "once the parcel is in" in messages(answer)[0]


class TestLimit:
    @pytest.mark.parametrize("action", ["approve_selected", "decline_selected"])
    def test_refuses_more_than_the_confirm_page_could_send(
        self, reviewer: Client, monkeypatch: pytest.MonkeyPatch, action: str
    ) -> None:
        monkeypatch.setattr(bulk, "MOST_AT_ONCE", 1)
        chosen = [request_with_line(), request_with_line()]
        answer = press(reviewer, action, chosen, **seen(*chosen), reason="Worn.")
        assert messages(answer) == ["Nothing was done: choose at most 1 requests at once."]
        assert statuses(*chosen) == ["requested", "requested"]


class TestDecline:
    def test_asks_for_the_reason_first_and_changes_nothing(self, reviewer: Client) -> None:
        chosen = [request_with_line(), request_with_line()]
        page = text(press(reviewer, "decline_selected", chosen))
        assert "2 requests will be declined." in page
        assert "Reason, as the shopper will read it" in page
        assert statuses(*chosen) == ["requested", "requested"]

    def test_asks_again_while_the_reason_is_missing(self, reviewer: Client) -> None:
        item = request_with_line()
        answer = press(reviewer, "decline_selected", [item], confirmed="yes", reason=" ")
        assert "Write a reason: the shopper will read it." in text(answer)
        assert statuses(item) == ["requested"]

    def test_declines_each_for_the_one_reason(self, reviewer: Client) -> None:
        chosen = [request_with_line(), request_with_line()]
        answer = press(reviewer, "decline_selected", chosen, confirmed="yes", reason="Worn.")
        reasons = ReturnRequest.objects.values_list("status", "decline_reason")
        assert list(reasons) == [("declined", "Worn."), ("declined", "Worn.")]
        assert len(messages(answer)) == 2

    def test_goes_on_past_one_that_fails(self, reviewer: Client) -> None:
        first, second = request_with_line(approved=True), request_with_line()
        chosen = [first, second]
        answer = press(reviewer, "decline_selected", chosen, confirmed="yes", reason="Worn.")
        assert statuses(*chosen) == ["approved", "declined"]
        assert any("cannot be declined" in words for words in messages(answer))


class TestRights:
    @pytest.mark.parametrize("action", ["approve_selected", "decline_selected"])
    @pytest.mark.parametrize(
        "permissions", [("view_returnrequest",), ("view_returnrequest", "change_returnrequest")]
    )
    def test_offer_no_action_to_those_who_may_not_decide(
        self, sign_in: SignIn, action: str, permissions: tuple[str, ...]
    ) -> None:
        item = request_with_line()
        client = sign_in(*permissions)
        assert action not in text(client.get(QUEUE))
        press(client, action, [item], **seen(item), reason="Worn.")
        assert statuses(item) == ["requested"]

    def test_never_offer_to_delete(self, admin_client: Client) -> None:
        request_with_line()
        assert "delete_selected" not in text(admin_client.get(QUEUE))
