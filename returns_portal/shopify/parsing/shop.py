"""Reading the shop, its places and its reasons."""

from returns_portal.shopify.parsing.values import Node
from returns_portal.shopify.types import Location, ReturnReasonDefinition, Shop


def parse_shop(shop: Node, installation: Node) -> Shop:
    """Read the shop and the access that the app was given."""
    return Shop(
        id=shop["id"],
        name=shop["name"],
        domain=shop["myshopifyDomain"],
        currency=shop["currencyCode"],
        timezone=shop["ianaTimezone"],
        scopes=tuple(sorted(scope["handle"] for scope in installation["accessScopes"])),
    )


def parse_location(node: Node) -> Location:
    """Read a place that keeps stock."""
    return Location(id=node["id"], name=node["name"], is_active=bool(node["isActive"]))


def parse_reason_definition(node: Node) -> ReturnReasonDefinition:
    """Read one of Shopify's reasons for a return."""
    return ReturnReasonDefinition(id=node["id"], handle=node["handle"], name=node["name"])
