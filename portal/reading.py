"""Reading a return whole, for its page: a query for each of its parts that it has."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils import timezone

from portal.progress import StatusPage, Thread, build_status_page
from returns_portal.prepared import Asked, Prepared, hold, hold_one
from returns_portal.returns.models import (
    Aftersale,
    Message,
    Photo,
    Refund,
    ReturnEvent,
    ReturnLineItem,
    ReturnRequest,
    ReverseDelivery,
)


def get_page_or_404(token: str) -> StatusPage:
    """The page of the return with this token; raises Http404."""
    return_request = REQUEST.first(token=token)
    if return_request is None:
        raise Http404
    _hold_parts(return_request)
    thread = Thread(return_request.told, return_request.unread)
    return build_status_page(return_request, thread=thread, now=timezone.now())


def _hold_parts(row: Any) -> None:
    """Gives the request everything that its page looks at; what it does not have is not asked."""
    lines = LINES(pk=row.pk)
    hold(row, "lines", lines)
    hold(row, "events", EVENTS(pk=row.pk))
    photos = PHOTOS(pk=row.pk) if row.has_photos else []
    for line in lines:
        hold(line, "photos", [photo for photo in photos if photo.line_id == line.pk])
    hold(row, "refunds", REFUNDS(pk=row.pk) if row.has_refunds else [])
    hold_one(row, "reverse_delivery", DELIVERY.first(pk=row.pk) if row.has_delivery else None)
    hold_one(row, "aftersale", AFTERSALE.first(pk=row.pk) if row.has_aftersale else None)


def _count(messages: QuerySet[Message]) -> Coalesce:
    """How many of these messages the request has, as a part of its own query."""
    of_request = messages.filter(return_request=OuterRef("pk")).order_by()
    counted = of_request.values("return_request").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


def _has(parts: QuerySet[Any], request: str = "return_request") -> Exists:
    """Whether the request has any of these parts, as a part of its own query."""
    return Exists(parts.filter(**{request: OuterRef("pk")}))


# Its rows are requests that know besides what REQUEST counts of them.
REQUEST: Prepared[Any] = Prepared(
    ReturnRequest.objects.filter(token=Asked("token")).annotate(
        told=_count(Message.objects.all()),
        unread=_count(Message.objects.filter(author="staff", read_at=None)),
        has_photos=_has(Photo.objects.all(), "line__return_request"),
        has_refunds=_has(Refund.objects.all()),
        has_delivery=_has(ReverseDelivery.objects.all()),
        has_aftersale=_has(Aftersale.objects.all()),
    )
)
OF_REQUEST = Asked("pk")
LINES = Prepared(ReturnLineItem.objects.filter(return_request=OF_REQUEST).order_by("pk"))
EVENTS = Prepared(ReturnEvent.objects.filter(return_request=OF_REQUEST))
PHOTOS = Prepared(Photo.objects.filter(line__return_request=OF_REQUEST))
REFUNDS = Prepared(Refund.objects.filter(return_request=OF_REQUEST))
DELIVERY = Prepared(ReverseDelivery.objects.filter(return_request=OF_REQUEST))
AFTERSALE = Prepared(Aftersale.objects.filter(return_request=OF_REQUEST))
