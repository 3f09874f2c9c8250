"""Webhooks: who is told what, signed how, and what happens when nobody answers."""

import json
import queue
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import requests

from returns_portal.shopify.sandbox.deliveries import ATTEMPTS, Deliveries, signature, topic_code
from returns_portal.shopify.sandbox.documents import load_schema
from returns_portal.shopify.sandbox.server import SandboxServer
from tests.shopify.sandbox.conftest import Ask
from tests.shopify.sandbox.desk import Desk

CREATE = """
mutation($t: WebhookSubscriptionTopic!, $s: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $t, webhookSubscription: $s) {
    webhookSubscription { id topic uri apiVersion { handle } } userErrors { field message }
  }
}
"""


class Ear:
    """A small HTTP server that keeps what it is told."""

    def __init__(self) -> None:
        self.heard: queue.SimpleQueue[tuple[Any, bytes]] = queue.SimpleQueue()
        self.statuses: list[int] = []
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(ear.statuses.pop(0) if ear.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()
                ear.heard.put((self.headers, body))

            def log_message(self, *args: object) -> None:
                """Nothing: the tests ask what was heard."""

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/hooks"
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def next(self) -> tuple[Any, dict]:
        headers, body = self.heard.get(timeout=5)
        return headers, json.loads(body)

    def stop(self) -> None:
        self.http.shutdown()
        self.http.server_close()


@pytest.fixture
def ear() -> Iterator[Ear]:
    listening = Ear()
    yield listening
    listening.stop()


def subscribe(ask: Ask, topic: str, uri: str, **more: Any) -> str:
    given = {"t": topic, "s": {"uri": uri, **more}}
    payload = ask(CREATE, variables=given).json()["data"]["webhookSubscriptionCreate"]
    assert payload["userErrors"] == []
    return payload["webhookSubscription"]["id"]


def make_order(server: SandboxServer) -> dict:
    spec = {"lines": [{"goods": "tote-bag", "quantity": 2}], "zip": "08840"}
    return requests.post(f"{server.url}/sandbox/orders", json=spec, timeout=5).json()


def refund(server: SandboxServer, order: dict) -> dict:
    url = f"{server.url}/sandbox/orders/{order['legacy_id']}/refund"
    return requests.post(url, json={"quantity": 1}, timeout=5).json()


class TestSubscriptions:
    def create(self, desk: Desk, uri: str | None, topic: str = "ORDERS_UPDATED") -> dict:
        return desk.ask(CREATE, t=topic, s={"uri": uri})["webhookSubscriptionCreate"]

    def test_are_listed_changed_and_ended(self, desk: Desk) -> None:
        key = self.create(desk, "https://a.example/h")["webhookSubscription"]["id"]
        desk.ask(
            "mutation($id: ID!) { webhookSubscriptionUpdate(id: $id, webhookSubscription: "
            '{uri: "https://b.example/h"}) { userErrors { message } } }',
            id=key,
        )
        listed = "{ webhookSubscriptions(first: 5) { nodes { id uri } } }"
        nodes = desk.ask(listed)["webhookSubscriptions"]["nodes"]
        assert nodes == [{"id": key, "uri": "https://b.example/h"}]
        ended = desk.ask(
            "mutation($id: ID!) { webhookSubscriptionDelete(id: $id) "
            "{ deletedWebhookSubscriptionId userErrors { message } } }",
            id=key,
        )
        assert ended["webhookSubscriptionDelete"]["deletedWebhookSubscriptionId"] == key
        assert desk.ask(listed)["webhookSubscriptions"]["nodes"] == []

    @pytest.mark.parametrize("uri", [None, "", "http://a.example/h", "ftp://a.example"])
    def test_need_an_https_address(self, desk: Desk, uri: str | None) -> None:
        assert self.create(desk, uri)["userErrors"][0]["field"] == ["webhookSubscription", "uri"]

    def test_cannot_be_doubled(self, desk: Desk) -> None:
        self.create(desk, "https://a.example/h")
        assert self.create(desk, "https://a.example/h")["userErrors"] != []
        assert self.create(desk, "https://a.example/h", "ORDERS_CREATE")["userErrors"] == []


class TestDeliveries:
    def test_are_signed_with_the_client_secret(
        self, server: SandboxServer, ask: Ask, ear: Ear
    ) -> None:
        subscribe(ask, "ORDERS_CREATE", ear.url, name="mine")
        order = make_order(server)
        headers, raw = ear.heard.get(timeout=5)
        body = json.loads(raw)
        assert headers["X-Shopify-Hmac-Sha256"] == signature("sandbox-client-secret", raw)
        assert headers["X-Shopify-Topic"] == "orders/create"
        assert headers["X-Shopify-Shop-Domain"] == "demo-shop.myshopify.com"
        assert headers["X-Shopify-API-Version"] == "2026-10"
        assert headers["X-Shopify-Name"] == "mine"
        assert headers["X-Shopify-Webhook-Id"] != headers["X-Shopify-Event-Id"]
        assert body["admin_graphql_api_id"] == order["id"]
        assert body["shipping_address"]["zip"] == "08840"

    def test_agree_with_shopifys_published_signature(self) -> None:
        body = b'{"id":820982911946154508,"name":"#1696"}'
        assert signature("hush", body) == "UVZ4WAM+JsDWiy0eggL/dbgIfKSGA2lPH3cex8oQHfA="

    def test_tell_of_refunds_and_their_order(
        self, server: SandboxServer, ask: Ask, ear: Ear
    ) -> None:
        order = make_order(server)
        subscribe(ask, "REFUNDS_CREATE", ear.url)
        subscribe(ask, "ORDERS_UPDATED", ear.url)
        made = refund(server, order)
        told = {headers["X-Shopify-Topic"]: body for headers, body in (ear.next(), ear.next())}
        assert told["refunds/create"]["admin_graphql_api_id"] == made["id"]
        assert told["orders/updated"]["financial_status"] == "partially_refunded"
        assert server.deliveries.drain()
        assert ear.heard.empty()

    def test_tell_of_returns_without_the_shopper(
        self, server: SandboxServer, ask: Ask, ear: Ear
    ) -> None:
        order = make_order(server)
        subscribe(ask, "RETURNS_APPROVE", ear.url)
        requests.post(f"{server.url}/sandbox/orders/{order['legacy_id']}/return", timeout=5)
        _, body = ear.next()
        assert body["status"] == "open"
        assert body["order"]["admin_graphql_api_id"] == order["id"]

    def test_carry_only_the_fields_asked_for(
        self, server: SandboxServer, ask: Ask, ear: Ear
    ) -> None:
        subscribe(ask, "ORDERS_CREATE", ear.url, includeFields=["id", "updated_at"])
        make_order(server)
        _, body = ear.next()
        assert set(body) == {"id", "updated_at"}

    def test_are_tried_again_under_the_same_id(
        self, server: SandboxServer, ask: Ask, ear: Ear
    ) -> None:
        server.deliveries.retry_after = 0.01
        ear.statuses = [500, 302]
        subscribe(ask, "ORDERS_CREATE", ear.url)
        make_order(server)
        ids = {ear.next()[0]["X-Shopify-Webhook-Id"] for _ in range(3)}
        assert len(ids) == 1
        assert server.deliveries.drain()
        assert [row.status for row in server.deliveries.log] == [500, 302, 200]

    def test_end_the_subscription_after_the_last_try(
        self, server: SandboxServer, ask: Ask, ear: Ear
    ) -> None:
        server.deliveries.retry_after = 0.001
        ear.statuses = [500] * ATTEMPTS
        key = subscribe(ask, "ORDERS_CREATE", ear.url)
        make_order(server)
        assert server.deliveries.drain()
        assert len(server.deliveries.log) == ATTEMPTS
        assert key not in server.state.tables["webhook"]

    def test_never_leave_the_machine(self, server: SandboxServer, ask: Ask) -> None:
        server.deliveries.retry_after = 0.001
        subscribe(ask, "ORDERS_CREATE", "https://shop.example/hooks")
        make_order(server)
        assert server.deliveries.drain()
        assert {row.status for row in server.deliveries.log} == {0}

    def test_do_not_hold_a_mutation_up(self, server: SandboxServer, ask: Ask, ear: Ear) -> None:
        server.faults.add(kind="delay", operation="orders/create", seconds=60)
        subscribe(ask, "ORDERS_CREATE", ear.url)
        assert make_order(server)["id"]
        assert ear.heard.empty()

    def test_name_only_real_topics(self) -> None:
        topics = set(load_schema().type_map["WebhookSubscriptionTopic"].values)  # type: ignore[attr-defined]
        for topic in (
            "orders/create",
            "orders/updated",
            "refunds/create",
            "returns/request",
            "returns/approve",
            "returns/decline",
            "returns/cancel",
            "returns/close",
            "returns/reopen",
            "returns/process",
            "returns/update",
            "reverse_fulfillment_orders/dispose",
            "bulk_operations/finish",
            "reverse_deliveries/attach_deliverable",
            "inventory_levels/update",
        ):
            assert topic_code(topic) in topics


class TestFaults:
    def test_duplicate_tells_twice_under_one_id(
        self, server: SandboxServer, ask: Ask, ear: Ear
    ) -> None:
        server.faults.add(kind="duplicate")
        subscribe(ask, "ORDERS_CREATE", ear.url)
        make_order(server)
        ids = {ear.next()[0]["X-Shopify-Webhook-Id"] for _ in range(2)}
        assert len(ids) == 1

    def test_drop_tells_nobody(self, server: SandboxServer, ask: Ask, ear: Ear) -> None:
        server.faults.add(kind="drop", times=1)
        subscribe(ask, "ORDERS_CREATE", ear.url)
        make_order(server)
        second = make_order(server)
        assert ear.next()[1]["admin_graphql_api_id"] == second["id"]

    def test_reorder_lets_the_next_one_overtake(
        self, server: SandboxServer, ask: Ask, ear: Ear
    ) -> None:
        server.faults.add(kind="reorder", times=1, seconds=0.2)
        subscribe(ask, "ORDERS_CREATE", ear.url)
        orders = [make_order(server)["id"], make_order(server)["id"]]
        told = [ear.next()[1]["admin_graphql_api_id"] for _ in range(2)]
        assert told == orders[::-1]


class TestDeliveriesThread:
    def test_stops_without_having_started(self, server: SandboxServer) -> None:
        idle = Deliveries(server.state, server.faults, shop="s", secret="x", version="v")
        idle.stop()
        assert idle.log == []
