"""The report on reasons and how they change."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from returns_portal.returns.reports import wording
from returns_portal.returns.reports.definitions import name_of
from returns_portal.returns.reports.reasons import ReasonCount, read_reasons
from returns_portal.returns.reports.scope import Scope
from returns_portal.returns.reports.sheets.parts import before
from returns_portal.returns.reports.tables import Chart, Column, Figure, Label, Report, Table

DRAWN = 5


def build_reasons(scope: Scope) -> Report:
    """Units by reason, now and before, and the commonest reasons over time."""
    rows = read_reasons(scope)
    total = sum(row.now for row in rows)
    earlier = sum(row.then for row in rows)
    return Report(
        "reasons",
        _("Reasons"),
        lead(rows, total),
        (
            Figure(
                name_of("reason_units"),
                wording.count(total),
                "reason_units",
                before=before(scope, wording.count(earlier)),
            ),
        ),
        (bars(rows), trend(scope, rows)),
        (table(scope, rows, total, earlier), trend_table(scope, rows)),
    )


def lead(rows: Sequence[ReasonCount], total: int) -> str:
    if not total:
        return _("No returns were asked for on these days.")
    return _("The commonest reason is “%(reason)s”: %(count)s of %(total)s units.") % {
        "reason": rows[0].reason.label,
        "count": wording.count(rows[0].now),
        "total": wording.count(total),
    }


def bars(rows: Sequence[ReasonCount]) -> Chart:
    shown = [row for row in rows if row.now][:8]
    alt = _("No returns on these days.")
    if shown:
        alt = _("Most units: %(reason)s, %(count)s.") % {
            "reason": shown[0].reason.label,
            "count": wording.count(shown[0].now),
        }
    return Chart(
        "bars",
        _("Units by reason"),
        alt,
        tuple(row.reason.label for row in shown),
        ((_("Units"), tuple(float(row.now) for row in shown)),),
    )


def trend(scope: Scope, rows: Sequence[ReasonCount]) -> Chart:
    steps = scope.period.steps()
    shown = [row for row in rows if row.now][:DRAWN]
    return Chart(
        "stacked",
        _("The commonest reasons over time"),
        _("Units by day of the request; the table below has every number."),
        tuple(wording.step(step) for step in steps),
        tuple((row.reason.label, tuple(float(n) for n in row.steps)) for row in shown),
    )


def table(scope: Scope, rows: Sequence[ReasonCount], total: int, earlier: int) -> Table:
    columns = [
        Column(_("Reason")),
        Column(_("Units"), "count", "reason_units"),
        Column(name_of("reason_share"), "share", "reason_share"),
    ]
    if scope.compared:
        columns += [Column(_("Units before"), "count"), Column(_("Share before"), "share")]
    found = []
    for row in rows:
        cells: tuple[object, ...] = (
            Label(row.reason.label),
            row.now,
            wording.percent_of(row.now, total),
        )
        if scope.compared:
            cells += (row.then, wording.percent_of(row.then, earlier))
        found.append(cells)
    return Table("reasons", _("By reason"), tuple(columns), found)


def trend_table(scope: Scope, rows: Sequence[ReasonCount]) -> Table:
    """Every reason in every step, as long as there is a column for each."""
    shown = [row for row in rows if row.now]
    steps = scope.period.steps()
    return Table(
        "trend",
        _("Over time"),
        (
            Column(_("Requests of")),
            *(Column(row.reason.label, "count") for row in shown),
        ),
        [
            (Label(wording.period(step)), *(row.steps[place] for row in shown))
            for place, step in enumerate(steps)
        ]
        if shown
        else [],
    )
