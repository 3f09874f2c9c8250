"""Which bought units are still free: what Shopify takes back, less what requests hold."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db.models import F

from returns_portal.prepared import Asked, Prepared
from returns_portal.returns.models import ReservedUnit, ReturnLineItem
from returns_portal.shopify.types import Order

# Each with its request, and with the return in Shopify, if there is one.
UNITS_OF_ORDER: Prepared[Any] = Prepared(
    ReservedUnit.objects.filter(line__return_request__shopify_order_id=Asked("order"))
    .annotate(
        request_id=F("line__return_request_id"),
        return_id=F("line__return_request__shopify_return_id"),
    )
    .only("fulfillment_line_item_id")
)


class UnitsTaken(Exception):
    """Fewer units are free than were asked for."""


def free_units(
    order: Order, in_shopify: Mapping[str, int], *, besides: int | None = None
) -> dict[str, int]:
    """Units a shopper may still ask for, by fulfillment line item id.

    `in_shopify` is what Shopify would still take back. Requests whose return is not in Shopify
    yet are not in that number, so their units are taken off here; and no unit is held twice,
    whatever Shopify says. What the request with the key `besides` holds counts as free.
    """
    held, unseen = reserved_units(order.id, besides=besides)
    bought = bought_units(order)
    return {
        key: max(0, min(count - unseen[key], bought.get(key, 0) - held[key]))
        for key, count in in_shopify.items()
    }


def bought_units(order: Order) -> dict[str, int]:
    """Units sent, by fulfillment line item id."""
    return {line.id: line.quantity for parcel in order.fulfillments for line in parcel.lines}


def reserved_units(
    order_id: str, *, besides: int | None = None
) -> tuple[Counter[str], Counter[str]]:
    """Units that the order's requests, but that with the key `besides`, hold; by line item id.

    All of them, and those whose return Shopify does not know yet; one query.
    """
    held = [unit for unit in UNITS_OF_ORDER(order=order_id) if unit.request_id != besides]
    return (
        Counter(unit.fulfillment_line_item_id for unit in held),
        Counter(unit.fulfillment_line_item_id for unit in held if not unit.return_id),
    )


def reserve(line: ReturnLineItem, bought: int) -> None:
    """Holds the line's units, lowest free numbers first; the caller holds the order's lock.

    Raises UnitsTaken when fewer than `line.quantity` of `bought` are free.
    """
    key = line.fulfillment_line_item_id
    taken = set(
        ReservedUnit.objects.filter(fulfillment_line_item_id=key).values_list("number", flat=True)
    )
    free = [number for number in range(1, bought + 1) if number not in taken]
    if len(free) < line.quantity:
        raise UnitsTaken
    ReservedUnit.objects.bulk_create(
        ReservedUnit(line=line, fulfillment_line_item_id=key, number=number, bought=bought)
        for number in free[: line.quantity]
    )


def keep_units(line: ReturnLineItem, count: int) -> None:
    """Gives back all but `count` of the line's units, the highest numbers first."""
    held = ReservedUnit.objects.filter(line=line).order_by("number")
    surplus = list(held.values_list("pk", flat=True))[count:]
    if surplus:
        ReservedUnit.objects.filter(pk__in=surplus).delete()


def release(return_request_id: int) -> None:
    """Gives a request's units back."""
    ReservedUnit.objects.filter(line__return_request_id=return_request_id).delete()
