"""Goes over every open and recent request, reads Shopify, and lists what differs."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q

from returns_portal.returns import outbox
from returns_portal.returns.models import Operation, ReturnRequest
from returns_portal.returns.reconciliation import Claim, compare
from returns_portal.returns.services.reconciling import note_findings
from returns_portal.returns.workflow import Status
from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.errors import ShopifyNotFound
from returns_portal.shopify.returns import get_return
from returns_portal.shopify.types import Return

RECENT = timedelta(days=30)
# A step may take this long before a person should hear of it.
PATIENCE = timedelta(minutes=30)


def reconcile(client: ShopifyClient, *, now: datetime) -> Iterator[ReturnRequest]:
    """Compares each open and recent request, yielding it when done; raises ShopifyError.

    Operations whose outcome is unknown are made due, so that reading settles them.
    """
    hasten_unknown(now)
    for return_request in requests_to_check(now):
        claim = claim_of(return_request, now)
        found = read_return(client, return_request)
        note_findings(return_request, compare(claim, found), now=now)
        yield return_request


def requests_to_check(now: datetime) -> Iterator[ReturnRequest]:
    """Requests decided in favor: all that are open, and those closed lately."""
    decided = Q(status__in=[Status.APPROVED, Status.RECEIVED])
    recent = Q(status=Status.CLOSED, closed_at__gte=now - RECENT)
    requests = ReturnRequest.objects.filter(decided | recent).order_by("pk")
    yield from requests.prefetch_related("lines", "operations").iterator(chunk_size=200)


def claim_of(return_request: ReturnRequest, now: datetime) -> Claim:
    """What the portal believes about the request; steps under way count once they are late."""
    over = {Operation.State.DONE, Operation.State.SKIPPED}
    unfinished = [
        operation.get_kind_display()
        for operation in return_request.operations.all()
        if operation.state not in over
        and operation.kind != Operation.Kind.SEND_EMAIL
        and operation.created_at < now - PATIENCE
    ]
    return Claim(
        return_id=return_request.shopify_return_id,
        closed=return_request.status == Status.CLOSED,
        refunded_amount=return_request.refunded_amount,
        refunded_elsewhere=return_request.refunded_elsewhere,
        units={
            line.fulfillment_line_item_id: line.units_back for line in return_request.lines.all()
        },
        unfinished=tuple(str(kind) for kind in unfinished),
    )


def read_return(client: ShopifyClient, return_request: ReturnRequest) -> Return | None:
    if not return_request.shopify_return_id:
        return None
    try:
        return get_return(
            client, return_request.shopify_return_id, lines=len(return_request.lines.all())
        )
    except ShopifyNotFound:
        return None


def hasten_unknown(now: datetime) -> None:
    """Lets workers look at once at every operation whose outcome is unknown."""
    unknown = Operation.objects.filter(state=Operation.State.UNKNOWN)
    ids = list(unknown.values_list("pk", flat=True))
    unknown.update(due_at=now)
    outbox.call_workers(ids)
