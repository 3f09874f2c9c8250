"""The sandbox over real HTTP: Shopify's Admin GraphQL door, its faults, and doors to look in."""

import contextlib
import queue
import secrets
import socket
import sys
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from returns_portal.shopify.sandbox.bulk import carry_out
from returns_portal.shopify.sandbox.calls import Calls
from returns_portal.shopify.sandbox.deliveries import Deliveries
from returns_portal.shopify.sandbox.engine import Engine
from returns_portal.shopify.sandbox.faults import Faults
from returns_portal.shopify.sandbox.handler import Handler
from returns_portal.shopify.sandbox.registry import Context
from returns_portal.shopify.sandbox.seeds import fill
from returns_portal.shopify.sandbox.state import Doc, Draft, State
from returns_portal.shopify.sandbox.throttle import Throttle

API_VERSION = "2026-10"


class _HTTPServer(ThreadingHTTPServer):
    """Keeps its open connections, so that stopping ends them."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], app: "SandboxServer") -> None:
        self.app = app
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(address, Handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection and remember it."""
        connection, address = super().get_request()
        with self._lock:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection that ended."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End every open connection."""
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are no news; anything else is shown."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class SandboxServer:
    """A stand-in Shopify on a loopback port.

    `state` is read and written under `state.lock`; `faults` makes things go wrong; `calls` tells
    what was asked. Use it as a context manager, or `start()` and `stop()` it.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        state_path: Path | None = None,
        shop: str = "demo-shop.myshopify.com",
        access_token: str = "sandbox-access-token",  # noqa: S107
        client_id: str = "sandbox-client-id",
        client_secret: str = "sandbox-client-secret",  # noqa: S107
        seed_orders: bool = True,
        throttle: Throttle | None = None,
    ) -> None:
        self.shop, self.access_token = shop, access_token
        self.client_id, self.client_secret = client_id, client_secret
        self.api_version = API_VERSION
        self.seed_orders = seed_orders
        self.engine = Engine(throttle)
        self.faults = Faults()
        self.calls = Calls()
        self.state = State(state_path)
        self.deliveries = Deliveries(
            self.state, self.faults, shop=shop, secret=client_secret, version=API_VERSION
        )
        self._issued: set[str] = set()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        if self.state.empty:
            fill(self.state, shop, with_orders=seed_orders)
        self.state.listeners += [self.deliveries.heard, self._bulk_heard]
        self.bulk_done = threading.Event()
        self._bulk: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._http = _HTTPServer((host, port), self)
        self.url = f"http://{host}:{self._http.server_address[1]}"

    def start(self) -> None:
        """Answer requests from a background thread until `stop()`."""
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.deliveries.start()
        threading.Thread(target=self._carry_out_bulk, daemon=True).start()
        for node in self.state.all("BulkOperation"):
            self._bulk.put(node.doc["id"])

    def _bulk_heard(self, topic: str, payload: Doc, draft: Draft) -> None:
        if topic == "bulk/created":
            self._bulk.put(payload["id"])

    def _carry_out_bulk(self) -> None:
        while (key := self._bulk.get()) is not None:
            self.bulk_done.clear()
            carry_out(Context(self.state, self.url, self.api_version), key)
            self.bulk_done.set()

    def stop(self) -> None:
        """Stop answering, end open connections and let go of the state file."""
        self._stopping.set()
        if self._thread is not None:
            self._http.shutdown()
            self._thread.join()
            self._thread = None
        self._bulk.put(None)
        self.deliveries.stop()
        self._http.server_close()
        self._http.hang_up()
        self.state.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def pause(self, seconds: float) -> None:
        """Wait, unless the server stops meanwhile."""
        self._stopping.wait(seconds)

    def issue_token(self) -> str:
        """A new access token, as the client-credentials grant gives."""
        token = f"shpat_{secrets.token_hex(16)}"
        self._issued.add(token)
        return token

    def revoke_tokens(self) -> None:
        """Forget every issued token; the next call with one is answered 401."""
        self._issued.clear()

    def knows_token(self, token: str) -> bool:
        """Whether a call with this token may come in."""
        fixed = secrets.compare_digest(token.encode(), self.access_token.encode())
        return fixed or token in self._issued

    def reset(self) -> None:
        """Back to freshly seeded, without faults and calls."""
        with self.state.lock:
            self.state.clear()
            fill(self.state, self.shop, with_orders=self.seed_orders)
        self.faults.clear()
        self.calls.clear()
