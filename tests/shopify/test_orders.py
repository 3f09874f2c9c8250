"""Orders are found by exact numbers only, and read whole however long they are."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from returns_portal.shopify import orders
from returns_portal.shopify.errors import ShopifyNotFound, ShopifyProtocolError
from returns_portal.shopify.orders import (
    find_orders,
    get_order,
    get_returnable_lines,
    get_returnable_order,
    iterate_orders_updated_since,
    list_order_refunds,
    order_numbers,
)
from returns_portal.shopify.parsing import parse_order
from tests.shopify.nodes import (
    connection,
    fulfillment,
    order,
    order_line,
    parcel_line,
    refund,
    refund_line,
)
from tests.shopify.scripted import ScriptedClient

TIKTOK_ID = "577092126219211281"
Variables = Mapping[str, Any]


def hits(*found: dict[str, Any], after: str | None = None) -> dict[str, Any]:
    return {"orders": connection(*found, after=after)}


def detail(variables: Variables) -> dict[str, Any]:
    return {"order": order() | {"id": variables["id"]}}


class TestFindOrders:
    @pytest.mark.parametrize("number", ["1001", "#1001", " 1001 "])
    def test_finds_an_order_by_its_name(self, number: str) -> None:
        client = ScriptedClient({"OrderNumbers": hits(order()), "OrderDetail": detail})
        (found,) = find_orders(client, number)
        assert found.name == "#1001"
        assert client.operations == ["OrderNumbers", "OrderDetail"]
        assert client.variables_of("OrderNumbers")["query"] == 'name:"1001" OR name:"#1001"'

    @pytest.mark.parametrize(
        "place",
        [
            {"sourceIdentifier": TIKTOK_ID},
            {"tags": ["Shipped by TikTok", f"TikTokOrderID:{TIKTOK_ID}"]},
            {"note": f"TikTok order {TIKTOK_ID}, gift"},
            {"customAttributes": [{"key": "TikTok Order ID", "value": TIKTOK_ID}]},
            {"name": TIKTOK_ID},
            {"name": f"#{TIKTOK_ID}"},
        ],
        ids=lambda place: next(iter(place)),
    )
    def test_finds_a_tiktok_order_wherever_its_id_stands(self, place: dict[str, Any]) -> None:
        node = order(**({"sourceIdentifier": None} | place))
        client = ScriptedClient({"OrderNumbers": hits(node), "OrderDetail": detail})
        assert len(find_orders(client, TIKTOK_ID)) == 1

    def test_asks_for_a_tiktok_id_in_one_search(self) -> None:
        client = ScriptedClient({"OrderNumbers": hits(order()), "OrderDetail": detail})
        find_orders(client, TIKTOK_ID)
        assert client.variables_of("OrderNumbers")["query"] == (
            f'tag:"TikTokOrderID:{TIKTOK_ID}" OR source_identifier:"{TIKTOK_ID}"'
            f' OR name:"{TIKTOK_ID}"'
        )

    def test_searches_the_bare_id_as_a_last_resort(self) -> None:
        script = {"OrderNumbers": [hits(), hits(order())], "OrderDetail": detail}
        client = ScriptedClient(script)
        assert len(find_orders(client, TIKTOK_ID)) == 1
        assert client.calls[1][1]["query"] == f'"{TIKTOK_ID}"'

    @pytest.mark.parametrize(
        "neighbor",
        [
            {"name": "#1001-B"},
            {"name": "#11001"},
            {"name": "#TT1001"},
            {"name": "#2", "tags": ["1001"], "note": "1001", "sourceIdentifier": "1001"},
        ],
        ids=str,
    )
    def test_passes_over_orders_that_only_look_alike(self, neighbor: dict[str, Any]) -> None:
        client = ScriptedClient({"OrderNumbers": hits(order(**neighbor))})
        assert find_orders(client, "1001") == ()

    def test_does_not_take_part_of_an_id_for_it(self) -> None:
        node = order(sourceIdentifier=None, note=f"{TIKTOK_ID}9 and x{TIKTOK_ID}")
        client = ScriptedClient({"OrderNumbers": hits(node)})
        assert find_orders(client, TIKTOK_ID) == ()

    def test_does_not_walk_through_the_shop_when_every_order_matches(self) -> None:
        pages = [hits(order(name=f"#{page}"), after=f"c{page}") for page in range(50)]
        client = ScriptedClient({"OrderNumbers": list(pages)})
        assert find_orders(client, "1001") == ()
        assert len(client.calls) < 6

    def test_looks_on_the_next_page(self) -> None:
        script = {
            "OrderNumbers": [hits(order(2, name="#1001-B"), after="c"), hits(order())],
            "OrderDetail": detail,
        }
        client = ScriptedClient(script)
        assert [found.id for found in find_orders(client, "1001")] == ["gid://shopify/Order/1"]
        assert client.calls[1][1]["after"] == "c"

    def test_gives_every_order_of_the_same_number(self) -> None:
        client = ScriptedClient({"OrderNumbers": hits(order(1), order(2)), "OrderDetail": detail})
        assert [found.id for found in find_orders(client, TIKTOK_ID)] == [
            "gid://shopify/Order/1",
            "gid://shopify/Order/2",
        ]

    @pytest.mark.parametrize("number", ["", "  ", "#", "9" * 65])
    def test_asks_nothing_for_nonsense(self, number: str) -> None:
        assert find_orders(ScriptedClient({}), number) == ()

    def test_keeps_a_hostile_number_inside_its_quotes(self) -> None:
        client = ScriptedClient({"OrderNumbers": hits()})
        find_orders(client, '1" OR name:*')
        assert client.calls[0][1]["query"] == ('name:"1\\" OR name:*" OR name:"#1\\" OR name:*"')

    def test_finds_a_lettered_name_whatever_its_case(self) -> None:
        node = order(name="EU-1001-a")
        client = ScriptedClient({"OrderNumbers": hits(node), "OrderDetail": detail})
        assert len(find_orders(client, "eu-1001-A")) == 1


class TestOrderNumbers:
    def test_gives_name_and_tiktok_ids(self) -> None:
        parsed = parse_order(order(name="#EU1001", note="see 576461234567890123."))
        assert order_numbers(parsed) == {"eu1001", TIKTOK_ID, "576461234567890123"}


class TestGetOrder:
    def test_raises_for_an_unknown_order(self) -> None:
        with pytest.raises(ShopifyNotFound):
            get_order(ScriptedClient({"OrderDetail": {"order": None}}), "gid://shopify/Order/9")

    def test_reads_a_usual_order_in_one_call(self) -> None:
        client = ScriptedClient({"OrderDetail": {"order": order()}})
        get_order(client, "gid://shopify/Order/1")
        assert client.operations == ["OrderDetail"]

    def test_reads_every_line(self) -> None:
        first = [order_line(number) for number in range(50)]
        rest = [order_line(number) for number in range(50, 120)]
        client = ScriptedClient(
            {
                "OrderDetail": {"order": order(lineItems=connection(*first, after="c"))},
                "OrderLines": {"order": {"id": "1", "lineItems": connection(*rest)}},
            }
        )
        found = get_order(client, "gid://shopify/Order/1")
        assert len({line.id for line in found.lines}) == 120
        assert client.variables_of("OrderLines") == {"id": "gid://shopify/Order/1", "after": "c"}

    def test_reads_every_line_of_a_parcel(self) -> None:
        long = fulfillment(fulfillmentLineItems=connection(parcel_line(1), after="c"))
        client = ScriptedClient(
            {
                "OrderDetail": {"order": order(fulfillments=[long])},
                "FulfillmentDetail": {
                    "node": fulfillment(fulfillmentLineItems=connection(parcel_line(2)))
                },
            }
        )
        (parcel,) = get_order(client, "1").fulfillments
        assert len(parcel.lines) == 2

    def test_reads_every_parcel(self) -> None:
        parcels = [fulfillment(number) for number in range(12)]
        client = ScriptedClient(
            {
                "OrderDetail": {
                    "order": order(fulfillments=parcels[:10], fulfillmentsCount={"count": 12})
                },
                "OrderFulfillmentIds": {
                    "order": {"fulfillments": [{"id": parcel["id"]} for parcel in parcels]}
                },
                "FulfillmentDetail": [{"node": parcels[10]}, {"node": parcels[11]}],
            }
        )
        found = get_order(client, "1").fulfillments
        assert [parcel.id for parcel in found] == [parcel["id"] for parcel in parcels]

    def test_looks_for_more_parcels_where_shopify_does_not_count_them(self) -> None:
        client = ScriptedClient(
            {
                "OrderDetail": {"order": order(fulfillmentsCount=None)},
                "OrderFulfillmentIds": {"order": {"fulfillments": [{"id": fulfillment()["id"]}]}},
            }
        )
        assert len(get_order(client, "1").fulfillments) == 1
        assert client.operations == ["OrderDetail", "OrderFulfillmentIds"]

    def test_names_an_unknown_shape(self) -> None:
        with pytest.raises(ShopifyProtocolError):
            get_order(ScriptedClient({"OrderDetail": {"order": {"id": "1"}}}), "1")


def returnable(number: int, *lines: int, after: str | None = None) -> dict[str, Any]:
    items = [{"quantity": 1, "fulfillmentLineItem": parcel_line(line)} for line in lines]
    return {
        "id": f"gid://shopify/ReturnableFulfillment/{number}",
        "fulfillment": {"id": f"gid://shopify/Fulfillment/{number}"},
        "returnableFulfillmentLineItems": connection(*items, after=after),
    }


class TestGetReturnableLines:
    def numbers(self, client: ScriptedClient) -> list[int]:
        lines = get_returnable_lines(client, "gid://shopify/Order/1")
        return [int(line.fulfillment_line_item_id.rpartition("/")[2]) for line in lines]

    def test_reads_a_usual_order_in_one_call(self) -> None:
        page = {"returnableFulfillments": connection(returnable(1, 1, 2), returnable(2, 3))}
        client = ScriptedClient({"ReturnableLines": page})
        assert self.numbers(client) == [1, 2, 3]
        assert len(client.calls) == 1

    def test_gives_nothing_when_nothing_is_left(self) -> None:
        client = ScriptedClient({"ReturnableLines": {"returnableFulfillments": connection()}})
        assert self.numbers(client) == []

    def test_reads_every_parcel_and_every_line(self) -> None:
        shelf = {1: [1, 2, 3], 2: [4]}

        def shop(variables: Variables) -> dict[str, Any]:
            size, lines = variables.get("parcels", 5), variables.get("parcelLines", 2)
            start = int(variables.get("after") or 0)
            inner = int(variables.get("linesAfter") or 0)
            take = min(lines, 2)
            chosen = list(shelf)[start : start + size]
            nodes = [
                returnable(
                    number,
                    *shelf[number][inner : inner + take],
                    after=str(inner + take) if len(shelf[number]) > inner + take else None,
                )
                for number in chosen
            ]
            end = start + len(chosen)
            after = str(end) if end < len(shelf) else None
            return {"returnableFulfillments": connection(*nodes, after=after)}

        assert self.numbers(ScriptedClient({"ReturnableLines": shop})) == [1, 2, 3, 4]


class TestGetReturnableOrder:
    def test_reads_a_usual_order_in_one_call(self) -> None:
        page = connection(returnable(1, 1, 2))
        client = ScriptedClient(
            {"ReturnableOrder": {"order": order(), "returnableFulfillments": page}}
        )
        found, left = get_returnable_order(client, "gid://shopify/Order/1")
        assert (found.name, len(left)) == ("#1001", 2)
        assert client.operations == ["ReturnableOrder"]

    def test_turns_the_pages_of_both(self) -> None:
        client = ScriptedClient(
            {
                "ReturnableOrder": {
                    "order": order(lineItems=connection(order_line(1), after="l")),
                    "returnableFulfillments": connection(returnable(1, 1), after="r"),
                },
                "OrderLines": {"order": {"lineItems": connection(order_line(2))}},
                "ReturnableLines": {"returnableFulfillments": connection(returnable(2, 2))},
            }
        )
        found, left = get_returnable_order(client, "gid://shopify/Order/1")
        assert (len(found.lines), len(left)) == (2, 2)
        assert client.variables_of("ReturnableLines")["after"] == "r"

    def test_raises_for_an_unknown_order(self) -> None:
        nothing = {"order": None, "returnableFulfillments": connection()}
        with pytest.raises(ShopifyNotFound):
            get_returnable_order(ScriptedClient({"ReturnableOrder": nothing}), "x")


class TestIterateOrdersUpdatedSince:
    since = datetime(2026, 11, 20, tzinfo=UTC)

    def test_gives_whole_orders_page_after_page(self) -> None:
        long = order(1, lineItems=connection(order_line(1), after="l"))
        client = ScriptedClient(
            {
                "OrdersUpdatedSince": [hits(long, after="c"), hits(order(2))],
                "OrderLines": {"order": {"lineItems": connection(order_line(2))}},
            }
        )
        found = list(iterate_orders_updated_since(client, self.since))
        assert [len(each.lines) for each in found] == [2, 1]
        assert client.operations == ["OrdersUpdatedSince", "OrderLines", "OrdersUpdatedSince"]
        assert client.calls[0][1]["query"] == "updated_at:>='2026-11-20T00:00:00Z'"
        assert client.calls[-1][1]["after"] == "c"

    def test_asks_for_a_page_only_when_it_is_needed(self) -> None:
        client = ScriptedClient({"OrdersUpdatedSince": hits(order(), order(2), after="c")})
        next(iterate_orders_updated_since(client, self.since))
        assert len(client.calls) == 1

    def test_starts_anew_before_shopify_stops_turning_pages(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(orders, "ORDERS_PER_WALK", 3)
        first = "updated_at:>='2026-11-20T00:00:00Z'"

        def page(variables: Variables) -> dict[str, Any]:
            number = int(variables["after"] or 0) + 1
            node = order(number, updatedAt=f"2026-11-21T00:00:0{number}Z")
            return hits(node, after=str(number) if variables["query"] == first else None)

        client = ScriptedClient({"OrdersUpdatedSince": page})
        assert len(list(iterate_orders_updated_since(client, self.since))) == 4
        assert client.calls[-1][1]["query"] == "updated_at:>='2026-11-21T00:00:03Z'"

    def test_does_not_go_round_in_circles(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(orders, "ORDERS_PER_WALK", 1)
        node = order(updatedAt="2026-11-20T00:00:00Z")
        client = ScriptedClient({"OrdersUpdatedSince": hits(node)})
        with pytest.raises(ShopifyProtocolError):
            list(iterate_orders_updated_since(client, self.since))


class TestListOrderRefunds:
    def test_reads_a_few_refunds_in_one_call(self) -> None:
        client = ScriptedClient({"OrderRefunds": {"order": {"refunds": [refund(1), refund(2)]}}})
        assert [each.id for each in list_order_refunds(client, "1")] == [
            "gid://shopify/Refund/1",
            "gid://shopify/Refund/2",
        ]
        assert client.operations == ["OrderRefunds"]

    def test_reads_every_line_of_a_long_refund(self) -> None:
        long = refund(1, refundLineItems=connection(refund_line(1), after="l"))
        client = ScriptedClient(
            {
                "OrderRefunds": {"order": {"refunds": [long]}},
                "RefundLines": {"refund": {"refundLineItems": connection(refund_line(2))}},
            }
        )
        assert len(list_order_refunds(client, "1")[0].lines) == 2

    def test_reads_those_that_do_not_fit_one_by_one(self) -> None:
        refunds = [refund(number) for number in range(5)]
        client = ScriptedClient(
            {
                "OrderRefunds": {"order": {"refunds": refunds[:3]}},
                "OrderRefundIds": {"order": {"refunds": [{"id": each["id"]} for each in refunds]}},
                "RefundDetail": [{"refund": refunds[3]}, {"refund": refunds[4]}],
            }
        )
        found = list_order_refunds(client, "1")
        assert [each.id for each in found] == [each["id"] for each in refunds]

    def test_raises_for_an_unknown_order(self) -> None:
        with pytest.raises(ShopifyNotFound):
            list_order_refunds(ScriptedClient({"OrderRefunds": {"order": None}}), "1")
