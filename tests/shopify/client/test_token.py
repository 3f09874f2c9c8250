"""The token is fetched once, renewed once, and never guessed."""

import json
from typing import Any

import pytest
import requests
import responses

from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.documents import Document
from returns_portal.shopify.errors import ShopifyMisconfigured, ShopifyUnavailable
from returns_portal.shopify.tokens import ClientCredentials
from tests.shopify.client.calls import (
    MUTATION,
    ORDER,
    QUERY,
    SHOP,
    TOKEN_URL,
    URL,
    Sleeper,
    answer,
    both,
    outcome_of,
)


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
