"""Very many orders at once: Shopify writes them into a file, which is fetched and read."""

import json
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import chain
from tempfile import TemporaryFile
from typing import IO

from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.documents import DOCUMENTS, OPERATIONS
from returns_portal.shopify.errors import (
    ShopifyBulkFailed,
    ShopifyError,
    ShopifyMisconfigured,
    ShopifyRefused,
    ShopifyUnavailable,
)
from returns_portal.shopify.mutations import mutate
from returns_portal.shopify.orders import whole_fulfillment
from returns_portal.shopify.paging import Node, has_more, reading, whole
from returns_portal.shopify.parsing import parse_order
from returns_portal.shopify.search import updated_since
from returns_portal.shopify.types import Order

logger = logging.getLogger("returns_portal.shopify")

ORDERS_QUERY = (OPERATIONS / "bulk" / "orders.graphql").read_text()
# More orders than this are worth a bulk reading; a page holds no more.
MANY = 250
# Seconds between looks at a bulk operation, growing; and how long one is waited for.
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 15.0
PATIENCE = 45 * 60.0
# As many parcels as stay within the 1000 points of a call even if each of their lines counts.
PARCELS_AT_ONCE = 25
UNDER_WAY = frozenset({"CREATED", "RUNNING", "CANCELING"})
TOO_MANY = frozenset({"LIMIT_REACHED", "OPERATION_IN_PROGRESS"})
SENTENCES = {
    "CANCELED": "Somebody canceled Shopify's bulk reading.",
    "CANCELING": "Somebody canceled Shopify's bulk reading.",
    "EXPIRED": "The result of Shopify's bulk reading has expired.",
}


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What a bulk operation wrote: where, how many rows, and how many of these are orders."""

    url: str
    rows: int
    orders: int


def count_orders_updated_since(client: ShopifyClient, since: datetime) -> int | None:
    """Count the orders that changed at `since` or later; None where they are more than MANY."""
    document = DOCUMENTS["OrderIdsUpdatedSince"]
    variables = {"query": updated_since(since), "first": MANY}
    orders = client.execute(document, variables)["orders"]
    with reading(document):
        return None if has_more(orders) else len(orders["nodes"])


@contextmanager
def read_orders_in_bulk(
    client: ShopifyClient,
    since: datetime,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[tuple[int, Iterator[Order]]]:
    """Have Shopify list every order that changed at `since` or later: how many, and they.

    Parcels are read 25 at a time as the orders are walked through, since Shopify's bulk queries
    reach no connection inside a list. Raises `ShopifyBulkFailed` where Shopify gives no whole
    result; an operation that is left before it ended is canceled.
    """
    result = _wait(client, _start(client, since), sleep)
    with TemporaryFile() as spool:
        children = _fetch(client, result, spool)
        yield result.orders, _orders(client, spool, children)


def _start(client: ShopifyClient, since: datetime) -> str:
    search = json.dumps(updated_since(since))
    query = ORDERS_QUERY.replace('"SEARCH"', search)
    try:
        return str(mutate(client, "BulkStart", {"query": query}, "bulkOperation")["id"])
    except ShopifyRefused as refusal:
        busy = "Shopify runs as many bulk readings as it allows already."
        message = busy if TOO_MANY.intersection(refusal.codes) else refusal.message
        raise ShopifyBulkFailed(message, codes=refusal.codes) from refusal


def _wait(client: ShopifyClient, operation_id: str, sleep: Callable[[float], None]) -> BulkResult:
    """Look at the operation until it ended; whoever stops waiting cancels it."""
    document = DOCUMENTS["BulkPoll"]
    waited, pause, ended = 0.0, FIRST_PAUSE, False
    try:
        while True:
            node: Node | None = client.execute(document, {"id": operation_id})["bulkOperation"]
            ended = node is None or node["status"] not in UNDER_WAY
            if ended:
                return _result(node)
            if waited >= PATIENCE:
                raise ShopifyBulkFailed("Shopify's bulk reading takes too long.")
            sleep(pause)
            waited, pause = waited + pause, min(pause * 1.5, LONGEST_PAUSE)
    finally:
        if not ended:
            _cancel(client, operation_id)


def _cancel(client: ShopifyClient, operation_id: str) -> None:
    try:
        client.execute(DOCUMENTS["BulkCancel"], {"id": operation_id})
    except ShopifyError as error:
        # It ends by itself; what made us stop waiting matters more.
        logger.warning("A bulk operation could not be canceled: %s", error)


def _result(node: Node | None) -> BulkResult:
    if node is None:
        raise ShopifyBulkFailed("Shopify does not know the bulk reading any more.")
    status, code = str(node["status"]), str(node["errorCode"] or "")
    if code == "ACCESS_DENIED":
        raise ShopifyMisconfigured("Shopify denies the app access to read orders in bulk.")
    if status != "COMPLETED":
        failed = f"Shopify's bulk reading failed ({code or status}); nothing of it is used."
        codes = (code,) if code else ()
        raise ShopifyBulkFailed(SENTENCES.get(status, failed), codes=codes)
    with reading(DOCUMENTS["BulkPoll"]):
        rows, orders = int(node["objectCount"]), int(node["rootObjectCount"])
    return BulkResult(str(node["url"] or ""), rows, orders)


def _fetch(client: ShopifyClient, result: BulkResult, spool: IO[bytes]) -> dict[str, list[int]]:
    """Put the file on disk and give the places of the children's rows, by their parent's id.

    Rows come in any order, and the file may be too large for memory.
    """
    children: dict[str, list[int]] = defaultdict(list)
    count = 0
    with reading(DOCUMENTS["BulkPoll"]):
        for line in _lines(client, result.url):
            parent = _row(line).get("__parentId")
            if parent is not None:
                children[str(parent)].append(spool.tell())
            spool.write(line + b"\n")
            count += 1
    if count != result.rows:
        message = f"Shopify's bulk file holds {count} rows of {result.rows}."
        raise ShopifyBulkFailed(message)
    return children


def _lines(client: ShopifyClient, url: str) -> Iterator[bytes]:
    if not url:
        return
    try:
        yield from client.download(url)
    except ShopifyUnavailable as error:
        raise ShopifyBulkFailed(error.message) from error


def _orders(
    client: ShopifyClient, spool: IO[bytes], children: dict[str, list[int]]
) -> Iterator[Order]:
    with reading(DOCUMENTS["BulkPoll"]):
        for nodes in _by_parcels(_roots(spool, children)):
            parcels = _parcels(
                client, [item["id"] for node in nodes for item in node["fulfillments"]]
            )
            for node in nodes:
                sent = [
                    parcels[item["id"]] for item in node["fulfillments"] if item["id"] in parcels
                ]
                yield parse_order(node | {"fulfillments": sent})


def _roots(spool: IO[bytes], children: dict[str, list[int]]) -> Iterator[Node]:
    """Give each order's row with the rows of its lines."""
    place = 0
    while True:
        spool.seek(place)
        line = spool.readline()
        if not line:
            return
        place = spool.tell()
        row = _row(line)
        if "__parentId" not in row:
            lines = [_row_at(spool, where) for where in children.get(row["id"], ())]
            yield row | {"lineItems": whole(lines)}


def _row_at(spool: IO[bytes], place: int) -> Node:
    spool.seek(place)
    return _row(spool.readline())


def _row(line: bytes) -> Node:
    row: Node = json.loads(line, parse_float=Decimal)
    return row


def _by_parcels(nodes: Iterable[Node]) -> Iterator[list[Node]]:
    """Gather orders until their parcels fill a call."""
    batch: list[Node] = []
    count = 0
    for node in nodes:
        size = len(node["fulfillments"])
        if batch and count + size > PARCELS_AT_ONCE:
            yield batch
            batch, count = [], 0
        batch.append(node)
        count += size
    if batch:
        yield batch


def _parcels(client: ShopifyClient, ids: list[str]) -> dict[str, Node]:
    document = DOCUMENTS["Parcels"]
    calls = (
        client.execute(document, {"ids": ids[start : start + PARCELS_AT_ONCE]})["nodes"]
        for start in range(0, len(ids), PARCELS_AT_ONCE)
    )
    found = chain.from_iterable(calls)
    return {node["id"]: whole_fulfillment(client, node) for node in found if node}
