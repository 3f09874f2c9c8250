"""Taking the lower amount that Shopify calculates after an approval, so that the step goes on."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from returns_portal.returns.history import Actor
from returns_portal.returns.models import Operation, ReturnRequest
from returns_portal.returns.outbox import retry
from returns_portal.returns.payouts import parts_of
from returns_portal.returns.services.approving import note_change
from returns_portal.returns.services.guard import Refused, lock_request
from returns_portal.shopify.types import Money


@transaction.atomic
def accept_lower_amount(
    *, operation_id: int, amount: Money, reason: str, actor: Actor, now: datetime
) -> Operation:
    """Approves less than before and tries the failed refund again; nothing was paid until now.

    `amount` is what Shopify calculates now, as the person saw it. Raises Refused.
    """
    operation = Operation.objects.select_related("return_request").get(pk=operation_id)
    return_request = lock_request(operation.return_request_id)
    before = return_request.approved_amount
    if operation.kind != Operation.Kind.PROCESS_RETURN or before is None:
        raise Refused(_("The amount of this step cannot be lowered."))
    if amount.currency != return_request.currency or not 0 <= amount.amount < before:
        raise Refused(_("Only a lower amount can be accepted here."))
    if not reason.strip():
        raise Refused(_("Say why the amount is another one."))
    if return_request.refunds.exists():
        raise Refused(_("Money has moved for this return: the amount stays."))
    if not retry(operation, now=now):
        raise Refused(_("This step has not failed: there is nothing to try again."))
    return_request.approved_amount = amount.amount
    return_request.bonus_amount = parts_of(return_request).bonus.amount
    ReturnRequest.objects.filter(pk=return_request.pk).update(
        approved_amount=amount.amount, bonus_amount=return_request.bonus_amount, attention=""
    )
    note_change(return_request, before, amount.amount, reason, actor, now)
    operation.refresh_from_db()
    return operation
