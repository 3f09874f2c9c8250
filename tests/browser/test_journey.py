"""A whole return in a browser: from the order number to the refund, the stock and the e-mails."""

import json
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from returns_portal.demo.environment import STAFF_PASSWORD, STAFF_USER
from returns_portal.shopify.sandbox.seeds import SHOWCASE, Showcase
from tests.browser.places import Places
from tests.browser.watching import Screen, Watched, open_window

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# Every journey takes an order of its own: what one returns, no other can.
JOURNEYS = [
    (Screen(375, script=True), SHOWCASE[0]),
    (Screen(1280, script=True, dark=True), SHOWCASE[2]),
    (Screen(375, script=False), SHOWCASE[3]),
    (Screen(1280, script=False), SHOWCASE[5]),
]
REFUND_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that the shopper sent."""

    status_url: str
    rma_number: str
    refund: str


@contextmanager
def person(browser: Browser, screen: Screen) -> Iterator[Watched]:
    """Somebody with a window of their own; at the end nothing may have gone wrong in it."""
    context, watched = open_window(browser, screen)
    yield watched
    context.close()
    assert watched.problems == []


def look_up(shopper: Watched, places: Places, order: Showcase) -> None:
    """Find the order as it would be typed from the app."""
    page = shopper.page
    page.goto(f"{places.site}/")
    shopper.check()
    page.fill('[name="order_number"]', f" {order.order_number} ")
    page.fill('[name="postcode_or_email"]', order.postcode.lower())
    page.get_by_role("button", name="Find my order").click()
    expect(page.locator("h1")).to_have_text("What do you want to return?")
    shopper.check()


def choose_first_item(shopper: Watched) -> None:
    """One unit of the first item that can go back, for the first reason."""
    page = shopper.page
    item = page.locator(".item-eligible").first
    item.locator('[name^="choose-"]').check()
    item.locator('[name^="reason-"]').first.check()
    if page.evaluate("document.documentElement.dataset.script") == "on":
        expect(page.locator("#total")).to_contain_text(re.compile(r"\d"))
    shopper.check()
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("h1")).to_have_text("Check and send")


def review_and_send(shopper: Watched, email: str) -> Sent:
    """Read the amount, agree, and send the request."""
    page = shopper.page
    shopper.check()
    refund = page.locator(".money tfoot td").inner_text()
    page.fill('[name="contact_email"]', email)
    page.check('[name="conditions"]')
    page.get_by_role("button", name="Send request").click()
    page.wait_for_url("**/returns/*/")
    shopper.check()
    return Sent(page.url, page.locator("h1 .code").inner_text(), refund)


def sign_in(staff: Watched, places: Places) -> None:
    """Open the admin as the demo's staff user."""
    page = staff.page
    page.goto(f"{places.site}/admin/")
    staff.check()
    page.fill('[name="username"]', STAFF_USER)
    page.fill('[name="password"]', STAFF_PASSWORD)
    page.get_by_role("button", name=re.compile("Log in|Sign in")).click()
    expect(page.locator("h1").last).to_contain_text("What must be done")
    staff.check()


def approve(staff: Watched, places: Places, sent: Sent) -> None:
    """Find the request in the queue, and approve what the screen says will be paid."""
    page = staff.page
    page.goto(f"{places.site}/admin/returns/returnrequest/")
    staff.check()
    page.get_by_role("link", name=re.compile(sent.rma_number)).first.click()
    expect(page.locator("h1").last).to_contain_text(sent.rma_number)
    staff.check()
    page.locator("#actions a", has_text="Approve").click()
    confirm = page.locator("#actions button", has_text="Approve and refund")
    expect(confirm).to_be_visible()
    staff.check()
    confirm.click()
    expect(page.locator(".messagelist, .messages").first).to_contain_text(sent.rma_number)
    staff.check()


def wait_for_refund(shopper: Watched, sent: Sent) -> None:
    """Look at the status page, as a shopper would, until it says that the money is back."""
    page = shopper.page
    deadline = time.monotonic() + REFUND_SECONDS
    page.goto(sent.status_url)
    while not page.locator(".badge-paid").count() and time.monotonic() < deadline:
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator(".badge-paid")).to_contain_text("Paid on")
    expect(page.locator(".money tfoot td")).to_have_text(sent.refund)
    shopper.check()


def wait_for_mails(page: Page, places: Places, address: str, count: int) -> list[dict[str, Any]]:
    """The e-mails to the shopper, once there are `count`."""
    deadline = time.monotonic() + REFUND_SECONDS
    while len(places.read_mails(address)) < count and time.monotonic() < deadline:
        page.wait_for_timeout(500)
    return places.read_mails(address)


def number_in(text: str) -> Decimal:
    """The amount in a text such as $1,024.49 or €12.00."""
    return Decimal(re.sub(r"[^\d.]", "", text))


@dataclass(frozen=True, slots=True)
class Books:
    """What the stand-in for Shopify has on its books for one order."""

    refunds: list[dict[str, Any]]
    returns: list[dict[str, Any]]


def read_books(places: Places, order: Showcase) -> Books:
    """The books as they stand."""
    ledger = places.read_ledger()
    (found,) = [row for row in ledger["orders"] if order.order_number in json.dumps(row)]
    return Books(found["refunds"], found["returns"])


class TestReturn:
    @pytest.mark.parametrize(("screen", "order"), JOURNEYS, ids=[str(j[0]) for j in JOURNEYS])
    def test_goes_from_the_order_number_to_the_refund(
        self, browser: Browser, places: Places, screen: Screen, order: Showcase
    ) -> None:
        email = f"ada-{uuid.uuid4()}@example.org"
        before = read_books(places, order)
        with person(browser, screen) as shopper, person(browser, screen) as staff:
            look_up(shopper, places, order)
            choose_first_item(shopper)
            sent = review_and_send(shopper, email)
            sign_in(staff, places)
            approve(staff, places, sent)
            wait_for_refund(shopper, sent)
            mails = wait_for_mails(shopper.page, places, email, 3)
        check_mails(mails, sent)
        check_books(before, read_books(places, order), sent)


def check_mails(mails: list[dict[str, Any]], sent: Sent) -> None:
    """One e-mail for each event, in its order, each with the way back to the status page."""
    assert len(mails) == 3, [mail["subject"] for mail in mails]
    for mail in mails:
        assert sent.rma_number in mail["subject"] + mail["text"]
        assert sent.status_url in mail["text"]
        assert sent.status_url in mail["html"]
    assert sent.refund in mails[-1]["text"].replace("\xa0", " ")


def check_books(before: Books, after: Books, sent: Sent) -> None:
    """In Shopify: one return, closed; one refund of exactly the amount shown; one unit back."""
    refunds = after.refunds[len(before.refunds) :]
    payments = [payment for refund in refunds for payment in refund["transactions"]]
    assert [payment["status"] for payment in payments] == ["SUCCESS"]
    assert Decimal(payments[0]["amount"]) == number_in(sent.refund)
    returns = after.returns[len(before.returns) :]
    assert [row["status"] for row in returns] == ["CLOSED"]
    put_away = [(gone["type"], gone["quantity"]) for row in returns for gone in row["dispositions"]]
    assert put_away == [("RESTOCKED", 1)]
