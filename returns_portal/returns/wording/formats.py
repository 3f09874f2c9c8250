"""Days, moments and amounts as the reader's language writes them."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_datetime_format
from babel.numbers import format_currency, get_currency_symbol
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi, to_locale

from returns_portal.shopify.types import Money

LEFT_TO_RIGHT, END_OF_ISOLATE, RIGHT_MARK = "\u2066", "\u2069", "\u200f"


def last_day(ends_at: datetime) -> str:
    """The last whole day before `ends_at`."""
    return format_day(ends_at - timedelta(seconds=1))


def format_day(value: date) -> str:
    """The day as the active language writes it; that of a moment in the active time zone."""
    day = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return _day_in(active_locale(), day)


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
    return _money_in(active_locale(), money.amount, money.currency, get_language_bidi())


# A shop's days and prices are few, and each is written on many pages.
@lru_cache(maxsize=1024)
def _day_in(locale: Locale, day: date) -> str:
    return format_date(day, "long", locale=locale)


@lru_cache(maxsize=4096)
def _money_in(locale: Locale, amount: Decimal, currency: str, runs_left: bool) -> str:
    written = format_currency(amount, currency, locale=locale)
    code = re.escape(get_currency_symbol(currency, locale=locale))
    spaced = re.sub(rf"({code})(?<=[^\W\d_])(?=\d)", "\\1\u00a0", written)
    if not runs_left:
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
