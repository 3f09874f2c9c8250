"""Choosing what to get for an item: each outcome with its net amount, none before the others."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from portal.forms import LineForm
from portal.offers import build_offers
from returns_portal.returns.models import ReturnRequest
from returns_portal.returns.orders import build_choices
from tests.portal.building import NOW, Door, build_line, build_order, choice, look_up, usd
from tests.reading import read_form
from tests.returns.factories import ReturnReasonFactory

pytestmark = pytest.mark.django_db

OFFERING = {
    "offers_store_credit": True,
    "store_credit_bonus_percent": Decimal(10),
    "keep_item_up_to": Decimal(50),
    "restocking_fee_percent": Decimal(20),
}


@pytest.fixture
def door(door: Door, settings: Any) -> Door:
    settings.PORTAL_CHANNELS = ["web"]
    door.order = build_order(
        build_line(1, quantity=2, before_tax=usd("20.00")),
        source_name="web",
        email="",
        customer_id="gid://shopify/Customer/1",
    )
    door.policy = OFFERING
    return door


def page(client: Client) -> str:
    look_up(client)
    return client.get("/orders/1/").content.decode()


class TestOffers:
    def test_stand_beside_their_net_amounts(self, door: Door, client: Client) -> None:
        html = page(client)
        for amount in ("$8.00", "$8.80", "$10.00"):
            assert f"{amount}</strong>" in html

    def test_tell_the_fee_and_the_bonus(self, door: Door, client: Client) -> None:
        html = page(client)
        assert "After a restocking fee of $2.00." in html
        assert "With a bonus of $0.80." in html

    def test_follow_units_and_reason(self, door: Door) -> None:
        reason = ReturnReasonFactory(shops_fault=True)
        facts = door.read_order("gid://shopify/Order/1", now=NOW)
        [item] = build_choices(facts, now=NOW)
        form = LineForm(item, [], choice(quantity=2, reason=reason.code))
        form.reasons = {reason.code: reason}
        amounts = [offer.amount.amount for offer in build_offers(facts, form)]
        assert amounts == [Decimal(20), Decimal(22), Decimal(20)]

    def test_are_not_asked_about_where_there_is_one(self, door: Door, client: Client) -> None:
        door.policy = {}
        assert "What do you get for it?" not in page(client)

    def test_come_afresh_with_the_running_total(self, door: Door, client: Client) -> None:
        look_up(client)
        ReturnReasonFactory()
        answer = client.post("/orders/1/quote/", choice(quantity=2)).content.decode()
        assert 'id="amount-1-store_credit" data-hx-swap-oob="true">$17.60<' in answer


class TestChoice:
    def test_is_carried_to_the_review(self, door: Door, client: Client) -> None:
        look_up(client)
        ReturnReasonFactory()
        html = client.post("/orders/1/review/", choice(outcome="store_credit")).content.decode()
        assert 'name="outcome-1" value="store_credit"' in html
        assert "As store credit" in html

    def test_of_nothing_known_is_refused(self, door: Door, client: Client) -> None:
        look_up(client)
        ReturnReasonFactory()
        answer = client.post("/orders/1/review/", choice(outcome="gold"))
        assert answer.status_code == 422
        assert "Choose what you get for it." in answer.content.decode()

    def test_is_kept_with_the_request(self, door: Door, client: Client) -> None:
        look_up(client)
        ReturnReasonFactory()
        fields = choice(outcome="keep_item")
        review = client.post("/orders/1/review/", fields).content.decode()
        sent = {**read_form(review, "/orders/1/submit/"), "conditions": "on"}
        client.post("/orders/1/submit/", sent)
        made = ReturnRequest.objects.get()
        assert [line.outcome for line in made.lines.all()] == ["keep_item"]
        status = client.get(f"/returns/{made.token}/").content.decode()
        assert "What to do" not in status
        assert "For what you keep" in status
