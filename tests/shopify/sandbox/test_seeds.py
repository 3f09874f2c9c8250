"""The demo shop's orders: every shape TikTok orders have, and every sum right."""

import re
from datetime import datetime, timedelta

import pytest

from returns_portal.shopify.sandbox import accounting as books
from returns_portal.shopify.sandbox.images import SHAPES
from returns_portal.shopify.sandbox.people import tiktok_id
from returns_portal.shopify.sandbox.seeds import SHOWCASE, Showcase, fill
from returns_portal.shopify.sandbox.state import Doc, State, utc_now
from tests.shopify.sandbox.desk import Desk


@pytest.fixture(scope="module")
def desk() -> Desk:
    state = State()
    fill(state, "demo-shop.myshopify.com")
    return Desk(state)


@pytest.fixture(scope="module")
def orders(desk: Desk) -> list[Doc]:
    return list(desk.state.tables["order"].values())


class TestOrders:
    def test_are_many(self, orders: list[Doc]) -> None:
        assert len(orders) >= 40

    def test_add_up(self, orders: list[Doc]) -> None:
        for order in orders:
            lines = sum(books.line_total(line) for line in order["lines"])
            tax = 0 if order["taxesIncluded"] else books.total_tax(order)
            expected = lines - books.total_discounts(order) + books.shipping_price(order) + tax
            assert books.total(order) == expected, order["name"]
            assert all(books.line_discounted(line) >= 0 for line in order["lines"])

    def test_were_paid_in_full_unless_nobody_paid(self, orders: list[Doc]) -> None:
        for order in orders:
            paid = books.received(order)
            assert paid in (0, books.total(order)), order["name"]

    def test_never_gave_back_more_than_came(self, orders: list[Doc]) -> None:
        for order in orders:
            assert 0 <= books.refunded(order) <= books.received(order)

    def test_show_every_discount_once(self, orders: list[Doc]) -> None:
        for order in orders:
            for index, given in enumerate(order["discounts"]):
                parts = [
                    part["amount"]
                    for line in order["lines"]
                    for part in line["discounts"]
                    if part["application"] == index
                ]
                assert sum(parts) == given["amount"]

    def test_have_names_that_differ(self, orders: list[Doc]) -> None:
        names = [order["name"] for order in orders]
        assert len(set(names)) == len(names)

    def test_have_pictures_that_exist(self, orders: list[Doc]) -> None:
        pictures = {line["image"] for order in orders for line in order["lines"]} - {None}
        assert pictures <= set(SHAPES)


