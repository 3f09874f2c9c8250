"""One client for the same settings, and none without credentials."""

import os

import pytest
import responses
from django.test import override_settings

from returns_portal.shopify.client import build_client
from returns_portal.shopify.errors import ShopifyMisconfigured
from tests.shopify.client.calls import ORDER, QUERY, SHOP, TOKEN_URL, URL


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
