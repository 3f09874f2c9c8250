"""Webhooks answered: read again, once, whatever comes in whatever order."""

from datetime import timedelta

import pytest
import requests
from django.core.management import CommandError, call_command

from returns_portal.returns.intake import deliveries
from returns_portal.returns.mirror import mirror_order, sync_orders
from returns_portal.returns.models import (
    Difference,
    MirroredOrder,
    Operation,
    ReturnRequest,
    WebhookDelivery,
)
from returns_portal.shopify.client import build_client
from returns_portal.shopify.webhooks import WebhookHeaders
from tests.returns.examples import NOON, an_order
from tests.returns.factories import request_with_line
from tests.returns.shop import Shop

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def arrive(topic: str, payload: dict[str, object], *, name: str = "1") -> WebhookDelivery:
    headers = WebhookHeaders(topic, "demo-shop.myshopify.com", name, "", None, "2026-10")
    return deliveries.store_webhook(headers, payload, now=NOON)


def answer(delivery: WebhookDelivery) -> WebhookDelivery:
    deliveries.process_webhook(delivery.pk, build_client(), now=NOON + MINUTE)
    delivery.refresh_from_db()
    return delivery


def number_of(order_id: str) -> str:
    return order_id.rsplit("/", 1)[-1]


class TestOrderIds:
    @pytest.mark.parametrize(
        ("topic", "payload", "ids"),
        [
            ("orders/updated", {"id": 7}, ["7"]),
            ("orders/create", {"admin_graphql_api_id": "gid://shopify/Order/7"}, ["7"]),
            ("refunds/create", {"id": 1, "order_id": 7}, ["7"]),
            ("fulfillments/update", {"id": 1, "order_id": 7}, ["7"]),
            ("returns/update", {"order": {"admin_graphql_api_id": "gid://shopify/Order/7"}}, ["7"]),
            ("customers/redact", {"orders_to_redact": [7, 8]}, ["7", "8"]),
            ("returns/process", {}, []),
            ("app/uninstalled", {"id": 5}, []),
            ("customers/redact", {"orders_to_redact": None}, []),
        ],
    )
    def test_are_found_in_every_topic(
        self, topic: str, payload: dict[str, object], ids: list[str]
    ) -> None:
        found = deliveries.order_ids_of(topic, payload)
        assert found == [f"gid://shopify/Order/{number}" for number in ids]


class TestProcessWebhook:
    def test_reads_the_order_again(self, shop: Shop) -> None:
        row = shop.ask()
        url = f"{shop.server.url}/sandbox/orders/{number_of(row.shopify_order_id)}/refund"
        requests.post(url, json={}, timeout=5)
        MirroredOrder.objects.update(synced_at=NOON - MINUTE)
        answer(arrive("refunds/create", {"order_id": number_of(row.shopify_order_id)}))
        mirrored = MirroredOrder.objects.get(shopify_id=row.shopify_order_id)
        assert mirrored.snapshot["financial_status"] == "REFUNDED"

    def test_a_second_time_asks_shopify_nothing(self, shop: Shop) -> None:
        row = shop.ask()
        delivery = answer(arrive("orders/updated", {"id": number_of(row.shopify_order_id)}))
        calls = shop.ledger()["calls"]["by_operation"]
        answer(delivery)
        again = arrive("orders/updated", {"id": number_of(row.shopify_order_id)}, name="2")
        answer(again)
        assert shop.ledger()["calls"]["by_operation"] == calls

    def test_bears_an_order_that_nobody_knows(self, shop: Shop) -> None:
        delivery = answer(arrive("orders/updated", {"id": 404}))
        assert delivery.processed_at
        assert "does not know" in delivery.last_error

    def test_hastens_a_refund_that_is_waited_for(self, shop: Shop) -> None:
        row = shop.approve(shop.ask())
        shop.server.faults.add(kind="refund_pending", operation="returnProcess", times=1)
        shop.work(rounds=1)
        waiting = row.operations.get(kind=Operation.Kind.CONFIRM_REFUND)
        Operation.objects.filter(pk=waiting.pk).update(due_at=NOON + timedelta(days=300))
        answer(arrive("orders/updated", {"id": number_of(row.shopify_order_id)}))
        waiting.refresh_from_db()
        assert waiting.due_at == NOON + MINUTE

    def test_erases_the_person_and_keeps_the_money(self) -> None:
        row = request_with_line(
            shopify_order_id="gid://shopify/Order/7", customer_name="Jo", refunded=True
        )
        mirror_order(an_order(id="gid://shopify/Order/7", email="jo@example.com"), now=NOON)
        answer(arrive("customers/redact", {"orders_to_redact": [7]}))
        row.refresh_from_db()
        assert (row.customer_name, row.contact_email) == ("", "")
        assert row.refunded_amount
        assert row.events.get().kind == "erased"
        assert MirroredOrder.objects.get().postcode_digest == ""


class TestUnprocessedWebhooks:
    def test_are_found_once_they_are_overdue(self) -> None:
        delivery = arrive("orders/updated", {"id": 7})
        assert deliveries.unprocessed_webhooks(NOON + MINUTE) == []
        assert deliveries.unprocessed_webhooks(NOON + 3 * MINUTE) == [delivery.pk]


class TestSyncOrders:
    def test_begins_where_the_last_one_ended_with_overlap(self, shop: Shop) -> None:
        first = sync_orders(build_client(), now=shop.now)
        assert first == MirroredOrder.objects.count() > 40
        assert sync_orders(build_client(), now=shop.now + 60 * MINUTE) == first
        assert sync_orders(build_client(), now=shop.now + 61 * MINUTE) == 0

    def test_is_not_misled_by_an_order_that_was_read_alone(self, shop: Shop) -> None:
        shop.ask()
        assert sync_orders(build_client(), now=shop.now) > 40


class TestReconcile:
    def test_finds_nothing_in_a_healthy_shop(self, shop: Shop) -> None:
        for units in (1, 2):
            shop.approve(shop.ask(units))
            shop.work()
        call_command("reconcile", verbosity=0)
        assert not Difference.objects.exists()

    def test_names_what_differs_and_fails(self, shop: Shop) -> None:
        row = shop.approve(shop.ask())
        shop.work()
        ReturnRequest.objects.filter(pk=row.pk).update(shopify_return_id="gid://shopify/Return/9")
        with pytest.raises(CommandError):
            call_command("reconcile", verbosity=0)
        assert Difference.objects.get().kind == "return_missing"

    def test_lets_workers_look_at_once_at_what_is_unknown(self, shop: Shop) -> None:
        row = shop.approve(shop.ask())
        opening = row.operations.get(kind="create_return")
        far = shop.now + timedelta(days=1)
        Operation.objects.filter(pk=opening.pk).update(state="unknown", due_at=far)
        call_command("reconcile", verbosity=0)
        opening.refresh_from_db()
        assert opening.due_at < far
