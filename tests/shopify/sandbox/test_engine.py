"""What every request goes through: validation, ids, cost, throttling."""

import pytest

from returns_portal.shopify.sandbox.engine import MAX_COST
from returns_portal.shopify.sandbox.throttle import Throttle
from tests.shopify.sandbox.desk import Desk

ORDER = "query($id: ID!) { order(id: $id) { id } }"


class TestValidation:
    @pytest.mark.parametrize(
        "query",
        ["{ order { id } }", "{ nothing }", "{", "", "mutation { orderCreate { order { id } } }"],
    )
    def test_refuses_documents_shopify_would_refuse(self, desk: Desk, query: str) -> None:
        answer = desk.answer(query)
        assert "data" not in answer
        assert answer["errors"][0]["message"]

    def test_refuses_a_deprecated_input(self, desk: Desk) -> None:
        line = {
            "fulfillmentLineItemId": "gid://shopify/FulfillmentLineItem/1",
            "quantity": 1,
            "returnReason": "UNWANTED",
        }
        answer = desk.answer(
            "mutation($i: ReturnInput!) { returnCreate(returnInput: $i) { return { id } } }",
            i={"orderId": "gid://shopify/Order/1", "returnLineItems": [line]},
        )
        assert "returnReason" in answer["errors"][0]["message"]

    @pytest.mark.parametrize("amount", ["ten", "NaN", "", True, None])
    def test_refuses_amounts_that_are_none(self, desk: Desk, amount: object) -> None:
        order = desk.order()
        fee = {"amount": {"amount": amount, "currencyCode": "USD"}}
        answer = desk.answer(
            "mutation($i: ReturnInput!) { returnCreate(returnInput: $i) { return { id } } }",
            i={
                "orderId": order["id"],
                "returnLineItems": desk.lines(order, 1),
                "returnShippingFee": fee,
            },
        )
        assert answer["errors"]
        assert desk.now(order)["returns"] == []

    def test_refuses_two_parts_of_a_one_of_input(self, desk: Desk) -> None:
        query = "query($i: OrderIdentifierInput!) { orderByIdentifier(identifier: $i) { id } }"
        custom = {"key": "a", "value": "b"}
        answer = desk.answer(query, i={"id": "gid://shopify/Order/1", "customId": custom})
        assert answer["errors"]


class TestIds:
    def test_of_another_type_are_not_found(self, desk: Desk) -> None:
        error = desk.error(ORDER, id="gid://shopify/Product/1")
        assert error["extensions"]["code"] == "RESOURCE_NOT_FOUND"

    def test_unknown_are_null(self, desk: Desk) -> None:
        assert desk.ask(ORDER, id="gid://shopify/Order/1") == {"order": None}

    @pytest.mark.parametrize("key", ["1", "gid://shopify/Order/abc", "gid://shopify/Order/1 ", ""])
    def test_malformed_are_refused(self, desk: Desk, key: str) -> None:
        assert "Invalid global id" in desk.error(ORDER, id=key)["message"]

    def test_unique_metafields_find_their_order(self, desk: Desk) -> None:
        order = desk.order()
        field = {
            "ownerId": order["id"],
            "namespace": "$app",
            "key": "rma",
            "type": "id",
            "value": "RMA-1",
        }
        desk.ask(
            "mutation($m: [MetafieldsSetInput!]!) "
            "{ metafieldsSet(metafields: $m) { userErrors { message } } }",
            m=[field],
        )
        query = "query($i: OrderIdentifierInput!) { orderByIdentifier(identifier: $i) { id } }"
        found = desk.ask(query, i={"customId": {"key": "rma", "value": "RMA-1"}})
        assert found["orderByIdentifier"]["id"] == order["id"]


