"""Staff's words for amounts, times and happenings, in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency, format_decimal
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from returns_portal.returns.emails.catalog import EVENTS as MAIL_EVENTS
from returns_portal.returns.history import tell_moments
from returns_portal.returns.models import Operation, ReturnEvent
from returns_portal.returns.refund_amounts import decimals, rounded
from returns_portal.returns.shoppers import Signal
from returns_portal.returns.wording import format_moment
from returns_portal.shopify.types import Money

# A shop that sells in several markets must tell one dollar from another.
LOCALES = {"en": "en_001", "en_US": "en_001"}

EVENTS: dict[str, Promise] = {
    "requested": _lazy("Return requested"),
    "approved": _lazy("Approved"),
    "proposed": _lazy("Approval proposed"),
    "proposal_withdrawn": _lazy("Proposed approval withdrawn"),
    "amount_changed": _lazy("Amount changed by hand"),
    "asked": _lazy("Asked the shopper"),
    "answered": _lazy("Answered by the shopper"),
    "expired": _lazy("Expired"),
    "placed_elsewhere": _lazy("Goods not placed as asked"),
    "place_refused": _lazy("Place for the goods refused by Shopify"),
    "place_changed": _lazy("Another place for the goods"),
    "outcome_changed": _lazy("Paid back another way"),
    "blocked": _lazy("Shopper put on the block list"),
    "unblocked": _lazy("Shopper taken off the block list"),
    "exception_given": _lazy("Exception for the order"),
    "exception_taken_back": _lazy("Exception taken back"),
    "overridden": _lazy("Requested against the policy"),
    "declined": _lazy("Declined"),
    "canceled": _lazy("Canceled"),
    "link_renewed": _lazy("New private link"),
    "contact_changed": _lazy("Another e-mail address"),
    "contact_confirmed": _lazy("E-mail address confirmed"),
    "contact_unreachable": _lazy("E-mail address refused"),
    "changed": _lazy("Changed by the shopper"),
    "sent": _lazy("Parcel sent"),
    "sending_changed": _lazy("Tracking number changed"),
    "announce_parcel": _lazy("Parcel told to Shopify"),
    "received": _lazy("Parcel received"),
    "photos_added": _lazy("Photos added"),
    "inspected": _lazy("Looked at on the bench"),
    "parcel_undone": _lazy("Parcel undone"),
    "parcel_matched": _lazy("Parcel matched to this return"),
    "amount_lowered": _lazy("Amount lowered"),
    "taken back": _lazy("Receipt undone"),
    "refunded": _lazy("Refund paid"),
    "closed": _lazy("Closed"),
    "retried": _lazy("Tried again by hand"),
    "attention": _lazy("Needs attention"),
    "return_opened": _lazy("Return open in Shopify"),
    "confirm_refund": _lazy("Refund confirmed by Shopify"),
    "restock": _lazy("Put into stock in Shopify"),
    "close_return": _lazy("Return closed in Shopify"),
    "cancel_return": _lazy("Return canceled in Shopify"),
    "reminded": _lazy("Shopper reminded"),
    "due_soon": _lazy("Due soon"),
    "overdue": _lazy("Overdue"),
    "joined": _lazy("Joined to TikTok's return"),
    "withdrawn": _lazy("Rejected after the approval"),
    "abandoned": _lazy("Given up by the buyer"),
    "reopened": _lazy("Taken up again"),
    "reconsidered": _lazy("To be decided again"),
    "order_completed": _lazy("No more returns at TikTok"),
    "refunded_elsewhere": _lazy("Refunded elsewhere"),
    "settle_return": _lazy("Settled in Shopify, without money"),
    "tiktok_look": _lazy("Looked for on TikTok"),
    "tiktok_create": _lazy("Begun on TikTok"),
    "tiktok_approve": _lazy("Approval told to TikTok"),
    "tiktok_reject": _lazy("Rejection told to TikTok"),
    "tiktok_receive": _lazy("Parcel accepted on TikTok"),
}
SIGNALS: dict[Signal, Promise] = {
    Signal.BLOCKED: _lazy("On the block list"),
    Signal.REPEAT_RETURNER: _lazy("Three or more returns in 90 days"),
    Signal.HIGH_RATE: _lazy("Returns at least half of all orders"),
    Signal.EMPTY_PARCEL: _lazy("Items were missing from an earlier parcel"),
    Signal.WRONG_ITEM: _lazy("Another item came back in an earlier parcel"),
    Signal.NOT_VERIFIED: _lazy("Identity not checked"),
}
# The mails whose names are no words.
MAILS: dict[str, Promise] = {
    "needs_info": _lazy("a question"),
    "approved_partly": _lazy("approved in part"),
    "canceled_by_shop": _lazy("canceled by the shop"),
    "received_partly": _lazy("received in part"),
    "refunded_partly": _lazy("refunded in part"),
    "refunded_store_credit": _lazy("store credit given"),
    "refunded_elsewhere": _lazy("refunded outside Shopify"),
    "refunded_zero": _lazy("complete, nothing to pay"),
    "reminder_to_send": _lazy("a reminder to send the parcel"),
    "reminder_to_answer": _lazy("a reminder to answer"),
    "confirm_email": _lazy("confirm the address"),
    "link": _lazy("the new link"),
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
    # A zero with a sign would be the same key as one without.
    return _money(amount + 0, currency, active_locale())


@lru_cache(maxsize=4096)
def _money(amount: Decimal, currency: str, locale: str) -> str:
    return format_currency(amount, currency, locale=locale)


def money_of(value: Money) -> str:
    return money(value.amount, value.currency)


def plain_amount(amount: Decimal, currency: str) -> str:
    """`amount` without the sign of its currency, as the active language writes it: 1,234.50."""
    digits = decimals(currency)
    pattern = "#,##0." + "0" * digits if digits else "#,##0"
    return format_decimal(rounded(amount, currency).amount, format=pattern, locale=active_locale())


def plain(amount: Decimal) -> str:
    """`amount` for a field that programs read: a point, and no exponent."""
    return f"{amount:f}"


def active_locale() -> str:
    """The locale for Babel that belongs to the active language; English where it knows none."""
    return _locale_of(get_language() or "en")


@cache
def _locale_of(language: str) -> str:
    name = to_locale(language)
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
    minute = timezone.localtime(at).replace(second=0, microsecond=0, tzinfo=None)
    return _moment(minute, get_language())


@lru_cache(maxsize=4096)
def _moment(minute: datetime, _language: str | None) -> str:
    return formats.date_format(minute, "DATETIME_FORMAT")


def instant(at: datetime) -> str:
    """A time for programs; HTML knows no finer fraction than milliseconds."""
    return at.isoformat(timespec="seconds")


def day(at: datetime) -> str:
    return formats.date_format(timezone.localtime(at), "DATE_FORMAT")


def event_title(event: ReturnEvent) -> str:
    """What happened, in words; a kind that has none yet is told by its name."""
    if event.kind in EVENTS:
        return str(EVENTS[event.kind])
    return event.kind.replace("_", " ").capitalize()


def step_title(operation: Operation) -> str:
    """What a step does, in words: "E-mail to the shopper: a question", not "needs_info-1"."""
    if operation.kind != Operation.Kind.SEND_EMAIL:
        return str(operation.get_kind_display())
    name = operation.part.partition("-")[0]
    to_staff = name in MAIL_EVENTS and MAIL_EVENTS[name].to_staff
    whom = _("E-mail to staff") if to_staff else _("E-mail to the shopper")
    return f"{whom}: {MAILS.get(name) or name.replace('_', ' ')}"


def event_words(event: ReturnEvent) -> str:
    """What the event says beside its title, its moments in the active time zone.

    What a person wrote stays as it was written.
    """
    if event.actor_kind in (ReturnEvent.ActorKind.SHOPPER, ReturnEvent.ActorKind.STAFF):
        return event.message
    return tell_moments(event.message, format_moment)


def event_actor(event: ReturnEvent) -> str:
    """Who did it: the person's name where one is kept, otherwise the kind of actor."""
    return event.actor_name or event.get_actor_kind_display()
