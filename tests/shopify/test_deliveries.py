"""Parcels on their way back: read as they are, announced as they should be."""

from typing import Any

import pytest

from returns_portal.shopify.deliveries import (
    Parcel,
    announce_parcel,
    change_parcel,
    list_reverse_orders,
)
from returns_portal.shopify.errors import (
    ShopifyNotFound,
    ShopifyOutcomeUnknown,
    ShopifyProtocolError,
    ShopifyRefused,
)
from tests.shopify.scripted import ScriptedClient

ORDER = "gid://shopify/ReverseFulfillmentOrder/1"
PARCEL = "gid://shopify/ReverseDelivery/1"


def parcels(*deliverables: Any, status: str = "OPEN", return_status: str = "OPEN") -> Any:
    nodes = [{"id": PARCEL, "deliverable": deliverable} for deliverable in deliverables]
    order = {"id": ORDER, "status": status, "reverseDeliveries": {"nodes": nodes}}
    return {
        "return": {
            "id": "r",
            "status": return_status,
            "reverseFulfillmentOrders": {"nodes": [order]},
        }
    }


class TestListReverseOrders:
    @pytest.mark.parametrize(
        ("deliverable", "number"),
        [
            ({"tracking": {"number": "123456"}}, "123456"),
            ({"tracking": {"number": None}}, ""),
            ({"tracking": None}, ""),
            ({}, ""),
            (None, ""),
        ],
    )
    def test_reads_parcels_with_and_without_a_number(self, deliverable: Any, number: str) -> None:
        client = ScriptedClient({"ReturnParcels": parcels(deliverable)})
        (order,) = list_reverse_orders(client, "r")
        assert order.parcels == (Parcel(PARCEL, number),)

    @pytest.mark.parametrize(
        ("status", "return_status", "is_open"),
        [("OPEN", "OPEN", True), ("CLOSED", "OPEN", False), ("OPEN", "CLOSED", False)],
    )
    def test_says_what_still_takes_parcels(
        self, status: str, return_status: str, is_open: bool
    ) -> None:
        answer = parcels(status=status, return_status=return_status)
        (order,) = list_reverse_orders(ScriptedClient({"ReturnParcels": answer}), "r")
        assert order.is_open is is_open

    def test_raises_for_an_unknown_return(self) -> None:
        with pytest.raises(ShopifyNotFound):
            list_reverse_orders(ScriptedClient({"ReturnParcels": {"return": None}}), "r")

    def test_raises_for_an_answer_of_another_shape(self) -> None:
        with pytest.raises(ShopifyProtocolError):
            list_reverse_orders(ScriptedClient({"ReturnParcels": {"return": {}}}), "r")


class TestAnnounceParcel:
    ROOT = "reverseDeliveryCreateWithShipping"

    def answer(self, node: Any, *errors: Any) -> dict[str, Any]:
        return {self.ROOT: {"reverseDelivery": node, "userErrors": list(errors)}}

    @pytest.mark.parametrize(
        ("url", "tracking"),
        [
            ("", {"number": "123456"}),
            ("https://x.example/1", {"number": "123456", "url": "https://x.example/1"}),
        ],
    )
    def test_sends_number_and_address_where_there_is_one(
        self, url: str, tracking: dict[str, str]
    ) -> None:
        client = ScriptedClient({"ParcelAnnounce": self.answer({"id": PARCEL})})
        assert announce_parcel(client, ORDER, number="123456", url=url) == PARCEL
        sent = client.variables_of("ParcelAnnounce")
        assert sent == {"orderId": ORDER, "tracking": tracking}

    def test_raises_what_shopify_objects(self) -> None:
        objection = {"code": "INVALID", "field": [], "message": "No."}
        client = ScriptedClient({"ParcelAnnounce": self.answer(None, objection)})
        with pytest.raises(ShopifyRefused):
            announce_parcel(client, ORDER, number="123456", url="")

    def test_does_not_know_what_an_empty_answer_did(self) -> None:
        client = ScriptedClient({"ParcelAnnounce": self.answer(None)})
        with pytest.raises(ShopifyOutcomeUnknown):
            announce_parcel(client, ORDER, number="123456", url="")


class TestChangeParcel:
    def test_gives_the_parcel_another_number(self) -> None:
        answer = {
            "reverseDeliveryShippingUpdate": {"reverseDelivery": {"id": PARCEL}, "userErrors": []}
        }
        client = ScriptedClient({"ParcelChange": answer})
        assert change_parcel(client, PARCEL, number="654321", url="") == PARCEL
        assert client.variables_of("ParcelChange") == {
            "id": PARCEL,
            "tracking": {"number": "654321"},
        }
