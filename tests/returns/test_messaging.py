"""The thread of a return: one place, mirrored by mail, safe whatever is written."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from returns_portal.returns.emails import build_email
from returns_portal.returns.models import Message, Operation, ReturnRequest
from returns_portal.returns.services import Actor, Refused, mark_read, write_message
from returns_portal.returns.services.messaging import clean_body
from returns_portal.returns.services.privacy import erase_customer
from tests.returns.factories import request_with_line

pytestmark = pytest.mark.django_db
NASTY = '<script>alert(1)</script> {{ secret }} 🎁 مرحبا & "quotes"'


def write(
    row: ReturnRequest, now: datetime, body: str = "Is it there yet?", actor: Actor | None = None
) -> Message:
    actor = actor or Actor.shopper()
    return write_message(request_id=row.pk, body=body, actor=actor, now=now)


@pytest.fixture
def staff(admin_user: Any) -> Actor:
    return Actor.staff(admin_user)


class TestCleanBody:
    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ("a\r\nb\rc", "a\nb\nc"),
            ("a\n\n\n\n\nb  \n", "a\n\nb"),
            ("\x00a\x08\u202eb\ufeff", "a b"),
            ("  \r\n \t ", ""),
            (NASTY, NASTY),
        ],
    )
    def test_keeps_words_and_plain_line_breaks(self, typed: str, kept: str) -> None:
        assert clean_body(typed) == kept


class TestWriteMessage:
    @pytest.mark.parametrize("body", ["", "  \n ", "\x00", "x" * 2001])
    def test_refuses_nothing_and_too_much(self, now: datetime, body: str) -> None:
        with pytest.raises(Refused):
            write(request_with_line(), now, body)
        assert not Message.objects.exists()

    def test_counts_the_length_after_cleaning(self, now: datetime) -> None:
        assert len(write(request_with_line(), now, "x" * 2000 + " \r\n").body) == 2000

    def test_takes_a_second_click_for_one(self, now: datetime) -> None:
        row = request_with_line()
        assert write(row, now) == write(row, now + timedelta(seconds=5))
        assert write(row, now + timedelta(minutes=2)).pk != write(row, now).pk

    def test_stops_a_shopper_who_floods_the_shop(self, now: datetime) -> None:
        row = request_with_line()
        for count in range(20):
            write(row, now, f"message {count}")
        with pytest.raises(Refused):
            write(row, now, "one more")
        assert write(row, now + timedelta(hours=1), "one more").pk

    @pytest.mark.parametrize("moment", ["declined", "canceled", "refunded"])
    def test_is_possible_after_the_end(self, now: datetime, moment: str) -> None:
        assert write(request_with_line(**{moment: True}), now).pk


class TestMirror:
    def test_brings_the_shops_words_to_the_shopper(
        self,
        now: datetime,
        staff: Actor,
        carry_out_all: Callable[..., None],
        mailoutbox: list[EmailMessage],
    ) -> None:
        row = request_with_line()
        write(row, now, "Please send\na photo.", staff)
        carry_out_all()
        (sent,) = mailoutbox
        assert sent.to == ["shopper@example.com"]
        assert "> Please send\n> a photo." in sent.body
        assert f"/returns/{row.token}/messages/" in sent.body

    def test_brings_the_shoppers_words_to_staff(
        self,
        now: datetime,
        settings: Any,
        carry_out_all: Callable[..., None],
        mailoutbox: list[EmailMessage],
    ) -> None:
        settings.STAFF_EMAIL = "team@example.com"
        row = request_with_line()
        write(row, now)
        carry_out_all()
        (sent,) = mailoutbox
        assert sent.to == ["team@example.com"]
        assert "> Is it there yet?" in sent.body
        assert f"/admin/returns/returnrequest/{row.pk}/change/" in sent.body
        assert row.token not in sent.body

    def test_is_not_owed_without_an_address(self, now: datetime, staff: Actor) -> None:
        row = request_with_line(contact_email="")
        write(row, now)
        write(row, now, "An answer", staff)
        assert not Operation.objects.exists()

    def test_carries_no_markup(self, now: datetime, staff: Actor) -> None:
        row = request_with_line()
        message = write(row, now, NASTY, staff)
        html = str(build_email(row, f"message-{message.pk}").alternatives[0][0])
        assert "<script>" not in html
        assert "&lt;script&gt;" in html

    def test_of_another_return_does_not_exist(self, now: datetime, staff: Actor) -> None:
        message = write(request_with_line(), now, "An answer", staff)
        with pytest.raises(Message.DoesNotExist):
            build_email(request_with_line(), f"message-{message.pk}")


class TestMarkRead:
    def test_notes_the_first_time_only(self, now: datetime) -> None:
        message = write(request_with_line(), now)
        pk = message.return_request_id
        assert mark_read(request_id=pk, author="shopper", now=now) == 1
        assert mark_read(request_id=pk, author="shopper", now=now + timedelta(hours=1)) == 0
        message.refresh_from_db()
        assert message.read_at == now


class TestDatabase:
    def test_refuses_an_unknown_author(self, now: datetime) -> None:
        with pytest.raises(IntegrityError):
            Message.objects.create(
                return_request=request_with_line(), author="nobody", body="x", created_at=now
            )


class TestErasure:
    def test_empties_what_was_written(self, now: datetime) -> None:
        row = request_with_line(contact_email="")
        write(row, now)
        erase_customer(order_ids=[row.shopify_order_id], actor=Actor.shopify(), now=now)
        assert Message.objects.get().body == ""


class TestShoppersPage:
    def test_sends_and_shows_the_message(self, client: Client) -> None:
        row = request_with_line()
        address = f"/returns/{row.token}/messages/"
        answer = client.post(address, {"body": NASTY})
        assert (answer.status_code, answer["Location"]) == (303, address)
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page
        assert "🎁 مرحبا" in page

    @pytest.mark.parametrize(("body", "status"), [("", 422), (" \n", 422), ("x" * 2001, 422)])
    def test_says_what_is_wrong(self, client: Client, body: str, status: int) -> None:
        row = request_with_line()
        answer = client.post(f"/returns/{row.token}/messages/", {"body": body})
        assert answer.status_code == status
        assert "Please check" in answer.content.decode()

    def test_counts_the_shops_messages_as_read(
        self, client: Client, now: datetime, staff: Actor
    ) -> None:
        row = request_with_line()
        write(row, now, "An answer", staff)
        assert (
            "The shop wrote you a message." in client.get(f"/returns/{row.token}/").content.decode()
        )
        assert "An answer" in client.get(f"/returns/{row.token}/messages/").content.decode()
        assert Message.objects.get().read_at
        assert "wrote you" not in client.get(f"/returns/{row.token}/").content.decode()

    def test_names_nobody_of_the_staff(self, client: Client, now: datetime, staff: Actor) -> None:
        row = request_with_line()
        write(row, now, "An answer", staff)
        page = client.get(f"/returns/{row.token}/messages/").content.decode()
        assert staff.name not in page.replace("/admin", "")

    def test_of_an_unknown_return_is_404(self, client: Client) -> None:
        assert client.post("/returns/no-such-token/messages/", {"body": "x"}).status_code == 404


class TestStaffsScreen:
    def test_flags_and_shows_what_is_unread(self, admin_client: Client, now: datetime) -> None:
        row = request_with_line(refunded=True)
        write(row, now, NASTY)
        queue = admin_client.get("/admin/returns/returnrequest/", {"tab": "attention"})
        assert "New message" in queue.content.decode()
        page = admin_client.get(f"/admin/returns/returnrequest/{row.pk}/change/")
        assert "1 new" in page.content.decode()
        assert "<script>alert" not in page.content.decode()

    def test_answers_and_thereby_reads(self, admin_client: Client, now: datetime) -> None:
        row = request_with_line()
        write(row, now)
        address = reverse("admin:returns_returnrequest_write", args=[row.pk])
        assert admin_client.post(address, {"body": "It is."}).status_code == 302
        asked, answered = row.messages.all()
        assert asked.read_at
        assert (answered.author, answered.body, answered.user.username) == (
            "staff",
            "It is.",
            "admin",
        )

    def test_can_tick_a_message_off_without_an_answer(
        self, admin_client: Client, now: datetime
    ) -> None:
        row = request_with_line()
        write(row, now)
        address = reverse("admin:returns_returnrequest_write", args=[row.pk])
        admin_client.post(address, {"body": "half a tho", "read": "yes"})
        assert [message.read_at is not None for message in row.messages.all()] == [True]

    def test_keeps_what_was_refused(self, admin_client: Client) -> None:
        row = request_with_line()
        address = reverse("admin:returns_returnrequest_write", args=[row.pk])
        page = admin_client.post(address, {"body": "x" * 2001}).content.decode()
        assert "Keep it under 2000" in page
        assert "x" * 2001 in page

    def test_is_not_for_staff_who_only_look(self, client: Client, django_user_model: Any) -> None:
        user = django_user_model.objects.create_user("looker", is_staff=True)
        client.force_login(user)
        row = request_with_line()
        answer = client.post(
            reverse("admin:returns_returnrequest_write", args=[row.pk]), {"body": "x"}
        )
        assert answer.status_code == 403
