"""The webhook door: verified, stored once, harmless whatever comes."""

import base64
import hashlib
import hmac
import json
from typing import Any
from unittest import mock

import pytest
from django.test import Client

from returns_portal.returns.models import WebhookDelivery

pytestmark = pytest.mark.django_db
ADDRESS = "/webhooks/shopify/"
REFUND = {"id": 890, "admin_graphql_api_id": "gid://shopify/Refund/890", "order_id": 450789469}


def send(
    client: Client,
    body: bytes,
    *,
    secret: str = "new-secret",
    topic: str = "refunds/create",
    shop: str = "demo-shop.myshopify.com",
    webhook_id: str = "b54557e4",
) -> Any:
    signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
    return client.post(
        ADDRESS,
        data=body,
        content_type="application/json",
        headers={
            "X-Shopify-Topic": topic,
            "X-Shopify-Hmac-SHA256": signature.decode(),
            "X-Shopify-Shop-Domain": shop,
            "X-Shopify-Webhook-Id": webhook_id,
        },
    )


class TestShopifyWebhook:
    @pytest.mark.parametrize("secret", ["new-secret", "old-secret"])
    def test_takes_a_signature_by_the_new_or_the_old_secret(
        self, client: Client, secret: str
    ) -> None:
        assert send(client, json.dumps(REFUND).encode(), secret=secret).status_code == 200
        delivery = WebhookDelivery.objects.get()
        assert delivery.topic == "refunds/create"
        assert delivery.order_ids == ["gid://shopify/Order/450789469"]

    def test_is_stored_once_however_often_it_comes(self, client: Client) -> None:
        for _ in range(3):
            assert send(client, json.dumps(REFUND).encode()).status_code == 200
        assert WebhookDelivery.objects.count() == 1

    def test_keeps_nothing_of_the_person(self, client: Client) -> None:
        order = {"id": 1, "email": "jo@example.com", "shipping_address": {"name": "Jo Field"}}
        send(client, json.dumps(order).encode(), topic="orders/create")
        stored = str(WebhookDelivery.objects.values().get())
        assert "jo@example.com" not in stored
        assert "Jo Field" not in stored

    @pytest.mark.parametrize(
        ("values", "status"),
        [
            ({"secret": "guessed"}, 401),
            ({"shop": "other-shop.myshopify.com"}, 401),
            ({"webhook_id": ""}, 401),
            ({"body": b"[1]"}, 400),
            ({"body": b"not json"}, 400),
            ({"body": b""}, 400),
        ],
    )
    def test_refuses_what_is_not_shopifys_or_no_object(
        self, client: Client, values: dict[str, Any], status: int
    ) -> None:
        body = values.pop("body", json.dumps(REFUND).encode())
        assert send(client, body, **values).status_code == status
        assert not WebhookDelivery.objects.exists()

    def test_takes_headers_without_the_x_in_front(self, client: Client) -> None:
        body = json.dumps(REFUND).encode()
        signature = base64.b64encode(hmac.new(b"new-secret", body, hashlib.sha256).digest())
        answer = client.post(
            ADDRESS,
            data=body,
            content_type="application/json; charset=utf-8",
            headers={
                "Shopify-Topic": "refunds/create",
                "Shopify-Hmac-SHA256": signature.decode(),
                "Shopify-Shop-Domain": "Demo-Shop.myshopify.com",
                "Shopify-Webhook-Id": "b54557e4",
            },
        )
        assert answer.status_code == 200
        assert WebhookDelivery.objects.get().webhook_id == "b54557e4"

    def test_takes_an_order_of_very_many_lines(self, client: Client) -> None:
        body = json.dumps(REFUND | {"note": "x" * 3_000_000}).encode()
        assert send(client, body).status_code == 200

    def test_refuses_what_is_larger_than_any_order(self, client: Client) -> None:
        with mock.patch("returns_portal.webhooks.LARGEST_BODY", 100):
            assert send(client, b"x" * 101).status_code == 413
        assert not WebhookDelivery.objects.exists()

    def test_takes_any_content_type_and_topic(self, client: Client) -> None:
        answer = send(client, json.dumps(REFUND).encode(), topic="never/heard_of")
        assert answer.status_code == 200

    def test_takes_no_get(self, client: Client) -> None:
        assert client.get(ADDRESS).status_code == 405

    def test_reads_numbers_beyond_two_to_the_53_exactly(self, client: Client) -> None:
        big = b'{"id": 9007199254740993, "order_id": 820982911946154508}'
        send(client, big)
        assert WebhookDelivery.objects.get().order_ids == ["gid://shopify/Order/820982911946154508"]
