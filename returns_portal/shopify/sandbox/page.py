"""Pages for people: orders, their money and returns, stock and how it moved, calls received."""

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from returns_portal.shopify.sandbox import accounting as books
from returns_portal.shopify.sandbox.gid import make
from returns_portal.shopify.sandbox.ledger import stock_entry
from returns_portal.shopify.sandbox.money import plain_string
from returns_portal.shopify.sandbox.page_parts import (
    badge,
    card,
    day,
    document,
    facts,
    moment,
    table,
    words,
)
from returns_portal.shopify.sandbox.search import search_orders
from returns_portal.shopify.sandbox.state import Doc, Node

if TYPE_CHECKING:
    from returns_portal.shopify.sandbox.server import SandboxServer

GOOD = ("PAID", "FULFILLED", "RETURNED", "SUCCESS", "CLOSED", "RESTOCKED", "ok")
BAD = ("FAILURE", "VOIDED", "DECLINED", "CANCELED", "MISSING")


def render(app: "SandboxServer", path: str, query: dict[str, str]) -> tuple[int, str]:
    """The status and HTML of the page at this path."""
    with app.state.lock:
        if path == "/":
            return 200, _orders(app, query.get("q", ""))
        if path == "/stock":
            return 200, _stock(app)
        if path == "/calls":
            return 200, _calls(app)
        order = app.state.tables["order"].get(make("Order", path.removeprefix("/orders/")))
        if path.startswith("/orders/") and order is not None:
            return 200, _order(app, order)
    return 404, document("Not found", "", "<p>There is nothing at this address.</p>")


def _status(text: str) -> str:
    tone = "good" if text in GOOD else "bad" if text in BAD else "calm"
    return badge(words(text), tone)


def _money(order: Doc, minor: int) -> str:
    currency = order["presentmentCurrencyCode"]
    return f'<span class="money">{plain_string(minor, currency)} {currency}</span>'


# --- orders ----------------------------------------------------------------------------------


def _orders(app: "SandboxServer", query: str) -> str:
    found = _matching(app.state.all("Order"), query)
    found.sort(key=lambda node: node.doc["createdAt"], reverse=True)
    rows = [_order_row(node.doc) for node in found]
    form = (
        '<form class="search" role="search"><label for="q">Find an order</label>'
        f'<input id="q" name="q" type="search" value="{escape(query)}" '
        'placeholder="Order name, TikTok order ID, e-mail, tag"><button>Search</button></form>'
    )
    heads = ("Order", "Placed", "Channel", "Payment", "Delivery", "Returns", "Total")
    shown = table(heads, rows, "No order matches.")
    return document("Orders", "/", f"{form}<p class='quiet'>{len(rows)} orders</p>{shown}")


def _matching(nodes: list[Node], query: str) -> list[Node]:
    wanted = query.strip()
    if not wanted:
        return nodes
    return [node for node in nodes if _mentions(node.doc, wanted)] or search_orders(
        nodes, wanted, []
    )


def _mentions(order: Doc, wanted: str) -> bool:
    attributes = (f"{row['key']} {row['value']}" for row in order["customAttributes"])
    texts = [order["name"], order["note"], order["email"], order["sourceIdentifier"]]
    return any(
        wanted.lower() in (text or "").lower() for text in [*texts, *order["tags"], *attributes]
    )


def _order_row(order: Doc) -> list[str]:
    link = f'<a href="/orders/{order["legacyResourceId"]}">{escape(order["name"])}</a>'
    status = books.return_status(order)
    return [
        link,
        day(order["createdAt"]),
        escape(order["sourceName"] or ""),
        _status(books.financial_status(order)),
        _status("CANCELED" if order["cancelledAt"] else books.fulfillment_status(order)),
        "" if status == "NO_RETURN" else _status(status),
        _money(order, books.total(order)),
    ]


# --- one order -------------------------------------------------------------------------------


