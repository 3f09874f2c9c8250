"""A client whose time passes only by sleeping, and the answers that it gets."""

from collections.abc import Iterator

import pytest
import responses

from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.tokens import StaticToken
from tests.shopify.client.calls import SHOP, Sleeper


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
