"""The reports that an owner opens, each built from a scope as figures, charts and tables."""

from collections.abc import Callable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.reports.scope import Scope
from returns_portal.returns.reports.sheets.abuse import build_abuse
from returns_portal.returns.reports.sheets.money import build_money
from returns_portal.returns.reports.sheets.overview import build_overview
from returns_portal.returns.reports.sheets.products import build_products
from returns_portal.returns.reports.sheets.reasons import build_reasons
from returns_portal.returns.reports.sheets.speed import build_speed
from returns_portal.returns.reports.tables import Report

SHEETS: Mapping[str, tuple[str | Promise, Callable[[Scope], Report]]] = {
    "overview": (_("Overview"), build_overview),
    "products": (_("Products"), build_products),
    "reasons": (_("Reasons"), build_reasons),
    "money": (_("Money"), build_money),
    "speed": (_("Speed"), build_speed),
    "abuse": (_("Repeat returns"), build_abuse),
}


def build_report(key: str, scope: Scope) -> Report:
    """The report called `key`; raises KeyError for one there is not."""
    return SHEETS[key][1](scope)
