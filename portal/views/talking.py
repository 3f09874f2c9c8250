"""The thread with the shop: read, and written to."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from portal.access import private
from portal.forms import MessageForm
from portal.progress import StatusPage
from portal.reading import get_page_or_404
from portal.responses import problem_status, problems_of, see_other
from returns_portal.returns.models import Message
from returns_portal.returns.services import Actor, Refused, mark_read, write_message


@require_http_methods(["GET", "HEAD", "POST"])
@private()
def thread(request: HttpRequest, token: str) -> HttpResponse:
    """All messages, and a form for one more; what the shop wrote counts as read from here on."""
    page = get_page_or_404(token)
    if request.method == "POST":
        return _write(request, page)
    mark_read(request_id=page.return_request.pk, author=Message.Author.STAFF, now=timezone.now())
    return _render(request, page, MessageForm())


def _write(request: HttpRequest, page: StatusPage) -> HttpResponse:
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _render(request, page, form, status=problem_status(request, 422))
    try:
        write_message(
            request_id=page.return_request.pk,
            body=form.cleaned_data["body"],
            actor=Actor.shopper(),
            now=timezone.now(),
        )
    except Refused as refusal:
        form.add_error("body", str(refusal))
        return _render(request, page, form, status=problem_status(request, 429))
    return see_other("portal:messages", page.return_request.token)


def _render(
    request: HttpRequest, page: StatusPage, form: MessageForm, status: int = 200
) -> HttpResponse:
    context = {
        "page": page,
        "thread": page.return_request.messages.all(),
        "form": form,
        "problems": problems_of(form),
    }
    return render(request, "portal/messages.html", context, status=status)
