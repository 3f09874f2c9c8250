"""The doors of the sandbox that Shopify does not have: ledger, faults, reset, orders."""

import re
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError

from returns_portal.shopify.sandbox import gid
from returns_portal.shopify.sandbox.accounting import by_id
from returns_portal.shopify.sandbox.backoffice import make_refund, make_return
from returns_portal.shopify.sandbox.building import Unbuildable, add_order
from returns_portal.shopify.sandbox.errors import Refused
from returns_portal.shopify.sandbox.ledger import ledger, order_entry
from returns_portal.shopify.sandbox.settling import settle
from returns_portal.shopify.sandbox.state import Doc

if TYPE_CHECKING:
    from returns_portal.shopify.sandbox.server import SandboxServer

Answer = tuple[int, Any]
_ACT = re.compile(r"/sandbox/orders/(\d+)/(refund|return)\Z")


def answer(app: "SandboxServer", method: str, path: str, body: Any) -> Answer:
    """The status and JSON answer of one control call."""
    try:
        return _route(app, method, path, body)
    except Refused as refused:
        return 422, {"errors": refused.errors}
    except (Unbuildable, ValueError, KeyError, TypeError) as error:
        return 422, {"errors": [{"message": f"{type(error).__name__}: {error}"}]}
    except GraphQLError as error:
        return 422, {"errors": [error.formatted]}


def _route(app: "SandboxServer", method: str, path: str, body: Any) -> Answer:
    if (method, path) == ("GET", "/sandbox/ledger.json"):
        return 200, ledger(app.state, app.calls)
    if path == "/sandbox/faults" and method in ("POST", "DELETE"):
        app.faults.replace([] if method == "DELETE" else body)
        return 200, {"faults": len(body or [])}
    if (method, path) == ("POST", "/sandbox/reset"):
        app.reset()
        return 200, {"orders": len(app.state.tables["order"])}
    if (method, path) == ("POST", "/sandbox/orders"):
        return 201, _make_order(app, body)
    if (method, path) == ("POST", "/sandbox/refunds/settle"):
        status = (body or {}).get("status", "SUCCESS")
        return 200, {"settled": settle(app.state, status)}
    act = _ACT.match(path)
    if act is not None and method == "POST":
        return _act(app, act[1], act[2], (body or {}).get("quantity"))
    return 404, {"errors": [{"message": "Not Found"}]}


def _make_order(app: "SandboxServer", spec: Doc) -> Doc:
    with app.state.transaction() as draft:
        order = add_order(draft, spec)
    return {
        "id": order["id"],
        "legacy_id": order["legacyResourceId"],
        "name": order["name"],
        "line_ids": [line["id"] for line in order["lines"]],
        "fulfillment_line_ids": [p["id"] for f in order["fulfillments"] for p in f["lines"]],
        "transaction_ids": [t["id"] for t in order["transactions"]],
    }


def _act(app: "SandboxServer", number: str, what: str, quantity: int | None) -> Answer:
    key = gid.make("Order", number)
    act = make_refund if what == "refund" else make_return
    made = act(app.state, key, quantity)
    with app.state.lock:
        order = app.state.tables["order"][key]
        entry = order_entry(order)
    rows = entry["refunds" if what == "refund" else "returns"]
    return 201, by_id(rows, made["id"])
