"""Reading a return whole, for its page: a query for each of its parts that it has."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils import timezone

from portal.progress import Beside, StatusPage, build_status_page
from returns_portal.prepared import Asked, Prepared, hold
from returns_portal.returns.models import (
    Message,
    Photo,
    Refund,
    ReturnEvent,
    ReturnLineItem,
    ReturnRequest,
)


def get_page_or_404(token: str) -> StatusPage:
    """The page of the return with this token, in at most four queries; raises Http404."""
    row = REQUEST.first(token=token)
    if row is None:
        raise Http404
    lines = LINES(pk=row.pk)
    photos = PHOTOS(pk=row.pk) if row.has_photos else []
    for line in lines:
        hold(line, "photos", [photo for photo in photos if photo.line_id == line.pk])
    hold(row, "lines", lines)
    hold(row, "events", EVENTS(pk=row.pk))
    beside = Beside(row.told, row.unread, money_is_moving=row.money_is_moving)
    return build_status_page(row, beside, now=timezone.now())


def _count(messages: QuerySet[Message]) -> Coalesce:
    """How many of these messages the request has, as a part of its own query."""
    of_request = messages.filter(return_request=OuterRef("pk")).order_by()
    counted = of_request.values("return_request").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


# Its rows are requests that know besides what is counted here.
REQUEST: Prepared[Any] = Prepared(
    ReturnRequest.objects.filter(token=Asked("token"))
    .select_related("reverse_delivery", "aftersale")
    .annotate(
        told=_count(Message.objects.all()),
        unread=_count(Message.objects.filter(author="staff", read_at=None)),
        has_photos=Exists(Photo.objects.filter(line__return_request=OuterRef("pk"))),
        money_is_moving=Exists(
            Refund.objects.filter(return_request=OuterRef("pk"), state=Refund.State.PENDING)
        ),
    )
)
OF_REQUEST = Asked("pk")
LINES = Prepared(ReturnLineItem.objects.filter(return_request=OF_REQUEST).order_by("pk"))
EVENTS = Prepared(ReturnEvent.objects.filter(return_request=OF_REQUEST))
PHOTOS = Prepared(Photo.objects.filter(line__return_request=OF_REQUEST))
