"""One HTTP connection to the sandbox."""

import contextlib
import json
import time
import uuid
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from returns_portal.shopify.sandbox import control, page
from returns_portal.shopify.sandbox.calls import Call
from returns_portal.shopify.sandbox.engine import Request
from returns_portal.shopify.sandbox.faults import Fault
from returns_portal.shopify.sandbox.images import svg
from returns_portal.shopify.sandbox.registry import Context
from returns_portal.shopify.sandbox.settling import count_read
from returns_portal.shopify.sandbox.shop_fields import SCOPES
from returns_portal.shopify.sandbox.state import timestamp

if TYPE_CHECKING:
    from returns_portal.shopify.sandbox.server import SandboxServer

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
BODY_LIMIT = 4 * 1024 * 1024
STATUSES = {"error_500": 500, "error_502": 502, "error_503": 503}
PAGE_POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; form-action 'self'"


@dataclass
class Reply:
    """An HTTP answer, before it is sent."""

    status: int
    body: bytes
    kind: str = JSON
    headers: tuple[tuple[str, str], ...] = ()
    cut: bool = False


def json_reply(status: int, value: Any, *headers: tuple[str, str]) -> Reply:
    """A JSON answer."""
    return Reply(status, json.dumps(value, ensure_ascii=False).encode(), JSON, headers)


