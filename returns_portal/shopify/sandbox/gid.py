"""Global ids: `gid://shopify/Order/123`."""

import re

from returns_portal.shopify.sandbox.errors import top_level

_PATTERN = re.compile(r"gid://shopify/([A-Za-z]+)/([0-9]+)(\?[A-Za-z0-9_=&]*)?\Z")


def make(kind: str, number: int | str) -> str:
    """The global id of the object of this kind with this number."""
    return f"gid://shopify/{kind}/{number}"


def number_of(gid: str) -> str:
    """The number inside a global id, the id the REST API uses."""
    return gid.rpartition("/")[2].partition("?")[0]


def kind_of(gid: str) -> str:
    """The type a global id names; raises a GraphQL error when it is none at all."""
    match = _PATTERN.match(gid)
    if match is None:
        raise top_level(f"Invalid global id '{gid}'", "INVALID_GLOBAL_ID")
    return match.group(1)


def expect(gid: str, *kinds: str) -> str:
    """The global id itself when it names one of these types.

    Raises a GraphQL error RESOURCE_NOT_FOUND for another type, as the live API does.
    """
    if kind_of(gid) not in kinds:
        raise top_level(f"Invalid id: {gid}", "RESOURCE_NOT_FOUND")
    return gid
