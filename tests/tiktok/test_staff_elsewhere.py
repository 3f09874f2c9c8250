"""The decision screen where another than Shopify holds the money."""

from decimal import Decimal

import pytest
from django.test import Client

from returns_portal.returns.models import ReturnRequest
from tests.returns.factories import request_with_line
from tests.staff.conftest import reviewer, sign_in, unreachable_shopify, viewer
from tests.staff.pages import get, text, url

__all__ = ["reviewer", "sign_in", "unreachable_shopify", "viewer"]
pytestmark = pytest.mark.django_db
TASK = "Refund in Seller Center"
KNOWN = "TikTok holds the payment of this order."


@pytest.fixture
def task() -> ReturnRequest:
    return request_with_line(approved=True, settlement="external")


class TestTask:
    def test_names_amount_link_and_fields(self, reviewer: Client, task: ReturnRequest) -> None:
        page = get(reviewer, task)
        assert TASK in page
        assert "$24.49" in page
        assert f"order_no={task.tiktok_order_id}" in page
        assert 'name="reference"' in page

    def test_ends_with_the_confirmation(self, reviewer: Client, task: ReturnRequest) -> None:
        data = {"amount": "24.49", "reference": "SC-1"}
        reviewer.post(url(task, "confirm_refund"), data)
        task.refresh_from_db()
        assert task.refunded_amount == Decimal("24.49")
        assert 'name="reference"' not in get(reviewer, task)

    def test_asks_again_without_a_reference(self, reviewer: Client, task: ReturnRequest) -> None:
        answer = reviewer.post(url(task, "confirm_refund"), {"amount": "24.49"})
        assert "This field is required." in text(answer)
        task.refresh_from_db()
        assert task.refunded_at is None

    def test_is_not_for_those_who_may_only_look(self, viewer: Client, task: ReturnRequest) -> None:
        assert 'name="reference"' not in get(viewer, task)
        data = {"amount": "24.49", "reference": "SC-1"}
        assert viewer.post(url(task, "confirm_refund"), data).status_code == 403

    def test_stands_in_the_queue(self, reviewer: Client, task: ReturnRequest) -> None:
        page = text(reviewer.get("/admin/returns/returnrequest/?tab=attention"))
        assert task.rma_number in page
        assert TASK in page


class TestWarning:
    def test_is_given_once_while_staff_decide(self, reviewer: Client) -> None:
        assert get(reviewer, request_with_line()).count(KNOWN) == 1

    @pytest.mark.parametrize(
        "values", [{"settlement": "external"}, {"sales_channel": "web"}, {"declined": True}]
    )
    def test_is_given_nowhere_else(self, reviewer: Client, values: dict[str, object]) -> None:
        assert KNOWN not in get(reviewer, request_with_line(**values))
