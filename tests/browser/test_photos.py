"""Photos in a browser: the field comes with the reason that asks, with and without JavaScript."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, expect

from returns_portal.shopify.sandbox.seeds import SHOWCASE, Showcase
from tests.browser.places import Places
from tests.browser.test_journey import look_up, person, review_and_send
from tests.browser.watching import Screen

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

CASES = [
    (Screen(375, script=False), SHOWCASE[6]),
    (Screen(1280, script=True, dark=True), SHOWCASE[1]),
]


def photo(color: str) -> FilePayload:
    file = BytesIO()
    Image.new("RGB", (900, 600), color).save(file, "PNG")
    return {"name": f"{color}.png", "mimeType": "image/png", "buffer": file.getvalue()}


class TestPhotos:
    @pytest.mark.parametrize(("screen", "order"), CASES, ids=[str(case[0]) for case in CASES])
    def test_go_with_the_request_and_can_be_added_later(
        self, browser: Browser, places: Places, screen: Screen, order: Showcase
    ) -> None:
        with person(browser, screen) as shopper:
            page = shopper.page
            look_up(shopper, places, order)
            item = page.locator(".item-eligible").first
            item.locator('[name^="choose-"]').check()
            expect(item.locator('[type="file"]')).to_be_hidden()
            item.get_by_label("It arrived damaged").check()
            item.locator('[type="file"]').set_input_files([photo("red")])
            shopper.check()
            page.get_by_role("button", name="Continue").click()
            expect(page.locator(".chosen .photos img")).to_have_count(1)
            review_and_send(shopper, "ada@example.org")
            page.get_by_role("link", name="Add photos").click()
            expect(page.get_by_role("button", name="Add them")).to_be_visible()
            shopper.check()
            page.locator('[type="file"]').set_input_files([photo("blue")])
            page.get_by_role("button", name="Add them").click()
            expect(page.locator(".photos img")).to_have_count(2)
            shopper.check()
