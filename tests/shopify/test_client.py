"""The client says what is certain about a call, and tries again only what did nothing."""

import json
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import responses
from django.test import override_settings
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError

from returns_portal.shopify.client import ShopifyClient, build_client
from returns_portal.shopify.documents import DOCUMENTS, Document
from returns_portal.shopify.errors import (
    ShopifyError,
    ShopifyMisconfigured,
    ShopifyNotFound,
    ShopifyOutcomeUnknown,
    ShopifyProtocolError,
    ShopifyUnavailable,
)
from returns_portal.shopify.tokens import ClientCredentials, StaticToken

SHOP = "https://demo-shop.myshopify.com"
URL = f"{SHOP}/admin/api/2026-10/graphql.json"
TOKEN_URL = f"{SHOP}/admin/oauth/access_token"
QUERY = DOCUMENTS["OrderDetail"]
MUTATION = DOCUMENTS["ReturnProcess"]
ORDER = {"data": {"order": {"id": "gid://shopify/Order/1"}}}
RETURN = {"data": {"returnProcess": {"return": {"id": "1"}, "userErrors": []}}}

both = pytest.mark.parametrize("document", [QUERY, MUTATION], ids=["query", "mutation"])


class Sleeper:
    """A clock whose time passes only by sleeping."""

    def __init__(self) -> None:
        self.naps: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)

    def clock(self) -> float:
        return sum(self.naps)


@pytest.fixture
def sleeper() -> Sleeper:
    return Sleeper()


@pytest.fixture
def client(sleeper: Sleeper) -> ShopifyClient:
    return ShopifyClient(
        SHOP, "2026-10", StaticToken("secret-token"), sleep=sleeper.sleep, clock=sleeper.clock
    )


@pytest.fixture
def http() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def answer(document: Document) -> dict[str, Any]:
    return RETURN if document.is_mutation else ORDER


def errors(code: str, data: Any = None, path: list[str] | None = None, message: str = "No") -> Any:
    error: dict[str, Any] = {"message": message, "extensions": {"code": code}}
    return {"data": data, "errors": [error | ({"path": path} if path else {})]}


def outcome_of(call: Callable[[], Any]) -> ShopifyError:
    with pytest.raises(ShopifyError) as caught:
        call()
    return caught.value


class TestExecute:
    def test_gives_the_data(self, client: ShopifyClient, http: responses.RequestsMock) -> None:
        http.post(URL, json=ORDER | {"extensions": {"anything": [1]}, "surplus": None})
        assert client.execute(QUERY, {"id": "1"}) == ORDER["data"]

    def test_sends_document_variables_and_token(
        self, client: ShopifyClient, http: responses.RequestsMock
    ) -> None:
        http.post(URL, json=ORDER)
        client.execute(QUERY, {"id": "1"})
        request = http.calls[0].request
        assert json.loads(request.body) == {"query": QUERY.text, "variables": {"id": "1"}}
        assert request.headers["X-Shopify-Access-Token"] == "secret-token"
        assert request.headers["Content-Type"] == "application/json"

    def test_gives_a_null_root_as_it_is(
        self, client: ShopifyClient, http: responses.RequestsMock
    ) -> None:
        http.post(URL, json={"data": {"order": None}})
        assert client.execute(QUERY, {}) == {"order": None}

    def test_keeps_numbers_exact(self, client: ShopifyClient, http: responses.RequestsMock) -> None:
        http.post(URL, body='{"data": {"order": {"amount": 0.1000000000000000055}}}')
        assert str(client.execute(QUERY, {})["order"]["amount"]) == "0.1000000000000000055"

    def test_gives_each_thread_its_own_connection(self, client: ShopifyClient) -> None:
        found: list[requests.Session] = []
        threads = [
            threading.Thread(target=lambda: found.append(client._connection())) for _ in range(2)
        ]
        for thread in threads:
            thread.start()
            thread.join()
        assert found[0] is not found[1]
        assert client._connection() is client._connection()


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


