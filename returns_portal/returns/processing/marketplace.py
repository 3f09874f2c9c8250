"""Tells TikTok what was decided here: each step looks, acts once, and reads what came of it."""

from decimal import Decimal

from django.conf import settings

from returns_portal.returns.channels.aftersales import (
    AGREED,
    RETURN_AND_REFUND,
    Stage,
    pick_reason,
    seller_may_begin,
    stage_of,
)
from returns_portal.returns.channels.tiktok_shop import is_connected
from returns_portal.returns.intake.aftersales import sync_one, sync_order
from returns_portal.returns.mirror import TIKTOK_SOURCE
from returns_portal.returns.models import Aftersale
from returns_portal.returns.outbox import mark_sent
from returns_portal.returns.processing.step import NeedsPerson, NotYet, Step
from returns_portal.returns.services.aftersales import note_completed_order, note_tiktok_order
from returns_portal.returns.services.following import follow
from returns_portal.returns.services.guard import owe_email
from returns_portal.returns.services.reconsidering import not_taken, note_answer
from returns_portal.returns.services.settlement import step_done
from returns_portal.tiktok import returns as tiktok_returns
from returns_portal.tiktok.errors import TikTokNotFound, TikTokRefused
from returns_portal.tiktok.orders import find_order_id, get_order
from returns_portal.tiktok.types import Decisions, Order, Price

TOO_LATE = "TikTok had decided already: {status}."
REASON_GONE = "TikTok does not list this reason any more. Nothing was sent: decide it again."
NOT_LISTED = "TikTok does not list the new return yet."
OVER_AT_TIKTOK = (
    "TikTok counts this order as completed and takes no return of it any more: the shopper was "
    "told to ask TikTok."
)


def look_for_aftersale(step: Step) -> None:
    """Joins what the buyer began in the app; else tells the shopper to begin it there.

    Of an order that TikTok has completed, the shopper is told to ask TikTok instead.
    """
    row = step.request
    over = False
    if is_connected() and (order_id := _tiktok_order_id(step)):
        sync_order(step.tiktok, order_id, now=step.clock())
        over = _is_completed(step, order_id)
    found = Aftersale.objects.filter(return_request=row).first()
    words = f"TikTok knows it as {found.return_id}." if found else "TikTok knows of none yet."
    if found is None and over:
        words = OVER_AT_TIKTOK
        note_completed_order(row.pk, sentence=words, now=step.clock())
    elif found is None and not seller_may_begin(row.country):
        owe_email(row, "tiktok_action_needed", now=step.clock())
    step_done(step.operation, message=words, now=step.clock())


def _tiktok_order_id(step: Step) -> str:
    """TikTok's id of the order: as the order carries it, else as TikTok links it to Shopify's."""
    row = step.request
    if row.tiktok_order_id or row.sales_channel != TIKTOK_SOURCE:
        return row.tiktok_order_id
    number = row.shopify_order_id.rsplit("/", 1)[-1]
    found = find_order_id(step.tiktok, number) or ""
    note_tiktok_order(row.pk, found)
    row.tiktok_order_id = found
    return found


def _is_completed(step: Step, order_id: str) -> bool:
    try:
        return get_order(step.tiktok, order_id).is_completed
    except TikTokNotFound:
        return False


def approve_on_tiktok(step: Step) -> None:
    """Approves the request, unless TikTok is beyond it already."""
    aftersale = _fresh(step)
    if stage_of(aftersale.status) is not Stage.PENDING:
        _too_late(step, aftersale)
        return
    if _asked_anew(step, aftersale):
        return
    chosen = _approval(step, aftersale)
    if chosen is None:
        return
    decision, partial = chosen
    note_answer(aftersale)
    try:
        mark_sent(step.operation, now=step.clock())
        tiktok_returns.approve(
            step.tiktok,
            aftersale.return_id,
            decision=decision,
            partial=partial,
            idempotency_key=key_of(step),
        )
    except TikTokRefused as refusal:
        if _still(step, Stage.PENDING, refusal):
            return
    _finish(step)


