"""What is owed to the outside world: written with a decision, claimed by one worker at a time."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from returns_portal.celery import app
from returns_portal.returns.models import Attempt, Operation, ReturnRequest

RUN_OPERATION = "returns_portal.returns.tasks.run_operation"
MAX_ATTEMPTS = 60


class LeaseLost(Exception):
    """Another worker holds the operation now: whatever this one knows is not to be written."""


def owe(
    return_request: ReturnRequest,
    kind: Operation.Kind,
    *,
    now: datetime,
    part: str = "",
    after: Operation | None = None,
    due_at: datetime | None = None,
) -> Operation:
    """Writes down an operation, once by request, kind and part, and calls a worker after commit.

    It starts no sooner than `due_at`, and not before `after` is done.
    """
    known = {"return_request": return_request, "kind": kind, "part": part}
    new = Operation(**known, after=after, due_at=due_at or now, created_at=now)
    # Looking first would take two statements more: a savepoint, in case somebody is quicker.
    Operation.objects.bulk_create([new], ignore_conflicts=True)
    operation = Operation.objects.get(**known)
    created = operation.idempotency_key == new.idempotency_key
    if created and after is None and due_at is None:
        call_workers([operation.pk])
    return operation


def call_workers(operation_ids: Iterable[int]) -> None:
    """Tells the broker after commit; a broker that is down costs nothing, the sweep comes by."""
    ids = list(operation_ids)

    def publish() -> None:
        for operation_id in ids:
            app.send_task(RUN_OPERATION, args=[operation_id])

    if ids:
        transaction.on_commit(publish, robust=True)


def due_operations(now: datetime, limit: int | None = None) -> list[int]:
    """The ids of operations that a worker may claim now, oldest first."""
    ready = Q(after__isnull=True) | Q(after__state=Operation.State.DONE)
    operations = Operation.objects.filter(_claimable(now)).filter(ready)
    return list(operations.order_by("due_at").values_list("pk", flat=True)[:limit])


def claim(operation_id: int, *, now: datetime) -> Operation | None:
    """Takes the operation under a lease by compare-and-set; None when it is not this one's turn."""
    operation = Operation.objects.select_related("after", "return_request").get(pk=operation_id)
    if operation.after and operation.after.state != Operation.State.DONE:
        return None
    lease = uuid.uuid4()
    claimed = Operation.objects.filter(_claimable(now), pk=operation_id).update(
        state=Operation.State.RUNNING,
        lease=lease,
        lease_expires_at=now + lease_length(),
        attempts=F("attempts") + 1,
    )
    if not claimed:
        return None
    operation.refresh_from_db()
    return operation


def mark_sent(operation: Operation, *, now: datetime) -> None:
    """Notes, before it is sent, that a call which cannot be repeated goes out.

    The lease runs anew from here, longer than any call. Raises LeaseLost when it had run out:
    somebody else may be sending.
    """
    _update_held(
        operation,
        extra=Q(lease_expires_at__gt=now),
        sent_at=now,
        lease_expires_at=now + lease_length(),
    )


def lease_length() -> timedelta:
    return timedelta(seconds=settings.OPERATION_LEASE_SECONDS)


def finish(operation: Operation, *, now: datetime) -> None:
    """Marks the operation done and calls workers for those that waited for it."""
    _update_held(
        operation,
        state=Operation.State.DONE,
        finished_at=now,
        last_error="",
        lease=None,
        lease_expires_at=None,
    )
    _log(operation, Attempt.Outcome.DONE, "", now)
    call_workers(
        operation.followers.filter(state=Operation.State.PENDING, due_at__lte=now).values_list(
            "pk", flat=True
        )
    )


def postpone(
    operation: Operation, *, now: datetime, until: datetime, error: str, unknown: bool = False
) -> None:
    """Gives the operation back, to be tried again at `until`; `unknown`: it may have happened."""
    _update_held(
        operation,
        state=Operation.State.UNKNOWN if unknown else Operation.State.PENDING,
        due_at=until,
        last_error=error,
        lease=None,
        lease_expires_at=None,
    )
    outcome = Attempt.Outcome.UNKNOWN if unknown else Attempt.Outcome.POSTPONED
    _log(operation, outcome, error, now)


def fail(operation: Operation, *, now: datetime, error: str) -> None:
    """Stops trying: a person must look. `error` is a sentence for staff."""
    _update_held(
        operation,
        state=Operation.State.FAILED,
        finished_at=now,
        last_error=error,
        lease=None,
        lease_expires_at=None,
    )
    _log(operation, Attempt.Outcome.FAILED, error, now)


def skip(operation: Operation, *, now: datetime, reason: str) -> None:
    """Marks the operation as not needed any more; `reason` is a sentence for staff."""
    _update_held(
        operation,
        state=Operation.State.SKIPPED,
        finished_at=now,
        last_error=reason,
        lease=None,
        lease_expires_at=None,
    )


def skip_followers(operation: Operation, *, now: datetime) -> None:
    """Marks what waited for the operation, and what waited for that, as not needed any more."""
    waiting = operation.followers.filter(state=Operation.State.PENDING)
    for follower in waiting:
        skip_followers(follower, now=now)
    waiting.update(state=Operation.State.SKIPPED, finished_at=now)


def skip_unsent(operation: Operation, *, now: datetime) -> bool:
    """Marks an operation that was never sent as not needed; False when it may have been sent."""
    waiting = Operation.objects.filter(
        pk=operation.pk,
        state__in=[Operation.State.PENDING, Operation.State.FAILED],
        sent_at__isnull=True,
    )
    return bool(waiting.update(state=Operation.State.SKIPPED, finished_at=now))


def hasten(return_request_ids: Iterable[int], kind: Operation.Kind, *, now: datetime) -> None:
    """Makes waiting operations of `kind` due at once: there is news to read."""
    waiting = Operation.objects.filter(
        return_request_id__in=list(return_request_ids),
        kind=kind,
        state=Operation.State.PENDING,
        due_at__gt=now,
    )
    ids = list(waiting.values_list("pk", flat=True))
    waiting.update(due_at=now)
    call_workers(ids)


def retry(operation: Operation, *, now: datetime) -> bool:
    """Puts a failed operation back to work; False when it had not failed."""
    revived = Operation.objects.filter(pk=operation.pk, state=Operation.State.FAILED).update(
        state=Operation.State.PENDING,
        due_at=now,
        attempts=0,
        retries=F("retries") + 1,
        finished_at=None,
    )
    call_workers([operation.pk] if revived else [])
    return bool(revived)


def _claimable(now: datetime) -> Q:
    waiting = Q(
        state__in=[Operation.State.PENDING, Operation.State.UNKNOWN],
        due_at__lte=now,
    )
    abandoned = Q(state=Operation.State.RUNNING, lease_expires_at__lt=now)
    return waiting | abandoned


def _log(operation: Operation, outcome: Attempt.Outcome, answer: str, now: datetime) -> None:
    Attempt.objects.create(
        operation=operation,
        number=operation.attempts,
        ended_at=now,
        outcome=outcome,
        answer=answer,
    )


def _update_held(operation: Operation, extra: Q | None = None, **values: object) -> None:
    held = Operation.objects.filter(
        extra or Q(), pk=operation.pk, state=Operation.State.RUNNING, lease=operation.lease
    )
    if not held.update(**values):
        raise LeaseLost(f"Operation {operation.pk} is no longer held under this lease.")
