"""Shopify's search syntax, as far as orders need it."""

from datetime import timedelta

import pytest

from returns_portal.shopify.sandbox.search import search_orders, tokens
from returns_portal.shopify.sandbox.state import Node, timestamp, utc_now
from tests.shopify.sandbox.desk import Desk

PAGE = """
query($q: String, $first: Int, $after: String, $last: Int, $before: String, $reverse: Boolean,
      $sort: OrderSortKeys) {
  orders(query: $q, first: $first, after: $after, last: $last, before: $before,
         reverse: $reverse, sortKey: $sort) {
    nodes { name } edges { cursor node { name } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""


@pytest.fixture
def shop(desk: Desk) -> Desk:
    desk.order(
        name="#1001",
        placed=5,
        tags=["TikTokOrderID:577092126219211281"],
        email="v4bAB@scs.tiktokw.us",
    )
    desk.order(name="#1001-B", placed=4, sourceIdentifier="580000000000000001", source="web")
    desk.order(
        name="#1002",
        placed=3,
        note="TikTok Order ID: 571111111111111111",
        customAttributes=[{"key": "TikTok", "value": "572222222222222222"}],
    )
    desk.order(name="577777777777777777", placed=2, cancelled=1, unfulfilled=True)
    return desk


def names(desk: Desk, query: str | None, **more: object) -> list[str]:
    data = desk.ask(PAGE, q=query, first=50, sort="CREATED_AT", **more)
    return [node["name"] for node in data["orders"]["nodes"]]


class TestFilters:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ('name:"#1002"', ["#1002"]),
            ("name:1002", ["#1002"]),
            ('name:"#1001"', ["#1001", "#1001-B"]),
            ('tag:"TikTokOrderID:577092126219211281"', ["#1001"]),
            ("tag:577092126219211281", ["#1001"]),
            ("source_identifier:580000000000000001", ["#1001-B"]),
            ("source_name:web", ["#1001-B"]),
            ('email:"v4bAB@scs.tiktokw.us"', ["#1001"]),
            ("577092126219211281", ["#1001"]),
            ("580000000000000001", ["#1001-B"]),
            ("577777777777777777", ["577777777777777777"]),
            ("status:cancelled", ["577777777777777777"]),
            ("fulfillment_status:unfulfilled", ["577777777777777777"]),
            ("source_name:tiktok AND name:1001", ["#1001"]),
            ("source_name:tiktok name:1001", ["#1001"]),
            ("name:1002 OR source_name:web", ["#1001-B", "#1002"]),
            ("NOT source_name:tiktok", ["#1001-B"]),
            ("-source_name:tiktok", ["#1001-B"]),
            ("(name:1002 OR name:1001) AND source_name:tiktok", ["#1001", "#1002"]),
            ("name:10*", ["#1001", "#1001-B", "#1002"]),
            ("name:nothing", []),
        ],
    )
    def test_find(self, shop: Desk, query: str, found: list[str]) -> None:
        assert names(shop, query) == found

    @pytest.mark.parametrize("hidden", ["571111111111111111", "572222222222222222"])
    def test_do_not_look_into_notes_and_attributes(self, shop: Desk, hidden: str) -> None:
        assert names(shop, hidden) == []

    def test_take_quoted_values_with_escapes(self, shop: Desk) -> None:
        shop.order(name='say "hi" \\ now')
        assert names(shop, 'name:"say \\"hi\\" \\\\ now"') == ['say "hi" \\ now']

    def test_cannot_be_broken_out_of_by_an_escaped_quote(self, shop: Desk) -> None:
        assert names(shop, 'name:"\\" OR source_name:web"') == []

    def test_compare_moments(self, shop: Desk) -> None:
        early = timestamp(utc_now() - timedelta(days=4, hours=12))
        assert names(shop, f"created_at:>'{early}'")[0] == "#1001-B"
        assert names(shop, f"created_at:<'{early}'") == ["#1001"]
        assert names(shop, f"updated_at:>='{early}'") == names(shop, None)

    def test_compare_ids(self, shop: Desk) -> None:
        ids = sorted(int(row["legacyResourceId"]) for row in shop.state.tables["order"].values())
        assert names(shop, f"id:{ids[0]}") == ["#1001"]
        assert len(names(shop, f"id:>={ids[1]}")) == 3

    def test_match_everything_with_a_warning_when_unknown(self, shop: Desk) -> None:
        answer = shop.answer(PAGE, q="shoe_size:44", first=50)
        assert len(answer["data"]["orders"]["nodes"]) == 4
        (warning,) = answer["extensions"]["search"]
        assert warning["warnings"][0]["field"] == "shoe_size"

    @pytest.mark.parametrize("query", ["(", ")", "((name:1", "AND", "OR OR", '"', ":", "NOT"])
    def test_survive_nonsense(self, shop: Desk, query: str) -> None:
        nodes = [Node("Order", row, row) for row in shop.state.tables["order"].values()]
        assert len(search_orders(nodes, query, [])) <= 4

    def test_see_words_where_letters_and_digits_are(self) -> None:
        assert tokens("#1001-B: TikTok") == ["1001", "b", "tiktok"]


class TestPages:
    def test_follow_each_other_by_cursor(self, shop: Desk) -> None:
        seen, after = [], None
        while True:
            page = shop.ask(PAGE, first=2, after=after, sort="CREATED_AT")["orders"]
            seen += [node["name"] for node in page["nodes"]]
            if not page["pageInfo"]["hasNextPage"]:
                break
            after = page["pageInfo"]["endCursor"]
        assert seen == ["#1001", "#1001-B", "#1002", "577777777777777777"]

    def test_go_backwards(self, shop: Desk) -> None:
        assert names(shop, None, reverse=True)[0] == "577777777777777777"

    def test_take_the_last_ones(self, shop: Desk) -> None:
        page = shop.ask(PAGE, last=1, sort="CREATED_AT")["orders"]
        assert page["nodes"] == [{"name": "577777777777777777"}]
        assert page["pageInfo"]["hasPreviousPage"] is True

    def test_keep_their_place_when_an_order_changes_meanwhile(self, shop: Desk) -> None:
        page = shop.ask(PAGE, first=2, sort="CREATED_AT")["orders"]
        shop.order(name="#0999", placed=9)
        after = page["pageInfo"]["endCursor"]
        rest = shop.ask(PAGE, first=9, after=after, sort="CREATED_AT")["orders"]["nodes"]
        assert [node["name"] for node in rest] == ["#1002", "577777777777777777"]

    @pytest.mark.parametrize("size", [{}, {"first": -1}, {"first": 251}])
    def test_need_a_size_between_0_and_250(self, shop: Desk, size: dict) -> None:
        assert shop.error(PAGE, **size)["extensions"]["code"] == "BAD_REQUEST"

    def test_refuse_a_cursor_that_was_never_given_out(self, shop: Desk) -> None:
        assert shop.error(PAGE, first=1, after="???")["extensions"]["code"] == "BAD_REQUEST"
