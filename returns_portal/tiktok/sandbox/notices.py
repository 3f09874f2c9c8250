"""Delivers webhooks from a background thread: signed, retried, and troubled when told so."""

import hashlib
import hmac
import json
import time
from collections import deque
from dataclasses import dataclass, replace

from returns_portal.shopify.sandbox.faults import Faults
from returns_portal.shopify.sandbox.post import Post, post_body
from returns_portal.tiktok.sandbox.book import Doc

ATTEMPTS = 5
TOLD = (
    "order_id",
    "return_id",
    "return_status",
    "return_type",
    "cancel_id",
    "cancel_status",
    "role",
    "create_time",
    "update_time",
)


@dataclass(frozen=True)
class Notice:
    """One message, and how often it was tried."""

    number: str
    body: bytes
    attempt: int = 1


class Notices(Post[Notice]):
    """Messages to the address that the app has set, in the order in which they fall due."""

    def __init__(self, faults: Faults, *, app_key: str, secret: str, shop_id: str) -> None:
        super().__init__(faults)
        self.address = ""
        self.retry_after = 1.0
        self.log: deque[tuple[str, int]] = deque(maxlen=1000)
        self._app_key, self._secret = app_key, secret
        self._shop_id = shop_id

    def heard(self, kind: int, case: Doc) -> None:
        """Something happened to an aftersale: tell the app."""
        if not self.address:
            return
        number = f"{time.time_ns()}{next(self._order)}"[-19:]
        body = {
            "type": kind,
            "tts_notification_id": number,
            "shop_id": self._shop_id,
            "timestamp": int(time.time()),
            "data": {name: case[name] for name in TOLD if name in case},
        }
        self._queue(Notice(number, json.dumps(body).encode()), "webhook")

    def _send(self, message: Notice) -> int:
        signed = self._app_key.encode() + message.body
        sign = hmac.new(self._secret.encode(), signed, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "Authorization": sign}
        return post_body(self.address, message.body, headers)

    def _settle(self, message: Notice, status: int) -> None:
        self.log.append((message.number, status))
        if not 200 <= status < 300 and message.attempt < ATTEMPTS:
            wait = self.retry_after * 2 ** (message.attempt - 1)
            self._push(replace(message, attempt=message.attempt + 1), wait)
