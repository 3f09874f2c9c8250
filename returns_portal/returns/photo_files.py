"""Files of a form on their way in: clean images, or sentences about what is wrong with a file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from returns_portal.returns.images import MOST_BYTES, BadPhoto, CleanImage, Flaw, clean_image
from returns_portal.returns.services.photos import MOST_PHOTOS
from returns_portal.returns.wording import PHOTO_FLAWS

ACCEPT = "image/jpeg,image/png,image/webp,image/heic,image/heif"
LONGEST_NAME = 60
UNWANTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]+")


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
