"""How the pages in templates/pages are drawn: Jinja, with the addresses and languages of Django."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.template.defaultfilters import capfirst, linebreaks_filter, linebreaksbr
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi, gettext, ngettext
from django_htmx.jinja import htmx_script
from jinja2 import Environment

from portal.templatetags.portal_formats import (
    day,
    language_options,
    moment,
    money,
    status_words,
)
from returns_portal.returns.links import mask_email
from returns_portal.returns.wording import shops_words


def environment(**options: Any) -> Environment:
    """What the pages can call and filter by; texts are marked `_` and `ngettext`, as in Python."""
    # Django's options turn escaping on.
    pages = Environment(**options)  # noqa: S701  # nosec B701
    pages.globals |= {
        "_": gettext,
        "ngettext": ngettext,
        "language": get_language,
        "bidi": get_language_bidi,
        "language_options": language_options,
        "url": address_of,
        # Files keep their addresses for the life of a process.
        "static": cache(static),
        "htmx_script": cache(htmx_script),
    }
    pages.filters |= {
        "money": money,
        "day": day,
        "moment": moment,
        "iso": iso,
        "utc": utc,
        "status_words": status_words,
        "mask_email": mask_email,
        "shops_words": shops_words,
        "or_nothing": or_nothing,
        "capfirst": capfirst,
        "linebreaks": linebreaks_filter,
        "linebreaksbr": linebreaksbr,
    }
    return pages


def address_of(name: str, *parts: object) -> str:
    """The address of a view: `{{ url("portal:status", token) }}`; raises NoReverseMatch."""
    return reverse(name, args=parts)


def iso(moment: datetime) -> str:
    """A moment for machines, in the active time zone."""
    return timezone.localtime(moment).isoformat(timespec="seconds")


def utc(moment: datetime) -> str:
    """A moment to the second in UTC, as a receipt names it."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def or_nothing(value: object) -> object:
    """What stands in a field of a form, which is empty where nobody typed anything."""
    return "" if value is None else value
