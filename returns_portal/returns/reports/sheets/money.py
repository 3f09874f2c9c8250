"""The report on money: refunds, fees and what the shop keeps; currencies are never mixed."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from returns_portal.returns.reports import money, wording
from returns_portal.returns.reports.definitions import name_of
from returns_portal.returns.reports.money import CurrencyFigures
from returns_portal.returns.reports.scope import Scope
from returns_portal.returns.reports.sheets.parts import before
from returns_portal.returns.reports.tables import Chart, Column, Figure, Label, Report, Table
from returns_portal.shopify.types import Money

DRAWN = 2


def build_money(scope: Scope) -> Report:
    """Refunded, fees and kept revenue by currency, over time and by product."""
    rows = money.read_money(scope)
    return Report(
        "money",
        _("Money"),
        lead(rows),
        tuple(figure for row in rows[:DRAWN] for figure in figures(scope, row)),
        tuple(trend(scope, row.currency) for row in rows[:DRAWN]),
        (table(scope, rows), products(scope)),
    )


def lead(rows: Sequence[CurrencyFigures]) -> str:
    refunds = sum(row.now.refunds for row in rows)
    if not refunds:
        return _("No money was paid back on these days.")
    sums = " + ".join(
        wording.money(row.now.refunded, row.currency) for row in rows if row.now.refunds
    )
    return _("Paid back: %(sums)s.") % {"sums": sums}


def figures(scope: Scope, row: CurrencyFigures) -> tuple[Figure, ...]:
    currency = row.currency
    return (
        Figure(
            _("Refunded in %(currency)s") % {"currency": currency},
            wording.money(row.now.refunded, currency),
            "refunded",
            _("%(count)s refunds, %(average)s on average")
            % {
                "count": wording.count(row.now.refunds),
                "average": wording.money(row.now.average, currency),
            },
            before(scope, wording.money(row.then.refunded, currency)),
        ),
        Figure(
            _("Kept revenue in %(currency)s") % {"currency": currency},
            wording.money(row.now.kept, currency),
            "kept",
            _("of %(asked)s asked back") % {"asked": wording.money(row.now.asked, currency)},
            before(scope, wording.money(row.then.kept, currency)),
        ),
    )


def trend(scope: Scope, currency: str) -> Chart:
    steps = money.read_trend(scope, currency)
    return Chart(
        "columns",
        _("Refunded over time, in %(currency)s") % {"currency": currency},
        _("%(sum)s in all.")
        % {"sum": wording.money(sum((paid for _step, paid in steps), money.NOTHING), currency)},
        tuple(wording.step(step) for step, _paid in steps),
        ((currency, tuple(float(paid) for _step, paid in steps)),),
    )


def table(scope: Scope, rows: Sequence[CurrencyFigures]) -> Table:
    columns = [
        Column(_("Currency")),
        Column(_("Refunds"), "count"),
        Column(name_of("refunded"), "money", "refunded"),
        Column(name_of("average"), "money", "average"),
        Column(name_of("fees"), "money", "fees"),
        Column(name_of("asked"), "money", "asked"),
        Column(name_of("kept"), "money", "kept"),
        Column(name_of("not_taken_back"), "money", "not_taken_back"),
    ]
    if scope.compared:
        columns += [Column(_("Refunded before"), "money"), Column(_("Kept before"), "money")]
    return Table(
        "currencies",
        _("By currency"),
        tuple(columns),
        [_row(scope, row) for row in rows],
        note=_("Amounts in different currencies are never added up."),
    )


def _row(scope: Scope, row: CurrencyFigures) -> tuple[object, ...]:
    now, then, currency = row.now, row.then, row.currency
    amounts = (now.refunded, now.average, now.fees, now.asked, now.kept, now.not_taken_back)
    cells: tuple[object, ...] = (
        Label(currency),
        now.refunds,
        *(Money(amount, currency) for amount in amounts),
    )
    if scope.compared:
        cells += (Money(then.refunded, currency), Money(then.kept, currency))
    return cells


def products(scope: Scope) -> Table:
    return Table(
        "products",
        _("Products that cost most"),
        (
            Column(_("Product")),
            Column(_("Currency")),
            Column(_("Units"), "count"),
            Column(name_of("worth"), "money", "worth"),
        ),
        [
            (
                Label(row.title, product=row.product),
                Label(row.currency),
                row.units,
                Money(row.worth, row.currency),
            )
            for row in money.read_products(scope)
        ],
    )
