"""What subscribers are told: bodies in the shape of the REST API."""

from returns_portal.shopify.sandbox.gid import number_of
from returns_portal.shopify.sandbox.state import Doc, Draft


def order_changed(draft: Draft, order: Doc) -> None:
    """The order changed."""
    draft.event("orders/updated", {"order": order["id"]})


def order_created(draft: Draft, order: Doc) -> None:
    """There is a new order."""
    draft.event("orders/create", {"order": order["id"]})


def return_event(draft: Draft, topic: str, order: Doc, made: Doc) -> None:
    """A return took a step."""
    lines = sum(line["quantity"] for line in made["lines"])
    body = {
        "id": int(number_of(made["id"])),
        "admin_graphql_api_id": made["id"],
        "status": made["status"].lower(),
        "order": {"id": int(number_of(order["id"])), "admin_graphql_api_id": order["id"]},
        "total_return_line_items": lines,
        "name": made["name"],
    }
    draft.event(topic, body)


def refund_created(draft: Draft, order: Doc, refund: Doc) -> None:
    """Money is on its way back, or a refund was only booked."""
    draft.event("refunds/create", {"order": order["id"], "refund": refund["id"]})


def dispositions_made(draft: Draft, reverse: Doc, line: Doc, entry: Doc) -> None:
    """Units that came back had their fate settled."""
    location = entry["locationId"]
    made = {
        "reverse_fulfillment_order_line_item": _named(line["id"]),
        "reverse_delivery_line_item": None,
        "type": entry["type"].lower(),
        "location": _named(location) if location else None,
        "quantity": entry["quantity"],
    }
    body = {**_named(reverse["id"]), "dispositions": [made], "total_dispositions": 1}
    draft.event("reverse_fulfillment_orders/dispose", body)


def _named(key: str) -> Doc:
    return {"id": int(number_of(key)), "admin_graphql_api_id": key}


def parcel_announced(draft: Draft, made: Doc, delivery: Doc) -> None:
    """A parcel with its label or tracking was attached to a return."""
    tracking, label = delivery["tracking"] or {}, delivery["label"] or {}
    body = {
        **_named(delivery["id"]),
        "return": _named(made["id"]),
        "shipping_deliverable": {
            "tracking": {
                "carrier_name": tracking.get("carrierName"),
                "tracking_number": tracking.get("number"),
                "tracking_url": tracking.get("url"),
            },
            "label": {
                "public_file_url": label.get("publicFileUrl"),
                "created_at": label.get("createdAt"),
            },
        },
    }
    draft.event("reverse_deliveries/attach_deliverable", body)
