"""Celery's door: carries ids only, the operations table is the truth."""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec

from axes.models import AccessAttempt
from celery import shared_task
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from returns_portal.returns import mirror, outbox, processing, services
from returns_portal.returns.channels.tiktok_shop import (
    build_tiktok_client,
    is_connected,
    note_trouble,
)
from returns_portal.returns.checks import note_heartbeat
from returns_portal.returns.intake import aftersales, deliveries
from returns_portal.returns.processing import lonely, withdrawing
from returns_portal.returns.processing.reconcile import reconcile
from returns_portal.returns.reports import counting, schedule
from returns_portal.returns.reports.facts import day_of
from returns_portal.returns.services import (
    aftersales_to_warn_of,
    answer_wishes,
    keep_time,
    privacy,
    sweep_files,
    sweep_uploads,
    warn_of_deadline,
)
from returns_portal.shopify.client import build_client
from returns_portal.shopify.errors import ShopifyError
from returns_portal.shopify.subscriptions import ensure_subscriptions
from returns_portal.tiktok.errors import TikTokError, TikTokMisconfigured

logger = logging.getLogger(__name__)
P = ParamSpec("P")
# So many workers a sweep calls at the most, each for so long.
HANDS = 8
SHIFT = timedelta(seconds=20)


def comes_again(task: Callable[P, int]) -> Callable[P, int]:
    """For tasks that beat repeats: what a gateway hinders now is a line in the log, no failure."""

    @wraps(task)
    def run(*args: P.args, **kwargs: P.kwargs) -> int:
        try:
            return task(*args, **kwargs)
        except (ShopifyError, TikTokError) as error:
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
    deliveries.process_webhook(delivery_id, client, now=timezone.now())
    return 1


@shared_task
def sweep_webhooks() -> int:
    """Answers the webhooks that a broker or a worker lost."""
    waiting = deliveries.unprocessed_webhooks(timezone.now())
    for delivery_id in waiting:
        process_webhook.delay(delivery_id)
    return len(waiting)


@shared_task
@comes_again
def sync_webhooks() -> int:
    """Subscribes again to webhooks that Shopify dropped; returns how many those were."""
    client = build_client(max_wait=60, priority="background")
    return len(ensure_subscriptions(client, deliveries.webhook_uri()))


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
def carry_out_withdrawals() -> int:
    """Mails the receipts of withdrawals and finds their orders; returns how many are done."""
    return withdrawing.carry_out_withdrawals(clock=timezone.now)


@shared_task
def keep_clocks() -> int:
    """Reminds of deadlines, and does what policies want after them; returns for how many."""
    return keep_time(now=timezone.now())


@shared_task
def beat() -> None:
    """Shows that clock and worker are alive."""
    note_heartbeat(now=timezone.now())


@shared_task
def sweep_photos() -> int:
    """Deletes photos that were never sent, and files that nobody names; returns how many files."""
    sweep_uploads(now=timezone.now())
    return sweep_files(now=timezone.now())


@shared_task
def count_reports() -> int:
    """Counts what changed for the reports; returns how many orders and requests that were."""
    return counting.count_changes(now=timezone.now())


@shared_task
def send_reports() -> int:
    """Sends the reports by mail that are due, each once; returns how many went out."""
    today = day_of(timezone.now())
    sent = 0
    for schedule_id in schedule.due_reports(today=today, now=timezone.now()):
        claimed = schedule.claim(schedule_id, now=timezone.now())
        sent += bool(claimed and schedule.send(claimed, today=today))
    return sent


@shared_task
def keep_no_longer() -> int:
    """Erases what was kept for as long as it may be; returns how many rows those were."""
    now = timezone.now()
    call_command("clearsessions")
    old = now - timedelta(days=settings.RETAIN_TRACES_DAYS)
    attempts: int = AccessAttempt.objects.filter(attempt_time__lt=old).delete()[0]
    return attempts + privacy.keep_no_longer(now=now)


@shared_task
@comes_again
def sync_aftersales() -> int:
    """Takes in what changed at TikTok; none while no shop is connected."""
    if not is_connected():
        return 0
    client = build_tiktok_client(max_wait=30)
    try:
        count = aftersales.sync_changed(client, now=timezone.now())
    except TikTokMisconfigured as error:
        note_trouble(str(error))
        raise
    note_trouble("")
    return count


@shared_task
def warn_deadlines() -> int:
    """Warns staff before TikTok decides by itself; returns of how many deadlines."""
    now = timezone.now()
    return lonely.warn_of_lonely(now=now) + sum(
        warn_of_deadline(aftersale_id, staff_email=settings.STAFF_EMAIL, now=now)
        for aftersale_id in aftersales_to_warn_of(now)
    )


@shared_task
def run_bulk_job(job_id: int) -> int:
    """Carries out a bulk decision for a while, and calls the next worker to what is left."""
    count = services.work_off_bulk(job_id, clock=timezone.now, until=timezone.now() + SHIFT)
    if count and services.is_running(job_id):
        run_bulk_job.delay(job_id)
    return count


@shared_task
def sweep_bulk_jobs() -> int:
    """Calls workers to bulk decisions that lost theirs; returns how many those were."""
    services.forget_drafts(now=timezone.now())
    lost = services.lost_jobs(now=timezone.now())
    for job_id in lost:
        run_bulk_job.delay(job_id)
    return len(lost)
