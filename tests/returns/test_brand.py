"""The shop's colors, always readable; its logo, always written anew."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from returns_portal.returns.brand import (
    DARK,
    DARK_GROUNDS,
    LIGHT,
    LIGHT_GROUNDS,
    Palette,
    current_brand,
    dark_palette,
    light_palette,
)
from returns_portal.returns.colors import ENOUGH, contrast, is_color, mix, readable_on, text_on
from returns_portal.returns.emails import build_email
from returns_portal.returns.images import BadPhoto
from returns_portal.returns.logos import MOST_BYTES, clean_logo
from returns_portal.returns.services import BrandWords, change_brand
from tests.returns.factories import request_with_line, utc_now

COLORS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def picture(mode: str = "RGBA", size: tuple[int, int] = (900, 300), kind: str = "PNG") -> bytes:
    written = BytesIO()
    Image.new(mode, size, "red").save(written, kind, comment=b"who made it")
    return written.getvalue()


def assert_readable(palette: Palette, grounds: tuple[str, ...]) -> None:
    for ground in grounds:
        assert contrast(palette.accent, ground) >= ENOUGH
        assert contrast(palette.strong, ground) >= ENOUGH
    assert contrast(palette.strong, palette.soft) >= ENOUGH
    assert contrast(palette.on_accent, palette.accent) >= ENOUGH


class TestContrast:
    @pytest.mark.parametrize(
        ("one", "other", "ratio"),
        [
            ("#000000", "#ffffff", 21),
            ("#777777", "#ffffff", 4.48),
            ("#0d5c4a", "#ffffff", 7.93),
            ("#abcdef", "#abcdef", 1),
        ],
    )
    def test_is_as_wcag_counts_it_either_way(self, one: str, other: str, ratio: float) -> None:
        assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
        assert contrast(other, one) == contrast(one, other)

    @pytest.mark.parametrize("text", ["", "red", "#fff", "#12345g", "#0d5c4a;", "0d5c4a"])
    def test_takes_only_colors_of_six_digits(self, text: str) -> None:
        assert not is_color(text)

    def test_mixes_from_one_to_the_other(self) -> None:
        assert mix("#000000", "#ffffff", 0) == "#000000"
        assert mix("#000000", "#ffffff", 0.5) == "#808080"
        assert mix("#000000", "#ffffff", 1) == "#ffffff"


class TestReadable:
    @given(COLORS)
    def test_text_on_any_color_can_be_read(self, color: str) -> None:
        assert contrast(text_on(color), color) >= ENOUGH

    def test_leaves_a_good_color_alone(self) -> None:
        assert readable_on("#0d5c4a", LIGHT_GROUNDS, toward="#000000") == "#0d5c4a"


class TestPalettes:
    def test_that_ship_can_be_read(self) -> None:
        assert_readable(LIGHT, LIGHT_GROUNDS)
        assert_readable(DARK, DARK_GROUNDS)

    @given(COLORS)
    def test_of_any_accent_can_be_read(self, accent: str) -> None:
        assert_readable(light_palette(accent), LIGHT_GROUNDS)
        assert_readable(dark_palette(accent), DARK_GROUNDS)


class TestLogo:
    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
    def test_becomes_a_small_png_without_a_past(self, kind: str) -> None:
        logo = clean_logo(picture("RGB", kind=kind))
        assert (logo.width, logo.height) == (480, 160)
        assert logo.data.startswith(b"\x89PNG")
        assert b"who made it" not in logo.data

    @pytest.mark.parametrize(
        "data", [b"", b"<svg onload='alert(1)'/>", b"\x89PNG broken", b"x" * (MOST_BYTES + 1)]
    )
    def test_is_nothing_else(self, data: bytes) -> None:
        with pytest.raises(BadPhoto):
            clean_logo(data)


@pytest.mark.django_db
class TestCurrentBrand:
    def test_is_the_default_until_somebody_changes_it(self) -> None:
        brand = current_brand()
        assert (brand.name, brand.light, brand.has_colors, brand.logo_url) == (
            "Returns",
            LIGHT,
            False,
            "",
        )

    def test_keeps_the_logo_when_only_words_change(self) -> None:
        logo = clean_logo(picture())
        change_brand(words=BrandWords(name="A"), logo=logo, remove_logo=False, now=utc_now())
        change_brand(words=BrandWords(name="B"), logo=None, remove_logo=False, now=utc_now())
        assert (current_brand().name, current_brand().logo_width) == ("B", 480)
        change_brand(words=BrandWords(name="B"), logo=None, remove_logo=True, now=utc_now())
        assert current_brand().logo_url == ""

    def test_is_in_every_mail(self) -> None:
        words = BrandWords(
            name="Linen & Co",
            accent="#7a1fa2",
            footer_text="Linen & Co, 1 Mill Road",
            footer_links=(("Imprint", "https://linen.example/imprint"),),
            support_email="help@linen.example",
        )
        change_brand(words=words, logo=clean_logo(picture()), remove_logo=False, now=utc_now())
        message = build_email(request_with_line(), "requested")
        html = message.alternatives[0][0]
        assert "#7a1fa2" in html
        assert 'src="http://testserver/brand/logo.png?v=' in html
        assert 'alt="Linen &amp; Co"' in html
        for body in (message.body, html):
            assert "https://linen.example/imprint" in body
            assert "help@linen.example" in body
        assert "Linen & Co, 1 Mill Road" in message.body