class TestShapes:
    @pytest.mark.parametrize(
        "where",
        [
            lambda order, key: any(key in tag for tag in order["tags"]),
            lambda order, key: key in (order["note"] or ""),
            lambda order, key: any(key in row["value"] for row in order["customAttributes"]),
            lambda order, key: key == order["sourceIdentifier"],
            lambda order, key: key == order["name"],
        ],
    )
    def test_carry_the_tiktok_id_in_every_known_place(
        self, orders: list[Doc], where: object
    ) -> None:
        keys = [tiktok_id(number) for number in range(1, 60)]
        assert any(where(order, key) for order in orders for key in keys)  # type: ignore[operator]

    @pytest.mark.parametrize("number", range(1, 60))
    def test_give_tiktok_ids_their_form(self, number: int) -> None:
        assert re.fullmatch(r"5[78]\d{16}", tiktok_id(number))

    @pytest.mark.parametrize("currency", ["USD", "GBP", "EUR", "JPY"])
    def test_pay_in_many_currencies(self, orders: list[Doc], currency: str) -> None:
        assert any(order["presentmentCurrencyCode"] == currency for order in orders)

    @pytest.mark.parametrize("country", ["US", "GB", "DE", "FR", "IT", "ES", "IE", "JP"])
    def test_go_to_many_countries(self, orders: list[Doc], country: str) -> None:
        addresses = [order["shippingAddress"] for order in orders if order["shippingAddress"]]
        assert any(address["countryCodeV2"] == country for address in addresses)

    @pytest.mark.parametrize(
        "shape",
        [
            lambda order: order["presentmentCurrencyCode"] != order["currencyCode"],
            lambda order: order["taxesIncluded"] and order["sourceName"] == "tiktok",
            lambda order: not order["taxesIncluded"] and order["presentmentCurrencyCode"] == "GBP",
            lambda order: "*" in ((order["shippingAddress"] or {}).get("zip") or ""),
            lambda order: order["shippingAddress"] is None,
            lambda order: (order["email"] or "").endswith("@scs.tiktokw.us"),
            lambda order: (order["email"] or "").endswith("@scs3.tiktok.com"),
            lambda order: (order["email"] or "").endswith("@scs2.tiktok.com"),
            lambda order: (order["email"] or "").endswith("@example.com"),
            lambda order: order["email"] is None,
            lambda order: order["cancelledAt"],
            lambda order: books.fulfillment_status(order) == "PARTIALLY_FULFILLED",
            lambda order: books.fulfillment_status(order) == "UNFULFILLED",
            lambda order: books.financial_status(order) == "REFUNDED",
            lambda order: books.financial_status(order) == "PARTIALLY_REFUNDED",
            lambda order: books.financial_status(order) == "PENDING",
            lambda order: books.return_status(order) == "IN_PROGRESS",
            lambda order: len(order["lines"]) == 120,
            lambda order: books.total(order) == 0,
            lambda order: len(order["fulfillments"]) == 2 and len(order["lines"]) == 1,
            lambda order: any(line["isGiftCard"] for line in order["lines"]),
            lambda order: any(line["variantId"] is None for line in order["lines"]),
            lambda order: any(not line["requiresShipping"] for line in order["lines"]),
            lambda order: any(sent["deliveredAt"] is None for sent in order["fulfillments"]),
            lambda order: order["sourceName"] == "web",
            lambda order: order["sourceName"] == "pos",
            lambda order: any(d["across"] for d in order["discounts"]),
            lambda order: any(not d["across"] for d in order["discounts"]),
            lambda order: len(order["transactions"]) == 3,
        ],
    )
    def test_are_all_there(self, orders: list[Doc], shape: object) -> None:
        assert any(shape(order) for order in orders)  # type: ignore[operator]

    def test_include_goods_on_final_sale(self, desk: Desk, orders: list[Doc]) -> None:
        final = {
            row["id"]
            for row in desk.state.tables["product"].values()
            if "final-sale" in row["tags"]
        }
        assert any(line["productId"] in final for order in orders for line in order["lines"])

    def test_include_deliveries_of_long_ago(self, orders: list[Doc]) -> None:
        old = utc_now() - timedelta(days=90)
        moments = [s["deliveredAt"] for o in orders for s in o["fulfillments"] if s["deliveredAt"]]
        assert any(datetime.fromisoformat(moment) < old for moment in moments)


class TestShowcase:
    def test_is_enough_to_choose_from(self) -> None:
        assert len(SHOWCASE) >= 6

    @pytest.mark.parametrize("example", SHOWCASE, ids=lambda example: example.what)
    def test_is_found_by_its_number_and_was_just_delivered(
        self, desk: Desk, example: Showcase
    ) -> None:
        query = """query($q: String!) { orders(first: 2, query: $q) { nodes { id cancelledAt
          returnStatus displayFinancialStatus shippingAddress { zip } } } }"""
        (found,) = desk.ask(query, q=example.order_number)["orders"]["nodes"]
        assert found["shippingAddress"]["zip"] == example.postcode
        assert (found["returnStatus"], found["displayFinancialStatus"]) == ("NO_RETURN", "PAID")
        order = desk.state.tables["order"][found["id"]]
        delivered = datetime.fromisoformat(order["fulfillments"][0]["deliveredAt"])
        assert timedelta(days=3) <= utc_now() - delivered <= timedelta(days=12)
        assert books.returnable(order)
