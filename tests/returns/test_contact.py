"""The shopper's address: confirmed by its holder, refused by its server, replaced by another."""

import socket
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from returns_portal.returns.emails import NoLongerTrue, build_email
from returns_portal.returns.links import (
    LinkRefused,
    build_contact_link,
    mask_email,
    read_contact_link,
)
from returns_portal.returns.models import LinksWish, Operation, ReturnRequest
from returns_portal.returns.services import (
    Actor,
    Refused,
    answer_wishes,
    change_contact,
    confirm_contact,
)
from returns_portal.returns.services.guard import owe_email
from tests.returns.factories import request_with_line
from tests.returns.scenes import ask

pytestmark = pytest.mark.django_db
CarryOut = Callable[..., None]


def signed(row: ReturnRequest) -> str:
    return build_contact_link(row).rstrip("/").rsplit("/", 1)[-1]


def mails(row: ReturnRequest) -> list[str]:
    owed = row.operations.filter(kind=Operation.Kind.SEND_EMAIL)
    return list(owed.order_by("pk").values_list("part", flat=True))


def change(row: ReturnRequest, email: str, now: datetime) -> ReturnRequest:
    return change_contact(request_id=row.pk, email=email, actor=Actor.shopper(), now=now)


class TestConfirmation:
    def test_is_asked_for_with_the_request(self) -> None:
        row = ask()
        assert mails(row) == ["requested"]
        message = build_email(row, "requested")
        for body in (message.body, message.alternatives[0][0]):
            assert build_contact_link(row) in body

    def test_is_not_asked_twice_of_an_address_that_gave_it(self, now: datetime) -> None:
        first = request_with_line(contact_email="Shopper@Example.com")
        confirm_contact(request_id=first.pk, now=now)
        second = ask()
        second.refresh_from_db()
        assert second.contact_confirmed_at
        assert "/confirm/" not in build_email(second, "requested").body

    def test_holds_for_every_return_of_the_address(self, now: datetime) -> None:
        first, other = request_with_line(), request_with_line(contact_email="SHOPPER@example.com")
        stranger = request_with_line(contact_email="else@example.com")
        confirm_contact(request_id=first.pk, now=now)
        confirm_contact(request_id=first.pk, now=now + timedelta(days=1))
        for row, when in ((first, now), (other, now), (stranger, None)):
            row.refresh_from_db()
            assert row.contact_confirmed_at == when
        assert first.events.filter(kind="contact_confirmed").count() == 1

    def test_links_to_a_page_and_tells_no_address(self) -> None:
        row = request_with_line()
        message = build_email(row, "confirm_email")
        assert build_contact_link(row).split("/confirm/")[0] in message.body
        assert "shopper@example.com" not in build_contact_link(row)

    def test_is_not_asked_for_once_it_was_given(self) -> None:
        row = request_with_line(contact_confirmed_at=request_with_line().requested_at)
        with pytest.raises(NoLongerTrue):
            build_email(row, "confirm_email")


class TestContactLink:
    def test_leads_to_the_return(self) -> None:
        row = request_with_line()
        assert read_contact_link(signed(row)) == row

    def test_is_refused_when_forged_or_old(self, time_machine: Any, now: datetime) -> None:
        row = request_with_line()
        link = signed(row)
        with pytest.raises(LinkRefused):
            read_contact_link(link[:-2] + "xx")
        time_machine.move_to(now + timedelta(days=8))
        with pytest.raises(LinkRefused):
            read_contact_link(link)

    def test_is_refused_once_the_return_has_another_address(self, now: datetime) -> None:
        row = request_with_line()
        link = signed(row)
        change(row, "other@example.com", now)
        with pytest.raises(LinkRefused):
            read_contact_link(link)


class TestMaskEmail:
    @pytest.mark.parametrize(
        ("email", "shown"),
        [("shopper@example.com", "s…r@example.com"), ("ab@example.com", "…@example.com")],
    )
    def test_shows_enough_to_know_ones_own(self, email: str, shown: str) -> None:
        assert mask_email(email) == shown


class TestLinksMail:
    def links(self, row: ReturnRequest) -> str:
        return str(build_email(row, "links-1").body)

    def test_of_an_unconfirmed_address_tells_of_one_return_alone(self) -> None:
        row, other = request_with_line(), request_with_line()
        assert row.rma_number in self.links(row)
        assert other.rma_number not in self.links(row)

    def test_of_a_confirmed_address_tells_of_all_its_returns(self, now: datetime) -> None:
        row, other = request_with_line(), request_with_line()
        confirm_contact(request_id=row.pk, now=now)
        row.refresh_from_db()
        assert other.rma_number in self.links(row)

    def test_is_about_a_confirmed_return_where_there_is_one(self, now: datetime) -> None:
        old = request_with_line(requested_at=now - timedelta(days=9))
        confirm_contact(request_id=old.pk, now=now)
        new = request_with_line(requested_at=now)
        LinksWish.objects.create(email="shopper@example.com", asked_at=now)
        answer_wishes(now=now)
        assert len(mails(old)) == 1
        assert mails(new) == []


