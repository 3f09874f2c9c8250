"""Which policy holds for an order, and its terms as plain values."""

from returns_portal.returns.eligibility import PolicyTerms
from returns_portal.returns.models import ReturnPolicy


class NoPolicy(Exception):
    """No active policy covers the order's country."""


def get_policy(country: str) -> ReturnPolicy:
    """The active policy that names `country` (ISO code), else the one for everywhere.

    Raises NoPolicy when there is neither.
    """
    everywhere = None
    for policy in ReturnPolicy.objects.filter(active=True).order_by("pk"):
        if country and country in policy.countries:
            return policy
        if not policy.countries and everywhere is None:
            everywhere = policy
    if everywhere is None:
        raise NoPolicy(f"No active return policy covers orders to {country or 'no country'}.")
    return everywhere


def build_terms(policy: ReturnPolicy) -> PolicyTerms:
    """The policy's terms, frozen."""
    return PolicyTerms(
        name=policy.name,
        return_window_days=policy.return_window_days,
        window_anchor=policy.window_anchor,
        transit_days=policy.transit_days,
        send_within_days=policy.send_within_days,
        answer_within_hours=policy.answer_within_hours,
        instructions_on=policy.instructions_on,
        refund_on=policy.refund_on,
        final_sale_tags=tuple(policy.final_sale_tags),
        restocking_fee_percent=policy.restocking_fee_percent,
        return_shipping_fee=policy.return_shipping_fee,
        return_shipping_paid_by=policy.return_shipping_paid_by,
        conditions=policy.conditions,
        instructions=policy.instructions,
        return_address=policy.return_address,
    )
