"""Who wants to be told what: webhook subscriptions."""

from urllib.parse import urlsplit

from returns_portal.shopify.sandbox import gid
from returns_portal.shopify.sandbox.errors import Refused
from returns_portal.shopify.sandbox.registry import Args, Context, mutation, resolves
from returns_portal.shopify.sandbox.state import Doc, Draft, Node

LISTS = ("includeFields", "metafieldNamespaces")
SETTABLE = ("uri", "filter", "includeFields", "metafieldNamespaces", "format", "name")


@mutation("webhookSubscriptionCreate")
def create(draft: Draft, context: Context, args: Args) -> Doc:
    """Subscribe an address to a topic; refuses the same pair twice."""
    given, topic = args["webhookSubscription"], args["topic"]
    path = ["webhookSubscription", "uri"]
    _check_address(given.get("uri"), path)
    for other in draft.docs("webhook"):
        if (other["topic"], other["uri"]) == (topic, given["uri"]):
            raise Refused("Address for this topic has already been taken", field=path)
    key = draft.new_id("WebhookSubscription")
    doc: Doc = {
        "id": key,
        "legacyResourceId": gid.number_of(key),
        "topic": topic,
        "uri": given["uri"],
        "filter": given.get("filter"),
        "includeFields": given.get("includeFields") or [],
        "metafieldNamespaces": given.get("metafieldNamespaces") or [],
        "format": given.get("format") or "JSON",
        "name": given.get("name"),
        "createdAt": draft.stamp,
        "updatedAt": draft.stamp,
        "failures": 0,
    }
    draft.put("webhook", doc)
    return {"webhookSubscription": Node("WebhookSubscription", doc, {})}


@mutation("webhookSubscriptionUpdate")
def update(draft: Draft, context: Context, args: Args) -> Doc:
    """Change a subscription."""
    doc = _existing(draft, args["id"])
    given = args["webhookSubscription"]
    if "uri" in given:
        _check_address(given["uri"], ["webhookSubscription", "uri"])
    for name in SETTABLE:
        if name in given:
            doc[name] = given[name] or ([] if name in LISTS else None)
    doc["updatedAt"] = draft.stamp
    return {"webhookSubscription": Node("WebhookSubscription", doc, {})}


@mutation("webhookSubscriptionDelete")
def delete(draft: Draft, context: Context, args: Args) -> Doc:
    """End a subscription."""
    doc = _existing(draft, args["id"])
    draft.remove("webhook", doc["id"])
    return {"deletedWebhookSubscriptionId": doc["id"]}


def _existing(draft: Draft, key: str) -> Doc:
    doc = draft.edit("webhook", gid.expect(key, "WebhookSubscription"))
    if doc is None:
        raise Refused("Webhook subscription does not exist", field=["id"])
    return doc


def _check_address(uri: str | None, path: list[str]) -> None:
    if not uri:
        raise Refused("Address can't be blank", field=path)
    parts = urlsplit(uri)
    loopback = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not (parts.hostname and (parts.scheme == "https" or loopback)):
        raise Refused("Address must be an HTTPS address", field=path)


@resolves("WebhookSubscription", "apiVersion")
def _version(node: Node, context: Context, args: Args) -> Doc:
    version = context.api_version
    return {"handle": version, "displayName": version, "supported": True}