class TestChangeContact:
    def test_asks_the_new_address_and_forgets_the_old(self, now: datetime) -> None:
        row = request_with_line(
            contact_confirmed_at=now,
            contact_undeliverable_at=now,
            attention="The mail server refuses the shopper's address for good. Ask.",
        )
        changed = change(row, " new@example.com ", now)
        assert changed.contact_email == "new@example.com"
        assert changed.contact_confirmed_at is changed.contact_undeliverable_at is None
        assert changed.attention == ""
        assert [part.partition("-")[0] for part in mails(row)] == ["confirm_email"]

    def test_leaves_other_attention_alone(self, now: datetime) -> None:
        row = request_with_line(attention="Look twice.")
        assert change(row, "new@example.com", now).attention == "Look twice."

    def test_refuses_addresses_that_no_mail_reaches(self, now: datetime) -> None:
        with pytest.raises(Refused):
            change(request_with_line(), "abc@scs.tiktokw.us", now)

    def test_is_limited(self, now: datetime) -> None:
        row = request_with_line()
        for count in range(5):
            change(row, f"a{count}@example.com", now)
        with pytest.raises(Refused):
            change(row, "a6@example.com", now)
        assert change(row, "a6@example.com", now + timedelta(days=2)).contact_email


class TestRelay:
    def test_addresses_are_never_written_to(self, now: datetime) -> None:
        row = request_with_line(contact_email="v1abc@scs.tiktokw.us")
        owe_email(row, "requested", now=now)
        assert mails(row) == []


class Sink:
    """A mail server that keeps what it takes, after the answers it was told to give first."""

    def __init__(self) -> None:
        self.kept: list[EmailMessage] = []
        self.answers: list[str] = []

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.answers:
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.kept.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 kept"


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """A real SMTP server on a free port, which the portal sends its mails to."""
    handler = Sink()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield handler
    controller.stop()


class TestOverSmtp:
    def test_arrives_as_text_and_html_with_its_headers(
        self, sink: Sink, carry_out_all: CarryOut, now: datetime
    ) -> None:
        row = request_with_line()
        owe_email(row, "requested", now=now)
        owe_email(row, "requested", now=now)
        carry_out_all(now)
        [message] = sink.kept
        assert message["To"] == "shopper@example.com"
        assert message["Message-ID"] == f"<{row.rma_number}.requested@testserver>"
        assert message["Auto-Submitted"] == "auto-generated"
        assert message.get_content_type() == "multipart/alternative"
        kinds = [part.get_content_type() for part in message.iter_parts()]
        assert kinds == ["text/plain", "text/html"]
        for part in message.iter_parts():
            assert row.rma_number in part.get_content()

    def test_is_tried_again_after_a_refusal_for_now(
        self, sink: Sink, carry_out_all: CarryOut, now: datetime
    ) -> None:
        row = request_with_line()
        sink.answers = ["451 4.7.1 Greylisted"]
        owe_email(row, "requested", now=now)
        carry_out_all(now)
        assert sink.kept == []
        assert row.operations.get().state == Operation.State.PENDING
        carry_out_all(now + timedelta(minutes=1))
        assert len(sink.kept) == 1
        row.refresh_from_db()
        assert row.contact_undeliverable_at is None

    def test_marks_an_address_that_is_refused_for_good_and_writes_to_it_no_more(
        self, sink: Sink, carry_out_all: CarryOut, now: datetime
    ) -> None:
        row = request_with_line()
        sink.answers = ["550 5.1.1 No such user"]
        owe_email(row, "requested", now=now)
        carry_out_all(now)
        row.refresh_from_db()
        assert row.contact_undeliverable_at == now
        assert "Ask for another one" in row.attention
        assert row.operations.get().state == Operation.State.SKIPPED
        owe_email(row, "approved", now=now)
        assert mails(row) == ["requested"]
        carry_out_all(now + timedelta(days=1))
        assert sink.kept == []

    def test_skips_what_was_owed_to_an_address_before_it_was_refused(
        self, sink: Sink, carry_out_all: CarryOut, now: datetime
    ) -> None:
        row = request_with_line()
        sink.answers = ["550 5.1.1 No such user"]
        owe_email(row, "requested", now=now)
        owe_email(row, "changed", now=now)
        carry_out_all(now)
        states = set(row.operations.values_list("state", flat=True))
        assert states == {Operation.State.SKIPPED}

    def test_reaches_the_address_that_is_given_in_its_place(
        self, sink: Sink, carry_out_all: CarryOut, now: datetime
    ) -> None:
        row = request_with_line()
        sink.answers = ["550 5.1.1 No such user"]
        owe_email(row, "requested", now=now)
        carry_out_all(now)
        change(row, "good@example.com", now)
        carry_out_all(now)
        assert [message["To"] for message in sink.kept] == ["good@example.com"]

    def test_a_refusal_of_the_mail_itself_asks_a_person(
        self, sink: Sink, carry_out_all: CarryOut, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def refuse(server: Any, session: Any, envelope: Any) -> str:
            return "554 5.7.1 Looks like spam"

        monkeypatch.setattr(sink, "handle_DATA", refuse, raising=False)
        row = request_with_line()
        owe_email(row, "requested", now=now)
        carry_out_all(now)
        operation = row.operations.get()
        assert operation.state == Operation.State.FAILED
        assert "does not take this mail" in operation.last_error
        row.refresh_from_db()
        assert row.contact_undeliverable_at is None