def _order(app: "SandboxServer", order: Doc) -> str:
    head = " ".join(
        _status(text) for text in (books.financial_status(order), books.fulfillment_status(order))
    )
    parts = [
        f"<p>{head}</p>",
        card("What it is", _facts(order)),
        card("Lines", _lines(app, order)),
        card("Money", _sums(order) + _transactions(order)),
        card("Refunds", "".join(_refund(order, row) for row in order["refunds"]) or _none()),
        card("Returns", "".join(_return(app, order, row) for row in order["returns"]) or _none()),
        card("Deliveries", _deliveries(order)),
    ]
    return document(f"Order {order['name']}", "/", "".join(parts))


def _none() -> str:
    return '<p class="quiet">None.</p>'


def _facts(order: Doc) -> str:
    address = order["shippingAddress"] or {}
    names = [address.get("firstName"), address.get("lastName")]
    attributes = [f"{row['key']}: {row['value']}" for row in order["customAttributes"]]
    return facts(
        [
            ("Placed", moment(order["createdAt"])),
            ("Changed", moment(order["updatedAt"])),
            ("Channel", order["sourceName"]),
            ("Source identifier", order["sourceIdentifier"]),
            ("Tags", ", ".join(order["tags"])),
            ("Note", order["note"]),
            ("Additional details", ", ".join(attributes)),
            ("E-mail", order["email"]),
            ("Ship to", " ".join(name for name in names if name)),
            ("Postcode", address.get("zip")),
            ("Country", address.get("country")),
        ]
    )


def _lines(app: "SandboxServer", order: Doc) -> str:
    rows = []
    for line in order["lines"]:
        picture = ""
        if line["image"]:
            picture = (
                f'<img src="/sandbox/images/{line["image"]}.svg" alt="" width="44" height="44">'
            )
        title = escape(line["title"])
        variant = f'<br><span class="quiet">{escape(line["variantTitle"] or "")}</span>'
        rows.append(
            [
                f'<span class="goods">{picture}<span>{title}{variant}</span></span>',
                escape(line["sku"] or ""),
                f"{line['quantity']}",
                f"{line['quantity'] - len(line['gone'])}",
                _money(order, line["price"]),
                _money(order, -books.line_discount(line)),
                _money(order, books.line_tax(line)),
            ]
        )
    heads = ("Goods", "SKU", "Bought", "Kept", "Each", "Discount", "Tax")
    return table(heads, rows, "No lines.")


def _sums(order: Doc) -> str:
    tax = "Tax, included" if order["taxesIncluded"] else "Tax"
    rows = [
        ("Goods after discounts", books.subtotal(order)),
        ("Shipping", books.shipping_price(order)),
        (tax, books.total_tax(order)),
        ("Total", books.total(order)),
        ("Received", books.received(order)),
        ("Refunded", books.refunded(order)),
        ("Refund on its way", books.refunded(order, ("PENDING",))),
        ("Kept by the shop", books.received(order) - books.refunded(order)),
    ]
    shown = [(name, _money(order, minor)) for name, minor in rows]
    items = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in shown)
    return f'<dl class="sums">{items}</dl>'


def _transactions(order: Doc) -> str:
    rows = [
        [
            words(row["kind"]),
            _status(row["status"]),
            escape(row["formattedGateway"]),
            moment(row["createdAt"]),
            _money(order, row["amount"]),
        ]
        for row in order["transactions"]
    ]
    return table(("Transaction", "Status", "Gateway", "When", "Amount"), rows, "No transactions.")


def _refund(order: Doc, refund: Doc) -> str:
    titles = {line["id"]: line["title"] for line in order["lines"]}
    paid = [t for t in order["transactions"] if t["id"] in refund["transactionIds"]]
    goods = ", ".join(f"{row['quantity']} of {titles[row['lineId']]}" for row in refund["lines"])
    amounts = ", ".join(f"{_money(order, t['amount'])} {_status(t['status'])}" for t in paid)
    about = facts(
        [
            ("When", moment(refund["createdAt"])),
            ("Goods", goods),
            ("Note", refund["note"]),
            ("Made by", "a return" if refund["returnId"] else "a refund without a return"),
        ]
    )
    return f"<article><h3>{amounts or 'No money moved'}</h3>{about}</article>"


