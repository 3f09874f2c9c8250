"""Links that open an order, and links sent again: for their holders, and for nobody else."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import throttle
from returns_portal.returns.links import build_order_link
from returns_portal.returns.mirror import mirror_order
from returns_portal.returns.models import LinksWish, MirroredOrder, Operation
from returns_portal.returns.services import (
    Actor,
    answer_wishes,
    ask_for_links,
    renew_link,
    revoke_order_links,
)
from tests.portal.building import Door
from tests.returns.factories import request_with_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(door: Door, now: datetime) -> MirroredOrder:
    return mirror_order(door.order, now=now)


def path_of(order: MirroredOrder) -> str:
    return build_order_link(order).removeprefix("http://testserver")


class TestOrderLink:
    def test_opens_the_order_without_typing(self, client: Client, order: MirroredOrder) -> None:
        answer = client.get(path_of(order), follow=True)
        assert answer.redirect_chain == [("/orders/1/", 302)]
        assert "Linen shirt" in answer.content.decode()

    def test_names_neither_order_nor_shopper(self, order: MirroredOrder) -> None:
        assert "1001" not in path_of(order)

    def test_ends_after_thirty_days(self, client: Client, order: MirroredOrder) -> None:
        link = path_of(order)
        with time_machine.travel(datetime.now().astimezone() + timedelta(days=30, minutes=1)):
            assert client.get(link).status_code == 404

    def test_ends_when_staff_revoke_it(self, client: Client, order: MirroredOrder) -> None:
        link = path_of(order)
        revoke_order_links(order_ids=[order.pk])
        answer = client.get(link)
        assert answer.status_code == 404
        page = answer.content.decode()
        assert "does not work any more" in page
        assert 'name="order_number"' in page
        order.refresh_from_db()
        assert client.get(path_of(order))["Location"] == "/orders/1/"

    @pytest.mark.parametrize("forged", ["x", "WzEsMF0:1:abc", "%00", "a" * 3000, "🎁"])
    def test_that_is_forged_opens_nothing(
        self, client: Client, order: MirroredOrder, forged: str
    ) -> None:
        assert client.get(f"/open/{forged}/").status_code == 404
        assert client.get("/orders/1/").status_code == 404

    def test_signed_with_another_key_opens_nothing(
        self, client: Client, order: MirroredOrder, settings: Any
    ) -> None:
        link = path_of(order)
        settings.SECRET_KEY = "another-key-" + "0" * 50
        assert client.get(link).status_code == 404

    def test_that_ended_says_the_same_whatever_is_wrong(
        self, client: Client, order: MirroredOrder
    ) -> None:
        link = path_of(order)
        revoke_order_links(order_ids=[order.pk])
        ended = [client.get(link), client.get("/open/x/"), client.get(link[:-2] + "y/")]
        token = re.compile(r'value="[A-Za-z0-9]{64}"')
        pages = {
            token.sub("", answer.content.decode().replace(answer.wsgi_request.path, ""))
            for answer in ended
        }
        assert len(pages) == 1
        for answer in ended:
            assert answer["Cache-Control"] == "no-store"
            assert answer["X-Robots-Tag"] == "noindex, nofollow"
            assert answer["Referrer-Policy"] == "same-origin"

    def test_is_passed_on_to_nobody(self, client: Client, order: MirroredOrder) -> None:
        answer = client.get(path_of(order))
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["Cache-Control"] == "no-store"

    def test_is_made_and_revoked_by_staff(self, admin_client: Client, order: MirroredOrder) -> None:
        address = reverse("admin:returns_mirroredorder_changelist")
        chosen = {"_selected_action": [str(order.pk)]}
        made = admin_client.post(address, {"action": "make_links", **chosen}, follow=True)
        page = made.content.decode()
        assert "/open/" in page
        assert "<svg" in page
        assert "no-store" in made.headers["Cache-Control"]
        admin_client.post(address, {"action": "revoke_links", **chosen})
        order.refresh_from_db()
        assert order.link_generation == 1


def ask(client: Client, email: str) -> Any:
    return client.post("/links/", {"email": email})


class TestLinksByMail:
    def test_answer_the_same_whether_the_address_is_known(self, client: Client) -> None:
        request_with_line(contact_email="known@example.com")
        known, unknown = ask(client, "known@example.com"), ask(client, "unknown@example.com")
        assert (known.status_code, known["Location"]) == (303, "/links/sent/")
        assert (unknown.status_code, unknown["Location"]) == (303, "/links/sent/")
        assert LinksWish.objects.count() == 2

    def test_cost_the_same_whether_the_address_is_known(self, client: Client) -> None:
        request_with_line(contact_email="known@example.com")

        def queries(email: str) -> list[str]:
            with CaptureQueriesContext(connection) as asked:
                ask(client, email)
            return [query["sql"].split()[0] for query in asked.captured_queries]

        assert queries("known@example.com") == queries("unknown@example.com")

    def test_hold_every_return_of_the_address(
        self,
        now: datetime,
        carry_out_all: Callable[..., None],
        mailoutbox: list[EmailMessage],
    ) -> None:
        mine = [
            request_with_line(contact_email="Me@example.com", contact_confirmed_at=now)
            for _count in range(2)
        ]
        other = request_with_line(contact_email="other@example.com")
        ask_for_links(email="me@example.com", now=now)
        answer_wishes(now=now)
        carry_out_all()
        (sent,) = mailoutbox
        assert sent.to == ["Me@example.com"]
        assert all(f"/returns/{row.token}/" in sent.body for row in mine)
        assert other.token not in sent.body

    def test_are_not_sent_to_strangers_and_forget_them(
        self, now: datetime, mailoutbox: list[EmailMessage]
    ) -> None:
        ask_for_links(email="unknown@example.com", now=now)
        assert answer_wishes(now=now) == 1
        assert not LinksWish.objects.exists()
        assert not Operation.objects.exists()

    def test_leave_out_what_is_long_over(self, now: datetime) -> None:
        request_with_line(contact_email="me@example.com", requested_at=now - timedelta(days=181))
        ask_for_links(email="me@example.com", now=now)
        answer_wishes(now=now)
        assert not Operation.objects.exists()

    def test_can_be_asked_for_again(self, now: datetime) -> None:
        request_with_line(contact_email="me@example.com")
        for _again in range(2):
            ask_for_links(email="me@example.com", now=now)
            answer_wishes(now=now)
        assert Operation.objects.count() == 2

    @pytest.mark.parametrize("email", ["", "nobody", "a@b", "x" * 250 + "@example.com", "\0@x.de"])
    def test_need_an_address(self, client: Client, email: str) -> None:
        answer = ask(client, email)
        assert answer.status_code == 422
        assert "Please check" in answer.content.decode()
        assert not LinksWish.objects.exists()

    def test_flood_nobodys_mailbox(self, client: Client) -> None:
        for _count in range(5):
            assert ask(client, "victim@example.com")["Location"] == "/links/sent/"
        assert LinksWish.objects.count() == throttle.LINKS_PER_EMAIL.amount

    def test_are_limited_for_each_address_that_asks(self, client: Client) -> None:
        for count in range(throttle.LINKS_PER_ADDRESS.amount):
            ask(client, f"a{count}@example.com")
        assert ask(client, "one-more@example.com").status_code == 429

    @pytest.mark.parametrize("page", ["/links/", "/links/sent/", "/"])
    def test_are_found_from_every_side(self, client: Client, page: str) -> None:
        assert client.get(page).status_code == 200
        assert "/links/" in client.get("/").content.decode()


class TestRenewLink:
    def test_ends_the_old_link_and_mails_the_new_one(
        self,
        client: Client,
        now: datetime,
        carry_out_all: Callable[..., None],
        mailoutbox: list[EmailMessage],
    ) -> None:
        row = request_with_line()
        renewed = renew_link(request_id=row.pk, actor=Actor.system(), now=now)
        assert client.get(f"/returns/{row.token}/").status_code == 404
        assert client.get(f"/returns/{renewed.token}/").status_code == 200
        carry_out_all()
        (sent,) = mailoutbox
        assert renewed.token in sent.body
        assert row.token not in sent.body

    def test_is_not_told_on_the_page_of_the_return(self, client: Client, now: datetime) -> None:
        renewed = renew_link(request_id=request_with_line().pk, actor=Actor.system(), now=now)
        assert "Something changed" not in client.get(f"/returns/{renewed.token}/").content.decode()

    def test_is_a_button_for_staff_who_decide(self, admin_client: Client) -> None:
        row = request_with_line()
        address = reverse("admin:returns_returnrequest_renew_link", args=[row.pk])
        assert admin_client.get(address).status_code == 405
        assert admin_client.post(address).status_code == 302
        before, row = row.token, type(row).objects.get(pk=row.pk)
        assert row.token != before
        assert (
            address
            in admin_client.get(f"/admin/returns/returnrequest/{row.pk}/change/").content.decode()
        )

    def test_is_not_for_staff_who_only_look(self, client: Client, django_user_model: Any) -> None:
        user = django_user_model.objects.create_user("looker", is_staff=True)
        client.force_login(user)
        row = request_with_line()
        answer = client.post(reverse("admin:returns_returnrequest_renew_link", args=[row.pk]))
        assert answer.status_code == 403
