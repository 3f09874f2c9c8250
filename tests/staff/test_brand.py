"""The brand in the admin: readable colors only, a preview that stores nothing."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from returns_portal.returns.branding.brand import current_brand
from returns_portal.returns.models import ShopBrand
from tests.returns.branding.examples import logo_file
from tests.staff.conftest import SignIn
from tests.staff.pages import text

pytestmark = pytest.mark.django_db
PAGE = "/admin/returns/shopbrand/"
PREVIEW = f"{PAGE}preview/"


@pytest.fixture
def editor(sign_in: SignIn) -> Client:
    return sign_in("view_shopbrand", "change_shopbrand")


def logo(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("logo.png", data, "image/png")


class TestEditor:
    def test_saves_what_shoppers_see(self, editor: Client) -> None:
        filled = {
            "name": "Linen & Co",
            "accent": "#7A1FA2",
            "logo": logo(logo_file()),
            "footer_links": "Imprint | https://linen.example/imprint\n",
        }
        response = editor.post(PAGE, filled, follow=True)
        assert "Saved" in text(response)
        brand = current_brand()
        assert (brand.name, brand.light.accent, brand.logo_width) == ("Linen & Co", "#7a1fa2", 480)
        assert brand.footer_links == [("Imprint", "https://linen.example/imprint")]
        assert "Imprint | https://linen.example/imprint" in editor.get(PAGE).content.decode()

    @pytest.mark.parametrize(
        ("filled", "sentence"),
        [
            ({"accent": "#ffee00"}, "Too little contrast to be read"),
            ({"accent_dark": "#222222"}, "Too little contrast to be read"),
            ({"accent": "red"}, "six digits"),
            ({"accent": "#000;}*{"}, "six digits"),
            ({"support_email": "nonsense"}, "valid email"),
            ({"footer_links": "Imprint"}, "no web address"),
            ({"footer_links": "x | javascript:alert(1)"}, "no web address"),
            ({"footer_links": "\n".join(["a | https://a.example"] * 7)}, "At most 6 links"),
            ({"logo": "svg"}, "read this logo"),
        ],
    )
    def test_refuses_with_a_sentence(
        self, editor: Client, filled: dict[str, Any], sentence: str
    ) -> None:
        if "logo" in filled:
            filled = {"logo": logo(b"<svg/>")}
        response = editor.post(PAGE, filled)
        assert response.status_code == 422
        assert sentence in text(response)
        assert not ShopBrand.objects.exists()

    def test_names_the_nearest_color_that_can_be_read(self, editor: Client) -> None:
        page = text(editor.post(PAGE, {"accent": "#ffee00"}))
        better = page.split("can be read is ")[1][:7]
        assert editor.post(PAGE, {"accent": better}).status_code == 302

    def test_is_for_those_who_may(self, viewer: Client, sign_in: SignIn) -> None:
        assert viewer.get(PAGE).status_code == 403
        reader = sign_in("view_shopbrand")
        assert reader.get(PAGE).status_code == 200
        assert reader.post(PAGE, {"name": "x"}).status_code == 403


class TestPreview:
    def test_shows_what_is_typed_and_stores_nothing(self, editor: Client) -> None:
        response = editor.post(
            PREVIEW, {"headline": "Bring it back", "accent": "#7a1fa2", "logo": logo(logo_file())}
        )
        page = text(response)
        assert "Bring it back" in page
        assert "data:image/png;base64," in page
        assert "accent=7a1fa2" in page
        assert not ShopBrand.objects.exists()

    def test_tells_what_is_wrong(self, editor: Client) -> None:
        assert "Too little contrast" in text(editor.post(PREVIEW, {"accent": "#ffee00"}))

    def test_stands_in_our_frames_only_under_the_strict_policy(self, editor: Client) -> None:
        response = editor.get(PREVIEW)
        policy = response.headers["Content-Security-Policy"]
        assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert "frame-ancestors 'self'" in policy
        assert "unsafe" not in policy

    def test_colors_are_a_stylesheet_and_never_markup(self, editor: Client) -> None:
        response = editor.get(f"{PAGE}css/?accent=7a1fa2&accent_dark=x}}*{{")
        assert "--accent:#7a1fa2" in response.content.decode()
        assert "*{" not in response.content.decode()
