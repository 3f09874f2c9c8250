"""Orders: found by the numbers that shoppers have, read whole, and followed as they change."""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.documents import DOCUMENTS
from returns_portal.shopify.errors import ShopifyNotFound, ShopifyProtocolError
from returns_portal.shopify.paging import Node, has_more, reading, remaining_nodes, whole
from returns_portal.shopify.parsing import (
    parse_attributes,
    parse_order,
    parse_refund,
    parse_returnable_lines,
)
from returns_portal.shopify.refunds import complete_refund, get_refund
from returns_portal.shopify.search import any_of, field_is, quote, updated_since
from returns_portal.shopify.types import Order, Refund, ReturnableLine

TIKTOK_TAG = "TikTokOrderID"
TIKTOK_ID = re.compile(r"(?<![0-9A-Za-z])[0-9]{17,19}(?![0-9A-Za-z])")
LONGEST_NUMBER = 64
SEARCH_PAGES = 4
# A number is usually one order's; a longer page is asked for only when this one is full.
FIRST_HITS = 5
USUAL_REFUNDS = 3
# Shopify turns pages up to 25,000 orders; before that the walk starts anew where it got to.
ORDERS_PER_WALK = 20_000


def find_orders(client: ShopifyClient, number: str) -> tuple[Order, ...]:
    """Find the orders that carry exactly this number: a TikTok order id or an order's name.

    Shopify's search is by words and may match anything, so each hit is compared. Ids that stand
    only in notes or custom attributes cannot be searched for in Shopify.
    """
    wanted = number.strip().removeprefix("#")
    if not wanted or len(wanted) > LONGEST_NUMBER:
        return ()
    for query in _queries(wanted):
        ids = _matching_ids(client, query, wanted.casefold())
        if ids:
            return tuple(get_order(client, order_id) for order_id in ids)
    return ()


def find_order_ids(client: ShopifyClient, number: str) -> tuple[str, ...]:
    """Find the ids of orders that carry exactly this number, by the same searches for any number.

    `find_orders` stops at the first search that finds any, and so tells by its time what exists.
    """
    wanted = number.strip().removeprefix("#")
    if not wanted or len(wanted) > LONGEST_NUMBER:
        return ()
    found = [_matching_ids(client, query, wanted.casefold()) for query in _queries(wanted)]
    return tuple(dict.fromkeys(key for ids in found for key in ids))


def order_numbers(order: Order) -> frozenset[str]:
    """Give every number by which a shopper may name the order, in lower case, without `#`."""
    return _numbers(
        order.name, order.source_identifier, order.note, order.tags, order.custom_attributes
    )


def get_order(client: ShopifyClient, order_id: str) -> Order:
    """Read an order with all its lines and parcels; raises `ShopifyNotFound`."""
    document = DOCUMENTS["OrderDetail"]
    node = _order_node(client, document.name, {"id": order_id})
    with reading(document):
        return _read_order(client, node)


def get_returnable_order(
    client: ShopifyClient, order_id: str
) -> tuple[Order, tuple[ReturnableLine, ...]]:
    """Read an order and what Shopify would take back of it, in one call.

    Raises `ShopifyNotFound`.
    """
    document = DOCUMENTS["ReturnableOrder"]
    data = client.execute(document, {"id": order_id})
    if data["order"] is None:
        raise ShopifyNotFound("Shopify does not know this order.", operation=document.name)
    with reading(document):
        order = _read_order(client, data["order"])
        return order, _read_returnable(client, order_id, data["returnableFulfillments"])


def get_returnable_lines(client: ShopifyClient, order_id: str) -> tuple[ReturnableLine, ...]:
    """Read how many units of which parcel line Shopify would take back now."""
    document = DOCUMENTS["ReturnableLines"]
    with reading(document):
        first = _returnable_page(client, {"orderId": order_id})
        return _read_returnable(client, order_id, first)


