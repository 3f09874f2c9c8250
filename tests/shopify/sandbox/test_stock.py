"""Changing stock directly."""

from typing import Any

import pytest

from tests.shopify.sandbox.desk import Desk, codes

ADJUST = """
mutation($i: InventoryAdjustQuantitiesInput!, $k: String!) {
  inventoryAdjustQuantities(input: $i) @idempotent(key: $k) {
    inventoryAdjustmentGroup { id changes { name delta quantityAfterChange } }
    userErrors { code field message }
  }
}
"""
SET = """
mutation($i: InventorySetQuantitiesInput!, $k: String!) {
  inventorySetQuantities(input: $i) @idempotent(key: $k) {
    inventoryAdjustmentGroup { changes { name delta quantityAfterChange } }
    userErrors { code field message }
  }
}
"""


def change(desk: Desk, **more: Any) -> dict:
    order = desk.order()
    variant = desk.state.tables["variant"][order["lines"][0]["variantId"]]
    return {
        "inventoryItemId": variant["itemId"],
        "locationId": desk.location(),
        "delta": 2,
        "changeFromQuantity": None,
        **more,
    }


def adjust(desk: Desk, row: dict, key: str = "key", **more: Any) -> dict:
    given = {"name": "available", "reason": "restock", "changes": [row], **more}
    return desk.ask(ADJUST, i=given, k=key)["inventoryAdjustQuantities"]


def available(desk: Desk, row: dict) -> int:
    return next(
        level["quantities"]["available"]
        for level in desk.state.tables["level"].values()
        if (level["itemId"], level["locationId"]) == (row["inventoryItemId"], row["locationId"])
    )


class TestAdjust:
    def test_moves_available_and_on_hand(self, desk: Desk) -> None:
        row = change(desk)
        before = available(desk, row)
        group = adjust(desk, row)["inventoryAdjustmentGroup"]
        assert available(desk, row) == before + 2
        assert [(c["name"], c["delta"]) for c in group["changes"]] == [
            ("available", 2),
            ("on_hand", 2),
        ]

    def test_replays_for_the_same_key(self, desk: Desk) -> None:
        row = change(desk)
        before = available(desk, row)
        first, again = adjust(desk, row), adjust(desk, row)
        assert first == again
        assert available(desk, row) == before + 2

    def test_names_a_key_used_for_something_else(self, desk: Desk) -> None:
        row = change(desk)
        adjust(desk, row)
        payload = adjust(desk, {**row, "delta": 3})
        assert codes(payload) == ["IDEMPOTENCY_KEY_PARAMETER_MISMATCH"]

    def test_demands_change_from_quantity_even_when_it_is_null(self, desk: Desk) -> None:
        row = change(desk)
        del row["changeFromQuantity"]
        given = {"name": "available", "reason": "restock", "changes": [row]}
        error = desk.error(ADJUST, i=given, k="key")
        assert error["extensions"]["code"] == "INVALID_FIELD_ARGUMENTS"

    def test_compares_with_the_expected_quantity(self, desk: Desk) -> None:
        row = change(desk)
        row["changeFromQuantity"] = available(desk, row) - 1
        assert codes(adjust(desk, row)) == ["CHANGE_FROM_QUANTITY_STALE"]

    @pytest.mark.parametrize(
        ("more", "code"),
        [
            ({"name": "on_hand"}, "INVALID_QUANTITY_NAME"),
            ({"reason": "mood"}, "INVALID_REASON"),
            ({"referenceDocumentUri": "RMA-1"}, "INVALID_REFERENCE_DOCUMENT"),
        ],
    )
    def test_refuses_unknown_words(self, desk: Desk, more: dict, code: str) -> None:
        assert codes(adjust(desk, change(desk), **more)) == [code]

    def test_refuses_an_unknown_item(self, desk: Desk) -> None:
        row = change(desk, inventoryItemId="gid://shopify/InventoryItem/1")
        assert codes(adjust(desk, row)) == ["INVALID_INVENTORY_ITEM"]

    def test_refuses_an_inactive_location(self, desk: Desk) -> None:
        row = change(desk, locationId=desk.location("Old store"))
        assert codes(adjust(desk, row)) == ["INVALID_LOCATION"]


class TestSet:
    def test_sets_the_quantity(self, desk: Desk) -> None:
        row = change(desk)
        del row["delta"]
        row["quantity"] = 5
        given = {"name": "available", "reason": "correction", "quantities": [row]}
        assert desk.ask(SET, i=given, k="key")["inventorySetQuantities"]["userErrors"] == []
        assert available(desk, row) == 5

    def test_refuses_the_same_level_twice(self, desk: Desk) -> None:
        row = change(desk)
        del row["delta"]
        row["quantity"] = 5
        given = {"name": "available", "reason": "correction", "quantities": [row, row]}
        payload = desk.ask(SET, i=given, k="key")["inventorySetQuantities"]
        assert codes(payload) == ["NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR"]
