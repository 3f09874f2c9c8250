"""Connections are walked to their end, and odd answers become errors that fit."""

from typing import Any

import pytest

from returns_portal.shopify.documents import DOCUMENTS
from returns_portal.shopify.errors import ShopifyOutcomeUnknown, ShopifyProtocolError
from returns_portal.shopify.paging import reading, remaining_nodes
from tests.shopify.nodes import connection


class TestRemainingNodes:
    def test_fetches_page_after_page(self) -> None:
        pages = {"a": connection({"id": 2}, after="b"), "b": connection({"id": 3})}
        nodes = remaining_nodes(connection({"id": 1}, after="a"), pages.__getitem__)
        assert [node["id"] for node in nodes] == [1, 2, 3]

    @pytest.mark.parametrize("cursor", ["same", ""])
    def test_refuses_to_go_round_in_circles(self, cursor: str) -> None:
        page: dict[str, Any] = {
            "nodes": [{"id": 1}],
            "pageInfo": {"hasNextPage": True, "endCursor": cursor},
        }
        with pytest.raises(ShopifyProtocolError):
            list(remaining_nodes(page, lambda _: page))


class TestReading:
    @pytest.mark.parametrize("error", [KeyError("id"), TypeError(), ValueError(), IndexError()])
    def test_sorts_an_unknown_shape_by_what_was_sent(self, error: Exception) -> None:
        with pytest.raises(ShopifyProtocolError), reading(DOCUMENTS["OrderDetail"]):
            raise error
        with pytest.raises(ShopifyOutcomeUnknown), reading(DOCUMENTS["ReturnProcess"]):
            raise error
