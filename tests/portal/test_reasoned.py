"""What hangs on the reason: items that only some reasons open, other offers, fees, a photo."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from returns_portal.returns.rules import Condition, Effect
from tests.portal.building import Door, build_line, build_order, choice, look_up, usd
from tests.portal.test_questions import WORN, rule
from tests.returns.factories import ReturnReasonFactory

pytestmark = pytest.mark.django_db
DAMAGED = (Condition("reason", "one_of", ("damaged",)),)


@pytest.fixture
def shopper(client: Client, door: Door, settings: Any) -> Client:
    settings.PORTAL_CHANNELS = ["web"]
    ReturnReasonFactory(shops_fault=True, waives_fees=False)
    door.order = build_order(
        build_line(1, title="Linen shirt", quantity=2, before_tax=usd("20.00")),
        build_line(2, title="Silk scarf", product_tags=("final-sale",)),
        source_name="web",
        email="",
        customer_id="gid://shopify/Customer/1",
    )
    look_up(client)
    return client


def choose(client: Client) -> str:
    return client.get("/orders/1/").content.decode()


def review(client: Client, **fields: Any) -> tuple[int, str]:
    answer = client.post("/orders/1/review/", fields)
    return answer.status_code, answer.content.decode()


class TestItemThatSomeReasonsOpen:
    def test_can_be_chosen_for_those_and_says_so(self, shopper: Client, door: Door) -> None:
        assert 'name="choose-2"' not in choose(shopper)
        rule(door, Effect("eligible"), conditions=DAMAGED)
        page = choose(shopper)
        assert "You can still return it for: Arrived damaged." in page
        assert set(re.findall(r'name="reason-2"[^>]*?value="([^"]*)"', page)) == {"damaged"}

    def test_goes_on_to_the_review(self, shopper: Client, door: Door) -> None:
        rule(door, Effect("eligible"), conditions=DAMAGED)
        assert review(shopper, **choice(2, reason="damaged"))[0] == 200
        assert review(shopper, **choice(2, reason="too-small"))[0] == 422

    def test_is_opened_by_a_longer_window_too(self, shopper: Client, door: Door) -> None:
        door.policy = {"return_window_days": 1}
        rule(door, Effect("window_days", "90"), conditions=DAMAGED)
        assert review(shopper, **choice(1, reason="damaged"))[0] == 200

    def test_stays_shut_where_facts_of_the_order_speak(self, shopper: Client, door: Door) -> None:
        door.taken = {"gid://shopify/FulfillmentLineItem/2": 1}
        rule(door, Effect("eligible"), conditions=DAMAGED)
        assert 'name="choose-2"' not in choose(shopper)


class TestOffersThatAReasonBrings:
    @pytest.fixture(autouse=True)
    def offered(self, shopper: Client, door: Door) -> None:
        rule(door, Effect("offer_outcome", "keep_item"), conditions=DAMAGED)

    def test_come_afresh_once_it_is_chosen(self, shopper: Client) -> None:
        assert "you keep the item" not in choose(shopper)
        fields = choice(1, reason="damaged", shown="")
        answer = shopper.post("/orders/1/quote/", fields).content.decode()
        assert 'id="asked-1" data-hx-swap-oob="true"' in answer
        assert "you keep the item" in answer
        again = choice(1, reason="damaged", shown="original_payment,keep_item", outcome="keep_item")
        answer = shopper.post("/orders/1/quote/", again).content.decode()
        assert 'id="asked-1"' not in answer

    def test_are_seen_before_one_counts(self, shopper: Client) -> None:
        status, page = review(shopper, **choice(1, reason="damaged"))
        assert status == 422
        assert "Choose what you get for it." in page
        assert 'value="keep_item"' in page
        assert review(shopper, **choice(1, reason="damaged", outcome="keep_item"))[0] == 200

    def test_hold_for_no_other_reason(self, shopper: Client) -> None:
        assert review(shopper, **choice(1, reason="too-small", outcome="keep_item"))[0] == 422


class TestAmountsBesideOffers:
    def test_are_those_of_the_rules(self, shopper: Client, door: Door) -> None:
        door.policy = {"offers_store_credit": True, "restocking_fee_percent": Decimal(50)}
        rule(door, Effect("restocking_fee", "10"), Effect("store_credit_bonus", "20"))
        page = choose(shopper)
        assert "$9.00</strong>" in page
        assert "$10.80</strong>" in page


class TestPhotoAndQuestionThatAReasonBrings:
    def test_come_afresh_with_it(self, shopper: Client, door: Door) -> None:
        ask = Effect("ask_question", text=WORN.label, choices=WORN.choices)
        rule(door, Effect("require_photo"), ask, conditions=DAMAGED)
        page = choose(shopper)
        assert 'name="photos-1"' in page
        assert 'class="wants-photo"' not in page
        fields = choice(1, reason="damaged", shown="")
        answer = shopper.post("/orders/1/quote/", fields).content.decode()
        assert 'class="wants-photo"' in answer
        assert "Was it worn?" in answer
        assert "Choose an answer." not in answer
