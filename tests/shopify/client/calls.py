"""Calls to Shopify and its answers, and a clock that no test waits for."""

from collections.abc import Callable
from typing import Any

import pytest

from returns_portal.shopify.documents import DOCUMENTS, Document
from returns_portal.shopify.errors import ShopifyError

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


def answer(document: Document) -> dict[str, Any]:
    return RETURN if document.is_mutation else ORDER


def errors(code: str, data: Any = None, path: list[str] | None = None, message: str = "No") -> Any:
    error: dict[str, Any] = {"message": message, "extensions": {"code": code}}
    return {"data": data, "errors": [error | ({"path": path} if path else {})]}


def outcome_of(call: Callable[[], Any]) -> ShopifyError:
    with pytest.raises(ShopifyError) as caught:
        call()
    return caught.value
