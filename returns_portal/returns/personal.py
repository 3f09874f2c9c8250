"""Where a person is to be found in the tables, for erasing, for keeping no longer, for telling.

A test names every text column of the domain as personal or not, so that none can be forgotten.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from returns_portal.returns.models import (
    Aftersale,
    InternalNote,
    Message,
    Parcel,
    ParcelPhoto,
    Photo,
    ReturnEvent,
    ReturnLineItem,
    ReturnRequest,
    ReverseDelivery,
    ShopperKey,
    Withdrawal,
)


@dataclass(frozen=True, slots=True)
class Emptied:
    """Columns about a person in rows that stay; `path` leads from the row to its request."""

    model: type[models.Model]
    path: str
    columns: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Removed:
    """Rows that are about a person altogether."""

    model: type[models.Model]
    path: str


EMPTIED = (
    Emptied(
        ReturnRequest,
        "pk",
        {
            "customer_name": "",
            "contact_email": "",
            "contact_confirmed_at": None,
            "contact_undeliverable_at": None,
            "decision_message": "",
            "shopify_customer_id": "",
        },
    ),
    Emptied(ReturnLineItem, "return_request", {"customer_note": ""}),
    # A conversation names people, places and things.
    Emptied(Message, "return_request", {"body": ""}),
    Emptied(InternalNote, "return_request", {"body": ""}),
    Emptied(Parcel, "return_request", {"tracking_number": "", "note": ""}),
    Emptied(Aftersale, "return_request", {"note": "", "media": [], "snapshot": {}}),
)
REMOVED = (
    # A tracking number leads to the sender.
    Removed(ReverseDelivery, "return_request"),
    Removed(ShopperKey, "return_request"),
    Removed(Photo, "line__return_request"),
    Removed(ParcelPhoto, "parcel__return_request"),
    Removed(Withdrawal, "return_request"),
)


def is_personal(return_request: ReturnRequest) -> bool:
    """Whether anything of the request still tells who the shopper was."""
    return any(
        rows_of(part, return_request).exclude(**part.columns).exists() for part in EMPTIED
    ) or any(rows_of(part, return_request).exists() for part in REMOVED)


def empty(return_request: ReturnRequest) -> None:
    """Leaves money and history, and nobody's name, address, words, photos or parcel."""
    for emptied in EMPTIED:
        rows_of(emptied, return_request).update(**emptied.columns)
    for removed in REMOVED:
        rows_of(removed, return_request).delete()
    events = ReturnEvent.objects.filter(return_request=return_request)
    events.filter(kind__in=ReturnEvent.PERSONAL_KINDS).redact("message")


def tell(return_request: ReturnRequest) -> dict[str, Any]:
    """All that is known about the shopper of this request, for whoever asks for their own data."""
    return {
        "return": return_request.rma_number,
        "order": return_request.order_name,
        "requested_at": return_request.requested_at.isoformat(),
        "status": return_request.status,
        "refunded": str(return_request.refunded_amount or 0),
        "currency": return_request.currency,
        **{
            str(part.model._meta.verbose_name_plural): list(_told(part, return_request))
            for part in (*EMPTIED, *REMOVED)
            if part.model is not InternalNote
        },
    }


def _told(part: Emptied | Removed, return_request: ReturnRequest) -> Iterator[dict[str, Any]]:
    columns = list(part.columns) if isinstance(part, Emptied) else []
    for row in rows_of(part, return_request).values(*columns):
        yield {name: value for name, value in row.items() if value not in ("", None, [], {})}


def rows_of(part: Emptied | Removed, return_request: ReturnRequest) -> models.QuerySet[Any]:
    return part.model._default_manager.filter(**{part.path: return_request.pk})
