"""Staff's pages in a browser: accessible, unbroken, quiet, and a clean case in two clicks."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from returns_portal.demo.environment import STAFF_PASSWORD, STAFF_USER
from tests.browser.places import Places
from tests.browser.walking import Walk
from tests.browser.watching import Screen, open_window

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# The demo begins with four requests to review: these tests decide three of them.
QUEUE = "/admin/returns/returnrequest/"
OPEN_REQUEST = "#result_list tbody th a"
# The addresses of the desk, and some of Django's own lists and forms in its dress.
PAGES = {
    "front page": "/admin/",
    "queue": QUEUE,
    "queue, all": f"{QUEUE}?tab=all",
    "queue, nothing": f"{QUEUE}?q=nowhere",
    "bench": "/admin/bench/",
    "parcels of nobody": "/admin/bench/unmatched/",
    "set-up": "/admin/setup/",
    "request for a shopper": f"{QUEUE}on-behalf/",
    "bulk decisions": f"{QUEUE}bulk/",
    "list of reasons": "/admin/returns/returnreason/",
    "form of a reason": "/admin/returns/returnreason/add/",
    "list of people": "/admin/auth/user/",
    "desk settings": "/admin/returns/desksettings/",
}


def sign_in(page: Page, places: Places) -> None:
    page.goto(f"{places.site}/admin/")
    page.fill("#id_username", STAFF_USER)
    page.fill("#id_password", STAFF_PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("h1")).to_have_text("What must be done")


def open_first(page: Page, places: Places) -> str:
    """Opens the request that is due first, once the demo has some; its RMA."""
    page.goto(f"{places.site}{QUEUE}")
    for _second in range(60):
        if page.locator(OPEN_REQUEST).count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    first = page.locator(OPEN_REQUEST).first
    rma = first.inner_text()
    first.click()
    # A key struck any sooner would still belong to the queue.
    expect(page.locator("h1")).to_have_text(rma)
    page.wait_for_load_state()
    return rma


class TestPages:
    def test_have_no_violation_light_and_dark_narrow_and_wide(
        self, browser: Browser, places: Places
    ) -> None:
        context, watched = open_window(browser, Screen(375, script=True))
        walk = Walk(watched, places.site)
        walk.go("/admin/login/", "sign-in")
        sign_in(walk.page, places)
        for name, path in PAGES.items():
            walk.go(path, name)
        open_first(walk.page, places)
        expect(walk.page.locator(".comparison-same, .comparison-unknown")).to_be_visible()
        walk.stop("decision")
        for name in ("Approve", "Decline", "Ask"):
            walk.page.locator("#actions a", has_text=re.compile(f"^{name}")).click()
            expect(walk.page.locator("#actions .panel")).to_be_visible()
            walk.answers.clear()
            for summary in walk.page.locator("#actions summary").all():
                summary.click()
            walk.stop(f"decision, {name}")
            walk.page.locator("#actions [data-key=Escape]").click()
            expect(walk.page.locator("#actions .panel")).to_be_hidden()
        walk.go(f"{walk.page.url.removeprefix(places.site)}../history/", "history")
        context.close()
        walk.check()


class TestCleanCase:
    def test_takes_two_clicks_and_opens_the_next(self, browser: Browser, places: Places) -> None:
        context, watched = open_window(browser, Screen(375, script=True))
        page = watched.page
        sign_in(page, places)
        rma = open_first(page, places)
        watched.check()
        page.locator("#actions a.primary").click()
        page.locator("#approve-outlook button.primary").click()
        expect(page.locator(".messagelist")).to_contain_text(f"{rma} approved")
        expect(page.locator("h1")).not_to_have_text(rma)
        watched.check()
        context.close()
        assert watched.problems == []

    def test_takes_two_keys(self, browser: Browser, places: Places) -> None:
        context, watched = open_window(browser, Screen(1280, script=True))
        page = watched.page
        sign_in(page, places)
        rma = open_first(page, places)
        page.keyboard.press("a")
        expect(page.locator("#approve-outlook button.primary")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".messagelist")).to_contain_text(f"{rma} approved")
        context.close()
        assert watched.problems == []


class TestPreview:
    def test_does_not_contradict_the_press_that_set_it_off(
        self, browser: Browser, places: Places
    ) -> None:
        context, watched = open_window(browser, Screen(1280, script=True))
        page = watched.page
        sign_in(page, places)
        rma = open_first(page, places)
        page.keyboard.press("i")
        page.fill("#actions textarea", "Which size did you get?")
        page.get_by_role("button", name="Ask the shopper").click()
        expect(page.locator(".messagelist li")).to_have_count(1)
        expect(page.locator(".messagelist")).to_contain_text(f"{rma} waits for the shopper")
        context.close()
        assert watched.problems == []
