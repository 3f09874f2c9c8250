"""Colors of every kind, and files that may be a logo."""

from io import BytesIO

from hypothesis import strategies as st
from PIL import Image

COLORS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def logo_file(mode: str = "RGBA", size: tuple[int, int] = (900, 300), kind: str = "PNG") -> bytes:
    written = BytesIO()
    Image.new(mode, size, "red").save(written, kind, comment=b"who made it")
    return written.getvalue()