def key_of(step: Step) -> str:
    """The decision's own key: fixed before the first call, the same for every try of it."""
    operation = step.operation
    return f"{settings.SITE_HOST}-{operation.kind}-{operation.idempotency_key}"


def _approval(step: Step, aftersale: Aftersale) -> tuple[str, Price | None] | None:
    """The whole refund, or an offer of a part where TikTok takes such an amount just now.

    None where it takes none: then nothing is sent, and staff decide anew.
    """
    whole, approved = aftersale.amount, step.request.approved_amount
    if whole is None or approved is None or approved >= whole:
        goods_back = aftersale.return_type == RETURN_AND_REFUND
        return ("APPROVE_RETURN" if goods_back else "APPROVE_REFUND"), None
    offered = tiktok_returns.list_decisions(step.tiktok, aftersale.return_id)
    if not tiktok_returns.within(approved, offered):
        not_taken(step.operation, sentence=_no_part(approved, aftersale, offered), now=step.clock())
        return None
    return "OFFER_PARTIAL_REFUND", Price(approved, aftersale.currency)


def _no_part(approved: Decimal, aftersale: Aftersale, offered: Decisions) -> str:
    low, high = offered.partial_minimum, offered.partial_maximum
    allowed = "no partial refund at all" if None in (low, high) else f"{low} to {high}"
    return (
        f"TikTok takes no partial refund of {approved} {aftersale.currency} here (just now: "
        f"{allowed}). Nothing was sent: decide it again."
    )


def receive_on_tiktok(step: Step) -> None:
    """Accepts the parcel, which releases TikTok's refund."""
    aftersale = _fresh(step)
    stage = stage_of(aftersale.status)
    if stage is Stage.SEND:
        raise NotYet("TikTok does not know yet that the parcel was sent.")
    if stage is not Stage.SENT:
        _too_late(step, aftersale)
        return
    try:
        mark_sent(step.operation, now=step.clock())
        tiktok_returns.approve(
            step.tiktok,
            aftersale.return_id,
            decision="APPROVE_RECEIVED_PACKAGE",
            idempotency_key=key_of(step),
        )
    except TikTokRefused as refusal:
        if stage_of(_fresh(step).status) is Stage.SENT:
            raise refusal
    _finish(step)


def reject_on_tiktok(step: Step) -> None:
    """Rejects the request or the parcel for the chosen reason, if TikTok still lists it."""
    aftersale = _fresh(step)
    stage = stage_of(aftersale.status)
    if stage.value != step.operation.part.partition("-")[0]:
        _too_late(step, aftersale)
        return
    if _asked_anew(step, aftersale):
        return
    listed = tiktok_returns.list_reject_reasons(step.tiktok, aftersale.return_id)
    if aftersale.reject_reason not in {reason.name for reason in listed}:
        not_taken(step.operation, sentence=REASON_GONE, now=step.clock())
        return
    note_answer(aftersale)
    try:
        mark_sent(step.operation, now=step.clock())
        tiktok_returns.reject(
            step.tiktok,
            aftersale.return_id,
            decision=_rejection(aftersale, stage),
            reason=aftersale.reject_reason,
            comment=aftersale.reject_comment,
            idempotency_key=key_of(step),
        )
    except TikTokRefused as refusal:
        if _still(step, stage, refusal):
            return
    _finish(step)


def _rejection(aftersale: Aftersale, stage: Stage) -> str:
    if stage is Stage.SENT:
        return "REJECT_RECEIVED_PACKAGE"
    return "REJECT_RETURN" if aftersale.return_type == RETURN_AND_REFUND else "REJECT_REFUND"


def create_on_tiktok(step: Step) -> None:
    """Begins the return for the buyer, unless the buyer began it in the meantime."""
    row = step.request
    sync_order(step.tiktok, _tiktok_order_id(step), now=step.clock())
    if not Aftersale.objects.filter(return_request=row).exists():
        return_id = _create(step)
        try:
            sync_one(step.tiktok, return_id, now=step.clock())
        except TikTokNotFound:
            raise NotYet(NOT_LISTED) from None
    aftersale = Aftersale.objects.filter(return_request=row).first()
    if aftersale is None:
        raise NeedsPerson("TikTok's return does not fit this request: look into Seller Center.")
    if stage_of(aftersale.status) is Stage.PENDING:
        approve_on_tiktok(step)
        return
    words = f"TikTok knows it as {aftersale.return_id}."
    step_done(step.operation, message=words, now=step.clock())


