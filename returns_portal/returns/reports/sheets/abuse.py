"""The report on shoppers who send back again and again."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from returns_portal.returns.reports import wording
from returns_portal.returns.reports.abuse import FEWEST, Repeater, read_repeaters
from returns_portal.returns.reports.definitions import name_of
from returns_portal.returns.reports.scope import Scope
from returns_portal.returns.reports.tables import Column, Label, Report, Table


def build_abuse(scope: Scope) -> Report:
    """Shoppers with several requests, by a digest; what it may mean is for a person to judge."""
    rows = read_repeaters(scope)
    return Report(
        "abuse",
        _("Repeat returns"),
        lead(len(rows)),
        tables=(table(rows),),
        notes=(
            _(
                "Many returns are not abuse: somebody who buys a lot sends back a lot. Look at the "
                "share of what they bought, and at the requests themselves, before you act."
            ),
        ),
    )


def lead(count: int) -> str:
    if not count:
        return _("No shopper made %(fewest)d or more requests on these days.") % {"fewest": FEWEST}
    return ngettext(
        "%(count)d shopper made %(fewest)d or more requests on these days.",
        "%(count)d shoppers made %(fewest)d or more requests on these days.",
        count,
    ) % {"count": count, "fewest": FEWEST}


def table(rows: list[Repeater]) -> Table:
    return Table(
        "shoppers",
        _("Shoppers with most requests"),
        (
            Column(name_of("shopper"), "text", "shopper"),
            Column(name_of("requests"), "count", "requests"),
            Column(_("Declined"), "count"),
            Column(_("Units back"), "count"),
            Column(name_of("bought"), "count", "bought"),
            Column(name_of("claims"), "count", "claims"),
            Column(_("Refunded")),
            Column(_("Newest request")),
        ),
        [
            (
                Label(row.name),
                row.requests,
                row.declined,
                row.units,
                row.bought or None,
                row.claims,
                Label(" + ".join(wording.money(sum_, code) for code, sum_ in row.refunded) or "–"),  # noqa: RUF001
                Label(row.latest_rma, request=row.latest),
            )
            for row in rows
        ],
    )
