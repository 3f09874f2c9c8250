"""The shopper's e-mail address: confirmed by the link in a mail, or replaced by another."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.access import CONFIRMED_EMAIL, private
from portal.forms import ContactForm
from portal.progress import StatusPage
from portal.reading import get_page_or_404
from portal.responses import problem_status, problems_of, see_other
from portal.views.lookup import link_ended
from returns_portal.returns.links import LinkRefused, read_contact_link
from returns_portal.returns.services import Actor, Refused, change_contact, confirm_contact


@require_http_methods(["GET", "HEAD", "POST"])
@private()
def confirm(request: HttpRequest, signed: str) -> HttpResponse:
    """Asks by a button, since mail scanners open links too; the button confirms the address."""
    try:
        return_request = read_contact_link(signed)
    except LinkRefused:
        return link_ended(request)
    if request.method != "POST":
        return render(request, "portal/confirm.html", {"return_request": return_request})
    confirm_contact(request_id=return_request.pk, now=timezone.now())
    request.session[CONFIRMED_EMAIL] = return_request.contact_email
    messages.success(request, _("Thank you: your e-mail address is confirmed."))
    return see_other("portal:status", return_request.token)


@require_http_methods(["GET", "HEAD", "POST"])
@private()
def change(request: HttpRequest, token: str) -> HttpResponse:
    """Takes another address for the mails about this return, or asks the same one again."""
    page = get_page_or_404(token)
    if request.method != "POST":
        return _render(request, page, ContactForm())
    form = ContactForm(request.POST)
    if not form.is_valid():
        return _render(request, page, form, status=422)
    try:
        change_contact(
            request_id=page.return_request.pk,
            email=form.cleaned_data["contact_email"],
            actor=Actor.shopper(),
            now=timezone.now(),
        )
    except Refused as refusal:
        form.add_error("contact_email", str(refusal))
        return _render(request, page, form, status=422)
    messages.success(request, _("Updates go to this address from now on."))
    return see_other("portal:status", token)


def _render(
    request: HttpRequest, page: StatusPage, form: ContactForm, status: int = 200
) -> HttpResponse:
    context = {"page": page, "form": form, "problems": problems_of(form)}
    return render(request, "portal/contact.html", context, status=problem_status(request, status))
