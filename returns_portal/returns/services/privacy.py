"""Erasing the person: money and history stay, who it was goes."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.models import (
    Message,
    MirroredOrder,
    PhotoUpload,
    ReturnEvent,
    ReturnLineItem,
    ReturnRequest,
    ReverseDelivery,
)
from returns_portal.returns.services.photos import remove_photos

SENDING = ("sent", "sending_changed")


@transaction.atomic
def erase_customer(*, order_ids: Sequence[str], actor: Actor, now: datetime) -> int:
    """Erases name, address, words and photos of the shopper from the requests of these orders.

    Returns how many requests it touched; a second time touches none.
    """
    MirroredOrder.objects.filter(shopify_id__in=order_ids).update(
        postcode_digest="", email_digest="", postcode_masked=False
    )
    PhotoUpload.objects.filter(shopify_order_id__in=order_ids).delete()
    requests = ReturnRequest.objects.select_for_update().filter(shopify_order_id__in=order_ids)
    # Both are looked at: photos are personal even where no name was known.
    named = [row for row in requests if remove_photos(row) or _is_named(row)]
    for row in named:
        ReturnLineItem.objects.filter(return_request=row).update(customer_note="")
        # A conversation names people, places and things.
        Message.objects.filter(return_request=row).update(body="")
        # A tracking number leads to the sender.
        ReverseDelivery.objects.filter(return_request=row).delete()
        ReturnEvent.objects.filter(return_request=row, kind__in=SENDING).update(message="")
        ReturnRequest.objects.filter(pk=row.pk).update(customer_name="", contact_email="")
        record_event(
            row, "erased", actor=actor, now=now, message="Personal data erased on request."
        )
    return len(named)


def _is_named(row: ReturnRequest) -> bool:
    wrote = row.messages.exclude(body="").exists()
    sent = hasattr(row, "reverse_delivery")
    return bool(row.customer_name or row.contact_email or sent or wrote)
