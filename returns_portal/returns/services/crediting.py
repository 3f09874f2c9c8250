"""The bonus on store credit: one at a time for a customer, so that none is taken for another."""

from datetime import datetime

from django.db import transaction

from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.models import Operation, ReturnRequest
from returns_portal.returns.outbox import finish, mark_sent
from returns_portal.returns.services.guard import lock_request
from returns_portal.returns.services.settlement import close_when_complete
from returns_portal.shopify.types import Credit

UNDER_WAY = (Operation.State.RUNNING, Operation.State.UNKNOWN)


@transaction.atomic
def begin_bonus(operation: Operation, *, newest_credit: str, now: datetime) -> bool:
    """Notes that the bonus goes out, and the credit that was newest before it.

    False while another bonus of the same customer is under way: a credit that Shopify shows then
    could be either's. Raises LeaseLost.
    """
    return_request = ReturnRequest.objects.get(pk=operation.return_request_id)
    siblings = ReturnRequest.objects.filter(shopify_customer_id=return_request.shopify_customer_id)
    list(siblings.select_for_update().order_by("pk").values_list("pk", flat=True))
    others = Operation.objects.filter(
        kind=Operation.Kind.GRANT_BONUS,
        return_request__in=siblings,
        state__in=UNDER_WAY,
        sent_at__isnull=False,
    )
    if others.exclude(pk=operation.pk).exists():
        return False
    ReturnRequest.objects.filter(pk=return_request.pk).update(bonus_newer_than=newest_credit)
    mark_sent(operation, now=now)
    return True


@transaction.atomic
def bonus_granted(operation: Operation, credit: Credit, *, now: datetime) -> None:
    """The bonus is in the customer's store credit: which credit it is, no other may be."""
    return_request = lock_request(operation.return_request_id)
    ReturnRequest.objects.filter(pk=return_request.pk).update(
        bonus_transaction_id=credit.id, bonus_credited_at=now
    )
    record_event(
        return_request,
        "bonus_granted",
        actor=Actor.shopify(),
        now=now,
        message=f"{credit.amount.amount} {credit.amount.currency} added to the store credit.",
        shopper_sees=True,
    )
    finish(operation, now=now)
    close_when_complete(return_request, now=now)
