"""Log lines: JSON, with the ids that tie them together, and without people."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator

import pytest
from django.test import Client
from structlog.contextvars import bind_contextvars

from returns_portal.observability.logs import build_logging
from tests.returns.factories import OperationFactory, ReturnRequestFactory


class Lines(list[dict]):
    """Lines as written, parsed when the test asks."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    def read(self) -> list[dict]:
        self[:] = [json.loads(line) for line in self.stream.getvalue().splitlines()]
        return self


@pytest.fixture
def lines() -> Iterator[Lines]:
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    config, written = build_logging("INFO", as_json=True), Lines()
    config["handlers"]["console"]["stream"] = written.stream
    logging.config.dictConfig(config)
    yield written
    root.setLevel(before[0])
    root.handlers[:] = before[1]


@pytest.mark.django_db
class TestALine:
    def test_tells_the_route_and_never_the_secret_address(self, client: Client, lines) -> None:
        request = ReturnRequestFactory(contact_email="ada@example.com", customer_name="Ada Byron")
        response = client.get(f"/returns/{request.token}/")
        [line] = [line for line in lines.read() if line["event"] == "Answered"]
        assert line["route"] == "returns/<slug:token>/"
        assert line["status"] == 200
        assert line["request"] == response["X-Request-ID"]
        written = json.dumps(lines)
        assert request.token not in written
        assert "Ada" not in written
        assert "ada@example.com" not in written

    def test_of_a_failure_has_no_address_either(self, client: Client, lines, monkeypatch) -> None:
        def fail(*args: object, **kwargs: object) -> None:
            raise RuntimeError("broken")

        token = ReturnRequestFactory().token
        monkeypatch.setattr("portal.reading.build_status_page", fail)
        client.raise_request_exception = False
        assert client.get(f"/returns/{token}/").status_code == 500
        [line] = [line for line in lines.read() if line["logger"] == "django.request"]
        assert line["event"] == "Internal Server Error"
        assert "broken" in line["exception"]
        assert token not in json.dumps(lines)

    def test_blots_out_addresses_that_slip_into_a_message(self, lines) -> None:
        logging.getLogger("library").error("550 <ada.b+x@mail.example.com> unknown")
        assert lines.read()[0]["event"] == "550 <[e-mail]> unknown"

    def test_blots_out_addresses_in_a_traceback(self, lines) -> None:
        try:
            raise ValueError("no such user ada@example.com")
        except ValueError:
            logging.getLogger("library").exception("failed")
        assert "ada@example.com" not in json.dumps(lines.read())

    def test_never_names_the_return_of_an_earlier_request(self, client: Client, lines) -> None:
        bind_contextvars(rma="RMA-OF-BEFORE")
        client.get("/")
        assert "RMA-OF-BEFORE" not in json.dumps(lines.read())

    def test_of_a_step_names_its_return(self, lines, carry_out_all, settings) -> None:
        operation = OperationFactory(kind="send_email", part="requested")
        carry_out_all()
        [line] = [line for line in lines.read() if line["event"] == "Step attempted"]
        assert line["rma"] == operation.return_request.rma_number
        assert line["step"] == "send_email"


@pytest.mark.django_db
class TestTheRequestId:
    def test_of_a_stranger_is_not_believed(self, client: Client) -> None:
        response = client.get("/health/live", headers={"X-Request-ID": "chosen-by-stranger"})
        assert response["X-Request-ID"] != "chosen-by-stranger"

    def test_of_our_own_proxy_is_kept(self, client: Client, settings) -> None:
        settings.TRUSTED_PROXY_HOPS = 1
        response = client.get("/health/live", headers={"X-Request-ID": "abcdef-123456"})
        assert response["X-Request-ID"] == "abcdef-123456"

    def test_that_could_break_a_line_is_replaced(self, client: Client, settings) -> None:
        settings.TRUSTED_PROXY_HOPS = 1
        response = client.get("/health/live", headers={"X-Request-ID": "a b {}"})
        assert response["X-Request-ID"] != "a b {}"
