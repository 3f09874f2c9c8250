"""Rejecting on TikTok: a request, or the parcel that came, for one of TikTok's own reasons."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from returns_portal.returns.channels.aftersales import Stage, stage_of
from returns_portal.returns.history import Actor
from returns_portal.returns.models import Aftersale, ReturnRequest
from returns_portal.returns.outbox import owe
from returns_portal.returns.reservations import release
from returns_portal.returns.services.guard import Refused, lock_request, move
from returns_portal.returns.services.owing import Kind, next_round
from returns_portal.returns.workflow import UNDECIDED, Action, Status

REJECTABLE = frozenset({Stage.PENDING, Stage.SENT})


def may_reject(return_request: ReturnRequest, aftersale: Aftersale | None) -> bool:
    """Whether TikTok lets the seller reject now, as far as the portal has heard."""
    if aftersale is None:
        return False
    stage = stage_of(aftersale.status)
    parcel = return_request.status in {Status.APPROVED, Status.RECEIVED}
    if stage is Stage.SENT:
        return parcel and not aftersale.is_quick_refund
    return stage is Stage.PENDING and return_request.status in UNDECIDED


@transaction.atomic
def reject_on_tiktok(
    *, request_id: int, reason: str, comment: str, actor: Actor, now: datetime
) -> ReturnRequest:
    """Rejects what TikTok waits for; the shopper is told once TikTok has taken it.

    `reason` is one of those that TikTok lists just now, `comment` what the buyer reads. Raises
    Refused and InvalidTransition.
    """
    row = lock_request(request_id)
    aftersale = Aftersale.objects.select_for_update().filter(return_request=row).first()
    if aftersale is None or not may_reject(row, aftersale):
        raise Refused(_("TikTok does not let this return be rejected now."))
    if not reason or not comment.strip():
        raise Refused(_("Choose TikTok's reason and say why: the buyer reads it."))
    aftersale.reject_reason, aftersale.reject_comment = reason[:160], comment.strip()[:500]
    aftersale.save(update_fields=["reject_reason", "reject_comment"])
    stage = stage_of(aftersale.status)
    move(
        row,
        Action.DECLINE if stage is Stage.PENDING else Action.WITHDRAW,
        actor=actor,
        now=now,
        message=comment,
        decline_reason=comment.strip(),
        decided_at=now,
        closed_at=now,
    )
    release(row.pk)
    owe(row, Kind.TIKTOK_REJECT, part=next_round(row, stage.value), now=now)
    return row
