"""Has Lighthouse judge look-up, items and status of a demo on a mobile phone; prints a table.

    python -m tests.lighthouse [--json figures.json]

Ends with 1 when a figure is below the goal. The items and the status belong to one shopper, so
search engines are kept away from them on purpose; there, the question whether they may be indexed
is left out.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

from returns_portal.shopify.sandbox.seeds import SHOWCASE
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.demo.running import find_free_ports, running_demo

ROOT = Path(__file__).resolve().parents[2]
LIGHTHOUSE = ROOT / ".cache/node/lighthouse/node_modules/.bin/lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
GOAL = 98


def main() -> int:
    parser = argparse.ArgumentParser(description="Lighthouse on a shopper's pages, mobile.")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    if CHROMIUM is None:
        sys.exit("chromium is not installed: apt-get install chromium")
    with tempfile.TemporaryDirectory() as name, running_demo(Path(name) / "demo") as demo:
        figures = judge_pages(demo.site_url, Path(name))
    print(table(figures))
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1), "utf-8")
    return int(min(min(row.values()) for row in figures.values()) < GOAL)


def judge_pages(site: str, folder: Path) -> dict[str, dict[str, int]]:
    """The figures by page, in a browser whose shopper has looked an order up."""
    port = find_free_ports()
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            folder / "profile",
            executable_path=CHROMIUM,
            args=[*FLAGS, f"--remote-debugging-port={port}"],
        )
        page = context.new_page()
        look_up(page, site)
        figures = {
            "look-up": judge(f"{site}/", folder, port),
            "items": judge(page.url, folder, port, "--skip-audits=is-crawlable"),
        }
        status = send_request(page)
        figures["status"] = judge(status, folder, port, "--skip-audits=is-crawlable")
        context.close()
    return figures


def look_up(page: Page, site: str) -> None:
    page.goto(f"{site}/")
    page.fill('[name="order_number"]', SHOWCASE[1].order_number)
    page.fill('[name="postcode_or_email"]', SHOWCASE[1].postcode)
    page.get_by_role("button", name="Find my order").click()
    page.wait_for_url("**/orders/**")


def send_request(page: Page) -> str:
    page.locator(".item-head .check").first.check()
    page.get_by_label("I changed my mind").first.check()
    page.get_by_role("button", name="Continue").click()
    page.locator('[name="conditions"]').check()
    page.get_by_role("button", name="Send request").click()
    expect(page.locator(".steps")).to_be_visible()
    return page.url


def judge(url: str, folder: Path, port: int, *options: str) -> dict[str, int]:
    """The page's figures, 0 to 100, by category; what costs points is printed."""
    report = folder / "report.json"
    subprocess.run(
        [
            *(str(LIGHTHOUSE), url, f"--port={port}", "--disable-storage-reset", "--quiet"),
            *("--output=json", f"--output-path={report}", *options),
        ],
        check=True,
    )
    answer = json.loads(report.read_text("utf-8"))
    if answer["finalDisplayedUrl"] != url:
        sys.exit(f"Lighthouse was led from {url} to {answer['finalDisplayedUrl']}")
    for line in shortcomings(answer):
        print(f"{url}: {line}")
    return {name: round(100 * answer["categories"][name]["score"]) for name in CATEGORIES}


def shortcomings(answer: dict[str, Any]) -> Iterator[str]:
    """What costs points, in Lighthouse's words."""
    for category in answer["categories"].values():
        for part in category["auditRefs"]:
            audit = answer["audits"][part["id"]]
            if part["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                yield f"{audit['title']} {audit.get('displayValue', '')}"


def table(figures: dict[str, dict[str, int]]) -> str:
    """The figures as the README shows them."""
    rows = [f"| | {' | '.join(CATEGORIES)} |", "|---" * (len(CATEGORIES) + 1) + "|"]
    for name, row in figures.items():
        rows.append(f"| {name} | {' | '.join(str(row[each]) for each in CATEGORIES)} |")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