class TestErrorsInTheAnswer:
    @pytest.mark.parametrize("data", [None, {"returnProcess": None}], ids=["no data", "null root"])
    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            ("BAD_REQUEST", ShopifyProtocolError),
            ("MAX_COST_EXCEEDED", ShopifyProtocolError),
            ("INVALID_FIELD_ARGUMENTS", ShopifyProtocolError),
            ("IDEMPOTENCY_KEY_PARAMETER_MISMATCH", ShopifyProtocolError),
            ("RESOURCE_NOT_FOUND", ShopifyNotFound),
            ("ACCESS_DENIED", ShopifyMisconfigured),
            ("SHOP_INACTIVE", ShopifyMisconfigured),
            ("INTERNAL_SERVER_ERROR", ShopifyOutcomeUnknown),
            ("IDEMPOTENCY_CONCURRENT_REQUEST", ShopifyOutcomeUnknown),
            ("NEVER_HEARD_OF", ShopifyOutcomeUnknown),
        ],
    )
    def test_are_sorted_for_a_mutation(
        self,
        client: ShopifyClient,
        http: responses.RequestsMock,
        code: str,
        expected: type[ShopifyError],
        data: Any,
    ) -> None:
        http.post(URL, json=errors(code, data, path=["returnProcess"]))
        error = outcome_of(lambda: client.execute(MUTATION, {}))
        assert type(error) is expected
        assert error.codes == (code,)

    def test_of_the_document_itself_did_nothing(
        self, client: ShopifyClient, http: responses.RequestsMock
    ) -> None:
        error = {"message": "Field 'x' doesn't exist on type 'Return'", "locations": [{"line": 3}]}
        http.post(URL, json={"errors": [error]})
        assert type(outcome_of(lambda: client.execute(MUTATION, {}))) is ShopifyProtocolError

    @pytest.mark.parametrize(
        "answer",
        [
            {"errors": [{"message": "Internal error. Looks like something went wrong."}]},
            {"errors": [{"message": "Oops", "extensions": {"code": "NEVER_HEARD_OF"}}]},
            {"errors": "Internal Server Error"},
            {"data": None, "errors": [{"message": "Internal error"}]},
        ],
        ids=["no code", "an unknown code", "a text", "null data"],
    )
    def test_that_say_not_where_leave_open_what_a_mutation_did(
        self, client: ShopifyClient, http: responses.RequestsMock, answer: dict[str, Any]
    ) -> None:
        http.post(URL, json=answer)
        assert type(outcome_of(lambda: client.execute(MUTATION, {}))) is ShopifyOutcomeUnknown

    @pytest.mark.parametrize("errors", ["Internal Server Error", [{"message": "Internal error"}]])
    def test_that_say_nothing_let_a_query_be_asked_again(
        self, client: ShopifyClient, http: responses.RequestsMock, errors: Any
    ) -> None:
        http.post(URL, json={"errors": errors})
        http.post(URL, json=ORDER)
        assert client.execute(QUERY, {}) == ORDER["data"]

    @pytest.mark.parametrize("code", ["THROTTLED", "ACCESS_DENIED", "BAD_REQUEST"])
    def test_beside_the_result_of_a_mutation_leave_it_unknown(
        self, client: ShopifyClient, http: responses.RequestsMock, code: str
    ) -> None:
        http.post(URL, json=errors(code, RETURN["data"], path=["returnProcess", "return"]))
        assert type(outcome_of(lambda: client.execute(MUTATION, {}))) is ShopifyOutcomeUnknown

    def test_of_throttling_beside_data_leave_a_mutation_unknown(
        self, client: ShopifyClient, http: responses.RequestsMock
    ) -> None:
        http.post(URL, json=errors("THROTTLED", {"returnProcess": None}))
        assert type(outcome_of(lambda: client.execute(MUTATION, {}))) is ShopifyOutcomeUnknown

    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            ("THROTTLED", ShopifyUnavailable),
            ("INTERNAL_SERVER_ERROR", ShopifyUnavailable),
            ("NOT_FOUND", ShopifyNotFound),
            ("NEVER_HEARD_OF", ShopifyProtocolError),
        ],
    )
    def test_beside_the_data_of_a_query_spoil_it(
        self,
        client: ShopifyClient,
        http: responses.RequestsMock,
        code: str,
        expected: type[ShopifyError],
    ) -> None:
        http.post(URL, json=errors(code, ORDER["data"], path=["order", "lineItems"]))
        assert type(outcome_of(lambda: client.execute(QUERY, {}))) is expected

    @pytest.mark.parametrize("path", [["order", "email"], ["orders", "nodes", "0", "customer"], []])
    def test_about_personal_data_are_borne(
        self,
        client: ShopifyClient,
        http: responses.RequestsMock,
        caplog: pytest.LogCaptureFixture,
        path: list[str],
    ) -> None:
        http.post(URL, json=errors("ACCESS_DENIED", ORDER["data"], path=path))
        assert client.execute(QUERY, {}) == ORDER["data"]
        assert "withholds personal data" in caplog.text

    def test_about_goods_withheld_are_for_staff(
        self, client: ShopifyClient, http: responses.RequestsMock
    ) -> None:
        path = ["order", "lineItems", "nodes", "0", "product"]
        said = "Access denied for product field. Required access: `read_products` access scope."
        http.post(URL, json=errors("ACCESS_DENIED", ORDER["data"], path=path, message=said))
        error = outcome_of(lambda: client.execute(QUERY, {}))
        assert type(error) is ShopifyMisconfigured
        assert "read_products" in str(error)

    def test_as_a_bare_sentence_are_understood(
        self, client: ShopifyClient, http: responses.RequestsMock
    ) -> None:
        http.post(URL, json={"errors": "Throttled"})
        assert type(outcome_of(lambda: client.execute(QUERY, {}))) is ShopifyUnavailable

    def test_do_not_repeat_what_was_sent(
        self, client: ShopifyClient, http: responses.RequestsMock
    ) -> None:
        said = "Variable $input got invalid value 'jane@example.com'"
        http.post(URL, json=errors("INVALID_VARIABLE", message=said))
        assert "jane" not in str(outcome_of(lambda: client.execute(QUERY, {})))


