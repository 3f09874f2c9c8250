"""Watching pages go by: what a browser complains of, and pages wider than the screen."""

from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page

TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass(frozen=True, slots=True)
class Screen:
    """A way to look at the product."""

    width: int
    script: bool
    dark: bool = False

    def __str__(self) -> str:
        return f"{self.width}px-{'script' if self.script else 'no-script'}"


@dataclass(slots=True)
class Watched:
    """A person's browser window; `problems` collects what must not happen."""

    page: Page
    problems: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Look at the page as it stands; to be called on every page that a person meets."""
        self.page.wait_for_load_state()
        extra = self.page.evaluate(TOO_WIDE)
        if extra > 0:
            self.problems.append(f"{self.page.url} is {extra} px too wide")
        if not self.page.title():
            self.problems.append(f"{self.page.url} has no title")


def press(page: Page, name: str) -> None:
    """Press a button that leads to another page, and wait until that page is there."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def open_window(browser: Browser, screen: Screen) -> tuple[BrowserContext, Watched]:
    """A window of a new person, watched from its first page."""
    context = browser.new_context(
        viewport={"width": screen.width, "height": 812},
        java_script_enabled=screen.script,
        color_scheme="dark" if screen.dark else "light",
        reduced_motion="reduce",
    )
    context.set_default_timeout(15_000)
    watched = Watched(context.new_page())
    # Refusals by the content security policy are among the console's errors.
    watched.page.on(
        "console",
        lambda message: (
            message.type == "error"
            and watched.problems.append(f"console: {message.text} ({message.location['url']})")
        ),
    )
    watched.page.on("pageerror", lambda error: watched.problems.append(f"script: {error}"))
    watched.page.on(
        "requestfailed",
        lambda request: (
            request.failure != "net::ERR_ABORTED"
            and watched.problems.append(f"not loaded: {request.url} ({request.failure})")
        ),
    )
    watched.page.on(
        "response",
        lambda response: (
            response.status >= 400 and watched.problems.append(f"{response.status}: {response.url}")
        ),
    )
    return context, watched
