"""Pages of a list with opaque cursors."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from returns_portal.shopify.sandbox.errors import top_level

PAGE_LIMIT = 250
EVERYTHING = 2_147_483_647  # what a bulk query asks of every connection; clients cannot
Key = list[Any]
Row = tuple[Key, Any]


def cursor_of(key: Key) -> str:
    """The opaque cursor of a row."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def key_of(cursor: str) -> Key:
    """The key inside a cursor; raises a GraphQL error for one that was never given out."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (binascii.Error, ValueError):
        key = None
    if not isinstance(key, list):
        raise top_level(f"Invalid cursor for current pagination sort: '{cursor}'", "BAD_REQUEST")
    return key


def connection(items: Sequence[Any], args: dict[str, Any]) -> dict[str, Any]:
    """A connection over items in their given order."""
    return sorted_connection([([index], item) for index, item in enumerate(items)], args)


def sorted_connection(rows: Sequence[Row], args: dict[str, Any]) -> dict[str, Any]:
    """A connection over (key, item) rows, sorted by key or backwards.

    Raises a GraphQL error when neither `first` nor `last` is given, or more than 250 are asked.
    """
    backwards = bool(args.get("reverse"))
    ordered = sorted(rows, key=lambda row: row[0], reverse=backwards)
    inside = _between(ordered, args, backwards)
    page, before, after = _cut(inside, args)
    edges = [{"cursor": cursor_of(key), "node": item} for key, item in page]
    return {
        "edges": edges,
        "nodes": [item for _, item in page],
        "pageInfo": {
            "hasNextPage": after,
            "hasPreviousPage": before or bool(args.get("after")),
            "startCursor": edges[0]["cursor"] if edges else None,
            "endCursor": edges[-1]["cursor"] if edges else None,
        },
    }


def _between(rows: list[Row], args: dict[str, Any], backwards: bool) -> list[Row]:
    if args.get("after") is not None:
        start = key_of(args["after"])
        rows = [row for row in rows if (row[0] < start if backwards else row[0] > start)]
    if args.get("before") is not None:
        stop = key_of(args["before"])
        rows = [row for row in rows if (row[0] > stop if backwards else row[0] < stop)]
    return rows


def _cut(rows: list[Row], args: dict[str, Any]) -> tuple[list[Row], bool, bool]:
    first, last = args.get("first"), args.get("last")
    if first is None and last is None:
        raise top_level("you must provide one of first or last", "BAD_REQUEST")
    for name, size in (("first", first), ("last", last)):
        if size not in (None, EVERYTHING) and not 0 <= size <= PAGE_LIMIT:
            raise top_level(f"{name} must be between 0 and {PAGE_LIMIT}", "BAD_REQUEST")
    if first is not None:
        return rows[:first], False, len(rows) > first
    size = int(last or 0)
    return rows[max(0, len(rows) - size) :], len(rows) > size, False
