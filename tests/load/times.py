"""Times of pages and jobs over two databases, side by side.

    python -m tests.load.times postgres://root@127.0.0.1:5432/small \\
        postgres://root@127.0.0.1:5432/big

Both are made by `tests.load.fill`, with 10,000 and 1,000,000 requests for instance. A page is asked
for through Django's whole stack by a signed-in person, 15 times after 3 to warm up; a job runs in a
transaction that is undone. `--only` takes a part of the names. `rows` says how many requests each
page lists: one of 50 takes longer than one of 3, however large the database.
"""

import argparse
import json
import logging
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

ROUNDS, WARM = 15, 3
QUEUE = "/admin/returns/returnrequest/"


def main() -> None:
    parser = argparse.ArgumentParser(description="Times of pages and jobs over two databases.")
    parser.add_argument("small")
    parser.add_argument("big", nargs="?")
    parser.add_argument("--only", default="", help="a part of the names of what to measure")
    parser.add_argument("--answer", action="store_true", help="one database, asked line by line")
    given = parser.parse_args()
    if given.answer:
        answer()
        return
    small, big = Desk(given.small), Desk(given.big)
    head = f"{'small':>16}{'big':>16}{'ratio':>8}{'queries':>9}{'rows':>9}"
    print(f"{'median (best) ms':32}{head}")
    for name in (name for name in small.names if given.only in name):
        for desk in (small, big):
            desk.ask(name, WARM)
        # They take turns, so that a busy machine is busy for both.
        rounds = [(small.ask(name, 1), big.ask(name, 1)) for _ in range(ROUNDS)]
        times = [sorted(answer["ms"] for answer in side) for side in zip(*rounds, strict=True)]
        medians = [statistics.median(side) for side in times]
        cells = [f"{m:8.1f} ({side[0]:.1f})" for m, side in zip(medians, times, strict=True)]
        rows = "/".join(str(answer["rows"]) for answer in rounds[0])
        tail = f"{medians[1] / medians[0]:8.2f}{rounds[0][1]['queries']:9}{rows:>9}"
        print(f"{name:32}{cells[0]:>16}{cells[1]:>16}{tail}", flush=True)


class Desk:
    """A process that asks for pages over one database, when told to."""

    def __init__(self, url: str) -> None:
        environ = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        command = [sys.executable, "-m", "tests.load.times", "--answer", url]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(command, env=environ, bufsize=1, **pipes)
        self.names = self.read()

    def read(self) -> Any:
        return json.loads(self.process.stdout.readline())

    def ask(self, name: str, times: int) -> Any:
        """Asks for the page so often; the last time in milliseconds, and how many queries."""
        self.process.stdin.write(json.dumps([name, times]) + "\n")
        return self.read()


def answer() -> None:
    """Does what lines of the standard input name, and tells the times."""
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from tests.load.jobs import jobs, run

    logging.disable(logging.CRITICAL)
    settings.ALLOWED_HOSTS = ["*"]
    client = sign_in(Client())
    acts: dict[str, Callable[[], int]] = {
        name: partial(visit, client, address) for name, address in addresses().items()
    }
    acts |= {name: partial(run, job) for name, job in jobs().items()}
    print(json.dumps(list(acts)), flush=True)
    for line in sys.stdin:
        name, times = json.loads(line)
        for _ in range(times):
            begun = time.perf_counter()
            rows = acts[name]()
            seconds = time.perf_counter() - begun
        if times > 1:
            counter = Counter()
            with connection.execute_wrapper(counter):
                acts[name]()
            counts[name] = counter.count
        told = {"ms": seconds * 1000, "queries": counts[name], "rows": rows}
        print(json.dumps(told), flush=True)


counts: dict[str, int] = {}


class Counter:
    """Counts the queries that pass through it."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, *args: Any) -> Any:
        self.count += 1
        return execute(*args)


def visit(client: Any, address: str) -> int:
    """Asks for the page; how many requests it lists."""
    page: bytes = client.get(address).content
    return page.count(b'name="chosen"')


def sign_in(client: object) -> object:
    """The client as somebody who may do everything."""
    from django.contrib.auth.models import User

    user, _made = User.objects.get_or_create(username="measure", is_staff=True, is_superuser=True)
    client.force_login(user)  # type: ignore[attr-defined]
    return client


def addresses() -> dict[str, str]:
    """Each page to measure, under the name it has in the table."""
    from returns_portal.returns.models import ReturnRequest
    from staff import queue

    newest = ReturnRequest.objects.filter(status="closed").order_by("-pk")
    item = newest[7]
    line = item.lines.first()
    sent = newest.filter(reverse_delivery__isnull=False).first()
    waiting = queue.to_review(queue.all_requests()).order_by(*queue.BY_DUE_TIME.by())
    deep_review = waiting.annotate(position_time=queue.QUEUE_TIME)[waiting.count() // 2]
    middle = ReturnRequest.objects.order_by("requested_at")[ReturnRequest.objects.count() // 2]
    deep = f"after~{middle.requested_at.isoformat()}~{middle.pk}".replace("+", "%2B")
    review = queue.position_of("after", deep_review).replace("+", "%2B")
    first, last = item.customer_name.split(" ")
    pages = {"dashboard": "/admin/", "first page": QUEUE}
    pages |= {f"tab {key}": f"{QUEUE}?tab={key}" for key in queue.TABS}
    pages |= {
        "deep in “to review”": f"{QUEUE}?tab=review&at={review}",
        "deep in “all”": f"{QUEUE}?tab=all&at={deep}",
        "deep in “closed”": f"{QUEUE}?tab=closed&at={deep}",
        "deep, read backward": f"{QUEUE}?tab=all&at={deep.replace('after', 'before')}",
        "decision screen": f"{QUEUE}{deep_review.pk}/change/",
    }
    filters = {
        "status": "declined",
        "reason": "expired",
        "country": "JP",
        "channel": "pos",
        "settlement": "external",
        "since": "2026-03-01&until=2026-03-02",
        "least": "200&most=210",
    }
    pages |= {f"filter {name}": f"{QUEUE}?tab=all&{name}={v}" for name, v in filters.items()}
    flags = ("failed", "unread", "attention", "unverified", "estimate")
    pages |= {f"filter flag {flag}": f"{QUEUE}?tab=all&flag={flag}" for flag in flags}
    pages["review by country"] = f"{QUEUE}?tab=review&country=JP"
    pages["review by reason"] = f"{QUEUE}?tab=review&reason=expired"
    pages["three filters"] = f"{QUEUE}?tab=all&country=JP&reason=expired&settlement=shopify"
    searches = {
        "RMA": item.rma_number,
        "RMA, its beginning": item.rma_number[4:9],
        "order": item.order_name.replace("#", "%23"),
        "TikTok id": item.tiktok_order_id or "577000000000048271",
        "TikTok id, its beginning": (item.tiktok_order_id or "577000000000048271")[:15],
        "tracking": sent.reverse_delivery.tracking_number,
        "e-mail": item.contact_email,
        "e-mail, its beginning": item.contact_email[:14],
        "full name": f"{first}+{last}",
        "surname": last,
        "first name": first,
        "SKU": line.sku,
        "SKU, its beginning": line.sku[:7],
        "postcode": "12345",
        "nothing like it": "ZZZ-9999999",
    }
    return pages | {f"search {name}": f"{QUEUE}?q={typed}" for name, typed in searches.items()}


if __name__ == "__main__":
    main()
