"""Photos from strangers: decoded, turned upright, made small, written anew without their past."""

import hashlib
import struct
import threading
import zlib
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

from PIL import ExifTags, Image
from pillow_heif import register_heif_opener

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 2000
THUMBNAIL_SIDE = 240
MIME_TYPE = "image/jpeg"
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
ORIENTATION = ExifTags.Base.Orientation
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What Pillow and its codecs raise over files that are broken or lie about themselves.
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    RuntimeError,
    struct.error,
    zlib.error,
)

register_heif_opener(thumbnails=False)
# A decoded photo takes up to 200 MB: one at a time in each process.
one_at_a_time = threading.Lock()


class Flaw(StrEnum):
    """Why a file is not taken as a photo."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    NOT_A_PHOTO = "not_a_photo"


class BadPhoto(Exception):
    """A file that is not taken; `flaw` says why."""

    def __init__(self, flaw: Flaw) -> None:
        self.flaw = flaw
        super().__init__(f"Not taken as a photo: {flaw}.")


@dataclass(frozen=True, slots=True)
class CleanImage:
    """A JPEG of our own making with its thumbnail; it holds pixels and nothing else."""

    data: bytes
    thumbnail: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def clean_image(data: bytes) -> CleanImage:
    """The photo in `data` (JPEG, PNG, WebP or HEIC), encoded anew; raises BadPhoto.

    Its longest side is 2000 pixels at most. Orientation is applied; EXIF with the place and the
    device, comments, color profiles, further frames and whatever was hidden behind the picture
    are gone.
    """
    if not data:
        raise BadPhoto(Flaw.EMPTY)
    if len(data) > MOST_BYTES:
        raise BadPhoto(Flaw.TOO_LARGE)
    with one_at_a_time:
        photo = _decode(data)
        small = photo.copy()
        small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
        return CleanImage(_encode(photo), _encode(small), photo.width, photo.height)


def _decode(data: bytes) -> Image.Image:
    """The pixels alone, upright, on white where they were transparent."""
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise BadPhoto(Flaw.TOO_MANY_PIXELS)
            # JPEG is decoded at a fraction of its size where that is still large enough.
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            return _pixels(opened)
    except Image.DecompressionBombError:
        raise BadPhoto(Flaw.TOO_MANY_PIXELS) from None
    except BROKEN as error:
        raise BadPhoto(Flaw.NOT_A_PHOTO) from error


def _pixels(opened: Image.Image) -> Image.Image:
    see_through = opened.has_transparency_data
    photo: Image.Image = opened.convert("RGBA" if see_through else "RGB")
    photo.info = {}
    photo.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    orientation = opened.getexif().get(ORIENTATION, 1)
    if orientation in TURNS:
        photo = photo.transpose(TURNS[orientation])
    # A new picture has no memory of the file it came from.
    clean = Image.new("RGB", photo.size, "white")
    clean.paste(photo, mask=photo.getchannel("A") if see_through else None)
    return clean


def _encode(photo: Image.Image) -> bytes:
    written = BytesIO()
    photo.save(written, "JPEG", quality=85, optimize=True, progressive=True)
    return written.getvalue()
