"""Photos: kept for a day until the request is sent, attached to its lines, added later, swept."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.models import (
    MirroredOrder,
    Parcel,
    ParcelPhoto,
    Photo,
    PhotoUpload,
    ReturnLineItem,
    ReturnReason,
    ReturnRequest,
    StoredPhoto,
)
from returns_portal.returns.models.photos import photo_name, photo_storage
from returns_portal.returns.photos.files import MOST_PHOTOS
from returns_portal.returns.photos.images import MIME_TYPE, CleanImage
from returns_portal.returns.services.guard import Refused, lock_request, move
from returns_portal.returns.workflow import UNDECIDED, Action, Status

UPLOAD_LASTS = timedelta(hours=24)
WRITTEN_BY_NOW = timedelta(hours=1)

P = TypeVar("P", bound=StoredPhoto)


@transaction.atomic
def keep_uploads(
    *,
    basket: str,
    order_id: str,
    fulfillment_line_item_id: str,
    images: Sequence[CleanImage],
    now: datetime,
) -> None:
    """Keeps photos of a line until its request is sent; the same photo is kept once.

    Raises Refused, keeping none of them, when the line would have more than six.
    """
    # Two tabs at once wait for each other, or together they would keep more than six.
    MirroredOrder.objects.select_for_update().filter(shopify_id=order_id).first()
    ours = find_uploads(basket=basket, order_id=order_id).filter(
        fulfillment_line_item_id=fulfillment_line_item_id
    )
    for image in _new_ones(images, ours):
        row = PhotoUpload(
            basket=basket,
            shopify_order_id=order_id,
            fulfillment_line_item_id=fulfillment_line_item_id,
        )
        _write(row, image, now)


def find_uploads(*, basket: str, order_id: str) -> QuerySet[PhotoUpload]:
    """The photos of an order that wait in this basket, oldest first."""
    rows = PhotoUpload.objects.filter(basket=basket, shopify_order_id=order_id)
    return rows.order_by("uploaded_at", "pk")


@transaction.atomic
def drop_uploads(*, basket: str, order_id: str, public_ids: Iterable[UUID]) -> None:
    """Takes photos out of the basket; those that are not in it stay untouched."""
    rows = find_uploads(basket=basket, order_id=order_id)
    _remove(rows.filter(public_id__in=list(public_ids)))


def attach_uploads(line: ReturnLineItem, *, basket: str) -> int:
    """Makes the basket's photos of `line` its own, where its reason asks for any; says how many."""
    if not basket or not line.reason.takes_photos:
        return 0
    waiting = find_uploads(basket=basket, order_id=line.return_request.shopify_order_id)
    rows = list(waiting.filter(fulfillment_line_item_id=line.fulfillment_line_item_id))
    fields = [field.name for field in StoredPhoto._meta.fields]
    for row in rows:
        Photo.objects.create(line=line, **{name: getattr(row, name) for name in fields})
    # The rows only: their files belong to the request's photos now.
    PhotoUpload.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def lacks_photo(reason: ReturnReason, photos: int) -> bool:
    """Whether the reason needs a photo, and there is none."""
    return reason.photos == ReturnReason.Photos.REQUIRED and not photos


@transaction.atomic
def add_photos(
    *,
    request_id: int,
    images_by_line: Sequence[tuple[int, Sequence[CleanImage]]],
    actor: Actor,
    now: datetime,
) -> int:
    """Adds photos to lines of a request that is not decided yet; says how many were new.

    Raises Refused, adding none, when the request is decided, a line is not part of it, or a line
    would have more than six.
    """
    return_request = lock_request(request_id)
    if Status(return_request.status) not in UNDECIDED:
        raise Refused(_("The shop has already decided, so photos can't be added any more."))
    lines = {line.pk: line for line in return_request.lines.all()}
    added = 0
    for line_id, images in images_by_line:
        line = lines.get(line_id)
        if line is None:
            raise Refused(_("One of the items is not part of this return."))
        for image in _new_ones(images, Photo.objects.filter(line=line)):
            _write(Photo(line=line), image, now)
            added += 1
    if added:
        _record_added(return_request, added, actor, now)
    if added and return_request.status == Status.NEEDS_INFO:
        move(return_request, Action.ANSWER, actor=actor, now=now)
    return added


