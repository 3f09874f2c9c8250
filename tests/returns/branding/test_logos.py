"""The shop's logo is always written anew."""

import pytest

from returns_portal.returns.branding.logos import MOST_BYTES, clean_logo
from returns_portal.returns.photos.images import BadPhoto
from tests.returns.branding.examples import logo_file


class TestLogo:
    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
    def test_becomes_a_small_png_without_a_past(self, kind: str) -> None:
        logo = clean_logo(logo_file("RGB", kind=kind))
        assert (logo.width, logo.height) == (480, 160)
        assert logo.data.startswith(b"\x89PNG")
        assert b"who made it" not in logo.data

    @pytest.mark.parametrize(
        "data", [b"", b"<svg onload='alert(1)'/>", b"\x89PNG broken", b"x" * (MOST_BYTES + 1)]
    )
    def test_is_nothing_else(self, data: bytes) -> None:
        with pytest.raises(BadPhoto):
            clean_logo(data)
