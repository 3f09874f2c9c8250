"""The history page, and what is logged of changes to the shop's rules."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from returns_portal.returns import outbox
from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.models import ReturnReason
from tests.returns.factories import (
    OperationFactory,
    ReturnReasonFactory,
    UserFactory,
    request_with_line,
    utc_now,
)
from tests.staff.conftest import SignIn
from tests.staff.pages import get
from tests.staff.test_records import reason_fields

pytestmark = pytest.mark.django_db


class TestHistoryPage:
    def test_tells_events_mails_and_calls_with_their_answers(self, reviewer: Client) -> None:
        item = request_with_line(approved=True)
        record_event(item, "approved", actor=Actor.system(), now=utc_now(), message="24.49 USD")
        for kind, answer in (("send_email", "The mail server is full."), ("create_return", "No.")):
            held = outbox.claim(OperationFactory(return_request=item, kind=kind).pk, now=utc_now())
            assert held
            outbox.fail(held, now=utc_now(), error=answer)
        page = get(reviewer, item, "history")
        for words in ("24.49 USD", "The mail server is full.", "Attempt 1: failed. No."):
            assert words in page

    @pytest.mark.parametrize("page", ["change", "history"])
    def test_tells_a_deadline_in_the_shops_time_zone(
        self, reviewer: Client, settings: Settings, page: str
    ) -> None:
        """As earlier versions wrote it, too: a history is never written anew."""
        settings.TIME_ZONE = "America/New_York"
        item = request_with_line()
        said = "Due 2026-12-05 18:38 UTC."
        record_event(item, "due_soon", actor=Actor.system(), now=utc_now(), message=said)
        shown = get(reviewer, item, page)
        assert "Due December 5, 2026, 1:38 PM EST." in shown
        assert "18:38" not in shown

    def test_leaves_what_a_person_wrote_as_it_was(
        self, reviewer: Client, settings: Settings
    ) -> None:
        settings.TIME_ZONE = "America/New_York"
        item, words = request_with_line(), "They rang at 2026-12-05 18:38 UTC."
        staff = Actor.staff(UserFactory(staff=True))
        record_event(item, "note", actor=staff, now=utc_now(), message=words)
        assert words in get(reviewer, item, "history")

    def test_is_linked_from_the_decision_screen(self, reviewer: Client) -> None:
        item = request_with_line()
        assert f'href="{reverse("admin:returns_returnrequest_history", args=[item.pk])}"' in get(
            reviewer, item
        )

    def test_keeps_a_shopper_s_words_from_those_who_may_not_know(self, viewer: Client) -> None:
        item = request_with_line()
        record_event(item, "sent", actor=Actor.shopper(), now=utc_now(), message="1Z999SECRET")
        assert "1Z999SECRET" not in get(viewer, item, "history")

    def test_is_not_for_those_who_may_not_see_requests(self, sign_in: SignIn) -> None:
        item = request_with_line()
        page = reverse("admin:returns_returnrequest_history", args=[item.pk])
        assert sign_in("view_operation").get(page).status_code == 403


class TestChangesOfRules:
    def test_are_logged_with_who_old_and_new(self, admin_client: Client) -> None:
        reason = ReturnReasonFactory(label="Too small", position=1)
        page = reverse("admin:returns_returnreason_change", args=[reason.pk])
        admin_client.post(page, reason_fields(label="It pinches", code=reason.code))
        entry = LogEntry.objects.get()
        assert str(entry.user) == "admin"
        assert "Too small → It pinches" in entry.get_change_message()

    def test_are_logged_on_the_list_too(self, admin_client: Client) -> None:
        reason = ReturnReasonFactory(position=1)
        admin_client.post(
            reverse("admin:returns_returnreason_changelist"),
            {
                "form-TOTAL_FORMS": "1",
                "form-INITIAL_FORMS": "1",
                "form-0-id": str(reason.pk),
                "form-0-position": "7",
                "form-0-active": "on",
                "_save": "Save",
            },
        )
        assert ReturnReason.objects.get().position == 7
        assert "1 → 7" in LogEntry.objects.get().get_change_message()

    def test_can_be_read_and_not_written(self, admin_client: Client) -> None:
        assert admin_client.get("/admin/admin/logentry/").status_code == 200
        assert admin_client.get("/admin/admin/logentry/add/").status_code == 403


class TestPeople:
    def test_are_switched_off_and_not_deleted(self, admin_client: Client) -> None:
        person = UserFactory(staff=True)
        page = reverse("admin:auth_user_delete", args=[person.pk])
        assert admin_client.post(page, {"post": "yes"}).status_code == 403
        assert User.objects.filter(pk=person.pk).exists()

    def test_cannot_make_superusers_of_themselves(self, sign_in: SignIn) -> None:
        client = sign_in("view_user", "change_user")
        person = User.objects.get()
        page = reverse("admin:auth_user_change", args=[person.pk])
        client.post(page, {"username": person.username, "is_superuser": "on", "is_staff": "on"})
        person.refresh_from_db()
        assert not person.is_superuser

    def test_cannot_change_superusers(self, sign_in: SignIn) -> None:
        client, owner = sign_in("view_user", "change_user"), UserFactory(admin=True)
        page = reverse("admin:auth_user_change", args=[owner.pk])
        client.post(page, {"username": "mine", "is_active": ""})
        owner.refresh_from_db()
        assert (owner.username != "mine", owner.is_active) == (True, True)
