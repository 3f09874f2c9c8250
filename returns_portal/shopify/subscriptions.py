"""Webhook subscriptions: which topics Shopify sends to the portal, created and kept alive."""

from dataclasses import dataclass

from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.documents import DOCUMENTS
from returns_portal.shopify.mutations import mutate
from returns_portal.shopify.paging import Node, reading, remaining_nodes

TOPICS = (
    "APP_SCOPES_UPDATE",
    "APP_UNINSTALLED",
    "FULFILLMENTS_CREATE",
    "FULFILLMENTS_UPDATE",
    "ORDERS_CANCELLED",
    "ORDERS_CREATE",
    "ORDERS_EDITED",
    "ORDERS_UPDATED",
    "ORDER_TRANSACTIONS_CREATE",
    "REFUNDS_CREATE",
    "RETURNS_APPROVE",
    "RETURNS_CANCEL",
    "RETURNS_CLOSE",
    "RETURNS_DECLINE",
    "RETURNS_PROCESS",
    "RETURNS_REOPEN",
    "RETURNS_REQUEST",
    "RETURNS_UPDATE",
)


@dataclass(frozen=True, slots=True)
class Subscription:
    id: str
    topic: str
    uri: str


def list_subscriptions(client: ShopifyClient) -> tuple[Subscription, ...]:
    """Read the subscriptions that this app made."""
    document = DOCUMENTS["WebhookSubscriptions"]

    def page(cursor: str | None) -> Node:
        connection: Node = client.execute(document, {"after": cursor})[document.root_field]
        return connection

    with reading(document):
        nodes = remaining_nodes(page(None), page)
        return tuple(Subscription(node["id"], node["topic"], node["uri"]) for node in nodes)


def subscribe(client: ShopifyClient, topic: str, uri: str) -> Subscription:
    """Ask Shopify to send `topic` to `uri` as JSON; raises `ShopifyRefused`."""
    variables = {"topic": topic, "subscription": {"uri": uri, "format": "JSON"}}
    node = mutate(client, "WebhookSubscribe", variables, "webhookSubscription")
    return Subscription(node["id"], node["topic"], node["uri"])


def unsubscribe(client: ShopifyClient, subscription: Subscription) -> None:
    """End a subscription; raises `ShopifyRefused`."""
    mutate(client, "WebhookUnsubscribe", {"id": subscription.id}, "deletedWebhookSubscriptionId")


def ensure_subscriptions(client: ShopifyClient, uri: str) -> tuple[str, ...]:
    """Subscribe to every topic of TOPICS at `uri` that is missing, and name those topics.

    Shopify drops a subscription whose address failed eight times, so this runs on a schedule.
    Subscriptions of the same topics to other addresses are left alone: they may be another
    installation's.
    """
    present = {item.topic for item in list_subscriptions(client) if item.uri == uri}
    missing = tuple(topic for topic in TOPICS if topic not in present)
    for topic in missing:
        subscribe(client, topic, uri)
    return missing