@transaction.atomic
def add_parcel_photos(
    *, parcel_id: int, line_id: int | None, images: Sequence[CleanImage], now: datetime
) -> int:
    """Adds photos that staff took of a parcel, of one of its lines if named; says how many.

    Raises Refused, adding none, when it would have more than six of them.
    """
    parcel = Parcel.objects.select_for_update().get(pk=parcel_id)
    there = ParcelPhoto.objects.filter(parcel=parcel)
    fresh = _new_ones(images, there.filter(line_id=line_id))
    known = set(there.values_list("sha256", flat=True))
    fresh = [image for image in fresh if image.sha256 not in known]
    for image in fresh:
        _write(ParcelPhoto(parcel=parcel, line_id=line_id), image, now)
    return len(fresh)


def _record_added(return_request: ReturnRequest, added: int, actor: Actor, now: datetime) -> None:
    message = f"Added: {added}."
    record_event(
        return_request, "photos_added", actor=actor, now=now, message=message, shopper_sees=True
    )


def _new_ones(images: Sequence[CleanImage], there: QuerySet[P]) -> list[CleanImage]:
    """The photos that are not there yet, each once; raises Refused when they are too many."""
    known = set(there.values_list("sha256", flat=True))
    fresh = {image.sha256: image for image in images if image.sha256 not in known}
    if len(known) + len(fresh) > MOST_PHOTOS:
        raise Refused(
            ngettext(
                "Add up to %(most)d photos for an item; it has %(count)d already.",
                "Add up to %(most)d photos for an item; it has %(count)d already.",
                len(known),
            )
            % {"most": MOST_PHOTOS, "count": len(known)}
        )
    return list(fresh.values())


def _write(row: StoredPhoto, image: CleanImage, now: datetime) -> None:
    """Writes the files, then the row; should the row be taken back, the sweep finds the files."""
    row.mime_type, row.size, row.sha256 = MIME_TYPE, len(image.data), image.sha256
    row.width, row.height, row.uploaded_at = image.width, image.height, now
    row.file.save(photo_name(row, ".jpg"), ContentFile(image.data), save=False)
    row.thumbnail.save(photo_name(row, "-small.jpg"), ContentFile(image.thumbnail), save=False)
    row.save()


def drop_photos(line: ReturnLineItem) -> int:
    """Deletes the photos of a line that is taken out of its request; says how many."""
    return _remove(Photo.objects.filter(line=line))


def _remove(rows: QuerySet[P]) -> int:
    """Deletes the rows, after which nobody can reach the files; the sweep takes those away."""
    return rows.delete()[0]


@transaction.atomic
def sweep_uploads(*, now: datetime) -> int:
    """Deletes the photos whose request was not sent within a day; says how many."""
    return _remove(PhotoUpload.objects.filter(uploaded_at__lt=now - UPLOAD_LASTS))


def sweep_files(*, now: datetime) -> int:
    """Deletes the files that no row names, once they are an hour old; says how many.

    The one way in which files go: it also finds what a transaction that was taken back, or a
    process that died between file and row, left behind.
    """
    storage = photo_storage()
    strays = [
        name
        for folder in _months(storage)
        for name in _unnamed(storage, folder)
        if storage.get_modified_time(name) < now - WRITTEN_BY_NOW
    ]
    for name in strays:
        storage.delete(name)
    return len(strays)


def _months(storage: Storage) -> list[str]:
    """The folders that hold photos, as year/month; none before the first photo."""
    if not storage.exists(""):
        return []
    years = storage.listdir("")[0]
    return [f"{year}/{month}" for year in years for month in storage.listdir(year)[0]]


def _unnamed(storage: Storage, folder: str) -> list[str]:
    files = {f"{folder}/{name}" for name in storage.listdir(folder)[1]}
    for rows in (Photo.objects.all(), PhotoUpload.objects.all(), ParcelPhoto.objects.all()):
        named = rows.filter(file__startswith=f"{folder}/").values_list("file", "thumbnail")
        files.difference_update(name for pair in named.iterator() for name in pair)
    return sorted(files)
