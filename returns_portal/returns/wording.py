"""Sentences for people: what a verdict, a status or an event means, in the reader's language."""

import re
from datetime import date, datetime, timedelta
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_datetime_format
from babel.numbers import format_currency, get_currency_symbol
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi, gettext, to_locale
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.eligibility import Code, Verdict
from returns_portal.returns.images import Flaw
from returns_portal.shopify.types import Money

OBJECTIONS = {
    Code.ORDER_CANCELED: _("This order was canceled."),
    Code.NOT_PAID: _("This order is not paid yet."),
    Code.ALREADY_REFUNDED: _("Already refunded."),
    Code.NOT_SENT: _("Not sent yet. It can be returned once it has arrived."),
    Code.NOTHING_LEFT: _("All units are already returned or in a return request."),
    Code.GIFT_CARD: _("Gift cards can't be returned."),
    Code.DIGITAL: _("Digital items can't be returned."),
    Code.FINAL_SALE: _("Final sale: this item can't be returned."),
    Code.RETURN_WINDOW: _("The return window closed on %(date)s."),
    Code.RULE: _("The shop's policy excludes this item from returns."),
}
PASSES = {
    Code.ORDER_CANCELED: _("Order not canceled"),
    Code.NOT_PAID: _("Paid"),
    Code.ALREADY_REFUNDED: _("Not refunded yet"),
    Code.NOT_SENT: _("Sent"),
    Code.NOTHING_LEFT: _("Units left to return"),
    Code.GIFT_CARD: _("Not a gift card"),
    Code.DIGITAL: _("A physical item"),
    Code.FINAL_SALE: _("Not final sale"),
    Code.RETURN_WINDOW: _("Return by %(date)s"),
    Code.RULE: _("Allowed by a rule of the shop"),
}
PHOTO_FLAWS = {
    Flaw.EMPTY: _("This file is empty."),
    Flaw.TOO_LARGE: _("This photo is larger than 10 MB. Please send a smaller one."),
    Flaw.TOO_MANY_PIXELS: _("This picture has more than 50 megapixels. Please send a smaller one."),
    Flaw.NOT_A_PHOTO: _("We can't read this file. Please send a JPEG, PNG, WebP or HEIC photo."),
}
NO_LIMIT = _("No time limit for returns")
LEFT_TO_RIGHT, END_OF_ISOLATE, RIGHT_MARK = "\u2066", "\u2069", "\u200f"


def explain(verdict: Verdict) -> str:
    """The verdict as a sentence in the active language, its date in the active time zone.

    A window that closes at midnight is told by its last day.
    """
    if verdict.code is Code.RETURN_WINDOW and verdict.passed and verdict.at is None:
        return str(NO_LIMIT)
    if verdict.code is Code.OVERRIDDEN:
        return _overridden(verdict.words)
    if verdict.words:
        return verdict.words
    sentence = str((PASSES if verdict.passed else OBJECTIONS)[verdict.code])
    return sentence % {"date": last_day(verdict.at)} if verdict.at else sentence


def _overridden(reason: str) -> str:
    return gettext("Allowed against the policy: %(reason)s") % {"reason": reason}


def last_day(ends_at: datetime) -> str:
    """The last whole day before `ends_at`."""
    return format_day(ends_at - timedelta(seconds=1))


def format_day(value: date) -> str:
    """The day as the active language writes it; that of a moment in the active time zone."""
    day = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return format_date(day, "long", locale=active_locale())


def format_moment(value: datetime) -> str:
    """Day and time as the active language writes them, with the zone: no clock is taken for own."""
    local, locale = timezone.localtime(value), active_locale()
    pattern = str(get_datetime_format("long", locale=locale)).replace("'", "")
    time = format_time(local, "short", locale=locale)
    return f"{pattern.format(time, format_day(local))} {local.tzname()}"


def format_money(money: Money) -> str:
    """The amount as the active language writes it, with its currency's own decimals.

    A currency written in letters keeps a space from the number, as Unicode's rules want it.
    Where words run from right to left, the amount keeps its own direction, in text mails too.
    """
    locale = active_locale()
    written = format_currency(money.amount, money.currency, locale=locale)
    code = re.escape(get_currency_symbol(money.currency, locale=locale))
    spaced = re.sub(rf"({code})(?<=[^\W\d_])(?=\d)", "\\1\u00a0", written)
    if not get_language_bidi():
        return spaced
    return f"{LEFT_TO_RIGHT}{spaced.replace(RIGHT_MARK, '')}{END_OF_ISOLATE}"


def active_locale() -> Locale:
    """The active language's locale; US English where the formats of a language are not known."""
    return _locale_of(get_language() or settings.LANGUAGE_CODE)


@cache
def _locale_of(language: str) -> Locale:
    try:
        return Locale.parse(to_locale(language))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_US")


def shops_words(text: str) -> str:
    """A text of the shop's in the reader's language, line by line, where a translation is there.

    Those that come with the program have one (`default_words`); the shop's own stay as they are.
    """
    return "\n".join(gettext(line) if line else "" for line in text.splitlines())
