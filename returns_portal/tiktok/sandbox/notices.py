"""Delivers webhooks from a background thread: signed, retried, and troubled when told so."""

import hashlib
import heapq
import hmac
import http.client
import itertools
import json
import threading
import time
from collections import deque
from typing import Any
from urllib.parse import urlsplit

from returns_portal.shopify.sandbox.faults import WEBHOOK_KINDS, Faults
from returns_portal.tiktok.sandbox.book import Doc

ATTEMPTS = 5
TIMEOUT = 3.0
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


class Notices:
    """Messages to the address that the app has set, in the order in which they fall due."""

    def __init__(self, faults: Faults, *, app_key: str, secret: str, shop_id: str) -> None:
        self.address = ""
        self.retry_after = 1.0
        self.log: deque[tuple[str, int]] = deque(maxlen=1000)
        self._faults, self._app_key, self._secret = faults, app_key, secret
        self._shop_id = shop_id
        self._waiting: list[tuple[float, int, int, bytes]] = []
        self._order = itertools.count(1)
        self._wake = threading.Condition()
        self._stopped = self._sending = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._wake:
            self._stopped = True
            self._wake.notify_all()
        if self._thread.is_alive():
            self._thread.join(TIMEOUT + 1)

    def drain(self, seconds: float = 5.0) -> bool:
        """Wait until nothing waits any more, at most so long; says whether that came true."""
        with self._wake:
            return self._wake.wait_for(lambda: not self._waiting and not self._sending, seconds)

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
        struck = {fault.kind: fault for fault in self._faults.draw(["webhook"], WEBHOOK_KINDS)}
        if "drop" in struck:
            return
        wait = sum(struck[name].seconds for name in ("delay", "reorder") if name in struck)
        for _ in range(2 if "duplicate" in struck else 1):
            self._push(json.dumps(body).encode(), wait, 1)

    def _push(self, body: bytes, wait: float, attempt: int) -> None:
        with self._wake:
            at = time.monotonic() + wait
            heapq.heappush(self._waiting, (at, next(self._order), attempt, body))
            self._wake.notify_all()

    def _run(self) -> None:
        while (item := self._next()) is not None:
            _at, _number, attempt, body = item
            status = self._send(body)
            self.log.append((json.loads(body)["tts_notification_id"], status))
            if not 200 <= status < 300 and attempt < ATTEMPTS:
                self._push(body, self.retry_after * 2 ** (attempt - 1), attempt + 1)
            with self._wake:
                self._sending = False
                self._wake.notify_all()

    def _next(self) -> Any:
        with self._wake:
            while not self._stopped:
                wait = self._waiting[0][0] - time.monotonic() if self._waiting else None
                if wait is not None and wait <= 0:
                    self._sending = True
                    return heapq.heappop(self._waiting)
                self._wake.wait(wait)
            return None

    def _send(self, body: bytes) -> int:
        parts = urlsplit(self.address)
        message = self._app_key.encode() + body
        sign = hmac.new(self._secret.encode(), message, hashlib.sha256).hexdigest()
        connection = http.client.HTTPConnection(
            parts.hostname or "", parts.port or 80, timeout=TIMEOUT
        )
        headers = {"Content-Type": "application/json", "Authorization": sign}
        try:
            connection.request("POST", parts.path, body, headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()
