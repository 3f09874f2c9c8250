"""What a shopper may get for an item: the money, store credit, or the money and the item kept."""

from returns_portal.returns.channels.settlement import Settlement, settlement_of
from returns_portal.returns.eligibility import PolicyTerms
from returns_portal.returns.mirror import TIKTOK_SOURCE, channel_of
from returns_portal.returns.models import ReturnLineItem, ReturnRequest
from returns_portal.shopify.types import Order, OrderLine

ORIGINAL_PAYMENT = ReturnLineItem.Outcome.ORIGINAL_PAYMENT.value
STORE_CREDIT = ReturnLineItem.Outcome.STORE_CREDIT.value
KEEP_ITEM = ReturnLineItem.Outcome.KEEP_ITEM.value


def offers_others(order: Order, terms: PolicyTerms) -> bool:
    """Whether the order may get more than the original payment: its money is in Shopify.

    TikTok pays back what was bought there, and asks sellers to offer nothing in its place: such
    orders get other outcomes only where the terms say so.
    """
    if not terms.offers_store_credit and terms.keep_item_up_to is None:
        return False
    channel = channel_of(order)
    if channel == TIKTOK_SOURCE and not terms.outcomes_on_tiktok:
        return False
    return settlement_of(channel[:40]) == Settlement.SHOPIFY


def offered_outcomes(order: Order, line: OrderLine, terms: PolicyTerms) -> tuple[str, ...]:
    """The outcomes of units of `line` where others are allowed, the original payment first.

    Store credit needs a customer to hold it.
    """
    offered = [ORIGINAL_PAYMENT]
    if terms.offers_store_credit and order.customer_id:
        offered.append(STORE_CREDIT)
    if terms.keep_item_up_to is not None and line.unit_price.amount <= terms.keep_item_up_to:
        offered.append(KEEP_ITEM)
    return tuple(offered)


def outcomes_for_staff(return_request: ReturnRequest, line: ReturnLineItem) -> tuple[str, ...]:
    """The outcomes that staff may give a requested line: its own first, then what else is allowed.

    What the shopper keeps stays kept. Store credit needs terms that offer it, a customer who can
    hold it, and money that is in Shopify.
    """
    if line.outcome == KEEP_ITEM:
        return (KEEP_ITEM,)
    if line.outcome == STORE_CREDIT:
        return (STORE_CREDIT, ORIGINAL_PAYMENT)
    return (ORIGINAL_PAYMENT, *((STORE_CREDIT,) if _may_hold_credit(return_request) else ()))


def _may_hold_credit(return_request: ReturnRequest) -> bool:
    terms = return_request.policy_terms
    from_tiktok = return_request.sales_channel == TIKTOK_SOURCE
    return bool(
        terms.get("offers_store_credit")
        and (terms.get("outcomes_on_tiktok") or not from_tiktok)
        and return_request.settlement == Settlement.SHOPIFY
        and return_request.shopify_customer_id
        and return_request.identity_verified
    )
