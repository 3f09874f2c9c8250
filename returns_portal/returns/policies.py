"""Which policy holds for an order, its terms as plain values, and the reasons to choose from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings

from returns_portal.cache import Remembered
from returns_portal.returns.clocks import Calendar, ClockTerms, OnExpiry
from returns_portal.returns.eligibility import PolicyTerms
from returns_portal.returns.models import ReturnPolicy, ReturnReason, ShopCalendar


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
        offers_store_credit=policy.offers_store_credit,
        store_credit_bonus_percent=policy.store_credit_bonus_percent,
        keep_item_up_to=policy.keep_item_up_to,
        outcomes_on_tiktok=policy.outcomes_on_tiktok,
        clocks=build_clocks(policy),
    )


def build_clocks(policy: ReturnPolicy) -> ClockTerms:
    """The policy's time limits and what follows them, frozen."""
    return ClockTerms(
        info_within_days=policy.info_within_days,
        arrive_within_days=policy.arrive_within_days,
        inspect_within_days=policy.inspect_within_days,
        counts_working_days=policy.counts_working_days,
        remind_days_before=policy.remind_days_before,
        warn_hours_before=policy.warn_hours_before,
        when_unanswered=OnExpiry(policy.when_unanswered),
        when_info_missing=OnExpiry(policy.when_info_missing),
        when_not_sent=OnExpiry(policy.when_not_sent),
        when_not_arrived=OnExpiry(policy.when_not_arrived),
        when_not_inspected=OnExpiry(policy.when_not_inspected),
    )


def read_calendar() -> Calendar:
    """The shop's time zone, working days and holidays, as the merchant set them."""
    timezone = ZoneInfo(settings.TIME_ZONE)
    row = ShopCalendar.objects.first()
    if row is None:
        return Calendar(timezone)
    return Calendar(
        timezone,
        frozenset(int(day) for day in row.working_weekdays),
        frozenset(date.fromisoformat(day) for day in row.holidays),
    )


@dataclass(frozen=True, slots=True)
class ReasonGroup:
    """Reasons under a heading; without one, a reason that stands for itself."""

    label: str
    reasons: tuple[ReturnReason, ...]


@Remembered
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
    below: dict[int | None, list[ReturnReason]] = {}
    for reason in reasons:
        below.setdefault(reason.parent_id, []).append(reason)
    for reason in below.get(None, ()):
        grouped = below.get(reason.pk)
        yield ReasonGroup(reason.label, tuple(grouped)) if grouped else ReasonGroup("", (reason,))


def reasons_by_code(groups: Sequence[ReasonGroup]) -> dict[str, ReturnReason]:
    """The reasons that can be given, by code."""
    return {reason.code: reason for group in groups for reason in group.reasons}


def only_reasons(groups: Sequence[ReasonGroup], codes: Sequence[str]) -> list[ReasonGroup]:
    """The groups with the reasons of these codes alone; all of them where there are no codes."""
    if not codes:
        return list(groups)
    kept = [
        replace(group, reasons=tuple(reason for reason in group.reasons if reason.code in codes))
        for group in groups
    ]
    return [group for group in kept if group.reasons]
