"""A call sends what it is told, gives the data as it is, books its cost and leaves a log line."""

import json
import logging
import threading
from typing import Any

import pytest
import requests
import responses

from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.documents import Document
from returns_portal.shopify.tokens import StaticToken
from tests.shopify.client.calls import ORDER, QUERY, SHOP, URL, Sleeper


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
