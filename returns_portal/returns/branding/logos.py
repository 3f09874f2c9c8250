"""The shop's logo: decoded, made small and written anew as a PNG that holds pixels alone."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from returns_portal.returns.photos.images import BROKEN, MOST_PIXELS, BadPhoto, Flaw

MOST_BYTES = 2 * 1024 * 1024
# Twice the size at which it is shown, for sharp screens.
LARGEST = (480, 160)
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


@dataclass(frozen=True, slots=True)
class Logo:
    """A PNG with its size in pixels."""

    data: bytes
    width: int
    height: int


def clean_logo(data: bytes) -> Logo:
    """The picture in `data` (PNG, JPEG, WebP or GIF), encoded anew; raises BadPhoto."""
    if not data:
        raise BadPhoto(Flaw.EMPTY)
    if len(data) > MOST_BYTES:
        raise BadPhoto(Flaw.TOO_LARGE)
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise BadPhoto(Flaw.TOO_MANY_PIXELS)
            return _encode(opened.convert("RGBA"))
    except Image.DecompressionBombError:
        raise BadPhoto(Flaw.TOO_MANY_PIXELS) from None
    except BROKEN as error:
        raise BadPhoto(Flaw.NOT_A_PHOTO) from error


def _encode(picture: Image.Image) -> Logo:
    picture.thumbnail(LARGEST)
    # A new picture has no memory of the file it came from.
    clean = Image.new("RGBA", picture.size)
    clean.paste(picture)
    written = BytesIO()
    clean.save(written, "PNG", optimize=True)
    return Logo(written.getvalue(), clean.width, clean.height)
