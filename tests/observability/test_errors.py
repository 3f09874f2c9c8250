"""Reports of errors: they reach whoever speaks Sentry's protocol, without people and secrets."""

import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import sentry_sdk
from django.test import Client

from returns_portal.observability.errors import start_error_reports
from tests.returns.factories import ReturnRequestFactory

# Far from what fails: reports hold the lines of code around it.
MAIL, NAME, SESSION = "ada@example.com", "Ada Byron", "a-secret-session"


class Collector(ThreadingHTTPServer):
    """Takes reports as Sentry does."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taker)
        self.bodies: list[str] = []

    @property
    def dsn(self) -> str:
        return f"http://key@127.0.0.1:{self.server_port}/1"

    def events(self) -> list[dict[str, Any]]:
        sentry_sdk.flush(timeout=5)
        lines = [json.loads(line) for body in self.bodies for line in body.splitlines() if line]
        return [line for line in lines if "exception" in line or "logentry" in line]


class Taker(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.bodies.append(body.decode())
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Says nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        start_error_reports(server.dsn, environment="tests")
        yield server
        sentry_sdk.get_client().close(timeout=1)
        sentry_sdk.get_global_scope().set_client(None)
        server.shutdown()
        thread.join()


@pytest.mark.django_db
class TestAReport:
    def test_of_a_page_names_the_failure_and_nobody(
        self, client: Client, collector: Collector, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = ReturnRequestFactory(contact_email=MAIL, customer_name=NAME)

        def fail(*_args: object, **_values: object) -> None:
            secret = f"/returns/{row.token}/"  # noqa: F841 - a local variable like any
            raise RuntimeError(f"no page for {row.contact_email} at /returns/{row.token}/")

        monkeypatch.setattr("portal.reading.build_status_page", fail)
        client.raise_request_exception = False
        client.cookies["sessionid"] = SESSION
        assert client.get(f"/returns/{row.token}/").status_code == 500
        [event] = collector.events()
        [failure] = event["exception"]["values"]
        assert failure["type"] == "RuntimeError"
        assert failure["value"] == "no page for [e-mail] at /returns/[secret]/"
        told = json.dumps(event)
        for private in (row.token, MAIL, NAME, SESSION):
            assert private not in told

    def test_of_a_line_in_the_log_names_nobody(self, collector: Collector) -> None:
        sentry_sdk.capture_message(f"550 {MAIL} unknown")
        sentry_sdk.flush(timeout=5)
        assert MAIL not in "".join(collector.bodies)
        assert "550" in "".join(collector.bodies)
