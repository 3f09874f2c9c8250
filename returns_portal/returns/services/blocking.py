"""The block list: shoppers whose requests a person must look at; nobody is refused by it alone."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.models import BlockedShopper, ReturnRequest
from returns_portal.returns.services.guard import Refused, lock_request
from returns_portal.returns.shoppers import digests_of


@transaction.atomic
def block_shopper(*, request_id: int, reason: str, actor: Actor, now: datetime) -> ReturnRequest:
    """Puts the shopper of a request on the block list, by every key there is.

    Raises Refused without a reason, and where nothing tells the shopper from others.
    """
    return_request = lock_request(request_id)
    if not reason.strip():
        raise Refused(_("Say why: whoever looks next reads it."))
    keys = list(return_request.shopper_keys.all())
    if not keys:
        raise Refused(_("Nothing is known by which this shopper could be told from others."))
    for key in keys:
        BlockedShopper.objects.get_or_create(
            digest=key.digest,
            lifted_at=None,
            defaults={
                "kind": key.kind,
                "return_request": return_request,
                "reason": reason.strip(),
                "blocked_by_id": actor.user_id,
                "blocked_at": now,
            },
        )
    record_event(return_request, "blocked", actor=actor, now=now, message=reason.strip())
    return return_request


@transaction.atomic
def unblock_shopper(*, request_id: int, actor: Actor, now: datetime) -> ReturnRequest:
    """Takes the shopper of a request off the block list; raises Refused when not on it."""
    return_request = lock_request(request_id)
    standing = BlockedShopper.objects.filter(
        digest__in=digests_of(return_request), lifted_at__isnull=True
    )
    if not standing.update(lifted_at=now, lifted_by_id=actor.user_id):
        raise Refused(_("This shopper is not on the block list."))
    record_event(return_request, "unblocked", actor=actor, now=now)
    return return_request
