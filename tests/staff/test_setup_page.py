"""The set-up page: what is next, what to mend and where, and a test mail."""

import pytest
from django.contrib.admin.models import ADDITION, LogEntry
from django.core import mail
from django.test import Client

from returns_portal.returns.models import ReturnPolicy, ReturnReason
from returns_portal.shopify.sandbox.server import SandboxServer
from tests.staff.conftest import SignIn
from tests.staff.pages import messages, text

pytestmark = pytest.mark.django_db
PAGE, ASK, TEST_MAIL, DEFAULTS = (
    f"/admin/setup/{part}" for part in ("", "ask/", "test-mail/", "defaults/")
)


@pytest.fixture
def admin(sign_in: SignIn) -> Client:
    return sign_in("view_setup")


class TestPage:
    def test_names_the_next_step_with_its_cure(self, admin: Client) -> None:
        page = text(admin.get(PAGE))
        assert "Next step" in page
        assert "No worker has ever answered the clock." in page

    def test_asks_nobody_outside_by_itself(self, admin: Client) -> None:
        assert "Not asked yet." in text(admin.get(PAGE))

    def test_asks_shopify_when_told_to(self, admin: Client, sandbox: SandboxServer) -> None:
        page = text(admin.post(ASK))
        assert "The app has all the scopes that it needs." in page
        assert "Next step" in page

    def test_gives_htmx_the_answers_alone(self, admin: Client, sandbox: SandboxServer) -> None:
        page = text(admin.post(ASK, headers={"HX-Request": "true"}))
        assert "The app has all the scopes" in page
        assert "Next step" not in page


class TestDefaults:
    @pytest.fixture
    def owner(self, sign_in: SignIn) -> Client:
        return sign_in("view_setup", "add_returnreason", "add_returnpolicy", "add_conditiongrade")

    def test_are_loaded_by_a_button_that_tells_what_it_did(self, owner: Client) -> None:
        assert f'action="{DEFAULTS}"' in text(owner.get(PAGE))
        (said,) = messages(owner.post(DEFAULTS, follow=True))
        assert "return reasons 15, policies 11, conditions 4" in said
        assert (ReturnReason.objects.count(), ReturnPolicy.objects.count()) == (15, 11)

    def test_loaded_twice_change_nothing(self, owner: Client) -> None:
        owner.post(DEFAULTS)
        ReturnReason.objects.filter(code="too-small").update(label="It pinches")
        *_first, said = messages(owner.post(DEFAULTS, follow=True))
        assert said == "Nothing was missing, and nothing was changed."
        assert ReturnReason.objects.get(code="too-small").label == "It pinches"
        assert ReturnReason.objects.count() == 15

    def test_are_logged_with_who_loaded_them(self, owner: Client) -> None:
        owner.post(DEFAULTS)
        owner.post(DEFAULTS)
        assert LogEntry.objects.filter(action_flag=ADDITION).count() == 15 + 11 + 4

    def test_are_not_for_those_who_may_not_add_policies(self, admin: Client) -> None:
        assert DEFAULTS not in text(admin.get(PAGE))
        assert admin.post(DEFAULTS).status_code == 403
        assert not ReturnPolicy.objects.exists()

    def test_are_never_loaded_by_a_link(self, owner: Client) -> None:
        assert owner.get(DEFAULTS).status_code == 405


class TestTestMail:
    def test_goes_to_whoever_asks(self, admin: Client, django_user_model: type) -> None:
        django_user_model.objects.update(email="dana@example.com")  # type: ignore[attr-defined]
        answer = admin.post(TEST_MAIL, follow=True)
        assert messages(answer) == ["A test mail is on its way to dana@example.com."]
        assert mail.outbox[0].to == ["dana@example.com"]

    def test_needs_an_address(self, admin: Client) -> None:
        answer = admin.post(TEST_MAIL, follow=True)
        assert "no e-mail address" in messages(answer)[0]
        assert mail.outbox == []
