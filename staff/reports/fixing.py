"""The page that says what to fix, and what became of what was fixed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from returns_portal.returns.models import Photo
from returns_portal.returns.reports import fixing, wording
from returns_portal.returns.reports.definitions import name_of
from returns_portal.returns.reports.facts import day_of
from returns_portal.returns.reports.fixing import Finding, Findings, Outcome
from returns_portal.returns.reports.statistics import Interval, wilson
from returns_portal.returns.reports.tables import Column, Label, Table
from returns_portal.returns.services import Refused, mark_fixed, take_back_fix
from staff.access import PERSONAL, require, user_of
from staff.reports.advice import SELLER_CENTER, action_for, shopify_listing
from staff.reports.forms import FixForm, ScopeForm
from staff.reports.views import VIEW, build_context, read_form, send_csv

PAGE = "admin/reports/fix.html"
# Cards with evidence; the table names every finding.
SHOWN = 10
PRESET = "180"
ADD, DELETE = "returns.add_fix", "returns.delete_fix"


@dataclass(frozen=True, slots=True)
class Card:
    """A finding as the page shows it."""

    finding: Finding
    words: str
    usual: str
    between: str
    excess: str
    chance: str
    action: str
    shopify_url: str
    photos: tuple[Photo, ...]
    fixed_on: date | None
    form: FixForm


@dataclass(frozen=True, slots=True)
class Followed:
    """A fix and its rates before and after, in words."""

    outcome: Outcome
    before: str
    after: str
    change: str
    verdict: str


@require_safe
def fix(request: HttpRequest) -> HttpResponse:
    """What stands out, card by card, and what became of the fixes."""
    require(request, VIEW)
    return show(request, read_form(request, PRESET))


def show(request: HttpRequest, form: ScopeForm, failed: FixForm | None = None) -> HttpResponse:
    """The page; `failed` is a form that was not good enough, shown again in its place."""
    context = build_context(request, "fix", form) | {"hide_against": True}
    if form.is_valid():
        scope = form.scope()
        findings = fixing.read_findings(scope, evidence=SHOWN)
        outcomes = fixing.read_outcomes(scope, today=day_of(timezone.now()))
        table = build_table(findings)
        context |= {
            "period": wording.period(scope.period),
            "findings": findings,
            "lead": lead(findings),
            "cards": build_cards(request, findings, outcomes, failed),
            "followed": [follow(outcome) for outcome in outcomes],
            "table": table,
            "rows": table.shown(),
            "seller_center": SELLER_CENTER,
            "followed_days": fixing.FOLLOWED,
            "fewest_sold": fixing.FEWEST_SOLD,
        }
    return TemplateResponse(request, PAGE, context)


@require_safe
def fix_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Every finding as a CSV file."""
    require(request, VIEW)
    form = read_form(request, PRESET)
    if not form.is_valid():
        raise Http404
    scope = form.scope()
    table = build_table(fixing.read_findings(scope, evidence=0))
    return send_csv(table, scope, bom="excel" in request.GET)


@require_POST
def mark(request: HttpRequest) -> HttpResponse:
    """Marks a product and reason as fixed."""
    require(request, VIEW, ADD)
    form = FixForm(request.POST)
    scope_form = read_form(request, PRESET)
    if not form.is_valid():
        return show(request, scope_form, form)
    now = timezone.now()
    try:
        mark_fixed(**form.cleaned_data, user=user_of(request), today=day_of(now), now=now)
    except Refused as error:
        form.add_error(None, str(error))
        return show(request, scope_form, form)
    messages.success(request, _("Marked as fixed. The rate is followed from that day on."))
    return redirect("admin:report_fix")


