"""Tells Shopify of the parcel that the shopper sent: looks first, announces or corrects it."""

from returns_portal.returns.models import ReverseDelivery
from returns_portal.returns.outbox import mark_sent
from returns_portal.returns.processing.step import Step
from returns_portal.returns.services.sending import parcel_announced
from returns_portal.shopify.deliveries import (
    ReverseOrder,
    announce_parcel,
    change_parcel,
    list_reverse_orders,
)
from returns_portal.shopify.errors import ShopifyRefused

ANNOUNCED = "Shopify knows the parcel and its tracking number."
TOO_LATE = "The return is closed in Shopify, so the tracking number is kept here alone."
ERASED = "The tracking number is erased: there is nothing to tell."


def announce(step: Step) -> None:
    """Makes sure that Shopify knows the parcel by its present number, once for each location."""
    delivery = ReverseDelivery.objects.filter(return_request=step.request).first()
    if delivery is None:
        parcel_announced(step.operation, message=ERASED, now=step.clock())
        return
    try:
        told = [_tell(step, delivery, order) for order in _open_orders(step)]
    except ShopifyRefused:
        # Somebody may have closed the return since we looked; otherwise a person must see it.
        if _open_orders(step):
            raise
        told = []
    message = ANNOUNCED if told else TOO_LATE
    parcel_announced(step.operation, message=message, now=step.clock())


def _open_orders(step: Step) -> list[ReverseOrder]:
    orders = list_reverse_orders(step.client, step.request.shopify_return_id)
    return [order for order in orders if order.is_open]


def _tell(step: Step, delivery: ReverseDelivery, order: ReverseOrder) -> str:
    number, url = delivery.tracking_number, delivery.tracking_url
    earlier = {number, *delivery.earlier_numbers}
    parcel = next((p for p in order.parcels if p.tracking_number == number), None)
    parcel = parcel or next((p for p in order.parcels if p.tracking_number in earlier), None)
    mark_sent(step.operation, now=step.clock())
    if parcel is None:
        return announce_parcel(step.client, order.id, number=number, url=url)
    # The carrier, and so the address of its page, may have changed under the same number.
    return change_parcel(step.client, parcel.id, number=number, url=url)
