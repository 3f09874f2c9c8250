"""Moves the money: processes the return with exactly the approved refund, and sees it arrive."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from returns_portal.returns.models import Refund
from returns_portal.returns.outbox import mark_sent
from returns_portal.returns.processing.elsewhere import settle_elsewhere_or_ask
from returns_portal.returns.processing.restocking import (
    is_placed,
    missing_dispositions,
    placements,
)
from returns_portal.returns.processing.step import NeedsPerson, NotYet, Step
from returns_portal.returns.refund_amounts import allocate
from returns_portal.returns.services.settlement import (
    refund_state,
    refunds_confirmed,
    return_processed,
)
from returns_portal.shopify.errors import ShopifyProtocolError, ShopifyRefused
from returns_portal.shopify.orders import list_order_refunds
from returns_portal.shopify.refunds import create_refund
from returns_portal.shopify.returns import (
    get_return,
    read_for_processing,
    suggest_outcome,
)
from returns_portal.shopify.returns import (
    process_return as send_process,
)
from returns_portal.shopify.types import (
    DispositionInput,
    Money,
    ProcessLineInput,
    RefundTransactionInput,
    Return,
    ReverseLine,
    SuggestedOutcome,
)
from returns_portal.shopify.types import Refund as ShopifyRefund

# How often a processed return is read again before a person must say where its refund is.
LOOKS = 5


@dataclass(frozen=True, slots=True)
class Untouched:
    """A return that nobody processed yet: its units by return line id, and what they are worth.

    `line_ids` are its return line ids by fulfillment line item id.
    """

    return_id: str
    units: Mapping[str, int]
    line_ids: Mapping[str, str]
    reverse_lines: tuple[ReverseLine, ...]
    outcome: SuggestedOutcome


def process_return(step: Step) -> None:
    """Refunds and restocks in Shopify, unless reading shows that it happened already."""
    found = look(step) or look_closely(step)
    if isinstance(found, Return):
        file_found(step, found)
        return
    approved = approved_amount(step)
    if found.outcome.amount < approved:
        # Something changed since: perhaps somebody has refunded these units already.
        settle_elsewhere_or_ask(step, _calculates_less(approved, found.outcome.amount))
        return
    try:
        send(step, found, allocate(approved, found.outcome.transactions))
    except ShopifyRefused as refusal:
        look_after_refusal(step, refusal)


def look_after_refusal(step: Step, refusal: ShopifyRefused) -> None:
    """Somebody may have processed or refunded these units since we looked: reads once more.

    Raises NeedsPerson with Shopify's words when nobody did.
    """
    found = get_return(
        step.client, step.request.shopify_return_id, lines=step.request.lines.count()
    )
    if is_processed(found):
        file_found(step, found)
    else:
        settle_elsewhere_or_ask(step, str(refusal))


def look(step: Step) -> Untouched | None:
    """One call that tells all there is to know of a usual return; None where it is not usual."""
    lines = list(step.request.lines.all())
    line_ids = {line.fulfillment_line_item_id: line.shopify_return_line_id for line in lines}
    units = {line.shopify_return_line_id: line.units_back for line in lines if line.units_back}
    if not units or not all(line_ids.values()):
        return None
    try:
        found, outcome = read_for_processing(
            step.client, step.request.shopify_return_id, tuple(units.items())
        )
    except ShopifyProtocolError:
        # Shopify calculates nothing where units are processed already or not there any more.
        return None
    if outcome is None or not found.is_untouched:
        return None
    return Untouched(found.id, units, line_ids, found.reverse_lines, outcome)


def look_closely(step: Step) -> Untouched | Return:
    """The return read whole; as it is when somebody, perhaps this portal, processed it.

    Raises NeedsPerson when it ended otherwise.
    """
    found = get_return(
        step.client, step.request.shopify_return_id, lines=step.request.lines.count()
    )
    if is_processed(found):
        return found
    if found.status != "OPEN":
        raise NeedsPerson(
            f"The return {found.name} is {found.status.lower()} in Shopify without a refund."
        )
    units = units_to_process(step, found)
    line_ids = {line.fulfillment_line_item_id: line.id for line in found.lines}
    outcome = suggest_outcome(step.client, found.id, tuple(units.items()))
    return Untouched(found.id, units, line_ids, found.reverse_lines, outcome)


def _calculates_less(approved: Money, calculated: Money) -> str:
    return (
        f"Approved {approved.amount} {approved.currency}, but Shopify now calculates "
        f"{calculated.amount} {calculated.currency}. Nothing was paid."
    )


def approved_amount(step: Step) -> Money:
    if step.request.approved_amount is None:
        raise NeedsPerson("No amount was approved for this request.")
    return Money(step.request.approved_amount, step.request.currency)


def is_processed(found: Return) -> bool:
    """Whether somebody, perhaps this portal, processed units or paid money on the return."""
    return bool(found.refunds) or any(line.processed_quantity for line in found.lines)


def units_to_process(step: Step, found: Return) -> dict[str, int]:
    """Units by return line id: what arrived where it was counted, else what was requested."""
    wanted = {line.fulfillment_line_item_id: line.units_back for line in step.request.lines.all()}
    units: dict[str, int] = {}
    for line in found.lines:
        count = min(line.quantity, wanted.get(line.fulfillment_line_item_id, 0))
        wanted[line.fulfillment_line_item_id] -= count
        if count:
            units[line.id] = count
    return units


def send(step: Step, found: Untouched, payments: tuple[RefundTransactionInput, ...]) -> None:
    """Processes once; where Shopify refuses the place of the goods, once more without a place."""
    places = placements(step, found.reverse_lines, found.line_ids)
    try:
        _send(step, found, payments, places)
    except ShopifyRefused as refusal:
        if not _about_placement(refusal):
            raise
        _send(step, found, payments, {})


def _send(
    step: Step,
    found: Untouched,
    payments: tuple[RefundTransactionInput, ...],
    places: Mapping[str, tuple[DispositionInput, ...]],
) -> None:
    lines = [
        ProcessLineInput(line_id, units, places.get(line_id, ()))
        for line_id, units in found.units.items()
    ]
    mark_sent(step.operation, now=step.clock())
    processed = send_process(
        step.client,
        return_id=found.return_id,
        lines=lines,
        transactions=payments,
        note=step.request.rma_number,
    )
    placed = sum(len(line.dispositions) for line in lines)
    owed = sum(1 for _ in missing_dispositions(step, found.reverse_lines))
    return_processed(
        step.operation,
        processed,
        origin=Refund.Origin.PORTAL,
        restock_owed=placed < owed,
        now=step.clock(),
    )


def _about_placement(refusal: ShopifyRefused) -> bool:
    return any(
        "disposition" in part.lower() or "location" in part.lower()
        for error in refusal.user_errors
        for part in (*error.field, error.code)
    )


def file_found(step: Step, processed: Return) -> None:
    """Notes what Shopify says of the processed return, whoever processed it."""
    return_processed(
        step.operation,
        processed,
        origin=origin_of(step, processed),
        restock_owed=not is_placed(step, processed.reverse_lines),
        now=step.clock(),
    )


def origin_of(step: Step, processed: Return) -> Refund.Origin:
    """The portal's own when it sent the call, or its RMA stands in the refund's note."""
    rma = step.request.rma_number
    ours = step.operation.sent_at or any(rma in refund.note for refund in processed.refunds)
    return Refund.Origin.PORTAL if ours else Refund.Origin.ELSEWHERE


def confirm_refund(step: Step) -> None:
    """Reads whether the money has moved; looks again later while it is on its way.

    After staff tried a failed refund again, the part that did not move is sent anew.
    """
    refunds = find_own_refunds(step)
    failed = [refund for refund in refunds if refund_state(refund) == Refund.State.FAILED]
    if failed and len(failed) == len(refunds) <= step.operation.retries:
        refunds = (*refunds, send_again(step, failed[-1], attempt=len(failed)))
    if refunds_confirmed(step.operation, refunds, now=step.clock()):
        return
    states = {refund_state(refund) for refund in refunds}
    if Refund.State.PENDING in states:
        raise NotYet("The refund is on its way; the payment provider has not confirmed it yet.")
    if Refund.State.FAILED in states:
        raise NeedsPerson("The payment provider did not pay the refund out. No money has moved.")
    if step.operation.attempts < LOOKS:
        raise NotYet("Shopify does not show the refund yet.")
    raise NeedsPerson("Shopify's refunds of this return do not add up to the approved amount.")


def find_own_refunds(step: Step) -> tuple[ShopifyRefund, ...]:
    """The order's refunds that belong to this request: of its return, by its RMA, or known."""
    known = set(step.request.refunds.values_list("shopify_id", flat=True))
    return_id = step.request.shopify_return_id
    return tuple(
        refund
        for refund in list_order_refunds(step.client, step.request.shopify_order_id)
        if refund.id in known
        or (return_id and refund.return_id == return_id)
        or step.request.rma_number in refund.note
    )


def send_again(step: Step, failed: ShopifyRefund, *, attempt: int) -> ShopifyRefund:
    """Pays a failed refund once more, without goods; the same attempt has the same key."""
    mark_sent(step.operation, now=step.clock())
    return create_refund(
        step.client,
        order_id=step.request.shopify_order_id,
        currency=failed.total.currency,
        note=step.request.rma_number,
        transactions=[
            RefundTransactionInput(transaction.parent_id, transaction.amount)
            for transaction in failed.transactions
            if transaction.parent_id
        ],
        idempotency_key=str(uuid.uuid5(step.operation.idempotency_key, str(attempt))),
    )
