"""Moves the money: processes the return with exactly the approved refund, and sees it arrive."""

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from returns_portal.returns.models import Refund
from returns_portal.returns.outbox import mark_sent
from returns_portal.returns.payouts import parts_of
from returns_portal.returns.processing.elsewhere import (
    ask_about_refunds_elsewhere,
    settle_elsewhere_or_ask,
)
from returns_portal.returns.processing.restocking import (
    is_placed,
    is_unknown,
    missing_dispositions,
    placements,
    tell_refused_place,
)
from returns_portal.returns.processing.step import NeedsPerson, NotYet, Step
from returns_portal.returns.refund_amounts import Parts, allocate, rounded
from returns_portal.returns.services.settlement import (
    NOT_MOVED,
    note_refused_place,
    part_of,
    pays_through_shopify,
    refund_state,
    refunds_confirmed,
    return_processed,
    tell_of_refund,
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
# From here on the shopper is told that the payment provider takes its time.
DELAYED_AFTER = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Untouched:
    """A return that nobody processed yet: its units by return line id, and what they are worth.

    `line_ids` are its return line ids by fulfillment line item id, where it has only one for it.
    """

    return_id: str
    units: Mapping[str, int]
    line_ids: Mapping[str, str]
    reverse_lines: tuple[ReverseLine, ...]
    outcome: SuggestedOutcome
    order_refund_ids: tuple[str, ...] | None = None


def process_return(step: Step) -> None:
    """Refunds and restocks in Shopify, unless reading shows that it happened already."""
    found = look(step) or look_closely(step)
    if isinstance(found, Return):
        file_found(step, found)
        return
    parts = approved_parts(step)
    if found.outcome.amount.currency != parts.returned.currency:
        calculated = found.outcome.amount.currency
        raise NeedsPerson(f"Shopify calculates in {calculated}, so nothing was paid.")
    if found.outcome.amount < parts.returned:
        # Something changed since: perhaps somebody has refunded these units already.
        settle_elsewhere_or_ask(step, _calculates_less(parts.returned, found.outcome.amount))
        return
    if parts.returned:
        ask_about_refunds_elsewhere(step, found.order_refund_ids)
    try:
        payments = allocate(parts.original, found.outcome.transactions)
        send(step, found, payments, parts.credit)
    except ShopifyRefused as refusal:
        look_after_refusal(step, refusal)


def settle_return(step: Step) -> None:
    """Places the goods and closes in Shopify without any money: another holds it."""
    found = look(step) or look_closely(step)
    if isinstance(found, Return):
        file_found(step, found)
        return
    try:
        send(step, found, ())
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
    lines = step.request.returned_lines
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
    return Untouched(
        found.id, units, line_ids, found.reverse_lines, outcome, found.order_refund_ids
    )


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
    shared = Counter(line.fulfillment_line_item_id for line in found.lines)
    line_ids = {
        line.fulfillment_line_item_id: line.id
        for line in found.lines
        if shared[line.fulfillment_line_item_id] == 1
    }
    outcome = suggest_outcome(step.client, found.id, tuple(units.items()))
    return Untouched(found.id, units, line_ids, found.reverse_lines, outcome)


def _calculates_less(approved: Money, calculated: Money) -> str:
    cents = rounded(calculated.amount, calculated.currency)
    return (
        f"Approved {approved.amount} {approved.currency}, but Shopify now calculates "
        f"{cents.amount} {cents.currency}. Nothing was paid."
    )


def approved_parts(step: Step) -> Parts:
    """What was approved, by the ways it is paid; raises NeedsPerson where nothing was."""
    if step.request.approved_amount is None:
        raise NeedsPerson("No amount was approved for this request.")
    return parts_of(step.request)


def is_processed(found: Return) -> bool:
    """Whether somebody, perhaps this portal, processed units or paid money on the return."""
    return bool(found.refunds) or any(line.processed_quantity for line in found.lines)


def units_to_process(step: Step, found: Return) -> dict[str, int]:
    """Units by return line id: what arrived where it was counted, else what was requested."""
    wanted = {
        line.fulfillment_line_item_id: line.units_back for line in step.request.returned_lines
    }
    units: dict[str, int] = {}
    for line in found.lines:
        count = min(line.quantity, wanted.get(line.fulfillment_line_item_id, 0))
        wanted[line.fulfillment_line_item_id] -= count
        if count:
            units[line.id] = count
    return units


def send(
    step: Step,
    found: Untouched,
    payments: tuple[RefundTransactionInput, ...],
    credit: Money | None = None,
) -> None:
    """Processes once; where Shopify refuses the place of the goods, once more without a place.

    Then the money does not wait for the goods: staff are told, and restocking asks them.
    """
    places = placements(step, found.reverse_lines, found.line_ids)
    try:
        _send(step, found, payments, credit, places)
    except ShopifyRefused as refusal:
        if not _about_placement(refusal):
            raise
        sentence = tell_refused_place(str(refusal))
        note_refused_place(step.operation, sentence=sentence, now=step.clock())
        _send(step, found, payments, credit, {})


def _send(
    step: Step,
    found: Untouched,
    payments: tuple[RefundTransactionInput, ...],
    credit: Money | None,
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
        store_credit=credit or None,
        note=step.request.rma_number,
    )
    placed = sum(len(line.dispositions) for line in lines)
    owed = sum(1 for _ in missing_dispositions(step, found.reverse_lines))
    unknown = any(is_unknown(reverse) for reverse in found.reverse_lines)
    return_processed(
        step.operation,
        processed,
        origin=Refund.Origin.PORTAL,
        restock_owed=unknown or placed < owed,
        now=step.clock(),
    )


def _about_placement(refusal: ShopifyRefused) -> bool:
    """Whether Shopify objects to where the goods go; its words count where it names no field."""
    return any(
        word in part.lower()
        for error in refusal.user_errors
        for part in (*error.field, error.code, "" if error.field else error.message)
        for word in ("disposition", "location", "restock")
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
    if not pays_through_shopify(step.request):
        return Refund.Origin.ELSEWHERE
    rma = step.request.rma_number
    ours = step.operation.sent_at or any(rma in refund.note for refund in processed.refunds)
    return Refund.Origin.PORTAL if ours else Refund.Origin.ELSEWHERE


def confirm_refund(step: Step) -> None:
    """Reads whether the money has moved; looks again later while it is on its way.

    After staff tried a failed refund again, the part that did not move is sent anew.
    """
    part = Refund.Part(step.operation.part or Refund.Part.RETURNED)
    refunds = tuple(r for r in find_own_refunds(step) if part_of(r) == part)
    failed = [refund for refund in refunds if refund_state(refund) == Refund.State.FAILED]
    if failed and len(failed) == len(refunds) <= step.operation.retries:
        refunds = (*refunds, send_again(step, failed[-1], attempt=len(failed)))
    if refunds_confirmed(step.operation, refunds, now=step.clock()):
        return
    states = {refund_state(refund) for refund in refunds}
    if Refund.State.PENDING in states:
        if step.clock() - step.operation.created_at > DELAYED_AFTER:
            tell_of_refund(step.operation, "refund_delayed", now=step.clock())
        raise NotYet("The refund is on its way; the payment provider has not confirmed it yet.")
    if Refund.State.FAILED in states:
        tell_of_refund(step.operation, "refund_failed", now=step.clock())
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
    """Pays what failed of a refund once more, without goods; the same attempt has the same key."""
    mark_sent(step.operation, now=step.clock())
    return create_refund(
        step.client,
        order_id=step.request.shopify_order_id,
        currency=failed.total.currency,
        note=failed.note or step.request.rma_number,
        transactions=[
            RefundTransactionInput(transaction.parent_id, transaction.amount)
            for transaction in failed.transactions
            if transaction.parent_id and transaction.status in NOT_MOVED
        ],
        idempotency_key=str(uuid.uuid5(step.operation.idempotency_key, str(attempt))),
    )
