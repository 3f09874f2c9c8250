"""What one order is allowed beyond its policy, as staff type and read it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser, User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from returns_portal.returns.exceptions import exceptions_of
from returns_portal.returns.models import OrderException
from returns_portal.returns.orders import digits
from returns_portal.returns.services import WantedException
from returns_portal.returns.wording import last_day
from staff import wording
from staff.access import DECIDE, VIEW


class ExceptionForm(forms.Form):
    """Until when, whether final-sale items too, and why."""

    last_day = forms.DateField(
        label=_lazy("May be returned until the end of"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_lazy("Empty: the return window of the policy holds."),
        error_messages={"invalid": _lazy("Enter a date like 2026-12-31.")},
    )
    final_sale = forms.BooleanField(label=_lazy("Final-sale items may be returned"), required=False)
    reason = forms.CharField(
        label=_lazy("Why, for staff only"),
        max_length=500,
        error_messages={"required": _lazy("Say why: whoever looks next reads it.")},
    )

    @property
    def wanted(self) -> WantedException:
        cleaned = self.cleaned_data
        return WantedException(cleaned["last_day"], cleaned["final_sale"], cleaned["reason"])


@dataclass(frozen=True, slots=True)
class GivenException:
    """An exception as the pages tell it; `ended` says when and by whom, if it is over."""

    words: tuple[str, ...]
    reason: str
    given: str
    ended: str


def build_order(order_id: str) -> dict[str, Any]:
    """What pages need of an order: its exceptions, newest first, and a form for another."""
    given = [_tell(exception) for exception in exceptions_of(order_id)[:20]]
    return {
        "number": digits(order_id),
        "exceptions": given,
        "exception_stands": any(not exception.ended for exception in given),
        "exception_form": ExceptionForm(auto_id="exception-%s"),
    }


def _tell(exception: OrderException) -> GivenException:
    words = []
    if exception.window_until:
        words.append(
            _("May be returned until %(date)s.") % {"date": last_day(exception.window_until)}
        )
    if exception.allows_final_sale:
        words.append(_("Final-sale items may be returned."))
    ended = exception.revoked_at and _signed(exception.revoked_by, exception.revoked_at)
    given = _signed(exception.user, exception.created_at)
    return GivenException(tuple(words), exception.reason, given, ended or "")


def _signed(user: Any, at: datetime) -> str:
    who = user.get_full_name() or user.username if user else ""
    return " · ".join(part for part in (who, wording.moment(at)) if part)


def may_make_links(user: User | AnonymousUser) -> bool:
    """Whether this person may hand out links to orders, and revoke them."""
    return user.has_perms((VIEW, DECIDE))
