"""What the sandbox's own tests share."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from returns_portal.shopify.sandbox.server import SandboxServer
from tests.shopify.sandbox.desk import Desk

Ask = Callable[..., requests.Response]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    """A sandbox over real HTTP with a catalog and no orders."""
    with SandboxServer(seed_orders=False) as running:
        yield running


@pytest.fixture
def ask(server: SandboxServer) -> Ask:
    """Posts a GraphQL request to the server."""

    def post(query: str, *, token: str = "sandbox-access-token", **options: Any) -> Any:
        version = options.pop("version", "2026-10")
        variables = options.pop("variables", {})
        return requests.post(
            f"{server.url}/admin/api/{version}/graphql.json",
            json={"query": query, "variables": variables},
            headers={"X-Shopify-Access-Token": token},
            timeout=options.pop("timeout", 10),
        )

    return post
