"""Files of a form on their way in: clean images, or sentences about what is wrong with a file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.photos.images import MOST_BYTES, BadPhoto, CleanImage, Flaw, clean_image

ACCEPT = "image/jpeg,image/png,image/webp,image/heic,image/heif"
MOST_PHOTOS = 6
LONGEST_NAME = 60
UNWANTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]+")
FLAWS = {
    Flaw.EMPTY: _("This file is empty."),
    Flaw.TOO_LARGE: _("This photo is larger than 10 MB. Please send a smaller one."),
    Flaw.TOO_MANY_PIXELS: _("This picture has more than 50 megapixels. Please send a smaller one."),
    Flaw.NOT_A_PHOTO: _("We can't read this file. Please send a JPEG, PNG, WebP or HEIC photo."),
}


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
            read.problems.append(f"{_shown_name(file)}: {FLAWS[bad.flaw]}")
    return read


def _read(file: "UploadedFile[Any]") -> CleanImage:
    if (file.size or 0) > MOST_BYTES:
        raise BadPhoto(Flaw.TOO_LARGE)
    return clean_image(file.read())


def _shown_name(file: "UploadedFile[Any]") -> str:
    """The file's name for its owner's eyes; it is never used for anything else."""
    return UNWANTED.sub(" ", file.name or "")[:LONGEST_NAME] or gettext("Photo")
