"""One return of one order, what changes it, and what Shopify answers."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from returns_portal.shopify.returns import (
    approve_return,
    cancel_return,
    close_return,
    create_return,
    process_return,
)
from returns_portal.shopify.types import Money, ReturnLineInput
from tests.shopify.scripted import ScriptedClient

ORDER_ID = "gid://shopify/Order/1"
RETURN_ID = "gid://shopify/Return/1"
LINE = ReturnLineInput("gid://shopify/FulfillmentLineItem/1", 1)


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def payload(root: str, node: Any, *objections: dict[str, Any]) -> dict[str, Any]:
    return {root: {"return": node, "userErrors": list(objections)}}


def create(client: ScriptedClient, *lines: ReturnLineInput) -> Any:
    return create_return(
        client,
        order_id=ORDER_ID,
        lines=lines or [LINE],
        return_shipping_fee=usd("4.90"),
    )


CHANGES: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "ReturnCreate": ("returnCreate", create),
    "ReturnProcess": (
        "returnProcess",
        lambda client: process_return(
            client, return_id=RETURN_ID, lines=[], transactions=[], note=""
        ),
    ),
    "ReturnClose": ("returnClose", lambda client: close_return(client, RETURN_ID)),
    "ReturnCancel": ("returnCancel", lambda client: cancel_return(client, RETURN_ID)),
    "ReturnApprove": ("returnApproveRequest", lambda client: approve_return(client, RETURN_ID)),
}
