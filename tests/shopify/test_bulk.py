"""Orders read in bulk are the same orders, and a reading that fails says so."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import responses
from graphql import NoDeprecatedCustomRule, parse, validate

from returns_portal.shopify import bulk
from returns_portal.shopify.bulk import (
    ORDERS_QUERY,
    count_orders_updated_since,
    read_orders_in_bulk,
)
from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.errors import (
    ShopifyBulkFailed,
    ShopifyMisconfigured,
    ShopifyProtocolError,
    ShopifyUnavailable,
)
from returns_portal.shopify.orders import iterate_orders_updated_since
from returns_portal.shopify.sandbox.bulk import check
from returns_portal.shopify.sandbox.server import SandboxServer
from returns_portal.shopify.tokens import StaticToken
from returns_portal.shopify.types import Order
from tests.shopify.nodes import fulfillment, order, order_line
from tests.shopify.real_schema import load_real_schema
from tests.shopify.scripted import ScriptedClient

LONG_AGO = datetime.now(UTC) - timedelta(days=3650)
SHOP = "https://demo-shop.myshopify.com"
FILE = "https://storage.example/result.jsonl"
OPERATION = "gid://shopify/BulkOperation/1"


def no_sleep(_seconds: float) -> None:
    """Let no time pass."""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "FIRST_PAUSE", 0.01)


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


@pytest.fixture
def client(sandbox: SandboxServer) -> ShopifyClient:
    return ShopifyClient(sandbox.url, "2026-10", StaticToken("sandbox-access-token"))


class BulkClient(ScriptedClient):
    """A scripted client that has a file to give."""

    def __init__(self, script: Mapping[str, Any], rows: Any = ()) -> None:
        super().__init__({"BulkStart": started(), "BulkCancel": {}} | dict(script))
        self._rows = rows

    def download(self, url: str) -> Iterator[bytes]:
        assert url == FILE
        if isinstance(self._rows, Exception):
            raise self._rows
        for row in self._rows:
            yield row if isinstance(row, bytes) else json.dumps(row).encode()


def started(*objections: dict[str, Any]) -> dict[str, Any]:
    operation = None if objections else {"id": OPERATION, "status": "CREATED"}
    payload = {"bulkOperation": operation, "userErrors": list(objections)}
    return {"bulkOperationRunQuery": payload}


def polled(status: str, rows: int = 0, orders: int = 0, **changes: Any) -> dict[str, Any]:
    node = {
        "id": OPERATION,
        "status": status,
        "errorCode": None,
        "objectCount": str(rows),
        "rootObjectCount": str(orders),
        "url": FILE if rows else None,
    }
    return {"bulkOperation": node | changes}


def order_row(number: int, *parcels: int) -> dict[str, Any]:
    row = order(number, fulfillments=[{"id": fulfillment(parcel)["id"]} for parcel in parcels])
    del row["lineItems"]
    return row


def line_row(number: int, of_order: int) -> dict[str, Any]:
    return order_line(number) | {"__parentId": f"gid://shopify/Order/{of_order}"}


def parcels(variables: Mapping[str, Any]) -> dict[str, Any]:
    return {"nodes": [fulfillment(int(each.rpartition("/")[2])) for each in variables["ids"]]}


def read(client: Any) -> list[Order]:
    with read_orders_in_bulk(client, LONG_AGO, sleep=no_sleep) as (total, orders):
        found = list(orders)
    assert total == len(found)
    return found


class TestTheQuery:
    def test_stands_in_shopifys_schema(self) -> None:
        assert validate(load_real_schema(), parse(ORDERS_QUERY)) == []

    def test_uses_nothing_that_is_deprecated(self) -> None:
        assert validate(load_real_schema(), parse(ORDERS_QUERY), [NoDeprecatedCustomRule]) == []

    def test_is_of_a_kind_that_runs_in_bulk(self) -> None:
        assert check(ORDERS_QUERY) is None

    def test_asks_for_the_moment_within_quotes(self) -> None:
        client = BulkClient({"BulkPoll": polled("COMPLETED")})
        read(client)
        sent = client.variables_of("BulkStart")["query"]
        assert f"query: \"updated_at:>='{LONG_AGO:%Y-%m-%dT%H:%M:%SZ}'\"" in sent
        assert validate(load_real_schema(), parse(sent)) == []


class TestReadOrdersInBulk:
    def test_gives_the_very_orders_that_paging_gives(self, client: ShopifyClient) -> None:
        paged = {each.id: each for each in iterate_orders_updated_since(client, LONG_AGO)}
        in_bulk = read(client)
        assert len(in_bulk) == len(paged) >= 40
        assert {each.id: each for each in in_bulk} == paged

    def test_costs_less_than_paging(self, sandbox: SandboxServer, client: ShopifyClient) -> None:
        list(iterate_orders_updated_since(client, LONG_AGO))
        paged = sandbox.calls.points
        sandbox.calls.clear()
        read(client)
        assert sandbox.calls.points < paged / 2

    def test_gives_nothing_where_nothing_changed(self, client: ShopifyClient) -> None:
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        with read_orders_in_bulk(client, tomorrow, sleep=no_sleep) as (total, orders):
            assert (total, list(orders)) == (0, [])

    def test_puts_lines_to_their_orders_wherever_they_stand(self) -> None:
        rows = [
            line_row(3, of_order=2),
            order_row(1, 7),
            order_row(2),
            line_row(2, of_order=1),
            line_row(1, of_order=1),
        ]
        client = BulkClient({"BulkPoll": polled("COMPLETED", 5, 2), "Parcels": parcels}, rows)
        first, second = read(client)
        assert [line.id for line in first.lines] == [
            "gid://shopify/LineItem/2",
            "gid://shopify/LineItem/1",
        ]
        assert [line.id for line in second.lines] == ["gid://shopify/LineItem/3"]
        assert [parcel.id for parcel in first.fulfillments] == ["gid://shopify/Fulfillment/7"]

    def test_reads_many_parcels_in_a_call_and_never_too_many(self) -> None:
        rows = [order_row(1, *range(60)), *(order_row(n, 100 + n) for n in range(2, 32))]
        client = BulkClient({"BulkPoll": polled("COMPLETED", 31, 31), "Parcels": parcels}, rows)
        found = read(client)
        asked = [len(given["ids"]) for name, given in client.calls if name == "Parcels"]
        assert [len(each.fulfillments) for each in found] == [60] + [1] * 30
        assert asked == [25, 25, 10, 25, 5]

    def test_waits_longer_and_longer_for_the_end(self) -> None:
        naps: list[float] = []
        script = [polled("CREATED"), polled("RUNNING"), polled("RUNNING"), polled("COMPLETED")]
        with read_orders_in_bulk(BulkClient({"BulkPoll": script}), LONG_AGO, sleep=naps.append) as (
            total,
            _orders,
        ):
            assert total == 0
        assert naps == sorted(naps)
        assert len(set(naps)) == 3

    @pytest.mark.parametrize(
        ("answer", "sentence"),
        [
            (polled("CANCELED"), "Somebody canceled"),
            (polled("EXPIRED"), "expired"),
            (
                polled("FAILED", errorCode="TIMEOUT", partialDataUrl=FILE),
                "failed .TIMEOUT.*nothing",
            ),
            (polled("FAILED", errorCode="INTERNAL_SERVER_ERROR"), "INTERNAL_SERVER_ERROR"),
            (polled("SOMETHING_NEW"), "SOMETHING_NEW"),
            ({"bulkOperation": None}, "does not know"),
        ],
        ids=lambda value: str(value)[:40],
    )
    def test_that_fails_is_told(self, answer: dict[str, Any], sentence: str) -> None:
        client = BulkClient({"BulkPoll": answer})
        with pytest.raises(ShopifyBulkFailed, match=sentence):
            read(client)
        assert "BulkCancel" not in client.operations

    def test_that_is_denied_is_for_staff(self) -> None:
        with pytest.raises(ShopifyMisconfigured):
            read(BulkClient({"BulkPoll": polled("FAILED", errorCode="ACCESS_DENIED")}))

    @pytest.mark.parametrize("code", ["LIMIT_REACHED", "OPERATION_IN_PROGRESS"])
    def test_that_finds_no_room_is_told(self, code: str) -> None:
        objection = {"code": code, "field": None, "message": "Too many."}
        with pytest.raises(ShopifyBulkFailed, match="as many bulk readings"):
            read(BulkClient({"BulkStart": started(objection)}))

    def test_that_takes_too_long_is_canceled(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bulk, "PATIENCE", 0.05)
        client = BulkClient({"BulkPoll": polled("RUNNING")})
        with pytest.raises(ShopifyBulkFailed, match="too long"):
            read(client)
        assert client.variables_of("BulkCancel") == {"id": OPERATION}

    def test_that_is_interrupted_is_canceled(self) -> None:
        def interrupt(_seconds: float) -> None:
            raise KeyboardInterrupt

        client = BulkClient({"BulkPoll": polled("RUNNING")})
        with (
            pytest.raises(KeyboardInterrupt),
            read_orders_in_bulk(client, LONG_AGO, sleep=interrupt),
        ):
            pass
        assert client.operations[-1] == "BulkCancel"

    def test_fails_where_cancelling_fails_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bulk, "PATIENCE", 0.0)
        client = BulkClient(
            {"BulkPoll": polled("RUNNING"), "BulkCancel": ShopifyUnavailable("busy")}
        )
        with pytest.raises(ShopifyBulkFailed, match="too long"):
            read(client)

    def test_does_not_take_part_of_a_file_for_the_whole(self) -> None:
        client = BulkClient({"BulkPoll": polled("COMPLETED", 9, 2)}, [order_row(1)])
        with pytest.raises(ShopifyBulkFailed, match="1 rows of 9"):
            read(client)

    def test_tells_that_the_file_cannot_be_had(self) -> None:
        client = BulkClient({"BulkPoll": polled("COMPLETED", 9, 2)}, ShopifyUnavailable("HTTP 403"))
        with pytest.raises(ShopifyBulkFailed, match="HTTP 403"):
            read(client)

    def test_names_an_unknown_shape(self) -> None:
        client = BulkClient({"BulkPoll": polled("COMPLETED", 1, 1)}, [b"not JSON"])
        with pytest.raises(ShopifyProtocolError):
            read(client)


class TestCountOrdersUpdatedSince:
    def test_counts_a_few(self, client: ShopifyClient) -> None:
        paged = list(iterate_orders_updated_since(client, LONG_AGO))
        assert count_orders_updated_since(client, LONG_AGO) == len(paged)

    def test_gives_up_on_many(self, client: ShopifyClient, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bulk, "MANY", 5)
        assert count_orders_updated_since(client, LONG_AGO) is None


class TestDownload:
    @pytest.fixture
    def http(self) -> Iterator[responses.RequestsMock]:
        with responses.RequestsMock() as mock:
            yield mock

    def client(self, base_url: str = SHOP) -> ShopifyClient:
        return ShopifyClient(base_url, "2026-10", StaticToken("secret-token"))

    def test_gives_line_after_line(self, http: responses.RequestsMock) -> None:
        http.get(FILE, body='{"a": 1}\n{"b": "ü\\u2028"}\n\n')
        assert [json.loads(line) for line in self.client().download(FILE)] == [
            {"a": 1},
            {"b": "ü\u2028"},
        ]

    @pytest.mark.parametrize("url", [FILE, f"{SHOP}/sandbox/bulk/1.jsonl"])
    def test_sends_no_token(self, http: responses.RequestsMock, url: str) -> None:
        http.get(url, body="{}")
        list(self.client().download(url))
        assert "secret-token" not in str(http.calls[0].request.headers)

    @pytest.mark.parametrize(
        "url", ["http://storage.example/x", "file:///etc/passwd", f"{SHOP}.evil.example/x"[8:], ""]
    )
    def test_refuses_an_address_that_is_not_secure(self, url: str) -> None:
        with pytest.raises(ShopifyProtocolError):
            list(self.client("http://127.0.0.1:9").download(url))

    def test_tells_of_a_missing_file(self, http: responses.RequestsMock) -> None:
        http.get(FILE, status=404)
        with pytest.raises(ShopifyUnavailable, match="404"):
            list(self.client().download(FILE))

    def test_tells_of_a_broken_connection(self, http: responses.RequestsMock) -> None:
        http.get(FILE, body=requests.ConnectionError("cut"))
        with pytest.raises(ShopifyUnavailable):
            list(self.client().download(FILE))
