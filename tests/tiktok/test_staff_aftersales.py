"""The list of TikTok's aftersales: why no request stands for one, and what helps."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from returns_portal.returns.models import Aftersale, MirroredOrder, ReturnRequest
from returns_portal.returns.services.aftersales import TAKEN
from tests.staff.conftest import reviewer, sign_in, viewer
from tests.tiktok.market import Market

__all__ = ["reviewer", "sign_in", "viewer"]
pytestmark = pytest.mark.django_db
LIST = "/admin/returns/aftersale/"


def match_again(client: Client, aftersale: Aftersale) -> list[str]:
    chosen: dict[str, Any] = {"action": "match_again", "_selected_action": [aftersale.pk]}
    answer = client.post(LIST, chosen)
    return [str(message) for message in get_messages(answer.wsgi_request)]


@pytest.fixture
def lonely(market: Market) -> Aftersale:
    """An aftersale whose request went to another one."""
    _case, row = market.begun()
    aftersale = Aftersale.objects.get(return_request=row)
    Aftersale.objects.update(return_request=None, problem=TAKEN)
    aftersale.refresh_from_db()
    return aftersale


class TestList:
    def test_tells_the_cause_and_leads_to_the_order(
        self, viewer: Client, lonely: Aftersale
    ) -> None:
        page = viewer.get(LIST).content.decode()
        order = MirroredOrder.objects.get(tiktok_order_id=lonely.order_id)
        assert TAKEN in page
        assert reverse("admin:returns_mirroredorder_change", args=[order.pk]) in page

    def test_asks_for_the_order_that_shopify_lacks(self, viewer: Client, lonely: Aftersale) -> None:
        Aftersale.objects.update(order_id="579999999999999999", problem="")
        page = viewer.get(LIST).content.decode()
        assert "It was not matched yet." in page
        assert "Bring the order into Shopify" in page

    def test_sends_a_replacement_to_seller_center(self, viewer: Client, lonely: Aftersale) -> None:
        Aftersale.objects.update(return_type="REPLACEMENT", problem="")
        assert "Decide it in Seller Center." in viewer.get(LIST).content.decode()

    def test_leads_to_the_request_where_there_is_one(self, viewer: Client, market: Market) -> None:
        _case, row = market.begun()
        page = viewer.get(LIST).content.decode()
        assert row.rma_number in page
        assert "match again:" not in page

    def test_keeps_what_the_buyer_wrote_to_itself(self, viewer: Client, market: Market) -> None:
        market.begun(note="My knee hurts.")
        aftersale = Aftersale.objects.get()
        detail = viewer.get(f"{LIST}{aftersale.pk}/change/").content.decode()
        assert aftersale.return_id in detail
        assert "My knee hurts." not in detail


class TestMatching:
    def test_again_joins_the_request(self, reviewer: Client, lonely: Aftersale) -> None:
        row = ReturnRequest.objects.get()
        assert match_again(reviewer, lonely) == [f"{lonely}: {row.rma_number}"]
        lonely.refresh_from_db()
        assert (lonely.return_request, lonely.problem) == (row, "")

    def test_again_tells_why_there_is_still_none(self, reviewer: Client, market: Market) -> None:
        market.begun(units=99)
        ReturnRequest.objects.update(tiktok_order_id="")
        Aftersale.objects.update(return_request=None, problem="")
        lonely = Aftersale.objects.get()
        told = match_again(reviewer, lonely)
        lonely.refresh_from_db()
        assert lonely.return_request is None
        assert lonely.problem
        assert told == [f"{lonely}: {lonely.problem}"]

    def test_again_tells_that_tiktok_does_not_answer(
        self, reviewer: Client, lonely: Aftersale, market: Market, settings: Any
    ) -> None:
        settings.TIKTOK_APP_KEY = ""
        assert "docs/tiktok.md" in match_again(reviewer, lonely)[0]

    def test_is_not_for_those_who_only_look(self, viewer: Client, lonely: Aftersale) -> None:
        assert match_again(viewer, lonely) != [
            f"{lonely}: {ReturnRequest.objects.get().rma_number}"
        ]
        lonely.refresh_from_db()
        assert lonely.return_request is None
