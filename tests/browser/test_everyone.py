"""Every page a shopper meets, for everyone: WCAG 2.2 AA, narrow screens, keys alone, light."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Response, expect

from returns_portal.demo.environment import STAFF_PASSWORD, STAFF_USER
from returns_portal.shopify.sandbox.people import tiktok_id
from returns_portal.shopify.sandbox.seeds import SHOWCASE
from tests.browser.places import Places
from tests.browser.walking import Walk, focused, focused_class, tab_to
from tests.browser.watching import Screen, open_window, press

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# An order of the web shop, whose policy in the demo offers every outcome.
WEB_ORDER, WEB_POSTCODE = "36444", "60614"
ONE_ITEM = (tiktok_id(10), "08840")
MOST_BYTES = 60 * 1024
MOST_REQUESTS = 10
SHIFT = """() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 150);
})"""


@pytest.fixture
def walk(browser: Browser, places: Places) -> Iterator[Walk]:
    context, watched = open_window(browser, Screen(375, script=True))
    yield Walk(watched, places.site)
    context.close()


def send_request(walk: Walk) -> str:
    """The way from the look-up to a request with mixed outcomes; its address."""
    page = walk.page
    walk.go("/", "look-up")
    walk.look_up(WEB_ORDER, "00000")
    walk.stop("look-up, a miss")
    walk.look_up(WEB_ORDER, WEB_POSTCODE)
    walk.stop("choose")
    for box in page.locator(".item-head .check").all():
        box.check()
    press(page, "Continue")
    expect(page.locator("#problems")).to_be_focused()
    walk.stop("choose, with problems")
    for reason in page.get_by_label("I changed my mind").all():
        reason.check()
    page.locator("input[value=store_credit]").first.check()
    walk.stop("choose, filled in")
    press(page, "Continue")
    walk.stop("review")
    press(page, "Send request")
    expect(page.locator("#problems")).to_be_focused()
    walk.stop("review, with problems")
    page.locator('[name="conditions"]').check()
    press(page, "Send request")
    expect(page.locator(".steps")).to_be_visible()
    return page.url.removeprefix(walk.site)


class TestEveryPage:
    def test_holds_for_everyone(self, walk: Walk) -> None:
        status = send_request(walk)
        walk.stop("status")
        for name in ("change", "messages", "tracking", "photos", "slip", "cancel"):
            walk.go(f"{status}{name}/", name)
        walk.go("/links/", "links")
        walk.go("/links/sent/", "links sent")
        withdraw(walk)
        walk.go("/nowhere/", "not found")
        cancel(walk, status)
        walk.check()


def withdraw(walk: Walk) -> None:
    page = walk.page
    walk.go("/withdraw/", "withdraw")
    press(page, "Continue")
    expect(page.locator("#problems")).to_be_focused()
    walk.stop("withdraw, with problems")
    page.fill('[name="name"]', "Ada Example")
    page.fill('[name="order_number"]', "576000000000000001")
    page.fill('[name="email"]', "ada@example.com")
    press(page, "Continue")
    walk.stop("withdraw, confirm")
    press(page, "Confirm withdrawal")
    walk.stop("withdraw, receipt")


def cancel(walk: Walk, status: str) -> None:
    walk.page.goto(f"{walk.site}{status}cancel/")
    walk.page.locator("form button.button").first.click()
    expect(walk.page.locator(".now")).to_contain_text("canceled")
    walk.stop("status, canceled")


class TestWeight:
    @pytest.mark.parametrize("name", ["look-up", "items", "review"])
    def test_of_a_page_is_small_and_nothing_moves(
        self, browser: Browser, places: Places, name: str
    ) -> None:
        context, watched = open_window(browser, Screen(375, script=True))
        page = watched.page
        walk = Walk(watched, places.site)
        if name != "look-up":
            walk.look_up(SHOWCASE[1].order_number, SHOWCASE[1].postcode)
            page.wait_for_load_state("networkidle")
        seen: list[Response] = []
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        sizes: list[float] = []
        session.on(
            "Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"])
        )
        page.on("response", lambda answer: seen.append(answer))
        if name == "review":
            page.locator(".item-head .check").first.check()
            page.get_by_label("I changed my mind").first.check()
            page.wait_for_load_state("networkidle")
            seen.clear()
            sizes.clear()
            press(page, "Continue")
        else:
            page.reload()
        page.wait_for_load_state("networkidle")
        own = [answer for answer in seen if answer.url.startswith(places.site)]
        goods = [answer for answer in seen if not answer.url.startswith(places.site)]
        # To three places, as browsers' own tools report it.
        assert round(page.evaluate(SHIFT), 3) == 0
        assert len(own) <= MOST_REQUESTS
        weight = sum(sizes) - sum(len(answer.body()) for answer in goods)
        assert weight <= MOST_BYTES
        context.close()


class TestKeysAlone:
    def test_send_a_request(self, browser: Browser, places: Places) -> None:
        context, watched = open_window(browser, Screen(1280, script=True))
        page = watched.page
        page.goto(f"{places.site}/")
        tab_to(page, lambda: focused(page) == "order_number")
        page.keyboard.type(SHOWCASE[1].order_number)
        tab_to(page, lambda: focused(page) == "postcode_or_email")
        page.keyboard.type(SHOWCASE[1].postcode)
        page.keyboard.press("Enter")
        page.wait_for_url("**/orders/**")
        tab_to(page, lambda: focused(page).startswith("choose-"))
        if not page.locator(".item-head .check").first.is_checked():
            page.keyboard.press("Space")
        tab_to(page, lambda: focused(page).startswith("reason-"))
        page.keyboard.press("Space")
        tab_to(page, lambda: "button-main" in focused_class(page))
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Check and send")
        context.close()


class TestOutcomes:
    def test_are_chosen_and_sent_by_keys_alone(self, browser: Browser, places: Places) -> None:
        context, watched = open_window(browser, Screen(1280, script=True))
        page = watched.page
        Walk(watched, places.site).look_up(WEB_ORDER, WEB_POSTCODE)
        page.wait_for_url("**/orders/**")
        tab_to(page, lambda: focused(page).startswith("choose-"))
        if not page.locator(".item-head .check").first.is_checked():
            page.keyboard.press("Space")
        tab_to(page, lambda: focused(page).startswith("reason-"))
        page.keyboard.press("Space")
        tab_to(page, lambda: focused(page).startswith("outcome-"))
        page.keyboard.press("ArrowDown")
        expect(page.locator("input[value=store_credit]").first).to_be_checked()
        tab_to(page, lambda: "button-main" in focused_class(page))
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Check and send")
        expect(page.locator("main")).to_contain_text("store credit")
        tab_to(page, lambda: focused(page) == "conditions")
        page.keyboard.press("Space")
        tab_to(page, lambda: "button-main" in focused_class(page))
        page.keyboard.press("Enter")
        expect(page.locator(".steps")).to_be_visible()
        give_back(page)
        context.close()
        assert watched.problems == []

    def test_are_chosen_and_sent_without_javascript(self, browser: Browser, places: Places) -> None:
        context, watched = open_window(browser, Screen(375, script=False))
        page = watched.page
        Walk(watched, places.site).look_up(WEB_ORDER, WEB_POSTCODE)
        item = page.locator(".item-eligible").last
        item.locator(".item-head .check").check()
        item.get_by_label("I changed my mind").check()
        item.locator("input[value=store_credit]").check()
        press(page, "Continue")
        expect(page.locator("main")).to_contain_text("store credit")
        page.locator('[name="conditions"]').check()
        press(page, "Send request")
        expect(page.locator(".steps")).to_be_visible()
        give_back(page)
        context.close()
        assert watched.problems == []


def give_back(page: Page) -> None:
    """Cancel the request, so that other tests find the order's items free."""
    page.goto(f"{page.url}cancel/")
    page.locator("form button.button").first.click()
    expect(page.locator(".now")).to_contain_text("canceled")


