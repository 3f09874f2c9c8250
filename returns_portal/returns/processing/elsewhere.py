"""Refunds that somebody made outside the portal for the same units."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import timedelta

from returns_portal.returns.models import Refund, ReturnLineItem
from returns_portal.returns.processing.step import NeedsPerson, Step
from returns_portal.returns.services.settlement import settled_elsewhere
from returns_portal.shopify.orders import list_order_refunds
from returns_portal.shopify.types import Refund as ShopifyRefund

# Shopify's clock and ours differ a little.
CLOCK_SKEW = timedelta(minutes=2)
REFUNDED_TOO = "Somebody refunded the same items in Shopify since this return was asked for:"
WHAT_THEN = (
    "Nothing was paid. If that was for something else, try again: then the approved amount is paid."
)


def settle_elsewhere_or_ask(step: Step, sentence: str) -> None:
    """Attaches refunds made elsewhere in place of paying; raises NeedsPerson without any."""
    refunds = find_refunds_elsewhere(step, step.request.returned_lines)
    if not refunds:
        raise NeedsPerson(sentence)
    settled_elsewhere(step.operation, refunds, now=step.clock())


def settle_kept_elsewhere_or_ask(step: Step, sentence: str) -> None:
    """The same for a request of kept items alone; raises NeedsPerson where others come back."""
    kept = step.request.kept_lines
    refunds = () if step.request.returned_lines else find_refunds_elsewhere(step, kept)
    if not refunds:
        raise NeedsPerson(sentence)
    settled_elsewhere(step.operation, refunds, now=step.clock())


def find_refunds_elsewhere(
    step: Step, lines: Sequence[ReturnLineItem]
) -> tuple[ShopifyRefund, ...]:
    """Refunds, since the request was made, that cover these lines and belong to no request.

    Empty when they do not cover every unit: then a person must look.
    """
    request = step.request
    refunds = [
        refund
        for refund in list_order_refunds(step.client, request.shopify_order_id)
        if _is_foreign(step, refund)
    ]
    wanted = Counter[str]()
    for line in lines:
        wanted[line.line_item_id] += line.units_approved
    refunded = Counter[str]()
    for refund in refunds:
        for item in refund.lines:
            refunded[item.line_item_id] += item.quantity
    covered = all(refunded[key] >= count for key, count in wanted.items())
    return tuple(refund for refund in refunds if _touches(refund, wanted)) if covered else ()


def ask_about_refunds_elsewhere(step: Step, refund_ids: Collection[str] | None) -> None:
    """Raises NeedsPerson, once, where somebody refunded the same items since they were asked for.

    Shopify may count those as other units and pay these as well. `refund_ids` are the order's
    refunds if they are known: most orders have none but ours.
    """
    if refund_ids is not None:
        ours = Refund.objects.filter(shopify_id__in=refund_ids).values_list("shopify_id", flat=True)
        if not set(refund_ids).difference(ours):
            return
    if step.operation.last_error.startswith(REFUNDED_TOO):
        # A person has read this and wants it paid all the same.
        return
    wanted = Counter({line.line_item_id: line.units_back for line in step.request.returned_lines})
    found = [
        refund
        for refund in list_order_refunds(step.client, step.request.shopify_order_id)
        if refund.total and _is_foreign(step, refund) and _touches(refund, wanted)
    ]
    if found:
        sums = ", ".join(f"{refund.total.amount} {refund.total.currency}" for refund in found)
        raise NeedsPerson(f"{REFUNDED_TOO} {sums}. {WHAT_THEN}")


def _is_foreign(step: Step, refund: ShopifyRefund) -> bool:
    since = step.request.requested_at - CLOCK_SKEW
    recent = refund.created_at is None or refund.created_at >= since
    ours = "RMA-" in refund.note
    return recent and not ours and not Refund.objects.filter(shopify_id=refund.id).exists()


def _touches(refund: ShopifyRefund, wanted: Counter[str]) -> bool:
    return any(item.line_item_id in wanted for item in refund.lines)
