"""Photos on their way in: files of a form become clean images, or sentences about what is wrong."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.forms import UNWANTED, LineForm
from portal.selection import Selection
from returns_portal.returns.images import MOST_BYTES, BadPhoto, CleanImage, Flaw, clean_image
from returns_portal.returns.models import PhotoUpload
from returns_portal.returns.services import (
    MOST_PHOTOS,
    Refused,
    drop_uploads,
    find_uploads,
    keep_uploads,
)
from returns_portal.returns.wording import PHOTO_FLAWS

BASKET_KEY = "photo_basket"
DROP = "drop-photo"
ACCEPT = "image/jpeg,image/png,image/webp,image/heic,image/heif"
LONGEST_NAME = 60


@dataclass(slots=True)
class ReadFiles:
    """What the files of one field gave."""

    images: list[CleanImage] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_files(files: "Sequence[UploadedFile[Any]]") -> ReadFiles:
    """The clean images in `files`, and a sentence about each file that is none."""
    if len(files) > MOST_PHOTOS:
        too_many = ngettext(
            "Add up to %(most)d photos for an item, not %(count)d.",
            "Add up to %(most)d photos for an item, not %(count)d.",
            len(files),
        )
        return ReadFiles(problems=[too_many % {"most": MOST_PHOTOS, "count": len(files)}])
    read = ReadFiles()
    for file in files:
        try:
            read.images.append(_read(file))
        except BadPhoto as bad:
            read.problems.append(f"{_shown_name(file)}: {PHOTO_FLAWS[bad.flaw]}")
    return read


def _read(file: "UploadedFile[Any]") -> CleanImage:
    if (file.size or 0) > MOST_BYTES:
        raise BadPhoto(Flaw.TOO_LARGE)
    return clean_image(file.read())


def _shown_name(file: "UploadedFile[Any]") -> str:
    """The file's name for its owner's eyes; it is never used for anything else."""
    return UNWANTED.sub(" ", file.name or "")[:LONGEST_NAME] or _("Photo")


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
