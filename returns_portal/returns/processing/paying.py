"""Moves the money: processes the return with exactly the approved refund, and sees it arrive."""

import uuid

from returns_portal.returns.models import Refund
from returns_portal.returns.outbox import mark_sent
from returns_portal.returns.processing.elsewhere import settle_elsewhere_or_ask
from returns_portal.returns.processing.restocking import is_placed, placements
from returns_portal.returns.processing.step import NeedsPerson, NotYet, Step
from returns_portal.returns.refund_amounts import allocate
from returns_portal.returns.services.settlement import (
    refund_state,
    refunds_confirmed,
    return_processed,
)
from returns_portal.shopify.errors import ShopifyRefused
from returns_portal.shopify.orders import list_order_refunds
from returns_portal.shopify.refunds import create_refund
from returns_portal.shopify.returns import (
    get_return,
    suggest_outcome,
)
from returns_portal.shopify.returns import (
    process_return as send_process,
)
from returns_portal.shopify.types import (
    Money,
    ProcessLineInput,
    RefundTransactionInput,
    Return,
)
from returns_portal.shopify.types import Refund as ShopifyRefund

# How often a processed return is read again before a person must say where its refund is.
LOOKS = 5


def process_return(step: Step) -> None:
    """Refunds and restocks in Shopify, unless reading shows that it happened already."""
    before = get_return(step.client, step.request.shopify_return_id)
    if is_processed(before):
        file_processed(step, before)
        return
    if before.status != "OPEN":
        raise NeedsPerson(
            f"The return {before.name} is {before.status.lower()} in Shopify without a refund."
        )
    approved = approved_amount(step)
    outcome = suggest_outcome(step.client, before.id, tuple(units_to_process(step, before).items()))
    if outcome.amount < approved:
        # Something changed since: perhaps somebody has refunded these units already.
        settle_elsewhere_or_ask(step, _calculates_less(approved, outcome.amount))
        return
    payments = allocate(approved, outcome.transactions)
    file_processed(step, send(step, before, payments))


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


def send(step: Step, found: Return, payments: tuple[RefundTransactionInput, ...]) -> Return:
    """Processes once; where Shopify refuses the place of the goods, once more without a place."""
    try:
        return _send(step, found, payments, placed=True)
    except ShopifyRefused as refusal:
        if not _about_placement(refusal):
            raise
        return _send(step, found, payments, placed=False)


def _send(
    step: Step, found: Return, payments: tuple[RefundTransactionInput, ...], *, placed: bool
) -> Return:
    places = placements(step, found) if placed else {}
    lines = [
        ProcessLineInput(line_id, units, places.get(line_id, ()))
        for line_id, units in units_to_process(step, found).items()
    ]
    mark_sent(step.operation, now=step.clock())
    return send_process(
        step.client,
        return_id=found.id,
        lines=lines,
        transactions=payments,
        note=step.request.rma_number,
    )


def _about_placement(refusal: ShopifyRefused) -> bool:
    return any(
        "disposition" in part.lower() or "location" in part.lower()
        for error in refusal.user_errors
        for part in (*error.field, error.code)
    )


def file_processed(step: Step, processed: Return) -> None:
    """Notes what Shopify says of the processed return, whoever processed it."""
    return_processed(
        step.operation,
        processed,
        origin=origin_of(step, processed),
        restock_owed=not is_placed(step, processed),
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
