"""What shoppers read of a policy, previewed while staff type it."""

import pytest
from django.test import Client

from returns_portal.returns.models import ReturnPolicy
from tests.returns.factories import ReturnPolicyFactory
from tests.staff.conftest import SignIn
from tests.staff.pages import text

pytestmark = pytest.mark.django_db
PREVIEW = "/admin/returns/returnpolicy/preview/"
TYPED = {
    "conditions": "With the dust bag.",
    "instructions": "Fold it.\nTie a ribbon <b>around</b> it.",
    "return_address": "Linen & Co\n1 Mill Road",
    "instructions_on": "request",
}


@pytest.fixture
def editor(sign_in: SignIn) -> Client:
    return sign_in("view_returnpolicy", "change_returnpolicy")


class TestPreview:
    def test_shows_the_typed_words_as_the_page_does_and_stores_nothing(
        self, editor: Client
    ) -> None:
        page = text(editor.post(PREVIEW, TYPED))
        for words in (
            "With the dust bag.",
            "<li>Tie a ribbon &lt;b&gt;around&lt;/b&gt; it.</li>",
            "Linen &amp; Co<br>1 Mill Road",
            "at once, with the request",
        ):
            assert words in page
        assert not ReturnPolicy.objects.exists()

    @pytest.mark.parametrize("mail", ["requested", "approved"])
    def test_shows_the_mail(self, editor: Client, mail: str) -> None:
        response = editor.post(PREVIEW, {**TYPED, "look": mail})
        assert "Fold it." in text(response)
        assert "sandbox" in response.headers["Content-Security-Policy"]

    def test_begins_with_the_saved_words(self, editor: Client) -> None:
        policy = ReturnPolicyFactory(conditions="Unworn.")
        address = f"{PREVIEW}?policy={policy.pk}"
        assert address in editor.get(
            f"/admin/returns/returnpolicy/{policy.pk}/change/"
        ).content.decode().replace("&amp;", "&")
        assert "Unworn." in text(editor.get(address))

    def test_tells_the_defaults_where_nothing_is_written(self, editor: Client) -> None:
        page = text(editor.post(PREVIEW, {"return_shipping_paid_by": "tiktok"}))
        assert "Get the label in the TikTok app" in page
        assert "asked to confirm nothing" in page

    @pytest.mark.parametrize("pk", ["0", "999", "x", "1'"])
    def test_knows_no_other_policy(self, editor: Client, pk: str) -> None:
        assert editor.get(PREVIEW, {"policy": pk}).status_code == 404

    def test_is_for_those_who_may_see_policies(self, viewer: Client) -> None:
        assert viewer.post(PREVIEW, TYPED).status_code == 403

    def test_stands_in_our_frames_only(self, editor: Client) -> None:
        response = editor.post(PREVIEW, TYPED)
        policy = response.headers["Content-Security-Policy"]
        assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert "frame-ancestors 'self'" in policy
        assert "unsafe" not in policy

    def test_is_a_frame_that_the_form_may_show(self, editor: Client) -> None:
        policy = ReturnPolicyFactory()
        form = editor.get(f"/admin/returns/returnpolicy/{policy.pk}/change/")
        assert "frame-src 'self'" in form.headers["Content-Security-Policy"]
