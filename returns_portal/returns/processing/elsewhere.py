"""Refunds that somebody made outside the portal for the same units."""

from collections import Counter
from datetime import timedelta

from returns_portal.returns.models import Refund
from returns_portal.returns.processing.step import NeedsPerson, Step
from returns_portal.returns.services.settlement import settled_elsewhere
from returns_portal.shopify.orders import list_order_refunds
from returns_portal.shopify.types import Refund as ShopifyRefund

# Shopify's clock and ours differ a little.
CLOCK_SKEW = timedelta(minutes=2)


def settle_elsewhere_or_ask(step: Step, sentence: str) -> None:
    """Attaches refunds made elsewhere in place of paying; raises NeedsPerson without any."""
    refunds = find_refunds_elsewhere(step)
    if not refunds:
        raise NeedsPerson(sentence)
    settled_elsewhere(step.operation, refunds, now=step.clock())


def find_refunds_elsewhere(step: Step) -> tuple[ShopifyRefund, ...]:
    """Refunds, since the request was made, that cover all its units and belong to no request.

    Empty when they do not cover every unit: then a person must look.
    """
    request = step.request
    refunds = [
        refund
        for refund in list_order_refunds(step.client, request.shopify_order_id)
        if _is_foreign(step, refund)
    ]
    wanted = Counter[str]()
    for line in request.lines.all():
        wanted[line.line_item_id] += line.quantity
    refunded = Counter[str]()
    for refund in refunds:
        for item in refund.lines:
            refunded[item.line_item_id] += item.quantity
    covered = all(refunded[key] >= count for key, count in wanted.items())
    return tuple(refund for refund in refunds if _touches(refund, wanted)) if covered else ()


def _is_foreign(step: Step, refund: ShopifyRefund) -> bool:
    since = step.request.requested_at - CLOCK_SKEW
    recent = refund.created_at is None or refund.created_at >= since
    ours = "RMA-" in refund.note
    return recent and not ours and not Refund.objects.filter(shopify_id=refund.id).exists()


def _touches(refund: ShopifyRefund, wanted: Counter[str]) -> bool:
    return any(item.line_item_id in wanted for item in refund.lines)
