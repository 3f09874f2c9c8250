"""Many decisions at once: agreed to as a whole, then carried out one by one, each in its own right.

A request's decision and the note that it is done are one transaction. So a worker may die at any
moment, and two may work at the same job: no request is decided twice, and none is forgotten.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from returns_portal.celery import app
from returns_portal.returns.history import Actor
from returns_portal.returns.models import BulkItem, BulkJob, ReturnRequest
from returns_portal.returns.refund_amounts import rounded
from returns_portal.returns.services.approving import approve
from returns_portal.returns.services.decisions import decline
from returns_portal.returns.services.guard import SPOILT, Refused
from returns_portal.returns.workflow import Action, InvalidTransition, Status, next_status

logger = logging.getLogger(__name__)
RUN_BULK_JOB = "returns_portal.returns.tasks.run_bulk_job"
DECIDE = "returns.decide_returnrequest"
MOST_AT_ONCE = 1000
# A choice that nobody agreed to for so long is forgotten.
DRAFTS_KEPT = timedelta(days=1)
# A job at which nothing happened for so long has lost its worker.
STILL = timedelta(seconds=30)
Clock = Callable[[], datetime]


@transaction.atomic
def prepare_bulk(
    *, action: BulkJob.Action, request_ids: Sequence[int], user: User, now: datetime
) -> BulkJob:
    """Writes down which requests are meant, each with the quote that is shown for it.

    Nothing happens to them yet. Raises Refused when none or too many are chosen.
    """
    if not request_ids:
        raise Refused(_("Choose at least one return."))
    if len(request_ids) > MOST_AT_ONCE:
        words = _("Nothing was done: choose at most %(most)s returns at once.")
        raise Refused(words % {"most": MOST_AT_ONCE})
    job = BulkJob.objects.create(action=action, user=user, created_at=now)
    quotes = ReturnRequest.objects.filter(pk__in=request_ids).values_list("pk", "quoted_amount")
    amounts = dict(quotes)
    BulkItem.objects.bulk_create(
        BulkItem(job=job, return_request_id=pk, quoted_amount=amounts[pk])
        for pk in dict.fromkeys(request_ids)
        if pk in amounts
    )
    return job


@transaction.atomic
def start_bulk(*, job_id: int, now: datetime, reason: str = "") -> bool:
    """Starts a prepared job, once: False when it was started or stopped before.

    Raises Refused where declining lacks the reason that shoppers read.
    """
    job = BulkJob.objects.select_for_update().get(pk=job_id)
    if job.state != BulkJob.State.DRAFT:
        return False
    if job.action == BulkJob.Action.DECLINE and not reason.strip():
        raise Refused(_("Say why: the shoppers read the reason."))
    job.state, job.reason, job.started_at = BulkJob.State.RUNNING, reason.strip(), now
    job.save(update_fields=["state", "reason", "started_at"])
    call_worker(job_id)
    return True


def stop_bulk(*, job_id: int, now: datetime) -> bool:
    """Leaves alone whatever is not decided yet; False when nothing was left to stop."""
    stoppable = [BulkJob.State.DRAFT, BulkJob.State.RUNNING]
    stopped = BulkJob.objects.filter(pk=job_id, state__in=stoppable).update(
        state=BulkJob.State.CANCELED, finished_at=now
    )
    return bool(stopped)


def call_worker(job_id: int) -> None:
    """Tells the broker after commit; a broker that is down costs nothing, the sweep comes by."""

    def publish() -> None:
        app.send_task(RUN_BULK_JOB, args=[job_id])

    transaction.on_commit(publish, robust=True)


def lost_jobs(*, now: datetime) -> list[int]:
    """The unfinished jobs that no worker is at, oldest first."""
    running = BulkJob.objects.filter(state=BulkJob.State.RUNNING, started_at__lt=now - STILL)
    jobs = running.annotate(last=Max("items__handled_at")).order_by("started_at")
    return [job.pk for job in jobs if job.last is None or job.last < now - STILL]


def is_running(job_id: int) -> bool:
    return BulkJob.objects.filter(pk=job_id, state=BulkJob.State.RUNNING).exists()


def forget_drafts(*, now: datetime) -> None:
    """Deletes choices that nobody agreed to."""
    BulkJob.objects.filter(state=BulkJob.State.DRAFT, created_at__lt=now - DRAFTS_KEPT).delete()


def work_off_bulk(job_id: int, *, clock: Clock, until: datetime) -> int:
    """Decides one request of the job after another, until none is left or it is `until`."""
    count = 0
    while clock() < until and decide_next(job_id, now=clock()):
        count += 1
    return count


@transaction.atomic
def decide_next(job_id: int, *, now: datetime) -> bool:
    """Decides the job's next request and notes what came of it; False when none is left."""
    job = BulkJob.objects.select_related("user").filter(pk=job_id).first()
    if job is None or job.state != BulkJob.State.RUNNING:
        return False
    waiting = BulkItem.objects.filter(job=job, state=BulkItem.State.WAITING)
    item = waiting.select_for_update(skip_locked=True).order_by("pk").first()
    if item is None:
        finish_if_complete(job, now=now)
        return False
    item.state, item.sentence = outcome_of(job, item, now=now)
    item.handled_at = now
    item.save(update_fields=["state", "sentence", "handled_at"])
    return True


def finish_if_complete(job: BulkJob, *, now: datetime) -> None:
    """Ends the job, unless another worker still holds one of its requests."""
    if not job.items.filter(state=BulkItem.State.WAITING).exists():
        BulkJob.objects.filter(pk=job.pk, state=BulkJob.State.RUNNING).update(
            state=BulkJob.State.DONE, finished_at=now
        )


def outcome_of(job: BulkJob, item: BulkItem, *, now: datetime) -> tuple[BulkItem.State, str]:
    """Decides one request; what came of it, with a sentence where it is not what was wished."""
    if not job.user.is_active or not job.user.has_perm(DECIDE):
        return BulkItem.State.REFUSED, _("Whoever started this may no longer decide.")
    try:
        with transaction.atomic():
            decided = decide(job, item, actor=Actor.staff(job.user), now=now)
    except (InvalidTransition, Refused) as refusal:
        return BulkItem.State.REFUSED, str(refusal)
    except SPOILT:
        logger.exception("bulk decision %s: request %s", job.pk, item.return_request_id)
        words = _("Something went wrong with this one, and it is as it was. Decide it by itself.")
        return BulkItem.State.REFUSED, words
    if decided.status == Status.REQUESTED:
        return BulkItem.State.DONE, _("It is proposed: a second person has to confirm it.")
    return BulkItem.State.DONE, ""


def decide(job: BulkJob, item: BulkItem, *, actor: Actor, now: datetime) -> ReturnRequest:
    """Approves for the quote that was shown, or declines with the job's reason."""
    if job.action == BulkJob.Action.DECLINE:
        return decline(request_id=item.return_request_id, reason=job.reason, actor=actor, now=now)
    return approve(
        request_id=item.return_request_id,
        amount=rounded(item.quoted_amount, item.return_request.currency),
        quoted=item.quoted_amount,
        actor=actor,
        now=now,
    )


def obstacle_of(job: BulkJob, item: BulkItem) -> str:
    """Why this request will be left alone as things stand; empty where nothing is in the way."""
    try:
        next_status(Action(job.action), Status(item.return_request.status))
    except InvalidTransition as error:
        return str(error)
    if item.quoted_amount != item.return_request.quoted_amount:
        return _("The shopper has changed this request. Look at it again.")
    return ""
