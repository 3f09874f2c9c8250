"""The shop says who it is and what it lacks."""

from typing import Any

from returns_portal.shopify.shop import (
    REQUIRED_SCOPES,
    get_shop,
    list_locations,
    list_return_reason_definitions,
    missing_scopes,
)
from returns_portal.shopify.types import Shop
from tests.shopify.nodes import connection
from tests.shopify.scripted import ScriptedClient


def shop(*scopes: str) -> Shop:
    return Shop("s", "Demo", "demo.example", "USD", "America/New_York", scopes)


class TestGetShop:
    def test_reads_shop_and_access(self) -> None:
        node: dict[str, Any] = {
            "id": "s",
            "name": "Demo",
            "myshopifyDomain": "demo-shop.myshopify.com",
            "currencyCode": "USD",
            "ianaTimezone": "America/New_York",
        }
        scopes = {"accessScopes": [{"handle": "read_orders"}]}
        client = ScriptedClient({"ShopAndAccess": {"shop": node, "currentAppInstallation": scopes}})
        found = get_shop(client)
        assert (found.domain, found.scopes) == ("demo-shop.myshopify.com", ("read_orders",))


class TestMissingScopes:
    def test_names_what_was_not_granted(self) -> None:
        granted = [scope for scope in REQUIRED_SCOPES if scope != "write_returns"]
        assert missing_scopes(shop(*granted)) == ("write_returns",)

    def test_takes_leave_to_write_for_leave_to_read(self) -> None:
        granted = [scope for scope in REQUIRED_SCOPES if scope != "read_orders"]
        assert missing_scopes(shop(*granted)) == ()


class TestListLocations:
    def test_reads_every_page(self) -> None:
        first = {"id": "1", "name": "Warehouse", "isActive": True}
        second = {"id": "2", "name": "Store", "isActive": False}
        client = ScriptedClient(
            {
                "Locations": [
                    {"locations": connection(first, after="c")},
                    {"locations": connection(second)},
                ]
            }
        )
        found = list_locations(client)
        assert [(place.id, place.is_active) for place in found] == [("1", True), ("2", False)]


class TestListReturnReasonDefinitions:
    def test_leaves_out_what_shopify_retired(self) -> None:
        nodes = [
            {"id": "1", "handle": "defective", "name": "Defective", "deleted": False},
            {"id": "2", "handle": "old", "name": "Old", "deleted": True},
        ]
        client = ScriptedClient(
            {"ReturnReasonDefinitions": {"returnReasonDefinitions": connection(*nodes)}}
        )
        assert [reason.handle for reason in list_return_reason_definitions(client)] == ["defective"]
