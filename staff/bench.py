"""What the bench sees: finding a return by what is scanned or typed, its items, its parcels."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from returns_portal.returns.carriers import normalize_tracking_number
from returns_portal.returns.models import (
    ConditionGrade,
    Parcel,
    Photo,
    ReturnLineItem,
    ReturnRequest,
)
from returns_portal.returns.services.arrivals import units_missing
from returns_portal.returns.workflow import Status
from staff.bench_forms import ItemForm

MOST_FOUND = 20
RECENT_PARCELS = 12
PREFIX = "RMA-"


@dataclass(frozen=True, slots=True)
class Item:
    """One requested line at the bench, with the form for what arrived of it."""

    line: ReturnLineItem
    missing: int
    photos: tuple[Photo, ...]
    form: ItemForm

    @property
    def arrived(self) -> int:
        return self.line.received_quantity or 0


def find_requests(typed: str) -> list[ReturnRequest]:
    """The requests that a scanned or typed code may mean, newest first.

    An RMA with or without its prefix, a tracking number now or earlier, an order's number.
    """
    code = "".join(typed.split()).strip("#")
    if not code:
        return []
    rma = code.upper().removeprefix(PREFIX)
    exact = ReturnRequest.objects.filter(rma_number=f"{PREFIX}{rma}")
    number = normalize_tracking_number(code)
    by_number = Q(reverse_delivery__tracking_number=number) if number else Q(pk__in=[])
    others = ReturnRequest.objects.filter(
        by_number | Q(order_name__in=(code, f"#{code}")) | Q(tiktok_order_id=code)
    )
    return list(exact) or list(others.distinct().order_by("-requested_at", "-pk")[:MOST_FOUND])


def get_for_bench(pk: int) -> ReturnRequest | None:
    """The request with what the bench shows of it, or None."""
    rows = ReturnRequest.objects.prefetch_related(
        "lines__reason", "lines__photos", "parcels__items__grade", "parcels__photos"
    )
    return rows.filter(pk=pk).first()


def build_items(return_request: ReturnRequest, data: object = None) -> list[Item]:
    """The lines that can be in a parcel, those still missing first."""
    grades = list(ConditionGrade.objects.filter(active=True))
    items = [
        Item(
            line=line,
            missing=units_missing(line),
            photos=tuple(line.photos.all()),
            form=ItemForm(line, grades, data),
        )
        for line in return_request.lines.all()
        if line.outcome != ReturnLineItem.Outcome.KEEP_ITEM
    ]
    return sorted(items, key=lambda item: item.missing == 0)


def advice(return_request: ReturnRequest) -> str:
    """What the person at the bench should know of the request before opening the parcel."""
    match Status(return_request.status):
        case Status.REQUESTED | Status.NEEDS_INFO:
            return _("Not decided yet. Note what came; the decision follows.")
        case Status.DECLINED | Status.CANCELED | Status.EXPIRED:
            return _("This request has ended. Note what came: staff are told about it.")
        case Status.CLOSED:
            return _("This request is paid and closed. Note what came, for the record.")
        case _:
            return ""


def recent_parcels() -> QuerySet[Parcel]:
    """The last parcels, to look at or to undo."""
    rows = Parcel.objects.select_related("return_request", "user").annotate(
        units=Count("items", distinct=True)
    )
    return rows.order_by("-received_at", "-pk")[:RECENT_PARCELS]


def unmatched_parcels() -> QuerySet[Parcel]:
    """Parcels that nobody has found a request for, the oldest first."""
    rows = Parcel.objects.filter(return_request__isnull=True, undone_at__isnull=True)
    return rows.prefetch_related("photos").order_by("received_at", "pk")


def seen_of(parcels: Iterable[Parcel]) -> list[Parcel]:
    """The parcels that count: those that were not undone."""
    return [parcel for parcel in parcels if parcel.undone_at is None]
