"""Goes over every open and recent request, reads Shopify, and lists what differs."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Q

from returns_portal.returns import outbox
from returns_portal.returns.models import Operation, Refund, ReturnRequest
from returns_portal.returns.models.piles import TO_INSPECT
from returns_portal.returns.reconciliation import Claim, compare
from returns_portal.returns.services.reconciling import note_findings
from returns_portal.returns.services.settlement import moved, pays_through_shopify
from returns_portal.returns.workflow import Status
from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.errors import ShopifyNotFound
from returns_portal.shopify.refunds import get_refund
from returns_portal.shopify.returns import get_return
from returns_portal.shopify.types import Refund as ShopifyRefund
from returns_portal.shopify.types import Return

RECENT = timedelta(days=30)
# A step may take this long before a person should hear of it.
PATIENCE = timedelta(minutes=30)
# As many are held in memory at once.
PORTION = 200


def reconcile(client: ShopifyClient, *, now: datetime) -> Iterator[ReturnRequest]:
    """Compares each open and recent request, yielding it when done; raises ShopifyError.

    Operations whose outcome is unknown are made due, so that reading settles them.
    """
    hasten_unknown(now)
    for return_request in requests_to_check(now):
        claim = claim_of(return_request, now)
        found = read_return(client, return_request)
        kept = read_kept_refunds(client, return_request)
        note_findings(return_request, compare(claim, found, kept), now=now)
        yield return_request


def requests_to_check(now: datetime) -> Iterator[ReturnRequest]:
    """Requests decided in favor: all that are open, then those closed lately.

    A portion is read when it is needed and not before: going over all of them takes hours, and
    staff go on working. One that closes meanwhile may come twice, but is not passed over.
    """
    yield from walk_open()
    yield from walk_closed(since=now - RECENT)


def walk_open() -> Iterator[ReturnRequest]:
    last = 0
    while portion := read_portion(TO_INSPECT & Q(pk__gt=last), "pk"):
        yield from portion
        last = portion[-1].pk


def walk_closed(*, since: datetime) -> Iterator[ReturnRequest]:
    last = 0
    while portion := read_portion(
        # The first condition leads into the index at that time; the second goes on from there.
        Q(status=Status.CLOSED, closed_at__gte=since) & (Q(closed_at__gt=since) | Q(pk__gt=last)),
        "closed_at",
        "pk",
    ):
        yield from portion
        since, last = portion[-1].closed_at or since, portion[-1].pk


def read_portion(condition: Q, *order: str) -> list[ReturnRequest]:
    requests = ReturnRequest.objects.filter(condition).order_by(*order)
    return list(requests.prefetch_related("lines", "operations", "refunds")[:PORTION])


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
    kept = kept_amount(return_request)
    refunded = return_request.refunded_amount
    return Claim(
        return_id=return_request.shopify_return_id,
        closed=return_request.status == Status.CLOSED,
        refunded_amount=(
            refunded - kept
            if refunded is not None and pays_through_shopify(return_request)
            else None
        ),
        refunded_elsewhere=return_request.refunded_elsewhere,
        units={
            line.fulfillment_line_item_id: line.units_back for line in return_request.returned_lines
        },
        unfinished=tuple(str(kind) for kind in unfinished),
        expects_return=bool(return_request.returned_lines),
        kept_amount=kept,
    )


def kept_amount(return_request: ReturnRequest) -> Decimal:
    """What the portal noted as paid for kept items."""
    return moved([row for row in return_request.refunds.all() if row.part == Refund.Part.KEPT])


def read_kept_refunds(
    client: ShopifyClient, return_request: ReturnRequest
) -> tuple[ShopifyRefund, ...]:
    """The refunds of kept items as Shopify has them; those that it lacks are left out."""
    rows = [row for row in return_request.refunds.all() if row.part == Refund.Part.KEPT]
    found = []
    for row in rows:
        with suppress(ShopifyNotFound):
            found.append(get_refund(client, row.shopify_id))
    return tuple(found)


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
