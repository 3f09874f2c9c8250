"""The client tries again only what did nothing, and only for so long."""

import pytest
import requests
import responses

from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.documents import Document
from returns_portal.shopify.errors import ShopifyUnavailable
from returns_portal.shopify.tokens import StaticToken
from tests.shopify.client.calls import (
    MUTATION,
    ORDER,
    QUERY,
    SHOP,
    URL,
    Sleeper,
    answer,
    both,
    outcome_of,
)


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
