"""The shop itself: who it is, what the app may do there, its places and its return reasons."""

from collections.abc import Iterator

from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.documents import DOCUMENTS
from returns_portal.shopify.paging import Node, reading, remaining_nodes
from returns_portal.shopify.parsing import parse_location, parse_reason_definition, parse_shop
from returns_portal.shopify.types import Location, ReturnReasonDefinition, Shop

REQUIRED_SCOPES = (
    "read_all_orders",
    "read_customers",
    "read_fulfillments",
    "read_inventory",
    "read_locations",
    "read_orders",
    "read_products",
    "read_returns",
    "write_inventory",
    "write_orders",
    "write_returns",
)


def get_shop(client: ShopifyClient) -> Shop:
    """Read the shop behind the credentials and the access scopes that were granted."""
    document = DOCUMENTS["ShopAndAccess"]
    data = client.execute(document, {})
    with reading(document):
        return parse_shop(data["shop"], data["currentAppInstallation"])


def missing_scopes(shop: Shop) -> tuple[str, ...]:
    """Name the access scopes that the portal needs and lacks; leave to write includes to read."""
    implied = {scope.replace("write_", "read_", 1) for scope in shop.scopes}
    granted = implied | set(shop.scopes)
    return tuple(scope for scope in REQUIRED_SCOPES if scope not in granted)


def list_locations(client: ShopifyClient) -> tuple[Location, ...]:
    """Read the active places that keep stock."""
    with reading(DOCUMENTS["Locations"]):
        return tuple(parse_location(node) for node in _nodes(client, "Locations"))


def list_return_reason_definitions(client: ShopifyClient) -> tuple[ReturnReasonDefinition, ...]:
    """Read Shopify's reasons for a return that are still in use."""
    operation = "ReturnReasonDefinitions"
    with reading(DOCUMENTS[operation]):
        nodes = [node for node in _nodes(client, operation) if not node["deleted"]]
        return tuple(parse_reason_definition(node) for node in nodes)


def _nodes(client: ShopifyClient, operation: str) -> Iterator[Node]:
    document = DOCUMENTS[operation]

    def page(cursor: str | None) -> Node:
        connection: Node = client.execute(document, {"after": cursor})[document.root_field]
        return connection

    yield from remaining_nodes(page(None), page)
