"""How templates write money and dates, in the reader's language."""

from datetime import datetime
from decimal import Decimal

from django import template
from django.conf import settings

from returns_portal.returns.emails import format_money
from returns_portal.returns.wording import last_day
from returns_portal.shopify.types import Money

register = template.Library()


@register.filter
def money(value: Money | Decimal, currency: str = "") -> str:
    """An amount with its currency: `{{ quote.refund|money }}`, `{{ row.tax|money:"USD" }}`."""
    return format_money(value if isinstance(value, Money) else Money(value, currency))


@register.filter
def last_day_of(ends_at: datetime | None) -> str:
    """The last whole day before a deadline."""
    return last_day(ends_at) if ends_at else ""


@register.simple_tag
def portal_name() -> str:
    """The name the portal goes by."""
    return str(settings.PORTAL_NAME)
