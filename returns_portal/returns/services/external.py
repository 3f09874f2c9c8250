"""Refunds that a person makes elsewhere, and confirms here."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from returns_portal.returns.channels.settlement import Settlement
from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.models import Refund, ReturnRequest
from returns_portal.returns.services.guard import Refused, lock_request, owe_email
from returns_portal.returns.services.settlement import close_when_complete, refund_mail
from returns_portal.returns.workflow import Status
from returns_portal.shopify.types import Money

CONFIRMABLE = frozenset({Status.APPROVED, Status.RECEIVED})


def awaits_external_refund(return_request: ReturnRequest) -> bool:
    """Whether a person still has to refund this request elsewhere and to confirm it."""
    return (
        return_request.settlement == Settlement.EXTERNAL
        and return_request.status in CONFIRMABLE
        and return_request.refunded_at is None
    )


@transaction.atomic
def confirm_external_refund(
    *, request_id: int, amount: Money, reference: str, actor: Actor, now: datetime
) -> ReturnRequest:
    """A person refunded elsewhere: from here on the shopper is told so, and not sooner.

    The same confirmation again changes nothing. Raises Refused for a request that waits for no
    such refund, for an amount that was not approved, and without a reference.
    """
    return_request = lock_request(request_id)
    reference = reference.strip()[:80]
    if _is_known(return_request, amount, reference):
        return return_request
    if not awaits_external_refund(return_request):
        raise Refused(_("This return does not wait for a refund that is made elsewhere."))
    _check(return_request, amount, reference)
    Refund.objects.create(
        return_request=return_request,
        shopify_id=f"external/{return_request.rma_number}",
        amount=amount.amount,
        currency=amount.currency,
        state=Refund.State.SUCCEEDED,
        origin=Refund.Origin.EXTERNAL,
        reference=reference,
        created_at=now,
        settled_at=now,
    )
    ReturnRequest.objects.filter(pk=return_request.pk).update(
        refunded_amount=amount.amount, refunded_at=now
    )
    return_request.refresh_from_db()
    record_event(
        return_request,
        "refunded",
        actor=actor,
        now=now,
        message=f"{amount.amount} {amount.currency} refunded elsewhere: {reference}.",
        shopper_sees=True,
    )
    owe_email(return_request, refund_mail(return_request, amount.amount), now=now)
    close_when_complete(return_request, now=now)
    return return_request


def _is_known(return_request: ReturnRequest, amount: Money, reference: str) -> bool:
    return return_request.refunds.filter(
        origin=Refund.Origin.EXTERNAL, amount=amount.amount, reference=reference
    ).exists()


def _check(return_request: ReturnRequest, amount: Money, reference: str) -> None:
    approved = return_request.approved_amount or 0
    if amount.currency != return_request.currency or not 0 < amount.amount <= approved:
        raise Refused(_("The refund must be more than zero and not more than the approved amount."))
    if not reference:
        raise Refused(_("Enter the reference of the refund, so that it can be found again."))
