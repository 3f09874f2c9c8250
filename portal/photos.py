"""Photos on their way in: files of a form become clean images, or sentences about what is wrong."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from portal.forms import LineForm
from portal.selection import Selection
from returns_portal.returns.models import PhotoUpload
from returns_portal.returns.photos.files import read_files
from returns_portal.returns.services import (
    Refused,
    drop_uploads,
    find_uploads,
    keep_uploads,
)

BASKET_KEY = "photo_basket"
DROP = "drop-photo"


def basket_of(request: HttpRequest) -> str:
    """The secret that this session's photos wait under; empty before the first one."""
    return str(request.session.get(BASKET_KEY, ""))


def waiting_photos(request: HttpRequest, order_id: str) -> dict[str, list[PhotoUpload]]:
    """This session's photos for the order that are not sent yet, by fulfillment line item id."""
    basket = basket_of(request)
    found: dict[str, list[PhotoUpload]] = {}
    for upload in find_uploads(basket=basket, order_id=order_id) if basket else ():
        found.setdefault(upload.fulfillment_line_item_id, []).append(upload)
    return found


def take_photos(
    request: HttpRequest, selection: Selection, order_id: str, *, now: datetime
) -> None:
    """Drops the photos that were ticked, and keeps the new ones of chosen items.

    What is wrong with a file is told at its field; an item whose reason asks for no photo takes
    none.
    """
    basket = basket_of(request)
    if basket and (ticked := _uuids(request.POST.getlist(DROP))):
        drop_uploads(basket=basket, order_id=order_id, public_ids=ticked)
    for form in selection.chosen:
        files = request.FILES.getlist(form.add_prefix("photos"))
        if files and form.asks_for_photos:
            _keep(request, form, files, order_id, now)
    selection.show_photos(waiting_photos(request, order_id))


def _keep(
    request: HttpRequest,
    form: LineForm,
    files: "Sequence[UploadedFile[Any]]",
    order_id: str,
    now: datetime,
) -> None:
    read = read_files(files)
    for problem in read.problems:
        form.add_error("photos", problem)
    if not read.images:
        return
    basket = request.session.setdefault(BASKET_KEY, secrets.token_urlsafe(24))
    try:
        keep_uploads(
            basket=basket,
            order_id=order_id,
            fulfillment_line_item_id=form.choice.fulfillment_line_item_id or "",
            images=read.images,
            now=now,
        )
    except Refused as refusal:
        form.add_error("photos", str(refusal))


def _uuids(values: Iterable[str]) -> list[UUID]:
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found
