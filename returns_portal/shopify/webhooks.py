"""Shopify's webhooks as they arrive: is it really Shopify, and what is it about."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class WebhookHeaders:
    """What the headers of a delivery say; what Shopify left out is an empty string."""

    topic: str
    shop: str
    webhook_id: str
    event_id: str
    triggered_at: datetime | None
    api_version: str
    signature: str = ""


def verify(raw_body: bytes, signature: str, secrets: Sequence[str]) -> bool:
    """Say whether `signature` is Shopify's for the untouched body, under any of the secrets.

    Several secrets are in force while one is being rotated. An empty secret never verifies.
    """
    given = signature.encode()
    matches = [
        hmac.compare_digest(_signature(raw_body, secret), given) for secret in secrets if secret
    ]
    return any(matches)


def parse_headers(headers: Mapping[str, str]) -> WebhookHeaders:
    """Read a delivery's headers, whatever their case, with or without the `X-` in front."""
    values = {name.lower().removeprefix("x-"): value for name, value in headers.items()}
    return WebhookHeaders(
        topic=values.get("shopify-topic", ""),
        shop=values.get("shopify-shop-domain", "").lower(),
        webhook_id=values.get("shopify-webhook-id", ""),
        event_id=values.get("shopify-event-id", ""),
        triggered_at=_parse_time(values.get("shopify-triggered-at", "")),
        api_version=values.get("shopify-api-version", ""),
        signature=values.get("shopify-hmac-sha256", ""),
    )


def _signature(raw_body: bytes, secret: str) -> bytes:
    return base64.b64encode(hmac.new(secret.encode(), raw_body, hashlib.sha256).digest())


def _parse_time(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(_microseconds_at_most(text))
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _microseconds_at_most(text: str) -> str:
    # Shopify stamps nanoseconds ("2026-11-23T10:00:00.123456789Z"); datetime stops at micro.
    head, point, rest = text.partition(".")
    digits = len(rest) - len(rest.lstrip("0123456789"))
    return head + point + rest[: min(digits, 6)] + rest[digits:]
