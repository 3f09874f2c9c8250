"""The shop's palettes, always readable; its brand, kept and shown in every mail."""

import pytest
from hypothesis import given

from returns_portal.returns.branding.brand import (
    DARK,
    DARK_GROUNDS,
    LIGHT,
    LIGHT_GROUNDS,
    Palette,
    current_brand,
    dark_palette,
    light_palette,
)
from returns_portal.returns.branding.colors import ENOUGH, contrast
from returns_portal.returns.branding.logos import clean_logo
from returns_portal.returns.emails import build_email
from returns_portal.returns.services import BrandWords, change_brand
from tests.returns.branding.examples import COLORS, logo_file
from tests.returns.factories import request_with_line, utc_now


def assert_readable(palette: Palette, grounds: tuple[str, ...]) -> None:
    for ground in grounds:
        assert contrast(palette.accent, ground) >= ENOUGH
        assert contrast(palette.strong, ground) >= ENOUGH
    assert contrast(palette.strong, palette.soft) >= ENOUGH
    assert contrast(palette.on_accent, palette.accent) >= ENOUGH


class TestPalettes:
    def test_that_ship_can_be_read(self) -> None:
        assert_readable(LIGHT, LIGHT_GROUNDS)
        assert_readable(DARK, DARK_GROUNDS)

    @given(COLORS)
    def test_of_any_accent_can_be_read(self, accent: str) -> None:
        assert_readable(light_palette(accent), LIGHT_GROUNDS)
        assert_readable(dark_palette(accent), DARK_GROUNDS)


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
        logo = clean_logo(logo_file())
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
        change_brand(words=words, logo=clean_logo(logo_file()), remove_logo=False, now=utc_now())
        message = build_email(request_with_line(), "requested")
        html = message.alternatives[0][0]
        assert "#7a1fa2" in html
        assert 'src="http://testserver/brand/logo.png?v=' in html
        assert 'alt="Linen &amp; Co"' in html
        for body in (message.body, html):
            assert "https://linen.example/imprint" in body
            assert "help@linen.example" in body
        assert "Linen & Co, 1 Mill Road" in message.body
