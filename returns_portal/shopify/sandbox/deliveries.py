"""Delivers webhooks from a background thread: signed, retried, and troubled when told so."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from returns_portal.shopify.sandbox.accounting import by_id
from returns_portal.shopify.sandbox.faults import Faults
from returns_portal.shopify.sandbox.post import Post, post_body
from returns_portal.shopify.sandbox.rest_bodies import order_body, refund_body
from returns_portal.shopify.sandbox.state import Doc, Draft, State

ATTEMPTS = 8
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Delivery:
    """One message for one subscription, and how often it was tried."""

    subscription: str
    topic: str
    uri: str
    body: bytes
    webhook_id: str
    event_id: str
    triggered_at: str
    name: str | None = None
    attempt: int = 1


@dataclass(frozen=True)
class Attempt:
    """How one try to deliver went; the status is 0 when nobody answered."""

    topic: str
    webhook_id: str
    attempt: int
    status: int


def signature(secret: str, body: bytes) -> str:
    """The base64 HMAC-SHA256 of a body, as the signature header carries it."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def topic_code(topic: str) -> str:
    """`orders/updated` as the API's enum writes it: ORDERS_UPDATED."""
    return topic.replace("/", "_").upper()


class Deliveries(Post[Delivery]):
    """A message for each subscription to what happened."""

    def __init__(
        self,
        state: State,
        faults: Faults,
        *,
        shop: str,
        secret: str,
        version: str,
        retry_after: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(faults, clock=clock)
        self._state = state
        self._shop, self._secret, self._version = shop, secret, version
        self.retry_after = retry_after
        self._log: deque[Attempt] = deque(maxlen=1000)

    @property
    def log(self) -> list[Attempt]:
        """The last tries, oldest first."""
        with self._wake:
            return list(self._log)

    def heard(self, topic: str, payload: Doc, draft: Draft) -> None:
        """Something happened: queue a message for every subscription to it."""
        subscriptions = [
            row
            for row in self._state.tables["webhook"].values()
            if row["topic"] == topic_code(topic)
        ]
        if not subscriptions:
            return
        body = self._body(topic, payload)
        event_id = str(uuid.uuid4())
        for row in subscriptions:
            shown = _only(body, row["includeFields"])
            self._queue(
                Delivery(
                    subscription=row["id"],
                    topic=topic,
                    uri=row["uri"],
                    body=json.dumps(shown, ensure_ascii=False).encode(),
                    webhook_id=str(uuid.uuid4()),
                    event_id=event_id,
                    triggered_at=draft.now.isoformat(),
                    name=row["name"],
                ),
                topic,
            )

    def _body(self, topic: str, payload: Doc) -> Doc:
        if set(payload) - {"order", "refund"}:
            return payload
        order = self._state.tables["order"][payload["order"]]
        refund = by_id(order["refunds"], payload.get("refund"))
        return order_body(order) if refund is None else refund_body(order, refund)

    def _send(self, message: Delivery) -> int:
        parts = urlsplit(message.uri)
        if parts.hostname not in LOOPBACK or parts.scheme != "http":
            return 0
        return post_body(message.uri, message.body, self._headers(message))

    def _headers(self, delivery: Delivery) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Shopify-Captain-Hook",
            "X-Shopify-Topic": delivery.topic,
            "X-Shopify-Hmac-Sha256": signature(self._secret, delivery.body),
            "X-Shopify-Shop-Domain": self._shop,
            "X-Shopify-API-Version": self._version,
            "X-Shopify-Webhook-Id": delivery.webhook_id,
            "X-Shopify-Event-Id": delivery.event_id,
            "X-Shopify-Triggered-At": delivery.triggered_at,
        }
        if delivery.name:
            headers["X-Shopify-Name"] = delivery.name
        return headers

    def _settle(self, message: Delivery, status: int) -> None:
        tried = Attempt(message.topic, message.webhook_id, message.attempt, status)
        with self._wake:
            self._log.append(tried)
        if 200 <= status < 300:
            return
        if message.attempt < ATTEMPTS:
            wait = self.retry_after * 2 ** (message.attempt - 1)
            self._push(replace(message, attempt=message.attempt + 1), wait)
            return
        with self._state.transaction() as draft:
            draft.remove("webhook", message.subscription)


def _only(body: Doc, fields: list[str]) -> dict[str, Any]:
    return {name: body[name] for name in fields if name in body} if fields else body
