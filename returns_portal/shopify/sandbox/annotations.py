"""Notes, tags and metafields on orders."""

import hashlib

from returns_portal.shopify.sandbox.errors import Refused
from returns_portal.shopify.sandbox.inputs import order_to_edit
from returns_portal.shopify.sandbox.payloads import order_changed
from returns_portal.shopify.sandbox.registry import Args, Context, mutation
from returns_portal.shopify.sandbox.state import Doc, Draft, Node

TAG_LIMIT = 255
EDITABLE = ("note", "email", "phone", "poNumber", "customAttributes")


@mutation("orderUpdate")
def order_update(draft: Draft, context: Context, args: Args) -> Doc:
    """Change an order's note, tags and attributes."""
    given = args["input"]
    order = order_to_edit(draft, given["id"], ["id"])
    for name in EDITABLE:
        if name in given:
            order[name] = given[name] if name != "customAttributes" else list(given[name] or [])
    if "tags" in given:
        order["tags"] = _clean(given["tags"] or [])
    order_changed(draft, order)
    return {"order": Node("Order", order, order)}


@mutation("tagsAdd")
def tags_add(draft: Draft, context: Context, args: Args) -> Doc:
    """Add tags to an order."""
    order = order_to_edit(draft, args["id"], ["id"])
    order["tags"] = _clean([*order["tags"], *args["tags"]])
    order_changed(draft, order)
    return {"node": Node("Order", order, order)}


@mutation("tagsRemove")
def tags_remove(draft: Draft, context: Context, args: Args) -> Doc:
    """Take tags off an order."""
    order = order_to_edit(draft, args["id"], ["id"])
    gone = {tag.strip().lower() for tag in args["tags"]}
    order["tags"] = [tag for tag in order["tags"] if tag.lower() not in gone]
    order_changed(draft, order)
    return {"node": Node("Order", order, order)}


def _clean(tags: list[str]) -> list[str]:
    kept: dict[str, str] = {}
    for tag in (part.strip() for given in tags for part in given.split(",")):
        if len(tag) > TAG_LIMIT:
            raise Refused(f"Tag is too long (maximum is {TAG_LIMIT} characters)", field=["tags"])
        if tag:
            kept.setdefault(tag.lower(), tag)
    return sorted(kept.values())


@mutation("metafieldsSet")
def metafields_set(draft: Draft, context: Context, args: Args) -> Doc:
    """Set metafields on orders."""
    nodes = []
    for index, given in enumerate(args["metafields"]):
        path = ["metafields", str(index)]
        order = order_to_edit(draft, given["ownerId"], [*path, "ownerId"])
        nodes.append(Node("Metafield", _metafield(draft, order, given, path), order))
    return {"metafields": nodes}


def _metafield(draft: Draft, order: Doc, given: Doc, path: list[str]) -> Doc:
    namespace = given.get("namespace") or "$app"
    fields = order["metafields"]
    key = f"{namespace}.{given['key']}"
    old = fields.get(key)
    kind = given.get("type") or (old or {}).get("type")
    if kind is None:
        raise Refused("Type can't be blank", field=[*path, "type"], code="BLANK")
    expected = given.get("compareDigest")
    if expected is not None and expected != (old or {}).get("compareDigest"):
        raise Refused("The resource has been updated", field=path, code="STALE_OBJECT")
    fields[key] = {
        "id": old["id"] if old else draft.new_id("Metafield"),
        "namespace": namespace,
        "key": given["key"],
        "value": given["value"],
        "type": kind,
        "compareDigest": hashlib.sha256(given["value"].encode()).hexdigest(),
        "createdAt": old["createdAt"] if old else draft.stamp,
        "updatedAt": draft.stamp,
        "ownerType": "ORDER",
    }
    made: Doc = fields[key]
    return made


def metafield_of(order: Doc, namespace: str | None, key: str) -> Doc | None:
    """The order's metafield of this name, or None."""
    found: Doc | None = order["metafields"].get(f"{namespace or '$app'}.{key}")
    return found


def by_unique_value(orders: list[Node], namespace: str, key: str, value: str) -> Node | None:
    """The order whose metafield of type id carries this value."""
    for node in orders:
        field = metafield_of(node.doc, namespace, key)
        if field is not None and field["type"] == "id" and field["value"] == value:
            return node
    return None
