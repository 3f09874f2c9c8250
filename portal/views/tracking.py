"""Following a return by its private link: status, packing slip, cancel."""

import barcode
import segno
from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.access import private
from portal.progress import StatusPage, build_status_page
from returns_portal.returns.models import ReturnLineItem, ReturnRequest
from returns_portal.returns.services import Actor
from returns_portal.returns.services import cancel as cancel_request
from returns_portal.returns.workflow import InvalidTransition


@require_safe
@private("no-referrer")
def status(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a return; to a polling page only what is new, or that nothing is."""
    page = get_page_or_404(token)
    polling = request.headers.get("HX-Request") == "true"
    if polling and request.GET.get("seen") == page.version:
        return HttpResponse(status=204)
    template = "portal/_status.html" if polling else "portal/status.html"
    return render(request, template, {"page": page, "polling": polling})


@require_safe
@private("no-referrer")
def slip(request: HttpRequest, token: str) -> HttpResponse:
    """The packing slip: which return this parcel is, for people and for scanners."""
    page = get_page_or_404(token)
    # Only the number: whoever opens the parcel must not get the shopper's private link.
    code = segno.make(page.return_request.rma_number, micro=False, error="m")
    drawing = mark_safe(code.svg_inline(border=2, omitsize=True))  # noqa: S308 - drawn by us
    bars = barcode.get("code128", page.return_request.rma_number).build()[0]
    return render(request, "portal/slip.html", {"page": page, "code": drawing, "bars": bars})


@require_http_methods(["GET", "HEAD", "POST"])
@private()
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Asks once more, then takes the request back."""
    page = get_page_or_404(token)
    if request.method == "POST":
        return _cancel(request, page)
    if not page.can_cancel:
        messages.info(request, _("This return can't be canceled any more."))
        return redirect("portal:status", token)
    return render(request, "portal/cancel.html", {"page": page})


def _cancel(request: HttpRequest, page: StatusPage) -> HttpResponse:
    return_request = page.return_request
    try:
        cancel_request(request_id=return_request.pk, actor=Actor.shopper(), now=timezone.now())
    except InvalidTransition:
        messages.info(request, _("This return can't be canceled any more."))
    response = redirect("portal:status", return_request.token)
    response.status_code = 303
    return response


def get_page_or_404(token: str) -> StatusPage:
    """The page of the return with this token, in a fixed number of queries; raises Http404."""
    lines = ReturnLineItem.objects.select_related("reason").order_by("pk")
    return_request = (
        ReturnRequest.objects.filter(token=token)
        .select_related("reverse_delivery")
        .prefetch_related(Prefetch("lines", queryset=lines), "events", "refunds", "messages")
        .first()
    )
    if return_request is None:
        raise Http404
    return build_status_page(return_request, now=timezone.now())
