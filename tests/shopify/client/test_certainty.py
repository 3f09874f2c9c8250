"""The client says what is certain about a call whose answer is bad, late or missing."""

import socket
from typing import Any

import pytest
import requests
import responses
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError

from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.documents import Document
from returns_portal.shopify.errors import (
    ShopifyMisconfigured,
    ShopifyOutcomeUnknown,
    ShopifyProtocolError,
    ShopifyUnavailable,
)
from returns_portal.shopify.tokens import StaticToken
from tests.shopify.client.calls import MUTATION, QUERY, SHOP, URL, Sleeper, both, errors, outcome_of


class TestWhatIsCertain:
    @pytest.mark.parametrize("status", [423, 429, 430])
    @both
    def test_nothing_was_done_when_shopify_is_too_busy(
        self, client: ShopifyClient, http: responses.RequestsMock, document: Document, status: int
    ) -> None:
        http.post(URL, status=status, headers={"Retry-After": "9", "X-Request-Id": "r-1"})
        error = outcome_of(lambda: client.execute(document, {}))
        assert isinstance(error, ShopifyUnavailable)
        assert (error.retry_after, error.request_id, error.operation) == (9, "r-1", document.name)

    @pytest.mark.parametrize("status", [401, 402, 403, 404, 301])
    @both
    def test_staff_must_mend_the_access(
        self, client: ShopifyClient, http: responses.RequestsMock, document: Document, status: int
    ) -> None:
        http.post(URL, status=status, json={"errors": "[API] Invalid API key"})
        error = outcome_of(lambda: client.execute(document, {}))
        assert type(error) is ShopifyMisconfigured
        assert http.assert_call_count(URL, 1)

    @pytest.mark.parametrize("status", [400, 406, 414])
    @both
    def test_the_request_was_wrong(
        self, client: ShopifyClient, http: responses.RequestsMock, document: Document, status: int
    ) -> None:
        http.post(URL, status=status)
        assert type(outcome_of(lambda: client.execute(document, {}))) is ShopifyProtocolError

    @pytest.mark.parametrize(
        "broken",
        [
            {"status": 408},
            {"status": 500},
            {"status": 502, "body": "<html>Bad gateway</html>"},
            {"status": 503, "json": {"errors": "Service unavailable"}},
            {"body": '{"data": {"ord'},
            {"body": "<html>Something went wrong</html>"},
            {"body": ""},
            {"body": b"\xff\xfe"},
            {"json": [1, 2]},
            {"json": {}},
            {"json": {"data": None}},
            {"json": {"data": {"another": {}}}},
            {"json": errors("INTERNAL_SERVER_ERROR")},
            {"json": errors("TIMEOUT")},
            {"body": requests.ReadTimeout("slow")},
            {"body": requests.ConnectionError(ProtocolError("aborted", ConnectionResetError()))},
            {"body": requests.exceptions.ChunkedEncodingError("cut")},
        ],
        ids=str,
    )
    def test_a_lost_answer_leaves_a_mutation_unknown_and_a_query_harmless(
        self, client: ShopifyClient, http: responses.RequestsMock, broken: dict[str, Any]
    ) -> None:
        http.post(URL, **broken)
        unknown = outcome_of(lambda: client.execute(MUTATION, {}))
        assert type(unknown) is ShopifyOutcomeUnknown
        assert http.assert_call_count(URL, 1)
        assert type(outcome_of(lambda: client.execute(QUERY, {}))) is ShopifyUnavailable

    @pytest.mark.parametrize(
        "failure",
        [
            requests.ConnectTimeout("connect"),
            requests.exceptions.ProxyError("proxy"),
            requests.ConnectionError(
                MaxRetryError(None, "/", NewConnectionError(None, "refused"))  # type: ignore[arg-type]  # urllib3 does not read them
            ),
        ],
        ids=lambda failure: type(failure).__name__,
    )
    @both
    def test_nothing_was_done_when_nothing_was_sent(
        self,
        client: ShopifyClient,
        http: responses.RequestsMock,
        document: Document,
        failure: Exception,
    ) -> None:
        http.post(URL, body=failure)
        error = outcome_of(lambda: client.execute(document, {}))
        assert type(error) is ShopifyUnavailable

    @both
    def test_a_refused_connection_sends_nothing(self, sleeper: Sleeper, document: Document) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            address = f"http://127.0.0.1:{server.getsockname()[1]}"
        client = ShopifyClient(
            address, "2026-10", StaticToken("t"), sleep=sleeper.sleep, clock=sleeper.clock
        )
        error = outcome_of(lambda: client.execute(document, {}))
        assert type(error) is ShopifyUnavailable

    @both
    def test_an_address_that_is_none_is_for_staff(self, document: Document) -> None:
        client = ShopifyClient("no-address", "2026-10", StaticToken("t"))
        assert type(outcome_of(lambda: client.execute(document, {}))) is ShopifyMisconfigured

    def test_says_nothing_of_the_token(self, http: responses.RequestsMock) -> None:
        client = ShopifyClient(SHOP, "2026-10", StaticToken("secret\ntoken"))
        error = outcome_of(lambda: client.execute(QUERY, {}))
        assert type(error) is ShopifyMisconfigured
        assert "secret" not in f"{error}{error.__cause__}"
