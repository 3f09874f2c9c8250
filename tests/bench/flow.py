"""From the click on Approve to the money, and how many queries a page asks."""

import http.client
import time
from collections.abc import Iterable
from statistics import quantiles
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.test import Client
from redis import Redis

from returns_portal.returns.models import ReturnRequest
from tests.bench import scenes
from tests.bench.drive import read_line

COUNTED = ("look-up, hit", "items page", "status page", "queue, first page")
PATIENCE = 10


def click_to_money(port: int, staff: str, waiting: Iterable[ReturnRequest]) -> dict[str, Any]:
    """One request after another: from the click until the portal knows that the refund is paid."""
    taken, wrong = [], 0
    for row in waiting:
        [sent] = scenes.approvals(staff, [row])
        web = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        web.connect()
        began = time.perf_counter()
        web.request(*read_line(sent))
        answer = web.getresponse()
        answer.read()
        paid = answer.status < 400 and wait_for_refund(row.pk)
        wrong += not paid
        taken.append(time.perf_counter() - began)
        web.close()
    parts = quantiles(taken, n=100, method="inclusive")
    return {
        "name": "click to money", "at": 1, "against": "", "per_second": len(taken) / sum(taken),
        "requests": len(taken), "p50_ms": parts[49] * 1000, "p95_ms": parts[94] * 1000,
        "p99_ms": parts[98] * 1000, "wrong": wrong,
    }  # fmt: skip


def wait_for_refund(pk: int) -> bool:
    """Whether the request is paid back in time."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if ReturnRequest.objects.filter(pk=pk, refunded_at__isnull=False).exists():
            return True
        time.sleep(0.01)
    return False


def forget_webhooks() -> None:
    """Empties the broker: the webhooks that were sent before concern orders that nobody has."""
    Redis.from_url(settings.CELERY_BROKER_URL).flushdb()
    caches["default"].clear()


def count_queries(lines: dict[str, str]) -> dict[str, int]:
    """The queries of each of these requests, sent a second time."""
    return {name: count(line) for name, line in lines.items()}


def count(line: str) -> int:
    asked = []

    def note(execute: Any, sql: str, *args: Any) -> Any:
        asked.append(sql)
        return execute(sql, *args)

    method, path, body, headers = read_line(line)
    named = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    kind = "application/x-www-form-urlencoded"
    client = Client(SERVER_NAME="127.0.0.1")
    for _twice in range(2):
        asked.clear()
        with connection.execute_wrapper(note):
            answer = client.generic(method, path, body or "", kind, **named)
        if answer.status_code >= 400:
            raise SystemExit(f"{path} answered {answer.status_code}.")
    return len(asked)
