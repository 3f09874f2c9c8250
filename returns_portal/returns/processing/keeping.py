"""Refunds items that the shopper keeps: no return, no parcel, nothing into stock."""

from collections import Counter

from returns_portal.returns.models import Refund
from returns_portal.returns.outbox import mark_sent
from returns_portal.returns.payouts import parts_of
from returns_portal.returns.processing.elsewhere import settle_kept_elsewhere_or_ask
from returns_portal.returns.processing.paying import find_own_refunds
from returns_portal.returns.processing.step import NeedsPerson, Step
from returns_portal.returns.refund_amounts import allocate
from returns_portal.returns.services.settlement import KEPT, kept_refunded, part_of
from returns_portal.shopify.credits import suggest_refund
from returns_portal.shopify.errors import ShopifyProtocolError, ShopifyRefused
from returns_portal.shopify.refunds import create_refund
from returns_portal.shopify.types import Money, RefundLineInput, SuggestedOutcome
from returns_portal.shopify.types import Refund as ShopifyRefund


def refund_kept(step: Step) -> None:
    """Pays for what is kept, unless reading shows that it happened already.

    Two sendings have the same key, so that Shopify itself pays once should reading lag behind.
    """
    kept = parts_of(step.request).kept
    found = find_kept_refunds(step)
    if found or not kept:
        kept_refunded(step.operation, found, now=step.clock())
        return
    suggested = suggest(step)
    if suggested is None or suggested.amount < kept:
        settle_kept_elsewhere_or_ask(step, _calculates_less(kept, suggested))
        return
    try:
        refund = send(step, kept, suggested)
    except ShopifyRefused as refusal:
        found = find_kept_refunds(step)
        if not found:
            settle_kept_elsewhere_or_ask(step, str(refusal))
            return
    else:
        found = (refund,)
    kept_refunded(step.operation, found, now=step.clock())


def find_kept_refunds(step: Step) -> tuple[ShopifyRefund, ...]:
    """The request's refunds for what is kept, however they went."""
    return tuple(r for r in find_own_refunds(step) if part_of(r) == Refund.Part.KEPT)


def units_kept(step: Step) -> Counter[str]:
    """Units by line item id, however many parcels they came in."""
    units: Counter[str] = Counter()
    for line in step.request.kept_lines:
        units[line.line_item_id] += line.units_approved
    return units


def suggest(step: Step) -> SuggestedOutcome | None:
    """What Shopify would pay for these units; None where they are not there to be refunded."""
    units = tuple(units_kept(step).items())
    try:
        return suggest_refund(step.client, step.request.shopify_order_id, units)
    except ShopifyProtocolError:
        return None


def send(step: Step, kept: Money, suggested: SuggestedOutcome) -> ShopifyRefund:
    if step.request.approved_amount is None:
        raise NeedsPerson("No amount was approved for this request.")
    payments = allocate(kept, suggested.transactions)
    mark_sent(step.operation, now=step.clock())
    return create_refund(
        step.client,
        order_id=step.request.shopify_order_id,
        currency=kept.currency,
        note=step.request.rma_number + KEPT,
        transactions=payments,
        lines=[RefundLineInput(key, count) for key, count in units_kept(step).items()],
        idempotency_key=str(step.operation.idempotency_key),
    )


def _calculates_less(kept: Money, suggested: SuggestedOutcome | None) -> str:
    now = f"{suggested.amount.amount} {kept.currency}" if suggested else "nothing"
    return (
        f"Approved {kept.amount} {kept.currency} for items that the shopper keeps, but Shopify "
        f"now calculates {now}. Nothing was paid."
    )