def _create(step: Step) -> str:
    row = step.request
    order = get_order(step.tiktok, row.tiktok_order_id)
    if order.is_completed:
        raise NeedsPerson("TikTok takes no returns of this order any more: the buyer asks TikTok.")
    units = _units_of(step, order)
    rows = tiktok_returns.list_eligibility(step.tiktok, order.id)
    open_rows = [r for r in rows if r.eligible and r.request_type == RETURN_AND_REFUND]
    code = row.lines.select_related("reason").order_by("pk")[0].reason.code
    offered = [reason for each in open_rows for reason in each.reasons]
    reason = pick_reason(code, offered)
    if reason is None and step.operation.sent_at:
        # Begun by an earlier try, whose answer was lost or which TikTok's search lags behind.
        raise NotYet(NOT_LISTED)
    if reason is None:
        why = next((each.why_not for each in rows if each.why_not), "no reason fits")
        raise NeedsPerson(f"TikTok does not let a return begin for this order: {why}.")
    refund = tiktok_returns.calculate_refund(
        step.tiktok,
        order_id=order.id,
        request_type=RETURN_AND_REFUND,
        reason=reason.name,
        order_line_item_ids=units,
    )
    mark_sent(step.operation, now=step.clock())
    return tiktok_returns.create_return(
        step.tiktok,
        order_id=order.id,
        return_type=RETURN_AND_REFUND,
        reason=reason.name,
        order_line_item_ids=units,
        refund=refund,
        idempotency_key=key_of(step),
    )


def _units_of(step: Step, order: Order) -> list[str]:
    """TikTok's ids of the units that the request is about."""
    left = list(order.lines)
    units = []
    for line in step.request.lines.all():
        fitting = [
            unit for unit in left if unit.seller_sku == line.sku or unit.product_name == line.title
        ][: line.units_back]
        if len(fitting) < line.units_back:
            raise NeedsPerson(f"“{line.title}” is not found in TikTok's order.")
        units += [unit.id for unit in fitting]
        left = [unit for unit in left if unit not in fitting]
    return units


def _fresh(step: Step) -> Aftersale:
    known = Aftersale.objects.filter(return_request=step.request).first()
    if known is None:
        raise NeedsPerson("TikTok knows of no return that stands for this request.")
    return sync_one(step.tiktok, known.return_id, now=step.clock())


def _asked_anew(step: Step, aftersale: Aftersale) -> bool:
    """Ends a step whose lost answer was heard, where TikTok asks another question since.

    Sent again, under its key, it would get the first answer and change nothing.
    """
    answered = aftersale.answered_at
    if not step.operation.sent_at or answered is None or aftersale.updated_at <= answered:
        return False
    _end(step, aftersale, "TikTok asks once more since this was sent.")
    return True


def _still(step: Step, before: Stage, refusal: TikTokRefused) -> bool:
    """Whether TikTok still waits after a refusal, so that staff decide anew."""
    if stage_of(_fresh(step).status) is not before:
        return False
    not_taken(step.operation, sentence=f"{refusal} Decide it again.", now=step.clock())
    return True


def _too_late(step: Step, aftersale: Aftersale) -> None:
    words = TOO_LATE.format(status=aftersale.status)
    if step.operation.sent_at and stage_of(aftersale.status) in AGREED:
        words = f"TikTok: {aftersale.status}."
    _end(step, aftersale, words)


def _finish(step: Step) -> None:
    aftersale = _fresh(step)
    _end(step, aftersale, f"TikTok: {aftersale.status}.")


def _end(step: Step, aftersale: Aftersale, words: str) -> None:
    step_done(step.operation, message=words, now=step.clock())
    # What was held back while the step was owed holds now.
    follow(aftersale.pk, now=step.clock())
