"""Staff write to the shopper, and give out new links."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from returns_portal.returns import services
from returns_portal.returns.models import Message
from returns_portal.returns.services import Refused
from staff.access import DECIDE, PERSONAL, VIEW, actor_of, get_request_or_404, require
from staff.pages import linked_message, render_page, url_of


@require_POST
def renew_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives the return a new private link in place of the old one."""
    require(request, VIEW, DECIDE)
    return_request = get_request_or_404(pk)
    services.renew_link(request_id=pk, actor=actor_of(request), now=timezone.now())
    words = _("has a new private link. The old one does not work any more.")
    messages.success(request, linked_message(return_request, words))
    return redirect(url_of(return_request))


@require_POST
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Sends the shopper a message, or only marks the shopper's as read."""
    require(request, VIEW, DECIDE, PERSONAL)
    return_request = get_request_or_404(pk)
    actor, now = actor_of(request), timezone.now()
    try:
        if "read" not in request.POST:
            body = request.POST.get("body", "")
            services.write_message(request_id=pk, body=body, actor=actor, now=now)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return render_page(request, return_request, typed=request.POST.get("body", ""))
    services.mark_read(request_id=pk, author=Message.Author.SHOPPER, now=now)
    if "read" not in request.POST:
        messages.success(request, _("The message is sent."))
    return redirect(url_of(return_request))
