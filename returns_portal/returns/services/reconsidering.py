"""TikTok asks once more: what was decided here counts no longer, and staff decide anew."""

from datetime import datetime

from django.db import transaction

from returns_portal.returns.channels.aftersales import Stage, stage_of
from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.mirror import read_snapshot
from returns_portal.returns.models import Aftersale, MirroredOrder, Operation, ReturnRequest
from returns_portal.returns.outbox import skip
from returns_portal.returns.reservations import UnitsTaken, bought_units, reserve
from returns_portal.returns.services.guard import lock_request, move
from returns_portal.returns.workflow import RELEASES_UNITS, TRANSITIONS, Action, Status

ASKED_AGAIN = "TikTok asks for a decision once more: the buyer took no offer, or asked again."
UNITS_GONE = "TikTok has taken this request up again, but its units are in another one."
ANSWERS = (
    Operation.Kind.TIKTOK_CREATE,
    Operation.Kind.TIKTOK_APPROVE,
    Operation.Kind.TIKTOK_REJECT,
)


def asks_again(row: ReturnRequest, aftersale: Aftersale) -> bool:
    """Whether TikTok waits for a decision since a later change than the one answered here.

    TikTok's search lags behind: what it tells of the time before the answer is no new question.
    """
    if stage_of(aftersale.status) is not Stage.PENDING:
        return False
    if Status(row.status) not in TRANSITIONS[Action.RECONSIDER]:
        return False
    over = [Operation.State.DONE, Operation.State.SKIPPED]
    if row.operations.filter(kind__in=ANSWERS).exclude(state__in=over).exists():
        return False
    return aftersale.answered_at is None or aftersale.updated_at > aftersale.answered_at


def ask_again(row: ReturnRequest, *, now: datetime, sentence: str = ASKED_AGAIN) -> None:
    """Moves the request back to be decided, with its units; `sentence` tells staff why."""
    released = Status(row.status) in RELEASES_UNITS
    move(
        row,
        Action.RECONSIDER,
        actor=Actor.tiktok(),
        now=now,
        message=sentence,
        approved_amount=None,
        decided_at=None,
        closed_at=None,
        decline_reason="",
        attention=sentence,
    )
    if released:
        hold_again(row, now=now)


def hold_again(row: ReturnRequest, *, now: datetime) -> None:
    """A request that came back to life holds its units again, if they are still free."""
    order = read_snapshot(MirroredOrder.objects.get(shopify_id=row.shopify_order_id))
    bought = bought_units(order)
    try:
        with transaction.atomic():
            for line in row.lines.all():
                reserve(line, bought=bought.get(line.fulfillment_line_item_id, line.quantity))
    except UnitsTaken:
        ReturnRequest.objects.filter(pk=row.pk).update(attention=UNITS_GONE)
        record_event(row, "attention", actor=Actor.system(), now=now, message=UNITS_GONE)


@transaction.atomic
def note_answer(aftersale: Aftersale) -> None:
    """Notes, before it is sent, which of TikTok's questions a decision answers."""
    Aftersale.objects.filter(pk=aftersale.pk).update(answered_at=aftersale.updated_at)


@transaction.atomic
def not_taken(operation: Operation, *, sentence: str, now: datetime) -> None:
    """TikTok would not take the decision, so it stands nowhere: staff decide anew."""
    row = lock_request(operation.return_request_id)
    skip(operation, now=now, reason=sentence)
    if stage_of(row.aftersale.status) is Stage.SENT:
        _wait_for_parcel_again(row, sentence=sentence, now=now)
    elif Status(row.status) in TRANSITIONS[Action.RECONSIDER]:
        ask_again(row, now=now, sentence=sentence)


def _wait_for_parcel_again(row: ReturnRequest, *, sentence: str, now: datetime) -> None:
    """The parcel that was rejected here was not rejected at TikTok."""
    if Status(row.status) in TRANSITIONS[Action.REOPEN]:
        move(
            row,
            Action.REOPEN,
            actor=Actor.tiktok(),
            now=now,
            message=sentence,
            closed_at=None,
            decline_reason="",
        )
        hold_again(row, now=now)
    ReturnRequest.objects.filter(pk=row.pk).update(attention=sentence)
    record_event(row, "attention", actor=Actor.tiktok(), now=now, message=sentence)
