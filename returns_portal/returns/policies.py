"""Which policy holds for an order, its terms as plain values, and the reasons to choose from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from returns_portal.returns.eligibility import PolicyTerms
from returns_portal.returns.models import ReturnPolicy, ReturnReason


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


@dataclass(frozen=True, slots=True)
class ReasonGroup:
    """Reasons under a heading; without one, a reason that stands for itself."""

    label: str
    reasons: tuple[ReturnReason, ...]


def list_reasons() -> list[ReturnReason]:
    """The active reasons, in the order in which shoppers see them."""
    return list(ReturnReason.objects.filter(active=True))


def group_reasons(active: Sequence[ReturnReason], product_type: str) -> list[ReasonGroup]:
    """The reasons to choose from for goods of `product_type`, in the order of `active`.

    Headings come with the reasons below them that fit. Where no reason fits, all are offered:
    nobody is kept from returning by a list of reasons.
    """
    fitting = [reason for reason in active if reason.fits(product_type)]
    return list(_groups(fitting)) or list(_groups(active))


def _groups(reasons: Sequence[ReturnReason]) -> Iterator[ReasonGroup]:
    for reason in reasons:
        if reason.parent_id:
            continue
        below = tuple(other for other in reasons if other.parent_id == reason.pk)
        yield ReasonGroup(reason.label, below) if below else ReasonGroup("", (reason,))


def reasons_by_code(groups: Sequence[ReasonGroup]) -> dict[str, ReturnReason]:
    """The reasons that can be given, by code."""
    return {reason.code: reason for group in groups for reason in group.reasons}
