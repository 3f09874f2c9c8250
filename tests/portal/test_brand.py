"""The shop's colors and logo as browsers get them."""

import pytest
from django.test import Client

from returns_portal.returns.branding.brand import current_brand
from returns_portal.returns.branding.logos import clean_logo
from returns_portal.returns.services import BrandWords, change_brand
from tests.returns.branding.examples import logo_file
from tests.returns.factories import utc_now

pytestmark = pytest.mark.django_db


def dress(**words: object) -> None:
    change_brand(
        words=BrandWords(**words),  # type: ignore[arg-type]
        logo=clean_logo(logo_file()),
        remove_logo=False,
        now=utc_now(),
    )


class TestPages:
    def test_ask_for_no_colors_where_none_were_chosen(self, client: Client) -> None:
        assert "brand.css" not in client.get("/").content.decode()

    def test_show_name_logo_colors_and_words(self, client: Client) -> None:
        dress(
            name="Linen & Co",
            accent="#7a1fa2",
            headline="Send it back to us",
            intro="It takes a minute.",
            footer_text="1 Mill Road",
            footer_links=(("Imprint", "https://linen.example/imprint"),),
            support_email="help@linen.example",
        )
        page = client.get("/").content.decode()
        brand = current_brand()
        for words in (
            brand.css_url,
            brand.logo_url,
            "<h1>Send it back to us</h1>",
            "It takes a minute.",
            "1 Mill Road",
            'href="https://linen.example/imprint"',
            "mailto:help@linen.example",
            "Linen &amp; Co",
        ):
            assert words in page
        assert "style=" not in page


class TestStylesheet:
    def test_holds_nothing_but_the_accent(self, client: Client) -> None:
        dress(accent="#7a1fa2")
        response = client.get("/brand.css")
        assert response.headers["Content-Type"] == "text/css; charset=utf-8"
        assert response.content.decode().startswith(":root{--accent:#7a1fa2;")

    def test_is_kept_for_good_under_its_version_and_asked_for_otherwise(
        self, client: Client
    ) -> None:
        dress(accent="#7a1fa2")
        kept = client.get(current_brand().css_url)
        assert "immutable" in kept.headers["Cache-Control"]
        asked = client.get("/brand.css")
        assert asked.headers["Cache-Control"] == "public, no-cache"
        again = client.get("/brand.css", headers={"If-None-Match": asked.headers["ETag"]})
        assert again.status_code == 304


class TestLogo:
    def test_is_a_picture_of_our_own_making(self, client: Client) -> None:
        dress()
        response = client.get("/brand/logo.png")
        assert response.headers["Content-Type"] == "image/png"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.content.startswith(b"\x89PNG")

    def test_is_missing_without_one(self, client: Client) -> None:
        assert client.get("/brand/logo.png").status_code == 404
