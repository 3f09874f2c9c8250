"""The words of mails in the admin: all listed, edited within rules, previewed without danger."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from returns_portal.returns.emails import EVENTS, build_email
from returns_portal.returns.emails.samples import sample_facts
from returns_portal.returns.emails.texts import MailWords, find_flaws
from returns_portal.returns.models import MailText
from staff.previews import in_look
from tests.returns.factories import UserFactory, request_with_line, utc_now
from tests.staff.conftest import SignIn, grant
from tests.staff.pages import text

pytestmark = pytest.mark.django_db
LIST = "/admin/returns/mailtext/"
SUBJECT = "Hooray, {rma} is approved"
BODY = "Good news\n\nWe take it back. {next_sentence}\n\n{items}"


def url(event: str = "approved", part: str = "") -> str:
    return f"{LIST}{event}/en/{part}"


@pytest.fixture
def editor(sign_in: SignIn) -> Client:
    return sign_in("view_mailtext", "change_mailtext")


def own(event: str = "approved", subject: str = SUBJECT, body: str = BODY) -> MailText:
    return MailText.objects.create(
        event=event, language="en", subject=subject, body=body, changed_at=utc_now()
    )


class TestOwnWords:
    def test_take_the_place_of_the_shipped_ones(self) -> None:
        own()
        message = build_email(request_with_line(approved=True), "approved")
        assert message.subject.startswith("Hooray, RMA-TEST")
        html = message.alternatives[0][0]
        for body in (message.body, html):
            assert "Good news" in body
            assert "We take it back. The shop pays you back next." in body
            assert "$24.49" in body

    def test_hold_in_their_language_only(self) -> None:
        own()
        message = build_email(request_with_line(approved=True, language="de"), "approved")
        assert "Hooray" not in message.subject

    def test_are_text_and_never_markup(self) -> None:
        own(
            body="Hi\n\n<script>alert(1)</script> {% now 'Y' %} {{ settings }} https://shop.example"
        )
        html = build_email(request_with_line(approved=True), "approved").alternatives[0][0]
        assert "<script>" not in html
        assert "{% now" in html
        assert 'href="https://shop.example"' in html


class TestFlaws:
    def flaws(self, subject: str = SUBJECT, body: str = BODY, event: str = "approved") -> str:
        found = find_flaws(event, MailWords(subject, body))
        return " ".join(sentence for sentences in found.values() for sentence in sentences)

    def test_are_none_in_good_words(self) -> None:
        assert self.flaws() == ""

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"subject": ""}, "Write a subject."),
            ({"subject": "a\nb"}, "one line"),
            ({"subject": "Yours {items}"}, "{items} does not fit into a subject"),
            ({"subject": "{amuont}"}, "{amuont} is no placeholder"),
            ({"body": "Only a heading"}, "Write a heading"),
            ({"body": "A\n\n{Amount}"}, "{Amount} is no placeholder"),
            ({"body": "A\n\n{{ rma }}"}, "{{ rma }} is no placeholder"),
            ({"body": "A\n\n{tracking}"}, "{tracking} is no placeholder of this mail"),
            ({"body": "A\n\nYou get: {items}"}, "{items} must stand in a paragraph of its own"),
            ({"body": "A\n\nNo.", "event": "declined"}, "needs {decline_reason}"),
            ({"body": "A\n\n" + "x" * 6000}, "under 6000 characters"),
        ],
    )
    def test_are_told_in_a_sentence(self, change: dict[str, Any], sentence: str) -> None:
        assert sentence in self.flaws(**change)


class TestSamples:
    @pytest.mark.parametrize("event", EVENTS)
    def test_show_every_mail(self, editor: Client, event: str) -> None:
        response = editor.get(url(event, "preview/"))
        assert response.status_code == 200
        assert "</html>" in response.content.decode()

    def test_are_made_without_a_row(self) -> None:
        sample_facts("approved", now=utc_now())
        assert not MailText.objects.exists()


class TestList:
    def test_names_every_mail_and_which_words_are_own(self, editor: Client) -> None:
        own()
        page = text(editor.get(LIST))
        for event in EVENTS:
            assert url(event) in page
        assert page.count(">changed<") == 1

    def test_is_not_for_everybody(self, viewer: Client) -> None:
        assert viewer.get(LIST).status_code == 403
        assert viewer.get(url()).status_code == 403


class TestEditor:
    def test_begins_with_the_shipped_words_and_lists_the_placeholders(self, editor: Client) -> None:
        page = text(editor.get(url()))
        assert "Your return is approved {message} {next_sentence}" in page
        assert "What to do, the packing slip, the last day and the address" in page

    def test_saves_who_changed_what(self, editor: Client) -> None:
        response = editor.post(url(), {"subject": SUBJECT, "body": BODY}, follow=True)
        assert "Saved" in text(response)
        saved = MailText.objects.get()
        assert (saved.subject, saved.body) == (SUBJECT, BODY)
        assert saved.changed_by is not None

    def test_keeps_what_was_typed_when_it_cannot_be_used(self, editor: Client) -> None:
        response = editor.post(url(), {"subject": SUBJECT, "body": "A\n\n{wrong}"})
        assert response.status_code == 422
        assert "{wrong} is no placeholder" in text(response)
        assert not MailText.objects.exists()

    def test_stores_nothing_for_the_shipped_words(self, editor: Client) -> None:
        shown = editor.get(url()).context["words"]
        editor.post(url(), {"subject": shown.subject, "body": shown.body.replace("\n", "\r\n")})
        assert not MailText.objects.exists()

    def test_goes_back_to_the_shipped_words(self, editor: Client) -> None:
        own()
        editor.post(url(part="reset/"))
        assert not MailText.objects.exists()

    def test_changes_nothing_for_those_who_may_only_look(self, sign_in: SignIn) -> None:
        reader = sign_in("view_mailtext")
        own()
        assert reader.get(url()).status_code == 200
        assert reader.post(url(), {"subject": "x", "body": BODY}).status_code == 403
        assert reader.post(url(part="reset/")).status_code == 403
        assert reader.post(url(part="test/"), {}).status_code == 403
        assert MailText.objects.get().subject == SUBJECT

    @pytest.mark.parametrize("address", [f"{LIST}nothing/en/", f"{LIST}approved/xx/"])
    def test_knows_only_its_mails_and_languages(self, editor: Client, address: str) -> None:
        assert editor.get(address).status_code == 404


class TestPreview:
    def test_shows_what_is_typed_and_stores_nothing(self, editor: Client) -> None:
        response = editor.post(url(part="preview/"), {"subject": SUBJECT, "body": BODY})
        assert "Good news" in text(response)
        assert not MailText.objects.exists()

    def test_says_what_is_wrong_in_place_of_a_mail(self, editor: Client) -> None:
        response = editor.post(url(part="preview/"), {"subject": "", "body": BODY})
        assert text(response) == "Write a subject."

    def test_stands_in_our_frames_only_and_can_do_nothing(self, editor: Client) -> None:
        response = editor.get(url(part="preview/"))
        policy = response.headers["Content-Security-Policy"]
        assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert "frame-ancestors 'self'" in policy
        assert "sandbox" in policy
        assert "script-src 'none'" in policy
        assert "default-src 'none'" in policy
        assert "frame-src 'self'" in editor.get(url()).headers["Content-Security-Policy"]

    def test_shows_the_text_too(self, editor: Client) -> None:
        response = editor.post(
            url(part="preview/"), {"subject": SUBJECT, "body": BODY, "look": "text"}
        )
        assert response.headers["Content-Type"].startswith("text/plain")
        assert "Linen shirt (M) × 1: $24.49" in response.content.decode()  # noqa: RUF001

    def test_shows_the_dark_without_a_dark_device(self) -> None:
        html = build_email(request_with_line(), "requested").alternatives[0][0]
        assert "@media (prefers-color-scheme: dark)" in html
        assert "@media all" in in_look(html, "dark")
        assert "@media not all" in in_look(html, "light")


class TestTest:
    def test_is_sent_to_oneself_with_what_is_typed(self) -> None:
        user = grant(UserFactory(staff=True, email="me@shop.example"), "view_mailtext")
        browser = Client()
        browser.force_login(grant(user, "change_mailtext"))
        response = browser.post(url(part="test/"), {"subject": SUBJECT, "body": BODY})
        assert "on its way to me@shop.example" in text(response)
        assert "Good news" in text(response)
        assert [message.to for message in mail.outbox] == [["me@shop.example"]]
        assert mail.outbox[0].subject == "Hooray, RMA-EXAMPLE2 is approved"

    def test_needs_an_address(self, editor: Client) -> None:
        response = editor.post(url(part="test/"), {"subject": SUBJECT, "body": BODY})
        assert "no e-mail address" in text(response)
        assert mail.outbox == []

    def test_tells_what_the_mail_server_says(self, settings: Any) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
        browser = Client()
        browser.force_login(UserFactory(admin=True, email="me@shop.example"))
        response = browser.post(url(part="test/"), {"subject": SUBJECT, "body": BODY})
        assert "The mail server did not take the test" in text(response)


class TestSampleInstructions:
    def test_are_part_of_the_preview(self, editor: Client) -> None:
        assert "What to do" in text(editor.get(url(part="preview/")))