class TestCost:
    def cost(self, desk: Desk, query: str, **variables: object) -> dict:
        return desk.answer(query, **variables)["extensions"]["cost"]

    @pytest.mark.parametrize(
        ("query", "points"),
        [
            ("{ shop { id name } }", 1),
            ("{ orders(first: 1) { nodes { id } } }", 3),
            ("{ orders(first: 10) { nodes { id } } }", 6),
            ("{ orders(first: 10) { edges { node { id } } } }", 6),
            ("{ orders(first: 10) { nodes { id totalPriceSet { shopMoney { amount } } } } }", 6),
            ("{ orders(first: 10) { nodes { id customer { id } } } }", 10),
            ("query($n: Int = 10) { orders(first: $n) { nodes { id } } }", 6),
            ('mutation { returnClose(id: "gid://shopify/Return/1") { userErrors { code } } }', 10),
        ],
    )
    def test_follows_the_measured_formula(self, desk: Desk, query: str, points: int) -> None:
        assert self.cost(desk, query)["requestedQueryCost"] == points

    def test_of_refund_create_starts_at_20(self, desk: Desk) -> None:
        query = (
            'mutation($i: RefundInput!) { refundCreate(input: $i) @idempotent(key: "k") '
            "{ userErrors { message } } }"
        )
        given = {"orderId": desk.order()["id"]}
        assert self.cost(desk, query, i=given)["requestedQueryCost"] == 20

    def test_above_the_limit_is_refused_before_anything_runs(self, desk: Desk) -> None:
        query = "{ orders(first: 250) { nodes { lineItems(first: 250) { nodes { " + (
            "suggestedReturnReasonDefinitions(first: 250) { nodes { id } } } } } } }"
        )
        error = desk.error(query)
        assert error["extensions"]["code"] == "MAX_COST_EXCEEDED"
        assert str(MAX_COST) in error["message"]


class TestThrottle:
    def test_takes_points_until_there_are_none_and_fills_again(self) -> None:
        now = [0.0]
        bucket = Throttle(100, 10, clock=lambda: now[0])
        assert bucket.take(90) is True
        assert bucket.take(20) is False
        assert bucket.status()["currentlyAvailable"] == 10
        now[0] = 1.0
        assert bucket.take(20) is True

    def test_stays_full_while_it_is_not_enforced(self) -> None:
        bucket = Throttle(100, 0, enforced=False)
        assert bucket.take(1000) is True
        assert bucket.status()["currentlyAvailable"] == 100

    def test_never_holds_more_than_its_maximum(self) -> None:
        now = [0.0]
        bucket = Throttle(100, 10, clock=lambda: now[0])
        now[0] = 1000.0
        assert bucket.status()["currentlyAvailable"] == 100

    def test_answers_throttled_without_running(self, desk: Desk) -> None:
        desk.engine.throttle = Throttle(5, 0)
        order = desk.order()
        query = 'mutation($id: ID!) { tagsAdd(id: $id, tags: ["x"]) { userErrors { message } } }'
        answer = desk.answer(query, id=order["id"])
        assert answer["errors"][0]["extensions"]["code"] == "THROTTLED"
        assert "data" not in answer
        assert answer["extensions"]["cost"]["actualQueryCost"] is None
        assert desk.now(order)["tags"] == []


class TestAnnotations:
    def test_tags_are_added_once_and_removed(self, desk: Desk) -> None:
        order = desk.order(tags=["one"])
        query = "mutation($id: ID!, $t: [String!]!) { %s(id: $id, tags: $t) { node { id } } }"
        desk.ask(query.replace("%s", "tagsAdd"), id=order["id"], t=["one", "two", "Two"])
        assert desk.now(order)["tags"] == ["one", "two"]
        desk.ask(query.replace("%s", "tagsRemove"), id=order["id"], t=["one"])
        assert desk.now(order)["tags"] == ["two"]

    def test_a_note_replaces_the_old_one_and_leaves_the_tags(self, desk: Desk) -> None:
        order = desk.order(note="old", tags=["one"])
        query = "mutation($i: OrderInput!) { orderUpdate(input: $i) { order { note tags } } }"
        data = desk.ask(query, i={"id": order["id"], "note": "new"})
        assert data["orderUpdate"]["order"] == {"note": "new", "tags": ["one"]}