class Handler(BaseHTTPRequestHandler):
    """Reads requests and answers them; one thread a connection, kept alive."""

    protocol_version = "HTTP/1.1"
    server_version = "sandbox"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024
    timeout = 120

    @property
    def app(self) -> "SandboxServer":
        """The sandbox this connection belongs to."""
        found: SandboxServer = self.server.app  # type: ignore[attr-defined]  # set by the server
        return found

    def log_message(self, format: str, *args: Any) -> None:
        """The pages show every call; the console stays quiet."""

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_DELETE(self) -> None:
        self._answer("DELETE")

    def _answer(self, method: str) -> None:
        raw = self._read()
        if raw is None:
            return
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        reply = self._reply(method, path, parts.query, raw)
        if reply is None:
            self._hang_up()
        else:
            self._send(reply)

    def _read(self) -> bytes | None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > BODY_LIMIT:
            self._send(json_reply(413, {"errors": "Request body is too large"}))
            self._hang_up()
            return None
        return self.rfile.read(int(length))

    def _reply(self, method: str, path: str, query: str, raw: bytes) -> Reply | None:
        if method == "POST" and path == "/admin/oauth/access_token":
            return self._token(raw)
        if path.startswith("/admin/api/") and path.endswith("/graphql.json"):
            return self._graphql(method, raw)
        if path.startswith("/sandbox/images/"):
            return self._image(path)
        if path.startswith("/sandbox/bulk/"):
            return self._bulk(path)
        if path.startswith("/sandbox/"):
            return self._control(method, path, raw)
        if method == "GET":
            return self._page(path, query)
        return json_reply(404, {"errors": "Not Found"})

    # --- Shopify's doors ---------------------------------------------------------------------

    def _token(self, raw: bytes) -> Reply:
        given = self._form(raw)
        known = (given.get("client_id"), given.get("client_secret"))
        if given.get("grant_type") != "client_credentials":
            return json_reply(400, {"error": "unsupported_grant_type"})
        if known != (self.app.client_id, self.app.client_secret):
            return json_reply(400, {"error": "invalid_client"})
        token = self.app.issue_token()
        return json_reply(
            200, {"access_token": token, "scope": ",".join(SCOPES), "expires_in": 86399}
        )

    def _form(self, raw: bytes) -> dict[str, Any]:
        if "json" in self.headers.get("Content-Type", ""):
            given = self._json(raw)
            return given if isinstance(given, dict) else {}
        return {name: values[-1] for name, values in parse_qs(raw.decode("latin-1")).items()}

    @staticmethod
    def _json(raw: bytes) -> Any:
        try:
            return json.loads(raw or b"null")
        except ValueError:
            return None

    def _graphql(self, method: str, raw: bytes) -> Reply | None:
        if method != "POST":
            return json_reply(404, {"errors": "Not Found"})
        if not self.app.knows_token(self.headers.get("X-Shopify-Access-Token", "")):
            message = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            return json_reply(401, {"errors": message})
        body = self._json(raw)
        if not isinstance(body, dict) or not isinstance(body.get("variables") or {}, dict):
            return json_reply(400, {"errors": {"query": "Required parameter missing or invalid"}})
        return self._run(self.app.engine.read(body))

    def _run(self, request: Request) -> Reply | None:
        started = time.perf_counter()
        faults = self.app.faults.draw([request.name, *request.fields])
        outcome: list[str] = []
        reply = self._with_faults(request, faults, outcome)
        spent = (time.perf_counter() - started) * 1000
        at = timestamp(self.app.state.clock())
        text = " + ".join(outcome)
        self.app.calls.add(
            Call(request.name, tuple(request.fields), at, round(spent, 1), request.cost, text)
        )
        return reply

    def _with_faults(
        self, request: Request, faults: list[Fault], outcome: list[str]
    ) -> Reply | None:
        for fault in faults:
            if fault.kind == "latency":
                self.app.pause(fault.seconds)
        for fault in faults:
            if fault.kind in ("http_429", "throttled"):
                outcome.append(fault.kind)
                return self._refusal(request, fault)
        early = [fault for fault in faults if fault.when == "before" and _breaks(fault)]
        if early:
            outcome.append(f"{early[0].kind} before")
            return self._broken(early[0], json_reply(200, {}))
        answer = self._execute(request, faults)
        outcome.append(_outcome(answer))
        reply = json_reply(200, answer)
        for fault in faults:
            if fault.kind == "slow":
                self.app.pause(fault.seconds)
        late = [fault for fault in faults if _breaks(fault)]
        if late:
            outcome.append(f"{late[0].kind} after")
            return self._broken(late[0], reply)
        return reply

    def _refusal(self, request: Request, fault: Fault) -> Reply:
        if fault.kind == "throttled":
            return json_reply(200, self.app.engine.throttled(request))
        message = "Exceeded 2 calls per second for api client. Reduce request rates to resume."
        return json_reply(429, {"errors": message}, ("Retry-After", f"{fault.seconds:.1f}"))

    def _broken(self, fault: Fault, reply: Reply) -> Reply | None:
        if fault.kind == "timeout":
            self.app.pause(fault.seconds)
            return None
        if fault.kind == "cut":
            return Reply(200, reply.body, cut=True)
        if fault.kind == "broken_json":
            return Reply(200, reply.body[: len(reply.body) // 2] or b"{")
        if fault.kind == "html":
            return Reply(200, b"<!doctype html><title>Shop</title><h1>Just a moment</h1>", HTML)
        status = STATUSES[fault.kind]
        return json_reply(status, {"errors": "Internal Server Error"})

    def _execute(self, request: Request, faults: list[Fault]) -> dict[str, Any]:
        context = Context(self.app.state, self.app.url, self.app.api_version)
        for fault in faults:
            if fault.kind == "refund_pending":
                context.refund_status, context.refund_settles_after = "PENDING", fault.reads
            elif fault.kind == "refund_failure":
                context.refund_status = "FAILURE"
            elif fault.kind == "returns_late":
                context.newest_return_shows = False
        if not request.changes:
            count_read(self.app.state)
        return self.app.engine.answer(request, context)

    # --- the sandbox's own doors -------------------------------------------------------------

    def _image(self, path: str) -> Reply:
        drawing = svg(path.removeprefix("/sandbox/images/").removesuffix(".svg"))
        if drawing is None:
            return json_reply(404, {"errors": "Not Found"})
        cache = ("Cache-Control", "public, max-age=3600")
        return Reply(200, drawing.encode(), "image/svg+xml; charset=utf-8", (cache,))

    def _bulk(self, path: str) -> Reply:
        number = path.removeprefix("/sandbox/bulk/").removesuffix(".jsonl")
        found = self.app.state.get("BulkOperation", f"gid://shopify/BulkOperation/{number}")
        if found is None or found.doc["text"] is None:
            return json_reply(404, {"errors": "Not Found"})
        return Reply(200, found.doc["text"].encode(), "application/jsonl; charset=utf-8")

    def _control(self, method: str, path: str, raw: bytes) -> Reply:
        status, value = control.answer(self.app, method, path, self._json(raw))
        return json_reply(status, value)

    def _page(self, path: str, query: str) -> Reply:
        wanted = {name: values[-1] for name, values in parse_qs(query).items()}
        status, text = page.render(self.app, path, wanted)
        policy = ("Content-Security-Policy", PAGE_POLICY)
        return Reply(status, text.encode(), HTML, (policy,))

    # --- sending -----------------------------------------------------------------------------

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(reply.body)))
        self.send_header("X-Request-Id", str(uuid.uuid4()))
        self.send_header("X-Shopify-API-Version", self.app.api_version)
        self.send_header("X-Content-Type-Options", "nosniff")
        for name, value in reply.headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body[: len(reply.body) // 2] if reply.cut else reply.body)
        self.wfile.flush()
        if reply.cut:
            self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(2)


def _breaks(fault: Fault) -> bool:
    return fault.kind in STATUSES or fault.kind in ("timeout", "cut", "broken_json", "html")


def _outcome(answer: dict[str, Any]) -> str:
    if answer.get("errors"):
        code = (answer["errors"][0].get("extensions") or {}).get("code")
        return str(code or "error")
    for value in (answer.get("data") or {}).values():
        if isinstance(value, dict) and value.get("userErrors"):
            return "refused"
    return "ok"