class Counted:
    """A shopper whose every screen, tap and typed field is counted; nothing else is used."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.shown: list[str] = []
        self.taps = self.typed = 0
        page.on("framenavigated", lambda frame: self.shown.append(frame.url))

    def type(self, name: str, words: str) -> None:
        self.page.locator(f'[name="{name}"]').fill(words)
        self.typed += 1

    def tap(self, what: Locator) -> None:
        what.tap()
        self.taps += 1

    def send_one_item(self) -> tuple[int, int, int]:
        """From the items to the sent request: screens before it, taps and typed fields.

        A menu would take two taps; there is none on the way.
        """
        self.tap(self.page.get_by_text("I changed my mind"))
        self.tap(self.page.get_by_role("button", name="Continue"))
        self.tap(self.page.locator('[name="conditions"]'))
        self.tap(self.page.get_by_role("button", name="Send request"))
        expect(self.page.locator(".steps")).to_be_visible()
        counts = len(self.shown) - 1, self.taps, self.typed
        give_back(self.page)
        return counts


class TestCounts:
    @pytest.fixture
    def shopper(self, browser: Browser) -> Iterator[Counted]:
        context = browser.new_context(viewport={"width": 375, "height": 812}, has_touch=True)
        yield Counted(context.new_page())
        context.close()

    def test_of_a_guest_are_three_screens_five_taps_and_two_fields(
        self, shopper: Counted, places: Places
    ) -> None:
        shopper.page.goto(f"{places.site}/")
        shopper.type("order_number", ONE_ITEM[0])
        shopper.type("postcode_or_email", ONE_ITEM[1])
        shopper.tap(shopper.page.get_by_role("button", name="Find my order"))
        assert shopper.send_one_item() == (3, 5, 2)

    def test_from_a_signed_link_are_two_screens_four_taps_and_no_typing(
        self, shopper: Counted, browser: Browser, places: Places
    ) -> None:
        shopper.page.goto(make_link(browser, places))
        assert shopper.send_one_item() == (2, 4, 0)


def make_link(browser: Browser, places: Places) -> str:
    """The signed link into the order, as staff hand it out."""
    context, watched = open_window(browser, Screen(1280, script=True))
    page = watched.page
    page.goto(f"{places.site}/admin/returns/mirroredorder/?q={ONE_ITEM[0]}")
    page.fill('[name="username"]', STAFF_USER)
    page.fill('[name="password"]', STAFF_PASSWORD)
    page.get_by_role("button", name=re.compile("Log in|Sign in")).click()
    page.locator(".action-select").check()
    page.locator('[name="action"]').select_option("make_links")
    page.locator('button[name="index"]').click()
    link = page.locator(".order-links a").get_attribute("href")
    context.close()
    assert link
    return link


class TestForcedColors:
    def test_keep_what_is_chosen_and_pressed_visible(
        self, browser: Browser, places: Places
    ) -> None:
        context, watched = open_window(browser, Screen(375, script=True))
        page = watched.page
        page.emulate_media(forced_colors="active")
        page.goto(f"{places.site}/")
        button = page.get_by_role("button", name="Find my order")
        border = button.evaluate("e => getComputedStyle(e).borderTopStyle")
        assert border != "none"
        context.close()


class TestLanguage:
    @pytest.mark.parametrize("script", [True, False])
    def test_can_be_switched_at_the_last_step_without_losing_the_choice(
        self, browser: Browser, places: Places, script: bool
    ) -> None:
        context, watched = open_window(browser, Screen(375, script=script))
        page = watched.page
        Walk(watched, places.site).look_up(SHOWCASE[1].order_number, SHOWCASE[1].postcode)
        page.locator(".item-head .check").first.check()
        page.get_by_label("I changed my mind").first.check()
        press(page, "Continue")
        page.fill('[name="contact_email"]', "me@example.com")
        page.locator("#language").select_option("de")
        page.locator(".languages button").click()
        expect(page.locator("html")).to_have_attribute("lang", "de")
        expect(page.locator(".chosen-item")).to_have_count(1)
        expect(page.locator('[name="contact_email"]')).to_have_value("me@example.com")
        assert page.url.endswith("/review/")
        context.close()
        assert watched.problems == []


REASONS = """(es) => es.map((e) => e.getBoundingClientRect().toJSON())"""


class TestReasons:
    @pytest.mark.parametrize(("width", "columns"), [(375, 2), (1280, 3)])
    def test_stand_in_columns_each_large_enough_for_a_finger(
        self, browser: Browser, places: Places, width: int, columns: int
    ) -> None:
        context, watched = open_window(browser, Screen(width, script=False))
        page = watched.page
        Walk(watched, places.site).look_up(SHOWCASE[1].order_number, SHOWCASE[1].postcode)
        page.locator(".item-head .check").first.check()
        boxes = page.locator(".reasons").first.locator(".chip").evaluate_all(REASONS)
        assert len(boxes) == 15
        assert min(min(box["width"], box["height"]) for box in boxes) >= 44
        assert len({round(box["left"]) for box in boxes}) == columns
        assert len({round(box["top"]) for box in boxes}) == -(-15 // columns)
        context.close()
        assert watched.problems == []

    def test_that_need_photos_say_so_without_a_script(
        self, browser: Browser, places: Places
    ) -> None:
        context, watched = open_window(browser, Screen(375, script=False))
        page = watched.page
        Walk(watched, places.site).look_up(SHOWCASE[1].order_number, SHOWCASE[1].postcode)
        page.locator(".item-head .check").first.check()
        page.get_by_label("It is too small").first.check()
        expect(page.locator(".photo-field").first).to_be_hidden()
        page.get_by_label("It arrived damaged").first.check()
        expect(page.locator(".photo-required").first).to_be_visible()
        context.close()
