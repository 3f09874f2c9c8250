"""What the shopper's page says of a return that TikTok pays."""

import pytest
from django.test import Client
from django.urls import reverse

from returns_portal.returns.models import ReturnRequest, SalesChannel
from returns_portal.shopify.sandbox.seeds import SHOWCASE
from tests.tiktok.market import Market

pytestmark = pytest.mark.django_db
BRITISH = 2
LABEL = "Get the label in the TikTok app"


def page(client: Client, row: ReturnRequest) -> str:
    answer = client.get(reverse("portal:status", args=[row.token]))
    return " ".join(answer.content.decode().split())


class TestAskedHere:
    @pytest.fixture(autouse=True)
    def by_tiktok(self, db: None) -> None:
        SalesChannel.objects.create(channel="tiktok", settlement="tiktok")

    def ask(self, market: Market, number: int) -> ReturnRequest:
        shown = SHOWCASE[number]
        market.shop.number, market.shop.postcode = shown.order_number, shown.postcode
        return market.shop.ask(units=1)

    def test_tells_how_to_begin_it_in_the_app_even_without_mail(
        self, client: Client, market: Market
    ) -> None:
        row = self.ask(market, BRITISH)
        told = page(client, row)
        assert "One more step in the TikTok app" in told
        assert "Choose the same items and the same reason." in told
        assert "Tap Return/refund, pick the same items" in told

    def test_says_nothing_of_it_where_the_shop_begins_it(
        self, client: Client, market: Market
    ) -> None:
        assert "One more step" not in page(client, self.ask(market, 0))

    def test_sends_to_tiktok_what_tiktok_takes_no_more(
        self, client: Client, market: Market
    ) -> None:
        row = self.ask(market, BRITISH)
        market.tiktok.book.orders[row.tiktok_order_id]["status"] = "COMPLETED"
        market.work()
        told = page(client, row)
        assert "TikTok takes no return of this order any more." in told
        assert "One more step" not in told


class TestBegunInTheApp:
    def test_shows_label_and_steps_only_once_the_parcel_may_go(
        self, client: Client, market: Market
    ) -> None:
        _case, row = market.begun()
        assert LABEL not in page(client, row)
        market.approve(row)
        assert LABEL in page(client, row)
        assert "pick the same items" not in page(client, row)

    def test_says_approved_at_success_and_paid_at_complete(
        self, client: Client, market: Market
    ) -> None:
        case, row = market.begun(return_type="REFUND")
        market.approve(row)
        told = page(client, row)
        assert "TikTok has approved your refund." in told
        assert "Your refund is paid." not in told
        assert LABEL not in told
        market.act(case, "pay")
        market.sync()
        assert "Your refund is paid." in page(client, row)

    def test_says_that_tiktok_is_told_until_it_agreed(self, client: Client, market: Market) -> None:
        case, row = market.begun()
        market.tiktok.faults.add(kind="error_503", operation="approve", when="before", times=50)
        market.approve(row)
        assert case["return_status"] == "RETURN_OR_REFUND_REQUEST_PENDING"
        told = page(client, row)
        assert "The shop agrees to your return." in told
        assert "Your return is approved." not in told

    def test_leads_to_the_offer_in_the_app(self, client: Client, market: Market) -> None:
        _case, row = market.begun()
        market.approve(row, row.quoted_amount / 2)
        assert "The shop offers to pay back a part." in page(client, row)

    def test_names_the_appeal_after_a_rejection(self, client: Client, market: Market) -> None:
        _case, row = market.begun()
        market.reject(row)
        assert "You can ask TikTok to look at it" in page(client, row)
