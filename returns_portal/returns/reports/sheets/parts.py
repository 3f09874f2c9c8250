"""Pieces that several reports are made of."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from returns_portal.returns.reports import wording
from returns_portal.returns.reports.definitions import name_of
from returns_portal.returns.reports.sales import Compared, Named, Rate
from returns_portal.returns.reports.scope import Period, Scope
from returns_portal.returns.reports.tables import Chart, Column, Figure, Label, Table


def before(scope: Scope, value: str) -> str:
    """The value of the days compared with, in words; empty without any."""
    return _("%(value)s before") % {"value": value} if scope.compared else ""


def rate_figure(scope: Scope, rates: Compared) -> Figure:
    return Figure(
        label=name_of("rate"),
        value=wording.share(rates.now.share),
        formula="rate",
        sub=wording.of_units(rates.now.returned, rates.now.sold),
        before=before(scope, wording.share(rates.then.share)),
    )


def rate_columns(scope: Scope, label: str) -> tuple[Column, ...]:
    """What, units back, units sold and rate; with the earlier rate where one is compared."""
    columns = (
        Column(label),
        Column(name_of("returned"), "count", "returned"),
        Column(name_of("sold"), "count", "sold"),
        Column(name_of("rate"), "share", "rate"),
    )
    if not scope.compared:
        return columns
    return (
        *columns,
        Column(_("Rate before"), "share"),
        Column(name_of("change"), "points", "change"),
    )


def rate_row(scope: Scope, label: Label, rates: Compared) -> tuple[object, ...]:
    row = (label, rates.now.returned, rates.now.sold, rates.now.share)
    return (*row, rates.then.share, difference(rates)) if scope.compared else row


def difference(rates: Compared) -> float | None:
    now, then = rates.now.share, rates.then.share
    return None if now is None or then is None else now - then


def rate_table(
    scope: Scope, key: str, title: str, label: str, rows: Iterable[tuple[Label, Compared]]
) -> Table:
    return Table(
        key,
        title,
        rate_columns(scope, label),
        [rate_row(scope, name, rates) for name, rates in rows],
    )


def trend_chart(steps: Sequence[tuple[Period, Rate]]) -> Chart:
    """The rate over time as a line."""
    known = [(step, rate.share) for step, rate in steps if rate.share is not None]
    alt = _("No orders on these days.")
    if known:
        highest = max(known, key=lambda pair: pair[1])
        alt = _("The highest: %(rate)s for orders from %(day)s. The newest can still come back.")
        alt %= {"rate": wording.share(highest[1]), "day": wording.step(highest[0])}
    return Chart(
        "line",
        _("Return rate by day of the order"),
        alt,
        tuple(wording.step(step) for step, _rate in steps),
        ((name_of("rate"), tuple(rate.share for _step, rate in steps)),),
        "share",
    )


def trend_table(steps: Sequence[tuple[Period, Rate]]) -> Table:
    return Table(
        "trend",
        _("Over time"),
        (
            Column(_("Orders of")),
            Column(name_of("returned"), "count", "returned"),
            Column(name_of("sold"), "count", "sold"),
            Column(name_of("rate"), "share", "rate"),
        ),
        [
            (Label(wording.period(step)), rate.returned, rate.sold, rate.share)
            for step, rate in steps
        ],
    )


def top_chart(title: str, rows: Sequence[Named], *, fewest: int = 10, most: int = 8) -> Chart:
    """The highest rates as bars, of what sold at least a few units."""
    ranked = sorted(
        (row for row in rows if row.rates.now.sold >= fewest and row.rates.now.share),
        key=lambda row: -(row.rates.now.share or 0),
    )[:most]
    alt = _("Nothing that sold enough came back.")
    if ranked:
        alt = _("The highest rate: %(name)s with %(share)s.") % {
            "name": ranked[0].label,
            "share": wording.share(ranked[0].rates.now.share),
        }
    return Chart(
        "bars",
        title,
        alt,
        tuple(row.label for row in ranked),
        ((name_of("rate"), tuple(row.rates.now.share for row in ranked)),),
        "share",
    )
