"""From the look-up to the refund, against a sandbox Shopify over real HTTP."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client

from returns_portal.returns.models import ReturnRequest
from returns_portal.returns.services import Actor, approve
from returns_portal.shopify.sandbox.seeds import SHOWCASE
from returns_portal.shopify.types import Money

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
SHIRT = SHOWCASE[0]

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(sandbox: Any) -> Any:
    """The sandbox shop, with the portal's default policies and reasons."""
    call_command("load_defaults", verbosity=0)
    return sandbox


def find(client: Client, number: str, postcode: str) -> Any:
    return client.post("/", {"order_number": number, "postcode_or_email": postcode})


def send_request(client: Client, **fields: str) -> ReturnRequest:
    """Looks the shirt order up, chooses its first item, reviews and sends."""
    order = find(client, SHIRT.order_number, SHIRT.postcode)["Location"]
    key = re.findall(r'name="choose-(\d+)"', client.get(order).content.decode())[0]
    chosen = {f"choose-{key}": "on", f"quantity-{key}": "1", f"reason-{key}": "too-small"}
    page = client.post(f"{order}review/", chosen).content.decode()
    answer = client.post(
        f"{order}submit/", {**dict(HIDDEN.findall(page)), "conditions": "on", **fields}
    )
    assert answer.status_code == 303, answer.content.decode()
    return ReturnRequest.objects.get(token=answer["Location"].split("/")[2])


class TestLookup:
    @pytest.mark.parametrize("showcase", SHOWCASE, ids=lambda showcase: showcase.postcode)
    def test_finds_every_showcase_order(self, shop: Any, client: Client, showcase: Any) -> None:
        answer = find(client, f"Order ID: {showcase.order_number}", showcase.postcode.lower())
        assert answer.status_code == 302
        assert client.get(answer["Location"]).status_code == 200

    @pytest.mark.parametrize("number", [SHIRT.order_number, "577000000000000000", "#1", "!"])
    def test_misses_alike(self, shop: Any, client: Client, number: str) -> None:
        answer = find(client, number, "99999")
        assert answer.status_code == 422
        assert "find an order with these details" in answer.content.decode()

    def test_names_a_return_id(self, shop: Any, client: Client) -> None:
        answer = find(client, "4035 3185 0408 6604 511", "99999")
        assert "That is a TikTok return ID" in answer.content.decode()


class TestJourney:
    def test_ends_with_the_money_that_was_shown(
        self,
        shop: Any,
        client: Client,
        now: datetime,
        carry_out_all: Callable[..., None],
    ) -> None:
        sent = send_request(client, contact_email="me@example.com")
        approve(
            request_id=sent.pk,
            amount=Money(sent.quoted_amount, sent.currency),
            actor=Actor.system(),
            now=now,
        )
        for minutes in (1, 10, 60):
            carry_out_all(now + timedelta(minutes=minutes))
        sent.refresh_from_db()
        page = Client().get(f"/returns/{sent.token}/").content.decode()
        assert sent.refunded_amount == sent.quoted_amount
        assert "Your refund is paid." in page
        assert "Paid on" in page
        assert {message.subject.split(" RMA")[0] for message in mail.outbox} >= {
            "We have your return request",
            "Your return",
        }

    def test_offers_the_returned_unit_no_more(self, shop: Any, client: Client) -> None:
        send_request(client)
        send_request(client)
        order = find(client, SHIRT.order_number, SHIRT.postcode)["Location"]
        page = client.get(order).content.decode()
        assert "All units are already returned or in a return request." in page

    def test_gives_a_canceled_unit_back(self, shop: Any, client: Client) -> None:
        sent = send_request(client)
        client.post(f"/returns/{sent.token}/cancel/")
        assert send_request(client).pk != sent.pk
