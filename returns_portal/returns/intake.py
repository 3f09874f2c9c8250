"""Webhooks taken in: stored once, without personal data, and answered by reading again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from celery import current_app
from django.db import transaction

from returns_portal.returns.mirror import mirror_order
from returns_portal.returns.models import WebhookDelivery
from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.errors import ShopifyNotFound
from returns_portal.shopify.orders import get_order
from returns_portal.shopify.webhooks import WebhookHeaders

PROCESS_WEBHOOK = "returns_portal.returns.tasks.process_webhook"
ORDER_GID = "gid://shopify/Order/"


@transaction.atomic
def store_webhook(
    headers: WebhookHeaders, payload: Mapping[str, Any], *, now: datetime
) -> WebhookDelivery:
    """Keeps which resource the webhook is about, once by shop and webhook id."""
    delivery, created = WebhookDelivery.objects.get_or_create(
        shop=headers.shop,
        webhook_id=headers.webhook_id[:120],
        defaults={
            "event_id": headers.event_id[:120],
            "topic": headers.topic[:80],
            "resource_id": str(payload.get("admin_graphql_api_id", ""))[:80],
            "order_id": order_id_of(headers.topic, payload)[:80],
            "received_at": now,
        },
    )

    def publish() -> None:
        current_app.send_task(PROCESS_WEBHOOK, args=[delivery.pk], retry=False)

    if created:
        transaction.on_commit(publish, robust=True)
    return delivery


def order_id_of(topic: str, payload: Mapping[str, Any]) -> str:
    """The id of the order that a payload of `topic` is about, or an empty string."""
    if topic.startswith("orders/"):
        return str(payload.get("admin_graphql_api_id") or _order_gid(payload.get("id")))
    order = payload.get("order")
    if isinstance(order, Mapping):
        return str(order.get("admin_graphql_api_id") or _order_gid(order.get("id")))
    return _order_gid(payload.get("order_id"))


def process_webhook(delivery_id: int, client: ShopifyClient, *, now: datetime) -> None:
    """Reads the order again that the webhook hinted at; a second time changes nothing."""
    delivery = WebhookDelivery.objects.get(pk=delivery_id)
    if delivery.processed_at:
        return
    if delivery.order_id.startswith(ORDER_GID):
        try:
            mirror_order(get_order(client, delivery.order_id), now=now)
        except ShopifyNotFound as error:
            delivery.last_error = str(error)
    delivery.processed_at = now
    delivery.save(update_fields=["processed_at", "last_error"])


def unprocessed_webhooks() -> list[int]:
    """The ids of webhooks that no worker has answered yet, oldest first."""
    waiting = WebhookDelivery.objects.filter(processed_at__isnull=True).order_by("received_at")
    return list(waiting.values_list("pk", flat=True)[:1000])


def _order_gid(legacy_id: object) -> str:
    return f"{ORDER_GID}{legacy_id}" if legacy_id else ""
