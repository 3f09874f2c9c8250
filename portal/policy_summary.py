"""The policy in three plain lines, for somebody whose order is not known yet."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from returns_portal.returns.models import ReturnPolicy
from returns_portal.returns.wording import shops_words


def summarize(policies: Sequence[ReturnPolicy]) -> list[str]:
    """Window, who pays for the way back, conditions; where countries differ, it says so."""
    if not policies:
        return []
    return [_window(policies), _who_pays(policies), _conditions(policies)]


def _window(policies: Sequence[ReturnPolicy]) -> str:
    windows = {policy.return_window_days for policy in policies}
    anchors = {policy.window_anchor for policy in policies}
    if len(windows) == 1 and len(anchors) == 1:
        return _one_window(policies[0])
    limited = [days for days in windows if days is not None]
    if len(limited) < len(windows) or min(limited) == max(limited):
        return _(
            "How long you can ask for a return depends on your country. "
            "Your order shows the exact date for each item."
        )
    return _(
        "You have %(least)d to %(most)d days to ask for a return, depending on your country. "
        "Your order shows the exact date for each item."
    ) % {"least": min(limited), "most": max(limited)}


def _one_window(policy: ReturnPolicy) -> str:
    days = policy.return_window_days
    if days is None:
        return _("You can ask for a return at any time.")
    if policy.window_anchor == ReturnPolicy.Anchor.DELIVERED:
        sentence = ngettext(
            "You can ask for a return until %(days)d day after delivery.",
            "You can ask for a return until %(days)d days after delivery.",
            days,
        )
    elif policy.window_anchor == ReturnPolicy.Anchor.FULFILLED:
        sentence = ngettext(
            "You can ask for a return until %(days)d day after we sent the parcel.",
            "You can ask for a return until %(days)d days after we sent the parcel.",
            days,
        )
    else:
        sentence = ngettext(
            "You can ask for a return until %(days)d day after your order.",
            "You can ask for a return until %(days)d days after your order.",
            days,
        )
    return sentence % {"days": days}


def _who_pays(policies: Sequence[ReturnPolicy]) -> str:
    payers = {policy.return_shipping_paid_by for policy in policies}
    if payers == {ReturnPolicy.PaidBy.TIKTOK}:
        return _("Sending it back is free with the label from the TikTok app.")
    if payers == {ReturnPolicy.PaidBy.SHOP}:
        return _("Sending it back is free: the shop pays.")
    if payers == {ReturnPolicy.PaidBy.SHOPPER}:
        return _("You pay for sending it back, unless something was wrong with the item.")
    return _(
        "Who pays for sending it back depends on your country. You see it before you send anything."
    )


def _conditions(policies: Sequence[ReturnPolicy]) -> str:
    conditions = {" ".join(shops_words(policy.conditions).split()) for policy in policies}
    if len(conditions) == 1 and (only := conditions.pop()):
        return only
    return _("Items come back unused and complete, unless they arrived damaged or wrong.")
