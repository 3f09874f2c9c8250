"""TikTok's webhooks: believed only with its signature, stored once, answered by reading again."""

import json
import socket
import time
from typing import Any

import pytest
from django.test import Client

from returns_portal.returns.intake.deliveries import process_webhook
from returns_portal.returns.models import ReturnRequest, TikTokShop, WebhookDelivery
from returns_portal.shopify.client import build_client
from returns_portal.tiktok.sandbox import moves
from returns_portal.tiktok.signing import sign_webhook
from tests.tiktok.market import Market

pytestmark = pytest.mark.django_db
ADDRESS = "/webhooks/tiktok/"
# Seconds, as TikTok sets them.
LIMIT = 3


def send(client: Client, market: Market, body: dict[str, Any], signature: str = "") -> int:
    raw = json.dumps(body).encode()
    made = signature or sign_webhook(market.tiktok.app_key, market.tiktok.app_secret, raw)
    answer = client.post(
        ADDRESS, raw, content_type="application/json", headers={"Authorization": made}
    )
    return answer.status_code


def notification(case: dict[str, Any], **changes: Any) -> dict[str, Any]:
    data = {"order_id": case["order_id"], "return_id": case.get("return_id")}
    given = {"type": 12, "tts_notification_id": "7380066284010030890", "shop_id": "7", "data": data}
    return given | changes


class TestDoor:
    def test_stores_a_notification_once(self, client: Client, market: Market) -> None:
        case = market.begin()
        for _ in range(3):
            assert send(client, market, notification(case)) == 200
        stored = WebhookDelivery.objects.get()
        assert (stored.resource_id, stored.order_ids) == (case["return_id"], [case["order_id"]])

    def test_refuses_another_signature(self, client: Client, market: Market) -> None:
        assert send(client, market, notification(market.begin()), signature="0" * 64) == 401
        assert not WebhookDelivery.objects.exists()

    def test_refuses_everything_without_a_secret(
        self, client: Client, market: Market, settings: Any
    ) -> None:
        case = market.begin()
        settings.TIKTOK_APP_SECRET = ""
        assert send(client, market, notification(case)) == 401

    def test_only_acknowledges_what_it_is_not_about(self, client: Client, market: Market) -> None:
        assert send(client, market, notification(market.begin(), type=3)) == 200
        assert not WebhookDelivery.objects.exists()

    @pytest.mark.parametrize("body", [{}, {"type": "x"}, {"type": 12, "data": {}}])
    def test_refuses_what_is_no_notification(
        self, client: Client, market: Market, body: dict[str, Any]
    ) -> None:
        assert send(client, market, body) == 400


class TestAnswer:
    """TikTok waits three seconds for it, and counts a later one as none."""

    def test_waits_for_nobody_outside(
        self,
        client: Client,
        market: Market,
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        """Stored and put in line: no connection is opened, to TikTok, Shopify or a mail server."""
        opened: list[Any] = []

        def refuse(_socket: socket.socket, address: Any) -> None:
            opened.append(address)
            raise TimeoutError

        case = market.begin()
        with monkeypatch.context() as cut, django_capture_on_commit_callbacks() as later:
            cut.setattr(socket.socket, "connect", refuse)
            assert send(client, market, notification(case)) == 200
        assert opened == []
        assert later
        assert WebhookDelivery.objects.get().processed_at is None

    def test_comes_though_tiktok_is_slow_to_answer_the_reading(
        self, client: Client, market: Market
    ) -> None:
        case = market.begin()
        market.tiktok.faults.add(kind="timeout", seconds=5.0)
        started = time.monotonic()
        assert send(client, market, notification(case)) == 200
        assert time.monotonic() - started < LIMIT


class TestReading:
    def test_again_opens_the_request(self, client: Client, market: Market) -> None:
        case = market.begin()
        send(client, market, notification(case))
        delivery = WebhookDelivery.objects.get()
        process_webhook(delivery.pk, build_client(), now=market.shop.now)
        assert ReturnRequest.objects.get().tiktok_order_id == case["order_id"]
        delivery.refresh_from_db()
        assert delivery.processed_at is not None

    def test_of_an_old_notification_tells_the_present(self, client: Client, market: Market) -> None:
        case = market.begin()
        send(client, market, notification(case))
        market.act(case, "refund")
        delivery = WebhookDelivery.objects.get()
        process_webhook(delivery.pk, build_client(), now=market.shop.now)
        assert ReturnRequest.objects.get().status == "approved"

    @pytest.mark.parametrize("kind", [12, 64])
    def test_of_ids_that_name_no_return_reads_the_order(
        self, client: Client, market: Market, kind: int
    ) -> None:
        case = market.begin()
        other = {"order_id": case["order_id"], "return_id": "4099999999999999999"}
        send(client, market, notification(case, type=kind, data=other))
        process_webhook(WebhookDelivery.objects.get().pk, build_client(), now=market.shop.now)
        assert ReturnRequest.objects.get().tiktok_order_id == case["order_id"]

    def test_that_permission_was_taken_back_stands_on_the_set_up_page(
        self, client: Client, market: Market
    ) -> None:
        shop = TikTokShop.objects.get()
        body = notification(market.begin(), type=6, shop_id=shop.shop_id, data={"message": "x"})
        send(client, market, body)
        process_webhook(WebhookDelivery.objects.get().pk, build_client(), now=market.shop.now)
        shop.refresh_from_db()
        assert "taken back the permission" in shop.trouble

    def test_of_a_canceled_order_warns_on_its_requests(
        self, client: Client, market: Market
    ) -> None:
        row = market.shop.ask(units=1)
        book = market.tiktok.book
        book.orders[row.tiktok_order_id]["status"] = "ON_HOLD"
        with book.change():
            made = moves.cancel_order(book, row.tiktok_order_id, "package_lost")
        data = {"order_id": row.tiktok_order_id, "cancel_id": made["cancel_id"]}
        send(client, market, notification(made, type=11, data=data))
        process_webhook(WebhookDelivery.objects.get().pk, build_client(), now=market.shop.now)
        row.refresh_from_db()
        assert made["cancel_id"] in row.attention
