"""Stock by item and location, and what moves it."""

from returns_portal.shopify.sandbox import gid
from returns_portal.shopify.sandbox.errors import Refused, top_level
from returns_portal.shopify.sandbox.inputs import Path
from returns_portal.shopify.sandbox.registry import Args, Context, mutation
from returns_portal.shopify.sandbox.state import Doc, Draft, Node, level_id

NAMES = ("available", "on_hand", "committed", "incoming", "reserved", "damaged")
CHANGEABLE = ("available", "damaged", "reserved")
REASONS = frozenset(
    [
        "correction",
        "cycle_count_available",
        "damaged",
        "movement_created",
        "movement_updated",
        "movement_received",
        "movement_canceled",
        "other",
        "promotion",
        "quality_control",
        "received",
        "reservation_created",
        "reservation_deleted",
        "reservation_updated",
        "restock",
        "safety_stock",
        "shrinkage",
    ]
)
LIMIT = 1_000_000_000


def restock(draft: Draft, order: Doc, line: Doc, location: str | None, by: int, path: Path) -> None:
    """Put units of a line back on the shelf; refuses what cannot be stocked there."""
    if line["variantId"] is None:
        message = "Custom line items cannot be restocked."
        raise Refused(message, field=path, code="INVALID")
    if location is None:
        message = "Location is required to restock."
        raise Refused(message, field=[*path, "locationId"], code="BLANK")
    level = _level_for(draft, line["variantId"], location, [*path, "locationId"])
    quantities = level["quantities"]
    quantities["available"] += by
    quantities["on_hand"] += by
    level["updatedAt"] = draft.stamp
    _announce(draft, level)


def _level_for(draft: Draft, variant: str, location: str, path: Path) -> Doc:
    place = draft.edit("location", gid.expect(location, "Location"))
    if place is None:
        raise Refused("Location does not exist.", field=path, code="NOT_FOUND")
    if not place["isActive"]:
        raise Refused("Location is not active.", field=path, code="INVALID")
    doc = draft.edit("variant", variant)
    level = draft.edit("level", level_id(location, doc["itemId"])) if doc else None
    if level is None:
        message = "The item is not stocked at this location."
        raise Refused(message, field=path, code="INVALID")
    return level


def _announce(draft: Draft, level: Doc) -> None:
    body = {
        "inventory_item_id": int(gid.number_of(level["itemId"])),
        "location_id": int(gid.number_of(level["locationId"])),
        "available": level["quantities"]["available"],
        "updated_at": draft.stamp,
        "admin_graphql_api_id": level["id"],
    }
    draft.event("inventory_levels/update", body)


def _replay(context: Context, record: Doc) -> Doc:
    group = context.state.get("InventoryAdjustmentGroup", record["result"])
    return {"inventoryAdjustmentGroup": group}


@mutation("inventoryAdjustQuantities", replay=_replay)
def adjust(draft: Draft, context: Context, args: Args) -> Doc:
    """Change stock by deltas."""
    given = args["input"]
    _check(given, "INVALID_QUANTITY_NAME")
    changes = []
    for index, row in enumerate(given["changes"]):
        path = ["input", "changes", index]
        level = _level(draft, row, path)
        now = level["quantities"][given["name"]]
        _compare(row, now, [*path, "changeFromQuantity"])
        changes += _change(draft, level, given["name"], now + row["delta"], path)
    return _group(draft, given, changes)


@mutation("inventorySetQuantities", replay=_replay)
def set_quantities(draft: Draft, context: Context, args: Args) -> Doc:
    """Set stock to quantities."""
    given = args["input"]
    _check(given, "INVALID_NAME")
    changes, seen = [], set()
    for index, row in enumerate(given["quantities"]):
        path = ["input", "quantities", index]
        level = _level(draft, row, path)
        if level["id"] in seen:
            message = "The combination of inventoryItemId and locationId must be unique."
            code = "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR"
            raise Refused(message, field=path, code=code)
        seen.add(level["id"])
        _compare(row, level["quantities"][given["name"]], [*path, "changeFromQuantity"])
        if row["quantity"] < 0:
            message = "The quantity can't be negative."
            raise Refused(message, field=[*path, "quantity"], code="INVALID_QUANTITY_NEGATIVE")
        changes += _change(draft, level, given["name"], row["quantity"], path)
    return _group(draft, given, changes)


def _check(given: Doc, name_code: str) -> None:
    if given["name"] not in CHANGEABLE:
        message = "The quantity name must be a valid changeable name."
        raise Refused(message, field=["input", "name"], code=name_code)
    if given["reason"] not in REASONS:
        message = "The specified reason is invalid."
        raise Refused(message, field=["input", "reason"], code="INVALID_REASON")
    document = given.get("referenceDocumentUri")
    if document is not None and not document.startswith("gid://"):
        message = "The specified reference document is invalid."
        path = ["input", "referenceDocumentUri"]
        raise Refused(message, field=path, code="INVALID_REFERENCE_DOCUMENT")


def _level(draft: Draft, row: Doc, path: Path) -> Doc:
    item = gid.expect(row["inventoryItemId"], "InventoryItem")
    location = gid.expect(row["locationId"], "Location")
    if draft.edit("item", item) is None:
        message = "The specified inventory item could not be found."
        field = [*path, "inventoryItemId"]
        raise Refused(message, field=field, code="INVALID_INVENTORY_ITEM")
    level = draft.edit("level", level_id(location, item))
    place = draft.edit("location", location)
    if level is None or place is None or not place["isActive"]:
        message = "The specified location could not be found."
        raise Refused(message, field=[*path, "locationId"], code="INVALID_LOCATION")
    return level


def _compare(row: Doc, now: int, path: Path) -> None:
    if "changeFromQuantity" not in row:
        message = "changeFromQuantity is required: give null to skip the comparison"
        raise top_level(message, "INVALID_FIELD_ARGUMENTS")
    expected = row["changeFromQuantity"]
    if expected is not None and expected != now:
        message = "The changeFromQuantity does not match the current quantity."
        raise Refused(message, field=path, code="CHANGE_FROM_QUANTITY_STALE")


def _change(draft: Draft, level: Doc, name: str, target: int, path: Path) -> list[Doc]:
    if abs(target) > LIMIT:
        code = "INVALID_QUANTITY_TOO_HIGH" if target > 0 else "INVALID_QUANTITY_TOO_LOW"
        raise Refused("The quantity is out of range.", field=path, code=code)
    quantities = level["quantities"]
    delta = target - quantities[name]
    quantities[name] = target
    quantities["on_hand"] += delta
    level["updatedAt"] = draft.stamp
    _announce(draft, level)
    where = {"itemId": level["itemId"], "locationId": level["locationId"]}
    return [
        {**where, "name": changed, "delta": delta, "quantityAfterChange": quantities[changed]}
        for changed in (name, "on_hand")
    ]


def _group(draft: Draft, given: Doc, changes: list[Doc]) -> Doc:
    group = {
        "id": draft.new_id("InventoryAdjustmentGroup"),
        "createdAt": draft.stamp,
        "reason": given["reason"],
        "referenceDocumentUri": given.get("referenceDocumentUri"),
        "changes": changes,
    }
    draft.put("group", group)
    node = Node("InventoryAdjustmentGroup", group, {})
    return {"inventoryAdjustmentGroup": node, "replay": group["id"]}