class TestTryingAgain:
    @both
    def test_waits_as_long_as_shopify_asks(
        self,
        client: ShopifyClient,
        http: responses.RequestsMock,
        sleeper: Sleeper,
        document: Document,
    ) -> None:
        http.post(URL, status=429, headers={"Retry-After": "2.0"})
        http.post(URL, json=answer(document))
        assert client.execute(document, {}) == answer(document)["data"]
        assert sleeper.naps == [2.0]

    @both
    def test_waits_until_the_points_suffice(
        self,
        client: ShopifyClient,
        http: responses.RequestsMock,
        sleeper: Sleeper,
        document: Document,
    ) -> None:
        status = {"maximumAvailable": 2000.0, "currentlyAvailable": 50, "restoreRate": 100.0}
        cost = {"requestedQueryCost": 300, "actualQueryCost": None, "throttleStatus": status}
        throttled = {"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]}
        http.post(URL, json=throttled | {"extensions": {"cost": cost}})
        http.post(URL, json=answer(document))
        client.execute(document, {})
        assert sleeper.naps == [2.5]

    def test_gives_up_when_the_wait_is_too_long(
        self, client: ShopifyClient, http: responses.RequestsMock, sleeper: Sleeper
    ) -> None:
        http.post(URL, status=429, headers={"Retry-After": "60"})
        error = outcome_of(lambda: client.execute(QUERY, {}))
        assert isinstance(error, ShopifyUnavailable)
        assert (error.retry_after, sleeper.naps) == (60, [])

    def test_takes_the_patience_of_the_call(
        self, client: ShopifyClient, http: responses.RequestsMock, sleeper: Sleeper
    ) -> None:
        http.post(URL, status=429, headers={"Retry-After": "60"})
        http.post(URL, json=ORDER)
        client.execute(QUERY, {}, max_wait=61)
        assert sleeper.naps == [60]

    def test_never_waits_longer_in_total_than_allowed(
        self, client: ShopifyClient, http: responses.RequestsMock, sleeper: Sleeper
    ) -> None:
        http.post(URL, status=502)
        outcome_of(lambda: client.execute(QUERY, {}, max_wait=3))
        assert 0 < sum(sleeper.naps) <= 3

    def test_counts_the_time_that_slow_answers_took(self, http: responses.RequestsMock) -> None:
        times = iter([0.0, 0.0, 30.0, 60.0])
        naps: list[float] = []
        client = ShopifyClient(
            SHOP, "2026-10", StaticToken("t"), sleep=naps.append, clock=lambda: next(times)
        )
        http.post(URL, body=requests.ReadTimeout("slow"))
        outcome_of(lambda: client.execute(QUERY, {}))
        assert naps == []

    def test_ends_even_when_the_waits_are_nothing(
        self, client: ShopifyClient, http: responses.RequestsMock
    ) -> None:
        http.post(URL, status=429, headers={"Retry-After": "0"})
        outcome_of(lambda: client.execute(QUERY, {}, max_wait=1e9))
        assert 1 < len(http.calls) < 10

    @pytest.mark.parametrize("hint", ["soon", "nan", "inf", "-1"])
    def test_makes_up_its_own_wait_for_a_senseless_hint(
        self, client: ShopifyClient, http: responses.RequestsMock, sleeper: Sleeper, hint: str
    ) -> None:
        http.post(URL, status=429, headers={"Retry-After": hint})
        http.post(URL, json=ORDER)
        client.execute(QUERY, {})
        assert len(sleeper.naps) == 1
        assert 0 < sleeper.naps[0] < 1

    def test_never_sends_a_mutation_again_that_may_have_run(
        self, client: ShopifyClient, http: responses.RequestsMock
    ) -> None:
        http.post(URL, status=503, headers={"Retry-After": "1"})
        outcome_of(lambda: client.execute(MUTATION, {}, max_wait=100))
        assert http.assert_call_count(URL, 1)


class TestToken:
    def make(self, sleeper: Sleeper) -> ShopifyClient:
        tokens = ClientCredentials("id", "secret", clock=sleeper.clock)
        return ShopifyClient(SHOP, "2026-10", tokens, sleep=sleeper.sleep, clock=sleeper.clock)

    def test_is_asked_for_once_and_kept(
        self, http: responses.RequestsMock, sleeper: Sleeper
    ) -> None:
        http.post(TOKEN_URL, json={"access_token": "first", "scope": "", "expires_in": 86399})
        http.post(URL, json=ORDER)
        client = self.make(sleeper)
        client.execute(QUERY, {})
        client.execute(QUERY, {})
        assert http.assert_call_count(TOKEN_URL, 1)
        assert json.loads(http.calls[0].request.body) == {
            "client_id": "id",
            "client_secret": "secret",
            "grant_type": "client_credentials",
        }

    @both
    def test_is_renewed_once_when_refused(
        self, http: responses.RequestsMock, sleeper: Sleeper, document: Document
    ) -> None:
        http.post(TOKEN_URL, json={"access_token": "first", "expires_in": 86399})
        http.post(URL, status=401)
        http.post(TOKEN_URL, json={"access_token": "second", "expires_in": 86399})
        http.post(URL, json=answer(document))
        assert self.make(sleeper).execute(document, {}) == answer(document)["data"]
        assert http.calls[-1].request.headers["X-Shopify-Access-Token"] == "second"

    def test_refused_twice_is_for_staff(
        self, http: responses.RequestsMock, sleeper: Sleeper
    ) -> None:
        http.post(TOKEN_URL, json={"access_token": "any", "expires_in": 86399})
        http.post(URL, status=401)
        error = outcome_of(lambda: self.make(sleeper).execute(MUTATION, {}))
        assert type(error) is ShopifyMisconfigured
        assert http.assert_call_count(URL, 2)

    @pytest.mark.parametrize(
        "refusal",
        [
            {"status": 400, "json": {"error": "invalid_client"}},
            {"status": 401},
            {"status": 200, "json": {"expires_in": 1}},
            {"status": 200, "body": "<html>"},
        ],
        ids=str,
    )
    def test_not_granted_is_for_staff(
        self, http: responses.RequestsMock, sleeper: Sleeper, refusal: dict[str, Any]
    ) -> None:
        http.post(TOKEN_URL, **refusal)
        error = outcome_of(lambda: self.make(sleeper).execute(MUTATION, {}))
        assert type(error) is ShopifyMisconfigured

    @pytest.mark.parametrize(
        "failure",
        [{"status": 503}, {"status": 429}, {"body": requests.ReadTimeout("slow")}],
        ids=str,
    )
    def test_out_of_reach_means_that_the_mutation_was_not_sent(
        self, http: responses.RequestsMock, sleeper: Sleeper, failure: dict[str, Any]
    ) -> None:
        http.post(TOKEN_URL, **failure)
        error = outcome_of(lambda: self.make(sleeper).execute(MUTATION, {}))
        assert type(error) is ShopifyUnavailable
        assert http.assert_call_count(URL, 0)


class TestLog:
    def test_holds_what_support_asks_for_and_no_secret(
        self,
        client: ShopifyClient,
        http: responses.RequestsMock,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        caplog.set_level(logging.INFO, logger="returns_portal.shopify")
        cost = {"requestedQueryCost": 12, "actualQueryCost": 7}
        headers = {"X-Request-Id": "r-7", "X-Shopify-API-Version": "2026-10"}
        http.post(URL, json=ORDER | {"extensions": {"cost": cost}}, headers=headers)
        client.execute(QUERY, {"id": "private-value"})
        (record,) = caplog.records
        said = vars(record)
        assert (said["operation"], said["request_id"], said["status"]) == (QUERY.name, "r-7", 200)
        assert (said["requested_cost"], said["actual_cost"]) == (12, 7)
        assert said["duration_ms"] >= 0
        assert "private-value" not in str(said)
        assert "secret-token" not in str(said)

    @pytest.mark.parametrize(
        "headers",
        [
            {"X-Shopify-API-Version": "2027-01"},
            {"X-Shopify-API-Deprecated-Reason": "Shop.products"},
        ],
        ids=["another version", "deprecation"],
    )
    def test_warns_of_what_shopify_changes(
        self,
        client: ShopifyClient,
        http: responses.RequestsMock,
        caplog: pytest.LogCaptureFixture,
        headers: dict[str, str],
    ) -> None:
        http.post(URL, json=ORDER, headers=headers)
        client.execute(QUERY, {})
        levels = [record.levelname for record in caplog.records]
        assert levels == ["INFO", "WARNING"]


class TestLimiter:
    def test_is_asked_before_and_told_after(
        self, http: responses.RequestsMock, sleeper: Sleeper
    ) -> None:
        seen: list[Any] = []

        class Limiter:
            def acquire(self, cost: float, priority: str) -> str:
                seen.append((cost, priority))
                return "ticket"

            def report(self, ticket: str, throttle_status: Any) -> None:
                seen.append((ticket, throttle_status))

        client = ShopifyClient(
            SHOP, "2026-10", StaticToken("t"), limiter=Limiter(), priority="background"
        )
        status = {"currentlyAvailable": 1990}
        cost = {"requestedQueryCost": 10, "throttleStatus": status}
        http.post(URL, json=ORDER | {"extensions": {"cost": cost}})
        client.execute(QUERY, {})
        client.execute(QUERY, {})
        told = ("ticket", status)
        assert seen == [(50, "background"), told, (10.0, "background"), told]

    def test_books_what_the_same_document_of_the_same_size_costs(
        self, http: responses.RequestsMock
    ) -> None:
        booked: list[float] = []

        class Limiter:
            def acquire(self, cost: float, priority: str) -> str:
                booked.append(cost)
                return "ticket"

            def report(self, ticket: str, throttle_status: Any) -> None:
                """Not looked at here."""

        document = Document("Sized", "query Sized { order }", False, "order", ("first",))
        client = ShopifyClient(SHOP, "2026-10", StaticToken("t"), limiter=Limiter())
        for points in (8, 30, 8, 30, 20):
            http.post(URL, json=ORDER | {"extensions": {"cost": {"requestedQueryCost": points}}})
        for size in (2, 50, 2, 50, 20):
            client.execute(document, {"id": f"order {size}", "first": size})
        assert booked == [50, 8, 8, 30, 30]


class TestBuildClient:
    @override_settings(
        SHOPIFY_BASE_URL="http://127.0.0.1:9",
        SHOPIFY_API_VERSION="2026-10",
        SHOPIFY_ACCESS_TOKEN="one",
        SHOPIFY_CLIENT_ID="",
        SHOPIFY_CLIENT_SECRET="",
    )
    def test_gives_the_same_client_for_the_same_settings(self) -> None:
        assert build_client() is build_client()
        assert build_client() is not build_client(max_wait=60)

    @override_settings(SHOPIFY_BASE_URL=SHOP, SHOPIFY_ACCESS_TOKEN="one")
    def test_shares_no_connection_with_a_forked_process(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        parents = build_client()
        monkeypatch.setattr(os, "getpid", lambda: -1)
        assert build_client() is not parents

    def test_gives_another_client_for_other_settings(self) -> None:
        with override_settings(SHOPIFY_BASE_URL="http://a.example", SHOPIFY_ACCESS_TOKEN="one"):
            one = build_client()
        with override_settings(SHOPIFY_BASE_URL="http://a.example", SHOPIFY_ACCESS_TOKEN="two"):
            assert build_client() is not one

    @override_settings(
        SHOPIFY_BASE_URL=SHOP,
        SHOPIFY_API_VERSION="2026-10",
        SHOPIFY_ACCESS_TOKEN="",
        SHOPIFY_CLIENT_ID="id",
        SHOPIFY_CLIENT_SECRET="secret",
    )
    def test_asks_for_a_token_where_none_is_set(self, http: responses.RequestsMock) -> None:
        http.post(TOKEN_URL, json={"access_token": "granted", "expires_in": 86399})
        http.post(URL, json=ORDER)
        build_client(max_wait=11).execute(QUERY, {})
        assert http.calls[-1].request.headers["X-Shopify-Access-Token"] == "granted"

    @override_settings(
        SHOPIFY_BASE_URL=SHOP,
        SHOPIFY_ACCESS_TOKEN="",
        SHOPIFY_CLIENT_ID="",
        SHOPIFY_CLIENT_SECRET="",
    )
    def test_refuses_to_go_without_credentials(self) -> None:
        with pytest.raises(ShopifyMisconfigured):
            build_client()
