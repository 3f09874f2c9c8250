"""The reports' pages and files."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from returns_portal.returns.models import ReportProgress
from returns_portal.returns.reports import wording
from returns_portal.returns.reports.facts import day_of
from returns_portal.returns.reports.scope import Scope
from returns_portal.returns.reports.sheets import SHEETS, build_report
from returns_portal.returns.reports.sheets.products import product_title
from returns_portal.returns.reports.tables import Report, Table, write_csv
from staff.access import PERSONAL, require
from staff.reports.charts import draw
from staff.reports.forms import ScopeForm

VIEW = "returns.view_reports"
PAGE = "admin/reports/report.html"
# Rows of a table on a page; its file has them all.
SHOWN = 25
PRODUCT_REPORTS = ("products", "reasons")
PRESET = "90"


@require_safe
def show(request: HttpRequest, key: str = "overview") -> HttpResponse:
    """One report as a page."""
    require(request, VIEW)
    get_name_or_404(key)
    form = read_form(request)
    context = build_context(request, key, form)
    if form.is_valid():
        scope = scope_of(form, key)
        context |= describe(build_report(key, scope), scope)
    return TemplateResponse(request, PAGE, context)


@require_safe
def download(request: HttpRequest, key: str, table: str) -> StreamingHttpResponse:
    """One table of a report as a CSV file, all its rows."""
    require(request, VIEW)
    get_name_or_404(key)
    form = read_form(request)
    if not form.is_valid():
        raise Http404
    scope = scope_of(form, key)
    found = build_report(key, scope).table(table)
    if found is None:
        raise Http404
    return send_csv(found, scope, bom="excel" in request.GET)


def send_csv(table: Table, scope: Scope, *, bom: bool) -> StreamingHttpResponse:
    """Streams the table under a name that tells its days."""
    name = f"{slugify(table.title)}-{scope.period.first}-{scope.period.last}.csv"
    return StreamingHttpResponse(
        write_csv(table, bom=bom),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


def get_name_or_404(key: str) -> str:
    if key not in SHEETS:
        raise Http404
    return str(SHEETS[key][0])


def read_form(request: HttpRequest, preset: str = PRESET) -> ScopeForm:
    return ScopeForm(request.GET, today=day_of(timezone.now()), preset=preset)


def scope_of(form: ScopeForm, key: str) -> Scope:
    """The scope asked for; only some reports can look at one product."""
    scope = form.scope()
    if key in PRODUCT_REPORTS:
        return scope
    return Scope(scope.period, scope.compared, scope.markets)


def build_context(request: HttpRequest, key: str, form: ScopeForm) -> dict[str, Any]:
    """What every report's page holds, whatever it tells."""
    query = request.GET.copy()
    query.pop("product", None)
    progress = ReportProgress.objects.first()
    return {
        **admin.site.each_context(request),
        "title": _("Reports"),
        "key": key,
        "form": form,
        "sheets": [(name, label) for name, (label, _build) in SHEETS.items()],
        "query": query.urlencode(),
        "whole_query": request.GET.urlencode(),
        "counted_at": progress.counted_at if progress else None,
        "may_see_personal": request.user.has_perm(PERSONAL),
        "may_see_requests": request.user.has_perm("returns.view_returnrequest"),
    }


def describe(report: Report, scope: Scope) -> dict[str, Any]:
    """The report as its template shows it."""
    return {
        "report": report,
        "period": wording.period(scope.period),
        "compared": wording.period(scope.compared) if scope.compared else "",
        "product_title": product_title(scope.product),
        "pictures": [(chart, draw(chart)) for chart in report.charts if not chart.is_empty],
        "tables": [
            (table, table.shown(SHOWN), max(0, len(table.rows) - SHOWN)) for table in report.tables
        ],
    }
