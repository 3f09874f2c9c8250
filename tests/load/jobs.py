"""The clock's jobs as far as the database goes: what each looks for, and undone afterwards."""

from collections.abc import Callable
from datetime import datetime
from itertools import islice
from typing import Any

# As many as a night's comparison with Shopify holds in memory at once.
CHUNK = 200


def jobs() -> dict[str, Callable[[datetime], Any]]:
    """Each job under its name in the table, by what it does at a moment."""
    from returns_portal.observability import metrics
    from returns_portal.returns import outbox, services
    from returns_portal.returns.intake import deliveries
    from returns_portal.returns.processing import withdrawing
    from returns_portal.returns.processing.reconcile import requests_to_check
    from returns_portal.returns.services import keeping_time, privacy

    return {
        "job: due operations": lambda now: outbox.due_operations(now, limit=8),
        "job: clocks run out": lambda now: list(
            keeping_time.requests_over(now)[: keeping_time.BATCH]
        ),
        "job: clocks to remind": lambda now: list(
            keeping_time.requests_to_remind(now)[: keeping_time.BATCH]
        ),
        "job: webhooks waiting": deliveries.unprocessed_webhooks,
        "job: links to send": lambda now: services.answer_wishes(now=now),
        "job: withdrawals": lambda now: withdrawing.carry_out_withdrawals(clock=lambda: now),
        "job: bulk decisions lost": lambda now: services.lost_jobs(now=now),
        "job: deadlines to warn of": services.aftersales_to_warn_of,
        "job: keeping no longer": lambda now: privacy.keep_no_longer(now=now),
        "job: comparing, a chunk": lambda now: list(islice(requests_to_check(now), CHUNK)),
        "metrics": lambda _now: metrics.generate_latest(metrics.known_to_the_database()),
    }


def run(job: Callable[[datetime], Any]) -> int:
    """Does the job now, and undoes what it changed; how many it found, where it lists them."""
    from django.db import transaction
    from django.utils import timezone

    with transaction.atomic():
        found = job(timezone.now())
        transaction.set_rollback(True)
    return len(found) if isinstance(found, list) else 0
