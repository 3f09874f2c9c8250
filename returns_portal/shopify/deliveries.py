"""Parcels on their way back, which Shopify calls reverse deliveries: read, announced, changed."""

from dataclasses import dataclass
from typing import Any

from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.documents import DOCUMENTS
from returns_portal.shopify.errors import ShopifyNotFound
from returns_portal.shopify.mutations import mutate, reading_back
from returns_portal.shopify.paging import Node, reading


@dataclass(frozen=True, slots=True)
class Parcel:
    """A reverse delivery; the number is empty where it carries none."""

    id: str
    tracking_number: str


@dataclass(frozen=True, slots=True)
class ReverseOrder:
    """What comes back to one location, and the parcels that bring it."""

    id: str
    is_open: bool
    parcels: tuple[Parcel, ...]


def list_reverse_orders(client: ShopifyClient, return_id: str) -> tuple[ReverseOrder, ...]:
    """Read what comes back for a return, by location; raises `ShopifyNotFound`.

    None of them counts as open once the return is not.
    """
    document = DOCUMENTS["ReturnParcels"]
    node = client.execute(document, {"id": return_id})["return"]
    if node is None:
        raise ShopifyNotFound("Shopify does not know this return.", operation=document.name)
    with reading(document):
        return tuple(
            _parse_reverse_order(order, return_is_open=node["status"] == "OPEN")
            for order in node["reverseFulfillmentOrders"]["nodes"]
        )


def announce_parcel(client: ShopifyClient, reverse_order_id: str, *, number: str, url: str) -> str:
    """Tell Shopify of a parcel with all that comes back; gives its id.

    Not safe to send twice. Raises `ShopifyRefused` and `ShopifyOutcomeUnknown`.
    """
    variables = {"orderId": reverse_order_id, "tracking": _tracking_input(number, url)}
    return _id_of("ParcelAnnounce", mutate(client, "ParcelAnnounce", variables, "reverseDelivery"))


def change_parcel(client: ShopifyClient, parcel_id: str, *, number: str, url: str) -> str:
    """Give a parcel another tracking number; sending it twice is harmless.

    Raises `ShopifyRefused` and `ShopifyOutcomeUnknown`.
    """
    variables = {"id": parcel_id, "tracking": _tracking_input(number, url)}
    return _id_of("ParcelChange", mutate(client, "ParcelChange", variables, "reverseDelivery"))


def _id_of(operation: str, node: Node) -> str:
    with reading_back(operation):
        return str(node["id"])


def _tracking_input(number: str, url: str) -> dict[str, Any]:
    return {"number": number, "url": url} if url else {"number": number}


def _parse_reverse_order(node: Node, *, return_is_open: bool) -> ReverseOrder:
    return ReverseOrder(
        id=node["id"],
        is_open=return_is_open and node["status"] == "OPEN",
        parcels=tuple(
            Parcel(parcel["id"], _tracking_number(parcel))
            for parcel in node["reverseDeliveries"]["nodes"]
        ),
    )


def _tracking_number(parcel: Node) -> str:
    tracking = (parcel["deliverable"] or {}).get("tracking") or {}
    return tracking.get("number") or ""