def iterate_orders_updated_since(client: ShopifyClient, since: datetime) -> Iterator[Order]:
    """Give every order that changed at `since` or later, the longest unchanged first.

    An order that changes meanwhile may come twice.
    """
    while True:
        order, count = None, 0
        for order in islice(_walk(client, since), ORDERS_PER_WALK):
            count += 1
            yield order
        if order is None or count < ORDERS_PER_WALK:
            return
        since = _next_start(since, order)


def list_order_refunds(client: ShopifyClient, order_id: str) -> tuple[Refund, ...]:
    """Read every refund of an order, whoever made it; raises `ShopifyNotFound`."""
    document = DOCUMENTS["OrderRefunds"]
    variables = {"id": order_id, "refunds": USUAL_REFUNDS}
    with reading(document):
        known = {
            node["id"]: node for node in _order_node(client, document.name, variables)["refunds"]
        }
        if len(known) < USUAL_REFUNDS:
            return tuple(parse_refund(complete_refund(client, node)) for node in known.values())
        listed = _order_node(client, "OrderRefundIds", {"id": order_id})["refunds"]
        return tuple(_refund(client, item["id"], known) for item in listed)


def _refund(client: ShopifyClient, refund_id: str, known: dict[str, Node]) -> Refund:
    if refund_id not in known:
        return get_refund(client, refund_id)
    return parse_refund(complete_refund(client, known[refund_id]))


def _walk(client: ShopifyClient, since: datetime) -> Iterator[Order]:
    document = DOCUMENTS["OrdersUpdatedSince"]
    query = updated_since(since)

    def page(cursor: str | None) -> Node:
        orders: Node = client.execute(document, {"query": query, "after": cursor})["orders"]
        return orders

    with reading(document):
        for node in remaining_nodes(page(None), page):
            yield _read_order(client, node)


def _next_start(since: datetime, last: Order) -> datetime:
    start = last.updated_at.replace(microsecond=0)
    if start <= since:
        raise ShopifyProtocolError("Too many orders changed in one second to list them.")
    return start


def _queries(number: str) -> tuple[str, ...]:
    if not TIKTOK_ID.fullmatch(number):
        return (any_of((field_is("name", number), field_is("name", f"#{number}"))),)
    terms = (
        field_is("tag", f"{TIKTOK_TAG}:{number}"),
        field_is("source_identifier", number),
        field_is("name", number),
    )
    return any_of(terms), quote(number)


def _matching_ids(client: ShopifyClient, query: str, wanted: str) -> list[str]:
    document = DOCUMENTS["OrderNumbers"]
    with reading(document):
        return list(
            dict.fromkeys(
                node["id"]
                for node in _search(client, query)
                if wanted
                in _numbers(
                    node["name"],
                    node.get("sourceIdentifier") or "",
                    node.get("note") or "",
                    node.get("tags") or (),
                    parse_attributes(node),
                )
            )
        )


def _search(client: ShopifyClient, query: str) -> Iterator[Node]:
    # A filter that Shopify does not know matches every order: do not walk through the whole shop.
    document = DOCUMENTS["OrderNumbers"]
    variables: dict[str, Any] = {"query": query, "first": FIRST_HITS}
    for _ in range(SEARCH_PAGES):
        orders = client.execute(document, variables)["orders"]
        yield from orders["nodes"]
        if not has_more(orders):
            return
        variables = {"query": query, "after": orders["pageInfo"]["endCursor"]}


def _numbers(
    name: str,
    source_identifier: str,
    note: str,
    tags: tuple[str, ...],
    attributes: tuple[tuple[str, str], ...],
) -> frozenset[str]:
    texts = (name, source_identifier, note, *tags, *(value for _, value in attributes))
    tiktok_ids = {found for text in texts for found in TIKTOK_ID.findall(text)}
    own_name = name.strip().removeprefix("#").casefold()
    return frozenset(tiktok_ids | {own_name} - {""})


