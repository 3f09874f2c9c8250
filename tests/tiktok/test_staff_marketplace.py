"""The decision screen of a return that TikTok pays."""

import pytest
from django.test import Client

from tests.staff.conftest import SignIn, reviewer, sign_in, viewer
from tests.staff.pages import get, text, url
from tests.tiktok.market import REJECT_REASON, Market

__all__ = ["reviewer", "sign_in", "viewer"]
pytestmark = pytest.mark.django_db


class TestCard:
    def test_tells_what_tiktok_says_and_offers_the_decision(
        self, reviewer: Client, market: Market
    ) -> None:
        case, row = market.begun(note="Too tight.", photos=1)
        page = get(reviewer, row)
        assert "TikTok waits for your decision." in page
        for told in (case["return_id"], "Too tight.", "No longer needed", "Approve on TikTok"):
            assert told in page
        assert url(row, "approve") not in page.replace(url(row, "approve_on_tiktok"), "")

    def test_offers_nothing_to_those_who_may_only_look(
        self, viewer: Client, market: Market
    ) -> None:
        _case, row = market.begun()
        assert "Approve on TikTok" not in get(viewer, row)
        assert viewer.post(url(row, "approve_on_tiktok")).status_code == 403
        assert viewer.get(url(row, "reject_on_tiktok")).status_code == 403


class TestDecisions:
    def test_approve_once(self, reviewer: Client, market: Market) -> None:
        case, row = market.begun()
        for _ in range(2):
            reviewer.post(url(row, "approve_on_tiktok"))
        market.work()
        assert case["return_status"] == "AWAITING_BUYER_SHIP"
        assert row.operations.filter(kind="tiktok_approve").count() == 1

    def test_reject_for_a_reason_of_tiktoks(self, reviewer: Client, market: Market) -> None:
        case, row = market.begun()
        form = text(reviewer.get(url(row, "reject_on_tiktok")))
        assert "The item was used or broken by the buyer" in form
        reviewer.post(
            url(row, "reject_on_tiktok"), {"reason": REJECT_REASON, "comment": "It was worn."}
        )
        market.work()
        assert case["return_status"] == "REFUND_OR_RETURN_REQUEST_REJECT"

    def test_ask_again_without_words(self, reviewer: Client, market: Market) -> None:
        case, row = market.begun()
        answer = reviewer.post(url(row, "reject_on_tiktok"), {"reason": REJECT_REASON})
        assert "This field is required." in text(answer)
        assert case["return_status"] == "RETURN_OR_REFUND_REQUEST_PENDING"

    def test_offer_a_part_within_what_tiktok_takes(self, sign_in: SignIn, market: Market) -> None:
        reviewer = sign_in(
            "view_returnrequest", "decide_returnrequest", "change_amount_returnrequest"
        )
        case, row = market.begun()
        form = text(reviewer.get(url(row, "offer_on_tiktok")))
        assert "TikTok takes" in form
        whole = case["refund_amount"]["refund_total"]
        answer = reviewer.post(url(row, "offer_on_tiktok"), {"amount": whole, "reason": "Worn"})
        assert "TikTok does not take this amount just now." in text(answer)
        half = f"{row.quoted_amount / 2:.2f}"
        reviewer.post(url(row, "offer_on_tiktok"), {"amount": half, "reason": "Worn"})
        market.work()
        assert (case["return_status"], case["offer"]) == ("AWAITING_BUYER_RESPONSE", half)
        assert "offer_on_tiktok" not in get(reviewer, row)
