"""Celery's door: carries ids only, the operations table is the truth."""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec

from celery import shared_task
from django.utils import timezone

from returns_portal.returns import intake, mirror, outbox, processing
from returns_portal.returns.processing.reconcile import reconcile
from returns_portal.returns.services import answer_wishes, sweep_files, sweep_uploads
from returns_portal.shopify.client import build_client
from returns_portal.shopify.errors import ShopifyError
from returns_portal.shopify.subscriptions import ensure_subscriptions

logger = logging.getLogger(__name__)
P = ParamSpec("P")
# So many workers a sweep calls at the most, each for so long.
HANDS = 8
SHIFT = timedelta(seconds=20)


def comes_again(task: Callable[P, int]) -> Callable[P, int]:
    """For tasks that beat repeats: what Shopify hinders now is a line in the log, not a failure."""

    @wraps(task)
    def run(*args: P.args, **kwargs: P.kwargs) -> int:
        try:
            return task(*args, **kwargs)
        except ShopifyError as error:
            logger.warning("%s is put off: %s", task.__name__, error)
            return 0

    return run


@shared_task
def run_operation(operation_id: int) -> None:
    """Carries out one owed operation."""
    processing.carry_out(operation_id, clock=timezone.now)


@shared_task
def sweep_operations() -> int:
    """Sends a few workers to whatever is due; returns how many."""
    due = outbox.due_operations(timezone.now(), limit=HANDS)
    for _operation_id in due:
        work_off_operations.delay()
    return len(due)


@shared_task
def work_off_operations() -> int:
    """Carries out what is due for a while; whatever is left, the next one does."""
    return processing.work_off(clock=timezone.now, until=timezone.now() + SHIFT)


@shared_task
@comes_again
def sync_orders() -> int:
    """Mirrors every order that changed since the last sync; none while a long run does so."""
    client = build_client(max_wait=60, priority="background")
    try:
        return mirror.sync_orders(client, now=timezone.now())
    except mirror.SyncUnderWay:
        return 0


@shared_task
@comes_again
def process_webhook(delivery_id: int) -> int:
    """Reads again what a webhook hinted at."""
    client = build_client(max_wait=60, priority="background")
    intake.process_webhook(delivery_id, client, now=timezone.now())
    return 1


@shared_task
def sweep_webhooks() -> int:
    """Answers the webhooks that a broker or a worker lost."""
    waiting = intake.unprocessed_webhooks(timezone.now())
    for delivery_id in waiting:
        process_webhook.delay(delivery_id)
    return len(waiting)


@shared_task
@comes_again
def sync_webhooks() -> int:
    """Subscribes again to webhooks that Shopify dropped; returns how many those were."""
    client = build_client(max_wait=60, priority="background")
    return len(ensure_subscriptions(client, intake.webhook_uri()))


@shared_task
@comes_again
def reconcile_requests() -> int:
    """Compares every open and recent request with Shopify; returns how many."""
    client = build_client(max_wait=120, priority="background")
    return sum(1 for _request in reconcile(client, now=timezone.now()))


@shared_task
def send_links() -> int:
    """Answers everybody who asked for links by e-mail; returns how many those were."""
    return answer_wishes(now=timezone.now())


@shared_task
def sweep_photos() -> int:
    """Deletes photos that were never sent, and files that nobody names; returns how many files."""
    sweep_uploads(now=timezone.now())
    return sweep_files(now=timezone.now())
