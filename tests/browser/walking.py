"""A shopper who looks at each page in every way, and notes what is wrong with it."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

from tests.browser.html_checker import find_html_errors
from tests.browser.watching import TOO_WIDE, Watched, press

OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    # Of what passes nothing is read: gathering it took as long as looking.
    "resultTypes": ["violations"],
}
LOOKS = [("light", 375), ("dark", 375), ("light", 1280), ("dark", 1280)]
# 187 is a phone of 375 at 200 %; 320 is a desktop of 1280 at 400 %; 640 the same at 200 %.
NARROW = (187, 320, 640)
# What its box cuts off, where nobody can scroll to it; browsers write into file fields themselves.
CUT_OFF = """() => [...document.querySelectorAll("main *, header *, footer *")].filter((e) => {
  const style = getComputedStyle(e);
  if (e.type === "file" || e.closest(".visually-hidden, .skip-link")) return false;
  if (style.display === "inline") return false;
  const hides = style.overflowX === "hidden" || style.overflowX === "clip";
  return hides && e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1;
}).map((e) => e.className || e.tagName)"""


@dataclass
class Walk:
    """Goes over a site from page to page; `found` collects what is wrong."""

    watched: Watched
    site: str
    axe: Axe = field(default_factory=Axe)
    found: list[str] = field(default_factory=list)
    sources: dict[str, bytes] = field(default_factory=dict)
    answers: list[Response] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("response", self.keep)

    @property
    def page(self) -> Page:
        return self.watched.page

    def keep(self, answer: Response) -> None:
        if answer.request.is_navigation_request() and not 300 <= answer.status < 400:
            self.answers.append(answer)

    def stop(self, name: str) -> None:
        """Look at the page as it stands in light, dark, narrow and wide."""
        self.page.wait_for_load_state()
        if self.answers:
            self.sources[name] = self.answers[-1].body()
            self.answers.clear()
        for scheme, width in LOOKS:
            self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            self.page.set_viewport_size({"width": width, "height": 812})
            self.note_violations(f"{name} {scheme} {width}")
        for width in NARROW:
            self.page.set_viewport_size({"width": width, "height": 640})
            self.note(self.page.evaluate(TOO_WIDE) > 0, f"{name}: wider than {width} px")
            for cut in self.page.evaluate(CUT_OFF):
                self.note(True, f"{name}: cut off at {width} px: {cut}")
        self.page.set_viewport_size({"width": 375, "height": 812})
        self.page.emulate_media(color_scheme="light")

    def note(self, wrong: bool, sentence: str) -> None:
        if wrong:
            self.found.append(sentence)

    def note_violations(self, where: str) -> None:
        answer = self.axe.run(self.page, options=OPTIONS).response
        for each in answer["violations"]:
            targets = "; ".join(str(node["target"]) for node in each["nodes"][:3])
            self.found.append(f"{where}: {each['id']} at {targets}")

    def go(self, path: str, name: str) -> None:
        self.page.goto(f"{self.site}{path}")
        self.stop(name)

    def look_up(self, number: str, postcode: str) -> None:
        self.page.goto(f"{self.site}/")
        self.page.fill('[name="order_number"]', number)
        self.page.fill('[name="postcode_or_email"]', postcode)
        press(self.page, "Find my order")

    def check(self) -> None:
        """Fails with everything that was wrong on the way, in the browser and in the HTML."""
        asked_for = ("403", "404", "422", "500", "console: Failed to load")
        unexpected = [each for each in self.watched.problems if not each.startswith(asked_for)]
        wrong = self.found + unexpected + find_html_errors(self.sources)
        assert not wrong, "\n".join(wrong)


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name || document.activeElement.id || ''"))


def focused_class(page: Page) -> str:
    return str(page.evaluate("document.activeElement.className || ''"))


def tab_to(page: Page, there: Callable[[], bool]) -> None:
    """Press Tab until `there` holds."""
    for _press in range(60):
        if there():
            return
        page.keyboard.press("Tab")
    pytest.fail(f"60 presses of Tab do not lead there: {page.url}")
