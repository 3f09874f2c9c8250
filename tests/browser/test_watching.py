"""The watch itself: what a journey must not pass over in silence."""

import pytest
from playwright.sync_api import Browser

from tests.browser.watching import Screen, open_window

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

STRICT = "default-src 'none'; script-src 'self'; style-src 'self'"


def visit(browser: Browser, body: str, *, policy: str = "", script: bool = True) -> list[str]:
    """The problems found on a page of this body."""
    context, watched = open_window(browser, Screen(375, script=script))
    page = f"<!doctype html><title>Page</title><link rel=icon href='data:,'>{body}"
    headers = {"Content-Type": "text/html", "Content-Security-Policy": policy}
    context.route("**/page", lambda route: route.fulfill(body=page, headers=headers))
    context.route("**/missing.css", lambda route: route.fulfill(status=404))
    watched.page.goto("http://127.0.0.1:9/page")
    watched.check()
    context.close()
    return watched.problems


class TestWatched:
    def test_is_content_with_a_plain_page(self, browser: Browser) -> None:
        assert visit(browser, "<p>Hello</p>") == []

    def test_reports_a_script_that_fails(self, browser: Browser) -> None:
        problems = visit(browser, "<script>throw new Error('broken')</script>")
        assert any("broken" in problem for problem in problems)

    def test_reports_what_the_security_policy_refuses(self, browser: Browser) -> None:
        problems = visit(browser, "<p style='color: red'>Hello</p>", policy=STRICT)
        assert any("Content Security Policy" in problem for problem in problems)

    def test_reports_a_file_that_is_missing(self, browser: Browser) -> None:
        problems = visit(browser, "<link rel=stylesheet href=/missing.css>")
        assert any(problem.startswith("404") for problem in problems)

    @pytest.mark.parametrize("script", [True, False])
    def test_reports_a_page_that_is_too_wide(self, browser: Browser, script: bool) -> None:
        problems = visit(browser, "<pre>" + "wide " * 100 + "</pre>", script=script)
        assert any("px too wide" in problem for problem in problems)
