"""The shop's books in one JSON document: what was refunded, returned, restocked, asked."""

from typing import Any

from returns_portal.shopify.sandbox import accounting as books
from returns_portal.shopify.sandbox.calls import Calls
from returns_portal.shopify.sandbox.money import live_string
from returns_portal.shopify.sandbox.state import Doc, State


def ledger(state: State, calls: Calls) -> dict[str, Any]:
    """Orders, stock, store credit and calls as they stand now."""
    with state.lock:
        return {
            "orders": [order_entry(order) for order in state.tables["order"].values()],
            "stock": [stock_entry(state, level) for level in state.tables["level"].values()],
            "store_credit": [_credit(account) for account in state.tables["credit"].values()],
            "calls": calls.report(),
        }


def order_entry(order: Doc) -> Doc:
    """One order with its money, refunds and returns."""
    currency = order["presentmentCurrencyCode"]

    def amount(minor: int) -> str:
        return live_string(minor, currency)

    return {
        "id": order["id"],
        "legacy_id": order["legacyResourceId"],
        "name": order["name"],
        "currency": currency,
        "total": amount(books.total(order)),
        "received": amount(books.received(order)),
        "refunded": amount(books.refunded(order)),
        "refunding": amount(books.refunded(order, ("PENDING",))),
        "financial_status": books.financial_status(order),
        "return_status": books.return_status(order),
        "tags": order["tags"],
        "note": order["note"],
        "lines": [_line(order, line) for line in order["lines"]],
        "refunds": [_refund(order, refund) for refund in order["refunds"]],
        "returns": [_return(made) for made in order["returns"]],
    }


def _line(order: Doc, line: Doc) -> Doc:
    return {
        "id": line["id"],
        "title": line["title"],
        "sku": line["sku"],
        "quantity": line["quantity"],
        "refundable": len(books.refundable_units(order, line)),
    }


def _refund(order: Doc, refund: Doc) -> Doc:
    currency = order["presentmentCurrencyCode"]
    paid = [t for t in order["transactions"] if t["id"] in refund["transactionIds"]]
    return {
        "id": refund["id"],
        "return_id": refund["returnId"],
        "created_at": refund["createdAt"],
        "note": refund["note"],
        "lines": [{"line_id": r["lineId"], "quantity": r["quantity"]} for r in refund["lines"]],
        "transactions": [
            {
                "id": t["id"],
                "amount": live_string(t["amount"], currency),
                "status": t["status"],
                "gateway": t["gateway"],
                "parent_id": t["parentId"],
            }
            for t in paid
        ],
    }


def _return(made: Doc) -> Doc:
    return {
        "id": made["id"],
        "name": made["name"],
        "status": made["status"],
        "lines": [
            {
                "id": line["id"],
                "line_id": line["lineId"],
                "quantity": line["quantity"],
                "processed": len(line["processed"]),
            }
            for line in made["lines"]
        ],
        "dispositions": [
            {
                "type": entry["type"],
                "quantity": entry["quantity"],
                "location_id": entry["locationId"],
                "line_id": line["lineId"],
            }
            for reverse in made["reverseOrders"]
            for line in reverse["lines"]
            for entry in line["dispositions"]
        ],
    }


def stock_entry(state: State, level: Doc) -> Doc:
    """One stock level and how far it moved since seeding."""
    item = state.tables["item"][level["itemId"]]
    available = level["quantities"]["available"]
    return {
        "item_id": level["itemId"],
        "location_id": level["locationId"],
        "location": state.tables["location"][level["locationId"]]["name"],
        "sku": item["sku"],
        "title": item["title"],
        "available": available,
        "on_hand": level["quantities"]["on_hand"],
        "seeded": level["seeded"],
        "delta": available - level["seeded"],
    }


def _credit(account: Doc) -> Doc:
    return {
        "id": account["id"],
        "customer_id": account["ownerId"],
        "currency": account["currency"],
        "balance": live_string(account["balance"], account["currency"]),
        "credits": [
            live_string(entry["amount"], account["currency"]) for entry in account["transactions"]
        ],
    }