def _order_node(client: ShopifyClient, operation: str, variables: dict[str, Any]) -> Node:
    node: Node | None = client.execute(DOCUMENTS[operation], variables)["order"]
    if node is None:
        raise ShopifyNotFound("Shopify does not know this order.", operation=operation)
    return node


def _read_order(client: ShopifyClient, node: Node) -> Order:
    lines = list(
        remaining_nodes(
            node["lineItems"],
            lambda cursor: _order_node(client, "OrderLines", {"id": node["id"], "after": cursor})[
                "lineItems"
            ],
        )
    )
    parcels = _all_fulfillments(client, node)
    return parse_order(node | {"lineItems": whole(lines), "fulfillments": parcels})


def _all_fulfillments(client: ShopifyClient, node: Node) -> list[Node]:
    parcels: list[Node] = node["fulfillments"]
    counted = node["fulfillmentsCount"]
    # Where Shopify does not count, any order with parcels may have more of them.
    if parcels and (counted is None or counted["count"] > len(parcels)):
        known = {parcel["id"]: parcel for parcel in parcels}
        listed = _order_node(client, "OrderFulfillmentIds", {"id": node["id"]})["fulfillments"]
        parcels = [
            known.get(item["id"]) or _fulfillment_page(client, item["id"], None) for item in listed
        ]
    return [whole_fulfillment(client, parcel) for parcel in parcels]


def whole_fulfillment(client: ShopifyClient, parcel: Node) -> Node:
    """Give a parcel's node with the lines that did not fit on its first page."""

    def page(cursor: str) -> Node:
        lines: Node = _fulfillment_page(client, parcel["id"], cursor)["fulfillmentLineItems"]
        return lines

    lines = list(remaining_nodes(parcel["fulfillmentLineItems"], page))
    return parcel | {"fulfillmentLineItems": whole(lines)}


def _fulfillment_page(client: ShopifyClient, fulfillment_id: str, cursor: str | None) -> Node:
    document = DOCUMENTS["FulfillmentDetail"]
    data = client.execute(document, {"id": fulfillment_id, "after": cursor})
    node: Node | None = data["node"]
    if not node:
        raise ShopifyNotFound("Shopify does not know this parcel.", operation=document.name)
    return node


def _read_returnable(
    client: ShopifyClient, order_id: str, first: Node
) -> tuple[ReturnableLine, ...]:
    pages = remaining_nodes(
        first, lambda cursor: _returnable_page(client, {"orderId": order_id, "after": cursor})
    )
    nodes = list(pages)
    if any(has_more(node["returnableFulfillmentLineItems"]) for node in nodes):
        nodes = list(_returnable_one_by_one(client, order_id))
    return tuple(line for node in nodes for line in parse_returnable_lines(node))


def _returnable_page(client: ShopifyClient, variables: dict[str, Any]) -> Node:
    page: Node = client.execute(DOCUMENTS["ReturnableLines"], variables)["returnableFulfillments"]
    return page


def _returnable_one_by_one(client: ShopifyClient, order_id: str) -> Iterator[Node]:
    """Read parcel by parcel, each with all its lines: for orders of very many lines."""
    variables: dict[str, Any] = {"orderId": order_id, "parcels": 1, "parcelLines": 250}

    def parcel_page(cursor: str | None) -> Node:
        def lines_page(lines_cursor: str) -> Node:
            again = variables | {"after": cursor, "linesAfter": lines_cursor}
            parcel: Node = _returnable_page(client, again)["nodes"][0]
            lines: Node = parcel["returnableFulfillmentLineItems"]
            return lines

        page = _returnable_page(client, variables | {"after": cursor})
        for node in page["nodes"]:
            lines = list(remaining_nodes(node["returnableFulfillmentLineItems"], lines_page))
            node["returnableFulfillmentLineItems"] = whole(lines)
        return page

    yield from remaining_nodes(parcel_page(None), parcel_page)
