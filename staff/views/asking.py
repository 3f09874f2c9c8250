"""Staff ask the shopper for information, go on without it, and leave notes for one another."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from returns_portal.returns import services
from returns_portal.returns.models import ReturnRequest
from returns_portal.returns.services import Refused
from returns_portal.returns.services.previewing import preview_mail
from returns_portal.returns.workflow import Action, InvalidTransition
from staff.access import DECIDE, PERSONAL, VIEW, actor_of, get_request_or_404, require
from staff.forms import AskForm
from staff.pages import MailPanel, Panel, linked_message, url_of
from staff.views.deciding import decide, open_panel


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the form for the question. POST: send it, and wait for the answer."""
    require(request, VIEW, DECIDE, PERSONAL)
    return_request = get_request_or_404(pk)
    if request.method == "POST":
        return decide(request, return_request, Action.ASK, _ask)
    return open_panel(request, return_request, Action.ASK, _ask_panel)


def _ask_panel(_request: HttpRequest, _return_request: ReturnRequest) -> Panel:
    return MailPanel("ask", AskForm())


def _ask(request: HttpRequest, return_request: ReturnRequest) -> Panel | SafeString:
    form = AskForm(request.POST)
    if not form.is_valid():
        return MailPanel("ask", form)
    actor, now, body = actor_of(request), timezone.now(), form.cleaned_data["body"]

    def act() -> ReturnRequest:
        return services.ask_for_information(
            request_id=return_request.pk, body=body, actor=actor, now=now
        )

    if "preview" in request.POST:
        return MailPanel("ask", form, mail=preview_mail(return_request.pk, act))
    act()
    return linked_message(return_request, _("waits for the shopper’s answer."))  # noqa: RUF001


@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the request back to review without waiting for an answer."""
    require(request, VIEW, DECIDE)
    return_request = get_request_or_404(pk)
    try:
        services.resume(request_id=pk, actor=actor_of(request), now=timezone.now())
    except InvalidTransition as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The request is back to review."))
    return redirect(url_of(return_request))


@require_POST
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Leaves a note that only staff read."""
    require(request, VIEW, DECIDE, PERSONAL)
    return_request = get_request_or_404(pk)
    try:
        services.write_note(
            request_id=pk,
            body=request.POST.get("body", ""),
            actor=actor_of(request),
            now=timezone.now(),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{url_of(return_request)}#notes")
