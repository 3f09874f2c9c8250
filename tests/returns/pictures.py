"""Pictures made for tests: of every format, with a place in them, broken, or no pictures."""

import struct
import zlib
from io import BytesIO
from typing import Any

import pillow_heif
from PIL import ExifTags, Image

from returns_portal.returns.photos.images import CleanImage, clean_image

MARK = b"51.5007N-a-secret-place"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'
HTML = b"<!doctype html><html><body><script>alert(1)</script></body></html>"


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **values: Any
) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    return written(image.convert(mode), kind, **values)


def written(image: Image.Image, kind: str, **values: Any) -> bytes:
    file = BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(image).save(file, quality=90, **values)
    else:
        image.save(file, kind, **values)
    return file.getvalue()


def located(orientation: int = 1) -> bytes:
    """Exif of a phone: the place, its make, and how it was held."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = MARK.decode()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (51.0, 30.0, 2.5)
    return exif.tobytes()


def bomb(side: int = 30_000) -> bytes:
    """A small PNG that claims `side` by `side` pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1_000_000), 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def clean(number: int = 1) -> CleanImage:
    """A clean image, another one for every number."""
    return clean_image(picture(size=(20 + number, 20)))
