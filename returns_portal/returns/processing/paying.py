"""Moves the money: processes the return with exactly the approved refund, and sees it arrive."""

from returns_portal.returns.models import Refund, ReturnLineItem
from returns_portal.returns.outbox import mark_sent
from returns_portal.returns.processing.restocking import is_placed, placements
from returns_portal.returns.processing.step import NeedsPerson, NotYet, Step
from returns_portal.returns.refund_amounts import allocate
from returns_portal.returns.services.settlement import refunds_confirmed, return_processed
from returns_portal.shopify.errors import ShopifyRefused
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
    payments = plan_payments(step, before)
    file_processed(step, send(step, before, payments))


def is_processed(found: Return) -> bool:
    """Whether somebody, perhaps this portal, processed units or paid money on the return."""
    return bool(found.refunds) or any(line.processed_quantity for line in found.lines)


def plan_payments(step: Step, found: Return) -> tuple[RefundTransactionInput, ...]:
    """Exactly the approved amount, over the payments that Shopify suggests.

    Raises NeedsPerson when Shopify calculates less than was approved: something changed, and
    the same item may have been refunded elsewhere.
    """
    request = step.request
    if request.approved_amount is None:
        raise NeedsPerson("No amount was approved for this request.")
    approved = Money(request.approved_amount, request.currency)
    quantities = units_to_process(step, found)
    outcome = suggest_outcome(step.client, found.id, tuple(quantities.items()))
    if outcome.amount < approved:
        raise NeedsPerson(
            f"Approved {approved.amount} {approved.currency}, but Shopify now calculates "
            f"{outcome.amount.amount} {outcome.amount.currency}. Nothing was paid."
        )
    return allocate(approved, outcome.transactions)


def units_to_process(step: Step, found: Return) -> dict[str, int]:
    """Units by return line id: what arrived where it was counted, else what was requested."""
    wanted = {line.fulfillment_line_item_id: units_of(line) for line in step.request.lines.all()}
    units: dict[str, int] = {}
    for line in found.lines:
        count = min(line.quantity, wanted.get(line.fulfillment_line_item_id, 0))
        wanted[line.fulfillment_line_item_id] -= count
        if count:
            units[line.id] = count
    return units


def units_of(line: ReturnLineItem) -> int:
    return line.quantity if line.received_quantity is None else line.received_quantity


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
    """Reads whether the money has moved; looks again later while it is on its way."""
    found = get_return(step.client, step.request.shopify_return_id)
    if refunds_confirmed(step.operation, found.refunds, now=step.clock()):
        return
    states = set(step.request.refunds.values_list("state", flat=True))
    if Refund.State.FAILED in states:
        raise NeedsPerson("The payment provider did not pay the refund out. No money has moved.")
    if Refund.State.PENDING in states or step.operation.attempts < LOOKS:
        raise NotYet("The refund is on its way; the payment provider has not confirmed it yet.")
    raise NeedsPerson("Shopify's refunds of this return do not add up to the approved amount.")
