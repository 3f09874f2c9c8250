"""The decision screen itself: shown, compared with Shopify, kept fresh; photos; retries."""

from uuid import UUID

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from returns_portal.private_images import serve_photo
from returns_portal.returns import services
from returns_portal.returns.models import Operation, Photo
from returns_portal.returns.services import Refused
from staff import decision, timeline
from staff.access import PERSONAL, RETRY, VIEW, actor_of, get_request_or_404, require
from staff.pages import is_htmx, render_page, url_of

PROGRESS = "admin/returns/returnrequest/_progress.html"
HISTORY = "admin/returns/returnrequest/history.html"
COMPARISON = "admin/returns/returnrequest/_comparison.html"


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The decision screen."""
    require(request, VIEW)
    return render_page(request, get_request_or_404(pk))


@require_safe
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """What Shopify would pay now: a fragment for htmx, otherwise the whole screen with it."""
    require(request, VIEW)
    return_request = get_request_or_404(pk)
    comparison = decision.compare_with_shopify(return_request)
    if is_htmx(request):
        context = {"comparison": comparison, "quoted": decision.quoted(return_request)}
        return TemplateResponse(request, COMPARISON, context)
    return render_page(request, return_request, comparison=comparison)


@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Operations, money and history as they stand: the fragment that the screen polls for."""
    require(request, VIEW)
    return_request = get_request_or_404(pk)
    if not is_htmx(request):
        return redirect(url_of(return_request))
    now = timezone.now()
    context = decision.build_page(return_request, user=request.user, now=now)
    moved = request.GET.get("status") != return_request.status
    return TemplateResponse(request, PROGRESS, {**context, "moved": moved})


@require_safe
def photo(request: HttpRequest, pk: int, public_id: UUID, *, small: bool) -> HttpResponseBase:
    """A photo that the shopper added, or its thumbnail."""
    require(request, VIEW, PERSONAL)
    found = (
        Photo.objects.select_related("line__return_request")
        .filter(public_id=public_id, line__return_request=pk)
        .first()
    )
    if found is None:
        raise Http404
    return serve_photo(found, small=small, name=found.line.return_request.rma_number)


@require_safe
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that happened to a request, with every mail and call."""
    require(request, VIEW)
    return_request = get_request_or_404(pk)
    personal = request.user.has_perm(PERSONAL)
    context = {
        **admin.site.each_context(request),
        "title": _("History of %(rma)s") % {"rma": return_request.rma_number},
        "return_request": return_request,
        "entries": timeline.build_entries(return_request, personal=personal),
    }
    return TemplateResponse(request, HISTORY, context)


@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts a failed operation back in line, and returns to its request."""
    require(request, VIEW, RETRY)
    operation = Operation.objects.select_related("return_request").filter(pk=pk).first()
    if operation is None:
        raise Http404
    try:
        services.retry_operation(operation_id=pk, actor=actor_of(request), now=timezone.now())
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(step)s: trying again.") % {"step": _step(operation)})
    return redirect(url_of(operation.return_request))


def _step(operation: Operation) -> str:
    return str(operation.get_kind_display())
