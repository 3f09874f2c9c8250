"""The post of a stand-in: a thread that sends each message at its moment, and troubles some."""

import heapq
import http.client
import itertools
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from returns_portal.shopify.sandbox.faults import WEBHOOK_KINDS, Faults

TIMEOUT = 5.0
Message = TypeVar("Message")


class Post(ABC, Generic[Message]):
    """Messages waiting for their moment, and the thread that sends them."""

    def __init__(self, faults: Faults, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._faults, self._clock = faults, clock
        self._waiting: list[tuple[float, int, Message]] = []
        self._order = itertools.count(1)
        self._wake = threading.Condition()
        self._stopped = self._sending = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    @abstractmethod
    def _send(self, message: Message) -> int:
        """Sends it; the status of the answer, 0 when nobody answered."""

    @abstractmethod
    def _settle(self, message: Message, status: int) -> None:
        """Notes how the try went, and has it tried again where it must be."""

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

    def _queue(self, message: Message, topic: str) -> None:
        """Has the message sent now, unless a fault drops, delays or doubles it."""
        struck = {fault.kind: fault for fault in self._faults.draw([topic], WEBHOOK_KINDS)}
        if "drop" in struck:
            return
        wait = sum(struck[kind].seconds for kind in ("delay", "reorder") if kind in struck)
        for _ in range(2 if "duplicate" in struck else 1):
            self._push(message, wait)

    def _push(self, message: Message, wait: float) -> None:
        with self._wake:
            heapq.heappush(self._waiting, (self._clock() + wait, next(self._order), message))
            self._wake.notify_all()

    def _run(self) -> None:
        while (message := self._next()) is not None:
            self._settle(message, self._send(message))
            with self._wake:
                self._sending = False
                self._wake.notify_all()

    def _next(self) -> Message | None:
        with self._wake:
            while not self._stopped:
                wait = self._waiting[0][0] - self._clock() if self._waiting else None
                if wait is not None and wait <= 0:
                    self._sending = True
                    return heapq.heappop(self._waiting)[2]
                self._wake.wait(wait)
            return None


def post_body(uri: str, body: bytes, headers: Mapping[str, str]) -> int:
    """POSTs over plain HTTP; the status of the answer, 0 when nobody answered."""
    parts = urlsplit(uri)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=TIMEOUT)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path or "/", body, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
