"""Asking the shopper, their answer, and notes that no shopper sees."""

import pytest
from django.test import Client
from django.urls import reverse

from returns_portal.returns.models import ReturnRequest
from returns_portal.returns.services import (
    Actor,
    Refused,
    ask_for_information,
    resume,
    write_message,
    write_note,
)
from returns_portal.returns.workflow import InvalidTransition
from tests.returns.examples import NOON
from tests.returns.factories import UserFactory, request_with_line

pytestmark = pytest.mark.django_db


def staff() -> Actor:
    return Actor.staff(UserFactory(staff=True))


def asked() -> ReturnRequest:
    row = request_with_line()
    return ask_for_information(
        request_id=row.pk, body="Please send a photo.", actor=staff(), now=NOON
    )


class TestAskForInformation:
    def test_waits_for_the_shopper_by_a_clock_and_mails_the_question(self) -> None:
        row = asked()
        question = row.messages.get()
        assert (row.status, question.body) == ("needs_info", "Please send a photo.")
        assert row.due_at is not None
        assert row.operations.filter(part=f"needs_info-{question.pk}").exists()

    def test_refuses_silence_and_changes_nothing(self) -> None:
        row = request_with_line()
        with pytest.raises(Refused):
            ask_for_information(request_id=row.pk, body=" \n ", actor=staff(), now=NOON)
        row.refresh_from_db()
        assert (row.status, row.messages.count()) == ("requested", 0)

    def test_can_be_asked_again_after_the_answer(self) -> None:
        row = asked()
        write_message(request_id=row.pk, body="Here it is.", actor=Actor.shopper(), now=NOON)
        ask_for_information(request_id=row.pk, body="And the label?", actor=staff(), now=NOON)
        mails = row.operations.filter(part__startswith="needs_info-")
        assert mails.count() == 2


class TestAnswer:
    def test_of_the_shopper_brings_the_request_back_to_review(self) -> None:
        row = asked()
        write_message(request_id=row.pk, body="Here it is.", actor=Actor.shopper(), now=NOON)
        row.refresh_from_db()
        assert row.status == "requested"
        assert row.events.filter(kind="answered", actor_kind="shopper").exists()

    def test_is_nothing_that_staff_write(self) -> None:
        row = asked()
        write_message(request_id=row.pk, body="Did you see it?", actor=staff(), now=NOON)
        row.refresh_from_db()
        assert row.status == "needs_info"

    def test_need_not_be_waited_for(self) -> None:
        row = asked()
        resume(request_id=row.pk, actor=staff(), now=NOON)
        row.refresh_from_db()
        assert row.status == "requested"
        with pytest.raises(InvalidTransition):
            resume(request_id=row.pk, actor=staff(), now=NOON)

    def test_can_be_written_on_the_page_of_messages(self, client: Client) -> None:
        row = asked()
        page = reverse("portal:messages", args=[row.token])
        assert "Please send a photo." in client.get(page).content.decode()
        client.post(page, {"body": "Here it is."})
        row.refresh_from_db()
        assert row.status == "requested"


class TestNote:
    def test_is_kept_for_staff_alone(self, client: Client) -> None:
        row = request_with_line()
        write_note(request_id=row.pk, body="Smells of smoke.", actor=staff(), now=NOON)
        assert row.internal_notes.get().body == "Smells of smoke."
        for name in ("status", "messages", "slip", "photos"):
            page = client.get(reverse(f"portal:{name}", args=[row.token]), follow=True)
            assert "Smells of smoke" not in page.content.decode()

    def test_is_never_mailed(self) -> None:
        row = request_with_line()
        write_note(request_id=row.pk, body="Smells of smoke.", actor=staff(), now=NOON)
        assert not row.operations.exists()
        assert not row.messages.exists()
