"""Previews of what shoppers get: a page of its own, shown in a frame, that can do nothing."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from returns_portal.returns.emails.building import MailParts

View = Callable[..., HttpResponseBase]
Page = TypeVar("Page", bound=View)
LOOKS = {
    "light": _("Light"),
    "dark": _("Dark"),
    "text": _("Text only"),
}
PREFERS_DARK = "@media (prefers-color-scheme: dark)"
# Mails carry their styles inline, as mail programs want them; nothing else is let through.
MAIL_POLICY = {
    "default-src": [NONE],
    "script-src": [NONE],
    "connect-src": [NONE],
    "font-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "form-action": [NONE],
    "base-uri": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": True,
}


def shows_frames(view: Page) -> Page:
    """Lets the page show frames of this site."""
    return cast(Page, csp_update({"frame-src": [SELF]})(view))


def framed(view: View) -> View:
    """Lets this site, and nobody else, show the answer in a frame; a mail in it stays inert."""

    @csp_replace(MAIL_POLICY)
    @xframe_options_sameorigin
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(*args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return guarded


def framed_page(view: View) -> View:
    """Lets this site show the page in a frame, under the strict policy of all pages."""

    @csp_replace({"frame-ancestors": [SELF]})
    @xframe_options_sameorigin
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(*args, **kwargs)

    return guarded


def show_mail(parts: MailParts, look: str) -> HttpResponse:
    """The mail as a program in `look` shows it: light, dark, or its text alone."""
    if look == "text":
        body = f"{parts.subject}\n{'=' * len(parts.subject)}\n\n{parts.text}"
        return HttpResponse(body, content_type="text/plain; charset=utf-8")
    return HttpResponse(in_look(parts.html, look))


def in_look(html: str, look: str) -> str:
    """The mail's HTML with its dark colors always on, or always off."""
    return html.replace(PREFERS_DARK, "@media all" if look == "dark" else "@media not all")


def chosen_look(request: HttpRequest) -> str:
    """The look asked for by the form; light without one."""
    wanted = request.POST.get("look") or request.GET.get("look") or ""
    return wanted if wanted in LOOKS else "light"


def send_test(parts: MailParts, email: str) -> None:
    """Sends the mail to `email` at once; raises SMTPException or OSError as the server says.

    At once, since whoever asked wants to know whether the mail server takes it.
    """
    message = EmailMultiAlternatives(
        subject=parts.subject, body=parts.text, to=[email], from_email=settings.DEFAULT_FROM_EMAIL
    )
    message.attach_alternative(parts.html, "text/html")
    message.send()
