"""Staff's words for amounts, times and happenings, in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from returns_portal.returns.models import ReturnEvent
from returns_portal.shopify.types import Money

# A shop that sells in several markets must tell one dollar from another.
LOCALES = {"en": "en_001", "en_US": "en_001"}

EVENTS: dict[str, Promise] = {
    "requested": _lazy("Return requested"),
    "approved": _lazy("Approved"),
    "declined": _lazy("Declined"),
    "canceled": _lazy("Canceled"),
    "link_renewed": _lazy("New private link"),
    "changed": _lazy("Changed by the shopper"),
    "sent": _lazy("Parcel sent"),
    "sending_changed": _lazy("Tracking number changed"),
    "announce_parcel": _lazy("Parcel told to Shopify"),
    "received": _lazy("Parcel received"),
    "photos_added": _lazy("Photos added"),
    "refunded": _lazy("Refund paid"),
    "closed": _lazy("Closed"),
    "retried": _lazy("Tried again by hand"),
    "attention": _lazy("Needs attention"),
    "return_opened": _lazy("Return open in Shopify"),
    "confirm_refund": _lazy("Refund confirmed by Shopify"),
    "restock": _lazy("Put into stock in Shopify"),
    "close_return": _lazy("Return closed in Shopify"),
}
DEADLINE_NEAR = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline in words; `level` is late, near or calm."""

    words: str
    level: str
    at: datetime | None = None


def money(amount: Decimal, currency: str) -> str:
    """`amount` with the sign of its currency, in the active language: US$24.49."""
    return format_currency(amount, currency, locale=active_locale())


def money_of(value: Money) -> str:
    return money(value.amount, value.currency)


def active_locale() -> str:
    """The locale for Babel that belongs to the active language; English where it knows none."""
    name = to_locale(get_language() or "en")
    try:
        return LOCALES.get(name) or str(Locale.parse(name))
    except (UnknownLocaleError, ValueError):
        return LOCALES["en"]


def sums(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """The amounts added up for each currency, by currency."""
    totals: dict[str, Money] = {}
    for amount in amounts:
        totals[amount.currency] = totals.get(amount.currency, Money.zero(amount.currency)) + amount
    return tuple(totals[currency] for currency in sorted(totals))


def due(at: datetime, now: datetime) -> Due:
    """How far `at` is away from `now`: "in 2 h", "3 d late"."""
    left = at - now
    if left < timedelta(0):
        return Due(_("%(span)s late") % {"span": span(-left)}, "late", at)
    level = "near" if left <= DEADLINE_NEAR else "calm"
    return Due(_("in %(span)s") % {"span": span(left)}, level, at)


def span(length: timedelta) -> str:
    """A length of time in one rounded-down unit: minutes, hours up to two days, then days."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:
        return ngettext("%(count)d min", "%(count)d min", minutes) % {"count": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(count)d h", "%(count)d h", hours) % {"count": hours}
    return ngettext("%(count)d day", "%(count)d days", hours // 24) % {"count": hours // 24}


def moment(at: datetime) -> str:
    """A date, its month in letters, and time in the active time zone."""
    return formats.date_format(timezone.localtime(at), "DATETIME_FORMAT")


def day(at: datetime) -> str:
    return formats.date_format(timezone.localtime(at), "DATE_FORMAT")


def event_title(event: ReturnEvent) -> str:
    """What happened, in words; a kind that has none yet is told by its name."""
    if event.kind in EVENTS:
        return str(EVENTS[event.kind])
    return event.kind.replace("_", " ").capitalize()


def event_actor(event: ReturnEvent) -> str:
    """Who did it: the person's name where one is kept, otherwise the kind of actor."""
    return event.actor_name or event.get_actor_kind_display()
