"""Shops, orders and cancellations at TikTok, and which Shopify order is which of TikTok's."""

from returns_portal.tiktok.client import TikTokClient
from returns_portal.tiktok.errors import TikTokNotFound
from returns_portal.tiktok.parsing import parse_cancellation, parse_order, parse_shop, reading
from returns_portal.tiktok.types import Cancellation, Order, Shop

ROOT = "/return_refund"


def list_shops(client: TikTokClient, access_token: str) -> tuple[Shop, ...]:
    """The shops that a new token opens."""
    path = "/authorization/202309/shops"
    data = client.read_with_token(path, access_token)
    with reading(path):
        return tuple(parse_shop(node) for node in data.get("shops") or [])


def get_order(client: TikTokClient, order_id: str) -> Order:
    """The order; raises TikTokNotFound."""
    path = "/order/202507/orders"
    data = client.read(path, {"ids": order_id})
    with reading(path):
        found = [parse_order(node) for node in data.get("orders") or []]
    if not found:
        raise TikTokNotFound("TikTok does not know this order.", operation=path)
    return found[0]


def find_order_id(client: TikTokClient, shopify_number: str) -> str | None:
    """TikTok's id of the order that Shopify knows by this number; None where no link is kept."""
    path = "/order/202406/orders/external_order_search"
    data = client.read(path, {}, {"platform": "SHOPIFY", "external_order_ids": [shopify_number]})
    with reading(path):
        found = [str(node["order_id"]) for node in data.get("orders") or []]
    return found[0] if found else None


def list_cancellations(client: TikTokClient, order_id: str) -> tuple[Cancellation, ...]:
    """The cancellations of an order."""
    path = f"{ROOT}/202602/cancellations/search"
    data = client.read(path, {"page_size": "50"}, {"order_ids": [order_id]})
    with reading(path):
        return tuple(parse_cancellation(node) for node in data.get("cancellations") or [])


def cancel_order(client: TikTokClient, order_id: str, *, reason: str, idempotency_key: str) -> str:
    """Cancel an order that was not sent yet; gives the cancellation's id."""
    path = f"{ROOT}/202602/cancellations"
    body = {"order_id": order_id, "cancel_reason": reason}
    data = client.change(path, {"idempotency_key": idempotency_key}, body)
    with reading(path):
        return str(data["cancel_id"])


def approve_cancellation(client: TikTokClient, cancel_id: str, *, idempotency_key: str) -> None:
    """Let the buyer cancel; the same key again decides nothing twice."""
    path = f"{ROOT}/202309/cancellations/{cancel_id}/approve"
    client.change(path, {"idempotency_key": idempotency_key}, {})


def reject_cancellation(
    client: TikTokClient, cancel_id: str, *, reason: str, idempotency_key: str
) -> None:
    """Refuse the buyer's cancellation, for a reason of those that TikTok lists for it now."""
    path = f"{ROOT}/202309/cancellations/{cancel_id}/reject"
    client.change(path, {"idempotency_key": idempotency_key}, {"reject_reason": reason})
