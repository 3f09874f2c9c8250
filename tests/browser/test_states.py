"""A return's page in every state of its life, and the pages of failures, for everyone."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from portal.views import lookup
from returns_portal.returns.links import build_contact_link
from returns_portal.returns.models import ReturnRequest
from returns_portal.returns.services import (
    Actor,
    add_photos,
    ask_for_information,
    tell_tracking,
)
from tests.browser.walking import Walk
from tests.browser.watching import Screen, open_window, press
from tests.returns.factories import ReturnPolicyFactory, UserFactory, request_with_line
from tests.returns.pictures import clean

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def walk(browser: Browser, live_server: LiveServer) -> Iterator[Walk]:
    context, watched = open_window(browser, Screen(375, script=True))
    yield Walk(watched, live_server.url)
    context.close()


def page_of(row: ReturnRequest) -> str:
    return f"/returns/{row.token}/"


def waiting_for_answer(now: datetime) -> ReturnRequest:
    staff = Actor.staff(UserFactory(staff=True))
    words = "Which size did you get?"
    return ask_for_information(request_id=request_with_line().pk, body=words, actor=staff, now=now)


def sent(now: datetime) -> ReturnRequest:
    policy = ReturnPolicyFactory(paid_on_receipt=True, instructions_on="approval")
    row = request_with_line(approved=True, policy=policy)
    tell_tracking(
        request_id=row.pk,
        carrier="ups",
        tracking_number="1Z999AA10123456784",
        actor=Actor.shopper(),
        now=now,
    )
    return row


def with_photos(now: datetime) -> ReturnRequest:
    row = request_with_line()
    line_id = row.lines.get().pk
    images = [(line_id, [clean(1), clean(2)])]
    add_photos(request_id=row.pk, images_by_line=images, actor=Actor.shopper(), now=now)
    return row


class TestStatus:
    def test_holds_for_everyone_in_every_state(self, walk: Walk, now: datetime) -> None:
        receipt = ReturnPolicyFactory(paid_on_receipt=True, instructions_on="approval")
        states = {
            "late": request_with_line(due_at=now - timedelta(hours=1)),
            "approved": request_with_line(approved=True),
            "approved, to be sent": request_with_line(approved=True, policy=receipt),
            "refunded": request_with_line(refunded=True),
            "declined": request_with_line(declined=True),
            "canceled": request_with_line(canceled=True),
            "expired": request_with_line(status="expired", closed_at=now),
            "received": request_with_line(status="received", approved_amount="24.49"),
            "sent": sent(now),
            "with photos": with_photos(now),
            "needs info": waiting_for_answer(now),
        }
        for name, row in states.items():
            walk.go(page_of(row), name)
        walk.check()

    def test_asks_for_what_the_shop_needs_to_know(self, walk: Walk, now: datetime) -> None:
        row = waiting_for_answer(now)
        walk.go(f"{page_of(row)}messages/", "needs info, the answer form")
        press(walk.page, "Send")
        expect(walk.page.locator("#problems")).to_be_focused()
        walk.stop("needs info, an empty answer")
        walk.page.fill('[name="body"]', "The small one.")
        press(walk.page, "Send")
        expect(walk.page.locator(".thread")).to_contain_text("The small one.")
        walk.stop("needs info, answered")
        walk.go(page_of(row), "after the answer")
        walk.check()

    @pytest.mark.parametrize("name", ["", "slip/", "messages/"])
    def test_changes_its_language_and_stays(self, walk: Walk, name: str) -> None:
        page, row = walk.page, request_with_line()
        page.goto(f"{walk.site}{page_of(row)}{name}")
        page.locator("#language").select_option("de")
        page.locator(".languages button").click()
        expect(page.locator("html")).to_have_attribute("lang", "de")
        assert page.url == f"{walk.site}{page_of(row)}{name}"

    def test_takes_another_address_and_its_confirmation(self, walk: Walk) -> None:
        row = request_with_line()
        walk.go(f"{page_of(row)}contact/", "contact")
        signed = build_contact_link(row)
        walk.go(signed[signed.index("/confirm/") :], "contact, confirmation")
        press(walk.page, "Yes, it is mine")
        walk.stop("contact, confirmed")
        walk.check()


class TestFailure:
    def test_is_told_on_a_page_that_holds_for_everyone(
        self, walk: Walk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        walk.go("/returns/no-such-token/", "404")
        walk.page.goto(f"{walk.site}/")
        walk.page.context.clear_cookies()
        press(walk.page, "Find my order")
        walk.stop("403, open too long")

        def fail(_policies: object) -> None:
            raise RuntimeError("broken on purpose")

        monkeypatch.setattr(lookup, "summarize", fail)
        walk.go("/", "500")
        assert "Something went wrong" in walk.page.title()
        walk.check()
