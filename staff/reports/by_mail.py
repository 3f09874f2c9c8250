"""Reports by mail: what a person gets, and how they stop it, signed in or not."""

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from returns_portal.returns.models import ScheduledReport
from returns_portal.returns.reports.facts import day_of
from returns_portal.returns.reports.schedule import read_token
from returns_portal.returns.reports.sheets import SHEETS
from returns_portal.returns.services import Refused, schedule_report, unschedule_report
from staff.access import require, user_of
from staff.reports.forms import ScheduleForm
from staff.reports.views import VIEW

PAGE = "admin/reports/by_mail.html"


@require_http_methods(["GET", "HEAD", "POST"])
def by_mail(request: HttpRequest) -> HttpResponse:
    """The reports that the person gets by mail, and a form for one more."""
    require(request, VIEW)
    form = ScheduleForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and subscribe(request, form):
        return redirect("admin:report_by_mail")
    rows = ScheduledReport.objects.filter(user=user_of(request)).order_by("report", "every")
    return TemplateResponse(
        request,
        PAGE,
        {
            **admin.site.each_context(request),
            "title": _("Reports"),
            "key": "mail",
            "form": form,
            "sheets": [(name, label) for name, (label, _build) in SHEETS.items()],
            "schedules": [(row, SHEETS[row.report][0]) for row in rows if row.report in SHEETS],
            "address": user_of(request).email,
        },
    )


def subscribe(request: HttpRequest, form: ScheduleForm) -> bool:
    """Does what the form asks; False with a sentence on the form where that is refused."""
    now = timezone.now()
    try:
        schedule_report(user=user_of(request), today=day_of(now), now=now, **form.cleaned_data)
    except Refused as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("You will get this report from the next time on."))
    return True


@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stops one of the person's own reports by mail."""
    require(request, VIEW)
    if unschedule_report(schedule_id=pk, user_id=user_of(request).pk):
        messages.success(request, _("You will not get this mail any more."))
    return redirect("admin:report_by_mail")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """What the link in the mail leads to: a button, since programs follow links by themselves.

    Mail programs post here without a cookie (RFC 8058); the token can stop this mail and no more.
    """
    schedule_id = read_token(token)
    if schedule_id is None:
        raise Http404
    if request.method == "POST":
        unschedule_report(schedule_id=schedule_id)
        return render(request, "reports/unsubscribed.html", {"done": True})
    known = ScheduledReport.objects.filter(pk=schedule_id).exists()
    return render(request, "reports/unsubscribed.html", {"done": not known})
