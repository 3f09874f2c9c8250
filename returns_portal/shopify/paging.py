"""Walking through Shopify's connections to their end, and reading what they hold."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from returns_portal.shopify.documents import Document
from returns_portal.shopify.errors import ShopifyOutcomeUnknown, ShopifyProtocolError

Node = dict[str, Any]


def remaining_nodes(connection: Node, next_page: Callable[[str], Node]) -> Iterator[Node]:
    """Give every node of a connection, fetching page after page by cursor.

    Raises `ShopifyProtocolError` when a page claims to go on but its cursor does not move.
    """
    seen: set[str] = set()
    while True:
        yield from connection["nodes"]
        page = connection["pageInfo"]
        if not page["hasNextPage"]:
            return
        cursor = page["endCursor"]
        if not cursor or cursor in seen:
            raise ShopifyProtocolError("Shopify's list goes round in circles.")
        seen.add(cursor)
        connection = next_page(cursor)


def has_more(connection: Node) -> bool:
    """Say whether a connection goes on after this page."""
    return bool(connection["pageInfo"]["hasNextPage"])


def whole(nodes: list[Node]) -> Node:
    """Build the connection of which these are all the nodes."""
    return {"nodes": nodes, "pageInfo": {"hasNextPage": False, "endCursor": None}}


@contextmanager
def reading(document: Document) -> Iterator[None]:
    """Turn an answer of the wrong shape into the error that fits the document."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        message = "Shopify's answer has an unknown shape."
        if document.is_mutation:
            raise ShopifyOutcomeUnknown(message, operation=document.name) from error
        raise ShopifyProtocolError(message, operation=document.name) from error
