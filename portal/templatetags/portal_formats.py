"""How templates write money and dates, in the reader's language."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from django import template
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from portal.progress import STATUS_WORDS
from returns_portal.returns.links import mask_email
from returns_portal.returns.wording import format_day, format_moment, format_money, shops_words
from returns_portal.returns.workflow import Status
from returns_portal.shopify.types import Money

register = template.Library()


@register.filter
def money(value: Money | Decimal, currency: str = "") -> str:
    """An amount with its currency: `{{ quote.refund|money }}`, `{{ row.tax|money:"USD" }}`."""
    return format_money(value if isinstance(value, Money) else Money(value, currency))


@register.filter
def moment(value: datetime | None) -> str:
    """A date and time with its zone, so that nobody takes the shop's clock for their own."""
    return format_moment(value) if value else ""


@register.filter
def day(value: date | None) -> str:
    """A date, or that of a moment in the active time zone."""
    return format_day(value) if value else ""


@register.filter
def status_words(status: str) -> str:
    """A return's status in the shopper's words."""
    return str(STATUS_WORDS[Status(status)])


@register.simple_tag
def language_options() -> SafeString:
    """The languages to choose from, each in its own words, the active one selected."""
    return _language_options(get_language())


@lru_cache(maxsize=32)
def _language_options(active: str | None) -> SafeString:
    other = '<option value="{0}" lang="{0}">{1}</option>'
    chosen = '<option value="{0}" lang="{0}" selected>{1}</option>'
    drawn = (
        (format_html(chosen if code == active else other, code, name),)
        for code, name in settings.LANGUAGES
    )
    return format_html_join("", "{}", drawn)


register.filter("mask_email", mask_email)
register.filter("shops_words", shops_words)
