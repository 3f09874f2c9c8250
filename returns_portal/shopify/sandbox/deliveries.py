"""Delivers webhooks from a background thread: signed, retried, and troubled when told so."""

import base64
import hashlib
import heapq
import hmac
import http.client
import itertools
import json
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from returns_portal.shopify.sandbox.accounting import by_id
from returns_portal.shopify.sandbox.faults import WEBHOOK_KINDS, Faults
from returns_portal.shopify.sandbox.rest_bodies import order_body, refund_body
from returns_portal.shopify.sandbox.state import Doc, Draft, State

ATTEMPTS = 8
TIMEOUT = 5.0
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


class Deliveries:
    """Messages waiting for their moment, and the thread that sends them."""

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
        self._state, self._faults = state, faults
        self._shop, self._secret, self._version = shop, secret, version
        self.retry_after, self._clock = retry_after, clock
        self._waiting: list[tuple[float, int, Delivery]] = []
        self._order = itertools.count()
        self._wake = threading.Condition()
        self._stopped = False
        self._sending = False
        self._log: deque[Attempt] = deque(maxlen=1000)
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def log(self) -> list[Attempt]:
        """The last tries, oldest first."""
        with self._wake:
            return list(self._log)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def stop(self) -> None:
        """Deliver nothing more."""
        with self._wake:
            self._stopped = True
            self._wake.notify_all()
        if self._thread.is_alive():
            self._thread.join(TIMEOUT + 1)

    def drain(self, seconds: float = 5.0) -> bool:
        """Wait until nothing waits any more, at most so long; says whether that came true."""
        with self._wake:
            return self._wake.wait_for(lambda: not self._waiting and not self._sending, seconds)

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
                )
            )

    def _body(self, topic: str, payload: Doc) -> Doc:
        if set(payload) - {"order", "refund"}:
            return payload
        order = self._state.tables["order"][payload["order"]]
        refund = by_id(order["refunds"], payload.get("refund"))
        return order_body(order) if refund is None else refund_body(order, refund)

    def _queue(self, delivery: Delivery) -> None:
        struck = {fault.kind: fault for fault in self._faults.draw([delivery.topic], WEBHOOK_KINDS)}
        if "drop" in struck:
            return
        wait = sum(struck[kind].seconds for kind in ("delay", "reorder") if kind in struck)
        copies = 2 if "duplicate" in struck else 1
        for _ in range(copies):
            self._push(delivery, wait)

    def _push(self, delivery: Delivery, wait: float) -> None:
        with self._wake:
            heapq.heappush(self._waiting, (self._clock() + wait, next(self._order), delivery))
            self._wake.notify_all()

    def _run(self) -> None:
        while True:
            delivery = self._next()
            if delivery is None:
                return
            status = self._send(delivery)
            self._settle(delivery, status)
            with self._wake:
                self._sending = False
                self._wake.notify_all()

    def _next(self) -> Delivery | None:
        with self._wake:
            while not self._stopped:
                wait = self._waiting[0][0] - self._clock() if self._waiting else None
                if wait is not None and wait <= 0:
                    self._sending = True
                    return heapq.heappop(self._waiting)[2]
                self._wake.wait(wait)
            return None

    def _send(self, delivery: Delivery) -> int:
        parts = urlsplit(delivery.uri)
        if parts.hostname not in LOOPBACK or parts.scheme != "http":
            return 0
        connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=TIMEOUT)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request("POST", path or "/", delivery.body, self._headers(delivery))
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

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

    def _settle(self, delivery: Delivery, status: int) -> None:
        tried = Attempt(delivery.topic, delivery.webhook_id, delivery.attempt, status)
        with self._wake:
            self._log.append(tried)
        if 200 <= status < 300:
            return
        if delivery.attempt < ATTEMPTS:
            wait = self.retry_after * 2 ** (delivery.attempt - 1)
            self._push(replace(delivery, attempt=delivery.attempt + 1), wait)
            return
        with self._state.transaction() as draft:
            draft.remove("webhook", delivery.subscription)


def _only(body: Doc, fields: list[str]) -> dict[str, Any]:
    return {name: body[name] for name in fields if name in body} if fields else body
