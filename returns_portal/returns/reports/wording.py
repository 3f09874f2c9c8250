"""Numbers as an owner reads them, in the active language."""

from datetime import date
from decimal import Decimal

from babel.numbers import format_decimal, format_percent
from django.utils import formats
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from returns_portal.returns.models import ReturnLineItem
from returns_portal.returns.reports.scope import Period
from returns_portal.returns.wording import active_locale, format_money
from returns_portal.shopify.types import Money

NOTHING = "–"  # noqa: RUF001 - a dash for what does not exist
HOUR = 60
DAY = 24 * HOUR


def count(value: int | None) -> str:
    return NOTHING if value is None else format_decimal(value, locale=active_locale())


def share(value: float | None) -> str:
    """A share as a percentage with one digit after the point."""
    return NOTHING if value is None else format_percent(value, "#,##0.0%", locale=active_locale())


def points(value: float | None) -> str:
    """A difference of shares in percentage points, with its sign."""
    if value is None:
        return NOTHING
    number = format_decimal(value * 100, "+#,##0.0;-#,##0.0", locale=active_locale())
    return _("%(number)s points") % {"number": number}


def wait(minutes: int | None) -> str:
    """A length of time in the two units that matter: 25 min, 3 h 10 min, 2 d 4 h."""
    if minutes is None:
        return NOTHING
    if minutes < HOUR:
        return _("%(minutes)d min") % {"minutes": minutes}
    if minutes < DAY:
        return _("%(hours)d h %(minutes)d min") % {
            "hours": minutes // HOUR,
            "minutes": minutes % HOUR,
        }
    return _("%(days)d d %(hours)d h") % {"days": minutes // DAY, "hours": minutes % DAY // HOUR}


def money(amount: Decimal, currency: str) -> str:
    return format_money(Money(amount, currency))


def day(value: date) -> str:
    return formats.date_format(value, "DATE_FORMAT")


def period(value: Period) -> str:
    if value.first == value.last:
        return day(value.first)
    first = day(value.first)
    if value.first.year == value.last.year and active_locale().language == "en":
        # English writes the year last: it need not be said twice.
        first = formats.date_format(value.first, "N j")
    return _("%(first)s to %(last)s") % {"first": first, "last": day(value.last)}


def step(value: Period) -> str:
    """A step of a trend by its first day, short."""
    return formats.date_format(value.first, "M j")


def of_units(returned: int, sold: int) -> str:
    """A rate in plain words: 12 of 100 units came back."""
    return ngettext(
        "%(returned)s of %(sold)s unit came back",
        "%(returned)s of %(sold)s units came back",
        sold,
    ) % {"returned": count(returned), "sold": count(sold)}


def percent_of(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def country(code: str) -> str:
    """A country's name in the active language; the code itself where it has none."""
    return str(active_locale().territories.get(code, code))


def disposition(value: str) -> str:
    """Where units went, as a sentence begins."""
    labels = dict(ReturnLineItem.Disposition.choices)
    return capfirst(str(labels.get(value, value)))


def condition(value: str) -> str:
    """The grade given at inspection; the graders' own word where the portal has none."""
    return capfirst(value.replace("-", " ").replace("_", " ")) or _("Not graded")
