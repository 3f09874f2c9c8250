"""Webhooks taken in: stored once, without personal data, and answered by reading again."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from returns_portal.celery import app
from returns_portal.returns.channels.tiktok_shop import build_tiktok_client, note_trouble
from returns_portal.returns.history import Actor
from returns_portal.returns.intake.aftersales import sync_cancellations, sync_one, sync_order
from returns_portal.returns.mirror import mirror_order
from returns_portal.returns.models import (
    MirroredOrder,
    Operation,
    ReturnRequest,
    WebhookDelivery,
)
from returns_portal.returns.outbox import hasten
from returns_portal.returns.services.privacy import erase_customer, note_data_request
from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.errors import ShopifyNotFound
from returns_portal.shopify.orders import get_order
from returns_portal.shopify.webhooks import WebhookHeaders
from returns_portal.tiktok.errors import TikTokNotFound
from returns_portal.tiktok.webhooks import CANCELLATION, DEAUTHORIZED, Notification

PROCESS_WEBHOOK = "returns_portal.returns.tasks.process_webhook"
ORDER_GID = "gid://shopify/Order/"
TIKTOK = "tiktok:"
TOPIC = "tiktok/"
TROUBLES = {
    DEAUTHORIZED: "The seller has taken back the permission at TikTok: connect the shop again.",
}
REDACT = frozenset({"customers/redact", "shop/redact"})
DATA_REQUEST = "customers/data_request"
# Where the topics of privacy name their orders.
LISTS = {"customers/redact": "orders_to_redact", DATA_REQUEST: "orders_requested"}
# Changes come in bursts, a webhook each: a moment later one reading answers them all.
SETTLE_SECONDS = 5
OVERDUE = timedelta(minutes=2)


def webhook_uri() -> str:
    """The address at which Shopify reaches the portal."""
    return settings.SITE_URL + reverse("shopify-webhooks")


def store_webhook(
    headers: WebhookHeaders, payload: Mapping[str, Any], *, now: datetime
) -> WebhookDelivery:
    """Keeps which resource the webhook is about, once by shop and webhook id."""
    delivery = WebhookDelivery(
        shop=headers.shop,
        webhook_id=headers.webhook_id[:120],
        event_id=headers.event_id[:120],
        topic=headers.topic[:80],
        resource_id=str(payload.get("admin_graphql_api_id", ""))[:80],
        order_ids=order_ids_of(headers.topic, payload),
        received_at=now,
    )
    return _store_once(delivery, countdown=SETTLE_SECONDS)


def store_notification(notification: Notification, *, now: datetime) -> WebhookDelivery:
    """Keeps what a webhook of TikTok's is about, once by shop and notification id."""
    delivery = WebhookDelivery(
        shop=f"{TIKTOK}{notification.shop_id}"[:120],
        webhook_id=notification.notification_id[:120],
        topic=f"{TOPIC}{notification.type}",
        resource_id=notification.return_id[:80],
        order_ids=[notification.order_id] if notification.order_id else [],
        received_at=now,
    )
    return _store_once(delivery, countdown=1)


def _store_once(delivery: WebhookDelivery, *, countdown: int) -> WebhookDelivery:
    """Stores the delivery and has it processed; gives back the one that was there before.

    The database tells them apart: most are new, so nobody looks first.
    """
    try:
        with transaction.atomic():
            delivery.save(force_insert=True)
    except IntegrityError:
        return WebhookDelivery.objects.get(shop=delivery.shop, webhook_id=delivery.webhook_id)

    def publish() -> None:
        app.send_task(PROCESS_WEBHOOK, args=[delivery.pk], countdown=countdown)

    transaction.on_commit(publish, robust=True)
    return delivery


def read_aftersales(delivery: WebhookDelivery, *, now: datetime) -> None:
    """Reads again what TikTok hinted at: the one aftersale, else all that its order has."""
    kind = int(delivery.topic.removeprefix(TOPIC))
    if kind in TROUBLES:
        note_trouble(TROUBLES[kind], shop_id=delivery.shop.removeprefix(TIKTOK))
        return
    client = build_tiktok_client(max_wait=30)
    try:
        if delivery.resource_id:
            sync_one(client, delivery.resource_id, now=now)
            return
    except TikTokNotFound as error:
        delivery.last_error = str(error)
    for order_id in delivery.order_ids:
        sync_order(client, order_id, now=now)
        if kind == CANCELLATION:
            sync_cancellations(client, order_id, now=now)


def order_ids_of(topic: str, payload: Mapping[str, Any]) -> list[str]:
    """The ids of the orders that a payload of `topic` is about."""
    if topic in LISTS:
        listed = payload.get(LISTS[topic])
        return [order_gid(item) for item in listed] if isinstance(listed, list) else []
    if topic.startswith("orders/"):
        return _ids([payload.get("admin_graphql_api_id") or payload.get("id")])
    order = payload.get("order")
    if isinstance(order, Mapping):
        return _ids([order.get("admin_graphql_api_id") or order.get("id")])
    return _ids([payload.get("order_id")])


def process_webhook(delivery_id: int, client: ShopifyClient, *, now: datetime) -> None:
    """Reads the orders again that the webhook hinted at; a second time changes nothing."""
    delivery = WebhookDelivery.objects.get(pk=delivery_id)
    if delivery.processed_at:
        return
    if delivery.shop.startswith(TIKTOK):
        read_aftersales(delivery, now=now)
    elif delivery.topic in REDACT:
        erase_customer(order_ids=delivery.order_ids, actor=Actor.shopify(), now=now)
    elif delivery.topic == DATA_REQUEST:
        note_data_request(order_ids=delivery.order_ids, actor=Actor.shopify(), now=now)
    else:
        for order_id in delivery.order_ids:
            read_again(order_id, delivery, client, now=now)
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        processed_at=now, last_error=delivery.last_error
    )


def read_again(
    order_id: str, delivery: WebhookDelivery, client: ShopifyClient, *, now: datetime
) -> None:
    """Mirrors the order unless it was read since, and hastens steps that wait for news of it."""
    known = MirroredOrder.objects.filter(shopify_id=order_id, synced_at__gte=delivery.received_at)
    if not known.exists():
        try:
            mirror_order(get_order(client, order_id), now=now)
        except ShopifyNotFound as error:
            delivery.last_error = str(error)
    waiting = ReturnRequest.objects.filter(shopify_order_id=order_id, refunded_at=None)
    hasten(waiting.values_list("pk", flat=True), Operation.Kind.CONFIRM_REFUND, now=now)


def unprocessed_webhooks(now: datetime) -> list[int]:
    """The ids of webhooks that a worker should have answered by now, oldest first."""
    waiting = WebhookDelivery.objects.filter(
        processed_at__isnull=True, received_at__lt=now - OVERDUE
    )
    return list(waiting.order_by("received_at").values_list("pk", flat=True)[:1000])


def order_gid(number: object) -> str:
    """The id of the order that a webhook names by number or by id."""
    text = str(number)
    return text if text.startswith(ORDER_GID) else f"{ORDER_GID}{text}"


def _ids(numbers: Iterable[object]) -> list[str]:
    return [order_gid(number) for number in numbers if number]