@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Removes a mark that was a mistake."""
    require(request, VIEW, DELETE)
    if take_back_fix(fix_id=pk):
        messages.success(request, _("The mark is taken back."))
    return redirect("admin:report_fix")


def build_cards(
    request: HttpRequest,
    findings: Findings,
    outcomes: Sequence[Outcome],
    failed: FixForm | None,
) -> list[Card]:
    """The first findings with their evidence; photos only for those who may see them."""
    shown = findings.found[:SHOWN]
    photos = evidence_photos(shown) if request.user.has_perm(PERSONAL) else {}
    fixed = {
        (row.fix.product_id, row.fix.reason_id): row.fix.fixed_on for row in reversed(outcomes)
    }
    return [build_card(finding, photos, fixed, failed) for finding in shown]


def evidence_photos(findings: Any) -> dict[int, list[Photo]]:
    """The photos of the evidence, by line."""
    lines = [item.line for finding in findings for item in finding.evidence if item.photos]
    found: dict[int, list[Photo]] = {}
    for photo in Photo.objects.filter(line__in=lines):
        found.setdefault(photo.line_id, []).append(photo)
    return found


def build_card(
    finding: Finding,
    photos: Mapping[int, list[Photo]],
    fixed: Mapping[tuple[int, int], date],
    failed: FixForm | None,
) -> Card:
    pair = finding.pair
    words = _("%(returned)s of %(sold)s orders came back: “%(reason)s”") % {
        "returned": wording.count(pair.returned),
        "sold": wording.count(pair.sold),
        "reason": finding.reason.label,
    }
    return Card(
        finding=finding,
        words=words,
        usual=wording.share(pair.usual),
        between=between(pair.interval),
        excess=wording.count(round(pair.excess)),
        chance=chance_words(pair.chance),
        action=action_for(finding.reason),
        shopify_url=shopify_listing(finding.product),
        photos=tuple(photo for item in finding.evidence for photo in photos.get(item.line, ())),
        fixed_on=fixed.get((pair.product, pair.reason)),
        form=form_for(finding, failed),
    )


def form_for(finding: Finding, failed: FixForm | None) -> FixForm:
    """An empty form for the finding, or the one that failed for it."""
    pair = finding.pair
    if failed and (failed["product"].value(), failed["reason"].value()) == (
        str(pair.product),
        str(pair.reason),
    ):
        return failed
    return FixForm(
        initial={
            "product": pair.product,
            "reason": pair.reason,
            "fixed_on": day_of(timezone.now()),
        },
        auto_id=f"fix-{pair.product}-{pair.reason}-%s",
    )


def lead(findings: Findings) -> str:
    if findings.found:
        return _("What to look at first: %(product)s, “%(reason)s”.") % {
            "product": findings.found[0].product.title,
            "reason": findings.found[0].reason.label,
        }
    if findings.products:
        return _("Nothing stands out: no product comes back for a reason more than luck explains.")
    return _("There are too few orders on these days to tell luck from a fault.")


def build_table(findings: Findings) -> Table:
    return Table(
        "findings",
        _("Everything that stands out"),
        (
            Column(_("Product")),
            Column(_("Reason")),
            Column(_("Order lines sold"), "count"),
            Column(_("Lines back"), "count"),
            Column(_("Rate"), "share", "pair_rate"),
            Column(name_of("usual"), "share", "usual"),
            Column(name_of("excess"), "count", "excess"),
            Column(name_of("chance"), "text", "chance"),
        ),
        [
            (
                Label(finding.product.title, product=finding.pair.product),
                Label(finding.reason.label),
                finding.pair.sold,
                finding.pair.returned,
                finding.pair.rate,
                finding.pair.usual,
                round(finding.pair.excess),
                Label(chance_words(finding.pair.chance)),
            )
            for finding in findings.found
        ],
    )


def chance_words(chance: float) -> str:
    """A chance as one in so many."""
    if chance < 1e-6:
        return _("less than 1 in a million")
    return _("1 in %(many)s") % {"many": wording.count(round(1 / chance))}


def between(interval: Interval) -> str:
    return _("between %(low)s and %(high)s") % {
        "low": wording.share(interval.low),
        "high": wording.share(interval.high),
    }


def rate_words(counts: tuple[int, int]) -> str:
    """A rate with its counts and interval."""
    returned, sold = counts
    if not sold:
        return _("no orders old enough yet")
    return _("%(share)s (%(returned)s of %(sold)s orders; %(between)s)") % {
        "share": wording.share(returned / sold),
        "returned": wording.count(returned),
        "sold": wording.count(sold),
        "between": between(wilson(returned, sold)),
    }


def follow(outcome: Outcome) -> Followed:
    change = outcome.change
    words = {
        "early": _("Too early to tell: the first figures come on %(day)s.")
        % {"day": wording.day(outcome.first_figures_on)},
        "better": _("It helped: fewer come back than before."),
        "worse": _("More come back than before."),
        "open": _("Not certain yet: the difference may still be luck."),
    }
    return Followed(
        outcome,
        rate_words(outcome.before),
        rate_words(outcome.after),
        _("from %(low)s to %(high)s")
        % {"low": wording.points(change.low), "high": wording.points(change.high)}
        if change
        else "",
        words[outcome.verdict],
    )
