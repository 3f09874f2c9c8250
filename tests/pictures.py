"""Takes the README's pictures from a demo of its own: what is shown there is what is there.

python -m tests.pictures
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from returns_portal.demo.environment import STAFF_PASSWORD, STAFF_USER
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.demo.running import running_demo
from tests.lighthouse.__main__ import look_up, send_request

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
PHONE = {"width": 375, "height": 760}
DESK = {"width": 1280, "height": 860}


def main() -> int:
    if CHROMIUM is None:
        sys.exit("chromium is not installed: apt-get install chromium")
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as name,
        running_demo(Path(name) / "demo") as demo,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        take_shoppers(browser, demo.site_url)
        take_staffs(browser, demo.site_url)
        browser.close()
    return 0


def take_shoppers(browser: Browser, site: str) -> None:
    page = browser.new_page(viewport=PHONE)  # type: ignore[arg-type]
    page.goto(f"{site}/")
    keep(page, "look-up")
    look_up(page, site)
    keep(page, "items")
    send_request(page)
    keep(page, "status")


def take_staffs(browser: Browser, site: str) -> None:
    page = browser.new_page(viewport=DESK)  # type: ignore[arg-type]
    page.goto(f"{site}/admin/returns/returnrequest/")
    page.fill('[name="username"], [name="auth-username"]', STAFF_USER)
    page.fill('[name="password"], [name="auth-password"]', STAFF_PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#result_list, table").first).to_be_visible()
    keep(page, "queue")
    page.locator("table tbody a").first.click()
    expect(page.locator("h1").first).to_be_visible()
    keep(page, "decision")


def keep(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")


if __name__ == "__main__":
    sys.exit(main())