def _return(app: "SandboxServer", order: Doc, made: Doc) -> str:
    rows = []
    for line in made["lines"]:
        bought = books.by_id(order["lines"], line["lineId"]) or {"title": ""}
        reason = app.state.tables["reason"].get(line["reasonId"], {}).get("name", "")
        fates = ", ".join(_fates(app, made, line["id"]))
        fee = _money(order, line["fee"]["amount"]) if line["fee"] else ""
        counts = f"{len(line['processed'])} of {line['quantity']}"
        rows.append([escape(bought["title"]), counts, escape(reason), fee, fates])
    heads = ("Goods", "Processed", "Reason", "Fee", "What became of it")
    shown = table(heads, rows, "Nothing is left in it.")
    head = f"{escape(made['name'])} {_status(made['status'])}"
    return f"<article><h3>{head}</h3>{shown}{_parcels(made)}</article>"


def _fates(app: "SandboxServer", made: Doc, line: str) -> Iterable[str]:
    places = app.state.tables["location"]
    for reverse in made["reverseOrders"]:
        for row in reverse["lines"]:
            for entry in row["dispositions"] if row["returnLineId"] == line else []:
                place = places.get(entry["locationId"] or "", {}).get("name")
                where = f" at {escape(place)}" if place else ""
                yield f"{entry['quantity']} {words(entry['type']).lower()}{where}"


def _parcels(made: Doc) -> str:
    rows = [d for reverse in made["reverseOrders"] for d in reverse["deliveries"]]
    numbers = [escape((row["tracking"] or {}).get("number") or "label only") for row in rows]
    return f"<p>Parcels: {', '.join(numbers)}</p>" if numbers else ""


def _deliveries(order: Doc) -> str:
    rows = [
        [
            escape(row["name"]),
            _status(row["displayStatus"]),
            moment(row["createdAt"]),
            moment(row["deliveredAt"]),
            escape(row["trackingInfo"][0]["number"]),
        ]
        for row in order["fulfillments"]
    ]
    return table(("Delivery", "Status", "Sent", "Delivered", "Tracking"), rows, "Not sent yet.")


# --- stock and calls -------------------------------------------------------------------------


def _stock(app: "SandboxServer") -> str:
    entries = [stock_entry(app.state, level) for level in app.state.tables["level"].values()]
    entries.sort(key=lambda row: (row["delta"] == 0, row["title"], row["location"]))
    rows = []
    for row in entries:
        delta = f"{row['delta']:+d}" if row["delta"] else ""
        moved = badge(delta, "good" if row["delta"] > 0 else "bad") if delta else ""
        rows.append(
            [
                escape(row["title"]),
                escape(row["sku"]),
                escape(row["location"]),
                f"{row['seeded']}",
                f"{row['available']}",
                moved,
            ]
        )
    heads = ("Goods", "SKU", "Location", "At first", "Now", "Moved")
    return document("Stock", "/stock", table(heads, rows, "No stock."))


def _calls(app: "SandboxServer") -> str:
    rows = [
        [
            moment(call.at),
            escape(call.operation),
            escape(", ".join(call.fields)),
            f"{call.milliseconds:.0f} ms",
            f"{call.cost}",
            _status(call.outcome),
        ]
        for call in app.calls.recent
    ]
    heads = ("When", "Operation", "Fields", "Took", "Points", "Outcome")
    note = f"<p class='quiet'>{app.calls.points} points in all, the latest calls first</p>"
    return document("Calls", "/calls", note + table(heads, rows, "Nobody called yet."))
