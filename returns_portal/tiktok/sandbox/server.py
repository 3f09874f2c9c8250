"""The stand-in as an HTTP server: strict about signatures, clocks and tokens; can be troubled."""

import contextlib
import hashlib
import hmac
import json
import re
import secrets
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from returns_portal.shopify.sandbox.faults import Fault, Faults
from returns_portal.tiktok.sandbox import api, moves, page
from returns_portal.tiktok.sandbox.book import Book, Doc, Refusal
from returns_portal.tiktok.sandbox.notices import Notices
from returns_portal.tiktok.sandbox.seeds import add_order, fill

BODY_LIMIT = 1024 * 1024
EARLIEST, LATEST = 300, 30
STATUSES = {"error_500": 500, "error_502": 502, "error_503": 503}
ACT = re.compile(r"/sandbox/aftersales/(\d+)/(\w+)\Z")
PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"


class SandboxTikTok:
    """A stand-in TikTok on a loopback port; use it as a context manager."""

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        state_path: Path | None = None,
        app_key: str = "sandbox-app-key",
        app_secret: str = "sandbox-app-secret",  # noqa: S107
        seed_orders: bool = True,
        webhook_address: str = "",
        review_seconds: float = 48 * 3600,
        payout_seconds: float | None = 0.0,
        token_seconds: int = 7 * 86_400,
    ) -> None:
        self.app_key, self.app_secret = app_key, app_secret
        self.token_seconds = token_seconds
        self.faults = Faults()
        self.book = Book(state_path, review_seconds=review_seconds, payout_seconds=payout_seconds)
        self.notices = Notices(
            self.faults, app_key=app_key, secret=app_secret, shop_id=api.SHOP["id"]
        )
        self.notices.address = webhook_address
        self.book.listeners.append(self.notices.heard)
        if seed_orders and not self.book.orders:
            fill(self.book)
        self.tokens: dict[str, float] = {}
        self.refresh_tokens: set[str] = set()
        self.calls: dict[str, int] = {}
        self.refreshes = 0
        self._stopping = threading.Event()
        self._http = _HTTPServer((host, port), self)
        self.url = f"http://{host}:{self._http.server_address[1]}"
        self.book.address = self.url

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()
        self.notices.start()
        threading.Thread(target=self._tick, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        self._http.shutdown()
        self.notices.stop()
        self._http.server_close()

    def _tick(self) -> None:
        while not self._stopping.wait(0.2):
            moves.tick(self.book)

    def pause(self, seconds: float) -> None:
        self._stopping.wait(seconds)

    def grant(self) -> Doc:
        """New tokens; an access token stays good beside newer ones until it expires."""
        access, refresh = f"TTP_{secrets.token_hex(12)}", f"TTR_{secrets.token_hex(12)}"
        now = time.time()
        self.tokens[access] = now + self.token_seconds
        self.refresh_tokens.add(refresh)
        return {
            "access_token": access,
            "access_token_expire_in": int(now + self.token_seconds),
            "refresh_token": refresh,
            "refresh_token_expire_in": int(now + 100 * 86_400),
            "open_id": "sandbox",
            "seller_name": api.SHOP["name"],
        }

    def sign(self, path: str, query: dict[str, str], body: bytes) -> str:
        """What the signature of a request must be."""
        rest = "".join(
            name + query[name] for name in sorted(query) if name not in ("sign", "access_token")
        )
        base = f"{self.app_secret}{path}{rest}".encode() + body + self.app_secret.encode()
        return hmac.new(self.app_secret.encode(), base, hashlib.sha256).hexdigest()


class _HTTPServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], app: SandboxTikTok) -> None:
        self.app = app
        super().__init__(address, Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are no news."""


class Handler(BaseHTTPRequestHandler):
    """Reads requests and answers them."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "sandbox", ""
    wbufsize = 64 * 1024
    disable_nagle_algorithm = True
    timeout = 60

    @property
    def app(self) -> SandboxTikTok:
        found: SandboxTikTok = self.server.app  # type: ignore[attr-defined]  # set by the server
        return found

    def log_message(self, format: str, *args: Any) -> None:
        """The page shows what happened; the console stays quiet."""

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_DELETE(self) -> None:
        self._answer("DELETE")

    def _answer(self, method: str) -> None:
        raw = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), BODY_LIMIT))
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        if parts.path.startswith("/api/v2/token/"):
            self._json(200, self._token(parts.path.rsplit("/", 1)[1], query))
        elif found := api.find_call(method, parts.path):
            self._call(found, parts.path, query, raw)
        elif parts.path.startswith("/sandbox/"):
            self._control(method, parts.path, raw)
        elif method == "GET":
            self._page(parts.path, query.get("refused", ""))
        else:
            self._json(404, {"code": 36009009, "message": "invalid path"})

    def _token(self, what: str, query: dict[str, str]) -> Doc:
        known = (query.get("app_key"), query.get("app_secret"))
        if known != (self.app.app_key, self.app.app_secret):
            return {"code": 36004004, "message": "app key or secret is invalid"}
        if what == "refresh":
            self.app.refreshes += 1
            if query.get("refresh_token") not in self.app.refresh_tokens:
                return {"code": 36004005, "message": "refresh token is invalid"}
        elif query.get("auth_code") != "demo-code":
            return {"code": 36004004, "message": "auth code is invalid"}
        return {"code": 0, "message": "success", "data": self.app.grant()}

    def _call(
        self, found: tuple[str, api.Call, str], path: str, query: dict[str, str], raw: bytes
    ) -> None:
        name, call, key = found
        self.app.calls[name] = self.app.calls.get(name, 0) + 1
        struck = self.app.faults.draw([name])
        if any(fault.kind in ("http_429", "throttled") for fault in struck):
            status = 429 if struck[0].kind == "http_429" else 200
            self._json(status, {"code": 36009002, "message": "Too many requests"})
            return
        early = [fault for fault in struck if fault.when == "before"]
        if early:
            self._break(early[0], {})
            return
        answer = self._carry_out(name, call, key, path, query, raw)
        if struck:
            self._break(struck[0], answer)
        else:
            self._json(200, answer)

    def _carry_out(
        self, name: str, call: api.Call, key: str, path: str, query: dict[str, str], raw: bytes
    ) -> Doc:
        about = {"request_id": secrets.token_hex(8)}
        try:
            self._check(path, query, raw)
            body = json.loads(raw or b"{}")
            made = api.answer(self.app.book, name, call, query, body, key)
        except Refusal as refusal:
            return {"code": refusal.code, "message": str(refusal), "data": {}, **about}
        except (ValueError, KeyError, TypeError):
            return {"code": 36009009, "message": "invalid params", "data": {}, **about}
        return {"code": 0, "message": "Success", "data": made, **about}

    def _check(self, path: str, query: dict[str, str], raw: bytes) -> None:
        """Who may come in: by clock, signature, token and shop."""
        stamp = query.get("timestamp", "")
        now = time.time()
        if not re.fullmatch(r"\d{10}", stamp) or not -EARLIEST <= int(stamp) - now <= LATEST:
            raise Refusal(36009004, "timestamp is invalid")
        if query.get("app_key") != self.app.app_key or "sign" not in query:
            raise Refusal(106001, "app key or sign is missing")
        if not hmac.compare_digest(query["sign"], self.app.sign(path, query, raw)):
            raise Refusal(106001, "sign is invalid")
        expires = self.app.tokens.get(self.headers.get("x-tts-access-token", ""), 0.0)
        if expires <= now:
            raise Refusal(105002, "access token is expired")
        needs_shop = not path.startswith("/authorization/")
        if needs_shop and query.get("shop_cipher") != api.SHOP["cipher"]:
            raise Refusal(106011, "shop cipher is invalid")

    def _break(self, fault: Fault, answer: Doc) -> None:
        if fault.kind == "timeout":
            self.app.pause(fault.seconds)
            self._hang_up()
        elif fault.kind == "cut":
            self._hang_up()
        elif fault.kind in ("broken_json", "html"):
            self._send(200, b'{"code": 0, "mess', "application/json")
        elif fault.kind in STATUSES:
            self._json(STATUSES[fault.kind], {"code": 36009003, "message": "internal error"})
        else:
            self._json(200, answer)

    def _control(self, method: str, path: str, raw: bytes) -> None:
        if "json" not in self.headers.get("Content-Type", "json"):
            self._form(path, dict(parse_qsl(raw.decode())))
            return
        try:
            self._json(200, self._steer(method, path, json.loads(raw or b"{}")))
        except Refusal as refusal:
            self._json(422, {"code": refusal.code, "message": str(refusal)})

    def _form(self, path: str, given: dict[str, str]) -> None:
        """The page's own buttons; back to the page afterwards."""
        form: Doc = dict(given)
        if path == "/sandbox/aftersales":
            form["line_ids"] = given.get("line_ids", "").split(",")
            form["photos"] = int(given.get("photos") or 0)
        back = "/"
        try:
            self._steer("POST", path, form)
        except Refusal as refusal:
            back = f"/?{urlencode({'refused': str(refusal)})}"
        self.send_response(303)
        self.send_header("Location", back)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _steer(self, method: str, path: str, given: Any) -> Doc:
        book = self.app.book
        if path == "/sandbox/ledger.json":
            with book.lock:
                return {
                    "orders": list(book.orders.values()),
                    "aftersales": list(book.aftersales.values()),
                    "payments": book.payments,
                    "journal": book.journal,
                    "calls": self.app.calls,
                }
        if path == "/sandbox/faults":
            self.app.faults.replace([] if method == "DELETE" else given)
            return {}
        with book.change():
            if path == "/sandbox/orders":
                add_order(book, given)
                return {"id": given["id"]}
            if path == "/sandbox/aftersales":
                options = {name: given[name] for name in given if name in STARTS}
                if "quick" in options:
                    options["quick"] = bool(options["quick"])
                return moves.start(book, **options)
            found = ACT.match(path)
            if found is None:
                raise Refusal(36009009, "invalid path")
            case = book.aftersale(found[1])
            moves.act(book, case, found[2])
            return case

    def _page(self, path: str, refused: str) -> None:
        if photo := re.fullmatch(r"/photos/(\d+)/(\d+)\.svg", path):
            self._send(200, page.draw_photo(photo[1], int(photo[2])).encode(), "image/svg+xml")
            return
        text = page.render(self.app.book, path, refused)
        status = 200 if text else 404
        self._send(status, (text or "Not found").encode(), "text/html; charset=utf-8")

    def _json(self, status: int, value: Any) -> None:
        self._send(status, json.dumps(value).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", PAGE_POLICY)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def _hang_up(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


STARTS = frozenset({"order_id", "line_ids", "return_type", "reason", "note", "quick", "photos"})
