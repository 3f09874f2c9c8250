"""The report on speed: how long shoppers wait for an answer and for their money."""

from django.utils.translation import gettext as _

from returns_portal.returns.reports import speed, wording
from returns_portal.returns.reports.definitions import name_of
from returns_portal.returns.reports.scope import Scope
from returns_portal.returns.reports.sheets.parts import before
from returns_portal.returns.reports.speed import PersonWaits, Speed, Waits
from returns_portal.returns.reports.tables import Chart, Column, Figure, Label, Report, Table

HOUR = 60
DAY = 24 * HOUR
LIMITS = (HOUR, 4 * HOUR, 12 * HOUR, DAY, 2 * DAY, 3 * DAY, 7 * DAY)


def build_speed(scope: Scope) -> Report:
    """Waits for the first decision and for the refund, over all and by person."""
    decision = speed.read_speed(scope, speed.DECISION)
    refund = speed.read_speed(scope, speed.REFUND)
    return Report(
        "speed",
        _("Speed"),
        lead(decision.now),
        (
            *figures(scope, "decision", decision),
            *figures(scope, "refund_wait", refund),
        ),
        (
            spread(_("How long the first decision took"), decision.now),
            spread(_("How long until the money was back"), refund.now),
        ),
        (
            table(scope, "decision", _("Until the first decision, by person"), decision),
            table(scope, "refund_wait", _("Until the money, by who decided"), refund),
            spread_table(decision.now, refund.now),
        ),
    )


def lead(waits: Waits) -> str:
    if waits.half is None:
        return _("Nothing was decided on these days.")
    return _("Half of all shoppers had an answer within %(half)s, nine of ten within %(most)s.") % {
        "half": wording.wait(waits.half),
        "most": wording.wait(waits.most),
    }


def figures(scope: Scope, key: str, found: Speed) -> tuple[Figure, Figure]:
    return (
        _figure(scope, key, name_of("p50"), found.now.half, found.then.half, found.now.count),
        _figure(scope, key, name_of("p90"), found.now.most, found.then.most, found.now.count),
    )


def _figure(
    scope: Scope, key: str, label: str, now: int | None, then: int | None, count: int
) -> Figure:
    return Figure(
        _("%(what)s: %(measure)s") % {"what": name_of(key), "measure": label.lower()},
        wording.wait(now),
        key,
        _("%(count)s requests") % {"count": wording.count(count)},
        before(scope, wording.wait(then)),
    )


def spread_labels() -> list[str]:
    """From a limit to the next, in words."""
    names = [_("under 1 h"), _("1–4 h"), _("4–12 h"), _("12–24 h")]  # noqa: RUF001
    return [*names, _("1–2 days"), _("2–3 days"), _("3–7 days"), _("longer")]  # noqa: RUF001


def spread(title: str, waits: Waits) -> Chart:
    return Chart(
        "columns",
        title,
        _("Half waited no longer than %(half)s, nine of ten no longer than %(most)s.")
        % {"half": wording.wait(waits.half), "most": wording.wait(waits.most)},
        tuple(spread_labels()),
        ((_("Requests"), tuple(float(count) for count in waits.up_to(LIMITS))),),
    )


def table(scope: Scope, key: str, title: str, found: Speed) -> Table:
    columns = [
        Column(name_of("person"), "text", "person"),
        Column(name_of("requests"), "count"),
        Column(name_of("p50"), "wait", "p50"),
        Column(name_of("p90"), "wait", "p90"),
    ]
    if scope.compared:
        columns += [Column(_("Half before"), "wait"), Column(_("9 of 10 before"), "wait")]
    everyone = PersonWaits(None, _("Everybody"), found.now, found.then)
    rows = [everyone, *found.people] if found.now.count else []
    return Table(key, title, tuple(columns), [_row(scope, row) for row in rows])


def _row(scope: Scope, row: PersonWaits) -> tuple[object, ...]:
    name = row.name or _("The portal, or nobody known")
    cells: tuple[object, ...] = (Label(name), row.now.count, row.now.half, row.now.most)
    return (*cells, row.then.half, row.then.most) if scope.compared else cells


def spread_table(decision: Waits, refund: Waits) -> Table:
    pairs = zip(spread_labels(), decision.up_to(LIMITS), refund.up_to(LIMITS), strict=True)
    return Table(
        "spread",
        _("How the waits are spread"),
        (
            Column(_("Wait")),
            Column(name_of("decision"), "count", "decision"),
            Column(name_of("refund_wait"), "count", "refund_wait"),
        ),
        [(Label(label), first, second) for label, first, second in pairs],
    )
