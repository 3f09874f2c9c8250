"""The overview: how much comes back, what it costs, how quickly it is dealt with."""

from django.utils.translation import gettext as _

from returns_portal.returns.reports import money, reasons, sales, speed, wording
from returns_portal.returns.reports.definitions import name_of
from returns_portal.returns.reports.scope import Scope
from returns_portal.returns.reports.sheets.parts import (
    before,
    rate_figure,
    rate_table,
    trend_chart,
    trend_table,
)
from returns_portal.returns.reports.sheets.reasons import bars
from returns_portal.returns.reports.tables import Figure, Label, Report

SHORT = 5


def build_overview(scope: Scope) -> Report:
    """The figures an owner looks at first, the trend, and the products with most units back."""
    products = sales.read_products(scope)
    whole = sales.total(products.values())
    steps = sales.read_trend(scope)
    rows = sales.by_product(products)[:SHORT]
    return Report(
        "overview",
        _("Overview"),
        lead(whole),
        (rate_figure(scope, whole), *money_figures(scope), *speed_figures(scope)),
        (trend_chart(steps), bars(reasons.read_reasons(scope))),
        (
            rate_table(
                scope,
                "products",
                _("Products with most units back"),
                _("Product"),
                [(Label(row.label, product=int(row.key)), row.rates) for row in rows],
            ),
            trend_table(steps),
        ),
    )


def lead(whole: sales.Compared) -> str:
    if not whole.now.sold:
        return _("Nothing was sold on these days, as far as the portal knows.")
    return _("%(words)s so far.") % {"words": wording.of_units(whole.now.returned, whole.now.sold)}


def money_figures(scope: Scope) -> list[Figure]:
    """What was refunded, for the two currencies with most refunds."""
    return [
        Figure(
            _("Refunded in %(currency)s") % {"currency": row.currency},
            wording.money(row.now.refunded, row.currency),
            "refunded",
            _("%(count)s refunds") % {"count": wording.count(row.now.refunds)},
            before(scope, wording.money(row.then.refunded, row.currency)),
        )
        for row in money.read_refunds(scope)[:2]
        if row.now.refunds or row.then.refunds
    ]


def speed_figures(scope: Scope) -> list[Figure]:
    found = speed.read_speed(scope, speed.DECISION)
    paid = speed.read_speed(scope, speed.REFUND)
    return [
        Figure(
            name_of(key),
            wording.wait(waits.now.half),
            key,
            _("half waited no longer; 9 of 10 no longer than %(most)s")
            % {"most": wording.wait(waits.now.most)},
            before(scope, wording.wait(waits.then.half)),
        )
        for key, waits in (("decision", found), ("refund_wait", paid))
    ]
