"""Sending the parcel: its tracking number, and the day by which it must be on its way."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from icalendar import Alarm, Calendar, Event

from portal.access import private
from portal.forms import TrackingForm
from portal.progress import StatusPage
from portal.reading import get_page_or_404
from portal.responses import problem_status, problems_of, see_other
from returns_portal.returns.services import Actor, Refused, tell_tracking


@require_http_methods(["GET", "HEAD", "POST"])
@private()
def tracking(request: HttpRequest, token: str) -> HttpResponse:
    """Asks for carrier and number, and keeps them; both can be corrected until it has arrived."""
    page = get_page_or_404(token)
    if not page.may_tell_tracking:
        messages.info(request, _("A tracking number can't be given for this return now."))
        return redirect("portal:status", token)
    if request.method != "POST":
        return _render(request, page, TrackingForm(initial=_known(page)))
    form = TrackingForm(request.POST)
    if not form.is_valid():
        return _render(request, page, form, status=problem_status(request, 422))
    return _tell(request, page, form)


def _tell(request: HttpRequest, page: StatusPage, form: TrackingForm) -> HttpResponse:
    try:
        tell_tracking(
            request_id=page.return_request.pk,
            carrier=form.cleaned_data["carrier"],
            tracking_number=form.cleaned_data["tracking_number"],
            actor=Actor.shopper(),
            now=timezone.now(),
        )
    except Refused as refusal:
        messages.info(request, str(refusal))
    return see_other("portal:status", page.return_request.token)


def _known(page: StatusPage) -> dict[str, str]:
    if page.delivery is None:
        return {}
    return {"carrier": page.delivery.carrier, "tracking_number": page.delivery.tracking_number}


def _render(
    request: HttpRequest, page: StatusPage, form: TrackingForm, status: int = 200
) -> HttpResponse:
    context = {"page": page, "form": form, "problems": problems_of(form)}
    return render(request, "portal/tracking.html", context, status=status)


@require_safe
@private("no-referrer")
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The last day to send the parcel, for the shopper's own calendar."""
    page = get_page_or_404(token)
    if not page.instructions or page.return_request.send_by is None:
        raise Http404
    response = HttpResponse(build_calendar(page).to_ical(), content_type="text/calendar")
    name = f"{page.return_request.rma_number}.ics"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def build_calendar(page: StatusPage) -> Calendar:
    """A calendar with one whole day, and a reminder the day before."""
    row = page.return_request
    if row.send_by is None:
        raise ValueError("This return need not be sent by any day.")
    day = timezone.localtime(row.send_by).date()
    event = Event()
    event.add("uid", f"{row.rma_number}.send-by@{settings.SITE_HOST}")
    event.add("dtstamp", row.requested_at)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", _("Last day to send back return %(rma)s") % {"rma": row.rma_number})
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _("Send the parcel by tomorrow."))
    alarm.add("trigger", timedelta(days=-1))
    event.add_component(alarm)
    whole = Calendar()
    whole.add("prodid", "-//Returns portal//EN")
    whole.add("version", "2.0")
    whole.add_component(event)
    return whole
