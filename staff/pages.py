"""How the staff side answers: the decision screen whole or in part, and where a press leads."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_htmx.http import HttpResponseClientRedirect

from returns_portal.returns.models import ReturnRequest
from returns_portal.returns.refund_amounts import Parts
from returns_portal.returns.services.previewing import MailPreview
from returns_portal.shopify.types import Money
from staff import access, decision, queue
from staff.approval import Outlook
from staff.elsewhere import build_elsewhere
from staff.excepting import build_order
from staff.marketplace import build_marketplace

PAGE = "admin/returns/returnrequest/change_form.html"
MAIL = "admin/returns/returnrequest/_mail_slot.html"
PREVIEW = "admin/returns/returnrequest/_approve_outlook.html"
PANELS = {name: f"admin/returns/returnrequest/_{name}.html" for name in decision.DECISIONS}


@dataclass(frozen=True, slots=True)
class Panel:
    """A form that opens in place of the action bar, and what it needs to be shown."""

    name: str
    form: forms.Form

    @property
    def template(self) -> str:
        return PANELS[self.name]


@dataclass(frozen=True, slots=True)
class MailPanel(Panel):
    """A form whose words go out in a mail, and that mail."""

    mail: MailPreview | None = None


@dataclass(frozen=True, slots=True)
class LowerPanel(Panel):
    """The lower amount that Shopify calculates for a failed refund."""

    operation_id: int
    worth: Money


@dataclass(frozen=True, slots=True)
class PlacePanel(Panel):
    """Another place for the goods of a failed restock."""

    operation_id: int


@dataclass(frozen=True, slots=True)
class ApprovalPanel(Panel):
    """The approval's form with what it comes to: the money, the mail, who must agree."""

    outlook: Outlook
    mail: MailPreview | None = None
    needs_second: bool = False
    ways: Parts | None = None

    @property
    def amount(self) -> Money | None:
        return self.outlook.amount

    @property
    def comparison(self) -> decision.Comparison | None:
        return self.outlook.comparison


def is_htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def url_of(return_request: ReturnRequest) -> str:
    return reverse("admin:returns_returnrequest_change", args=[return_request.pk])


def render_page(
    request: HttpRequest, return_request: ReturnRequest, **extra: Any
) -> TemplateResponse:
    """The decision screen in the admin's frame."""
    context = {
        **admin.site.each_context(request),
        **decision.build_page(return_request, user=request.user, now=timezone.now()),
        "elsewhere": build_elsewhere(return_request, request.user),
        **build_order(return_request.shopify_order_id),
        "marketplace": build_marketplace(return_request, request.user),
        "title": return_request.rma_number,
        "opts": ReturnRequest._meta,
        "may_retry": request.user.has_perm(access.RETRY),
        **extra,
    }
    return TemplateResponse(request, PAGE, context)


def render_panel(
    request: HttpRequest, return_request: ReturnRequest, panel: Panel
) -> TemplateResponse:
    """The panel: alone to htmx, within the whole screen otherwise."""
    if not is_htmx(request):
        return render_page(request, return_request, panel=panel)
    context = decision.build_page(return_request, user=request.user, now=timezone.now())
    template = panel.template
    if "preview" in request.POST:
        template = PREVIEW if isinstance(panel, ApprovalPanel) else MAIL
    return TemplateResponse(request, template, {**context, "panel": panel})


def to_page(request: HttpRequest, return_request: ReturnRequest) -> HttpResponse:
    """To the decision screen, also from within a fragment."""
    url = url_of(return_request)
    if is_htmx(request):
        # htmx would swap the whole page into the panel's place.
        return HttpResponseClientRedirect(url)
    return redirect(url)


def next_url(decided: ReturnRequest) -> str:
    """The next request to review, or the queue when that was the last."""
    following = queue.first_to_review(besides=decided.pk)
    if following is None:
        return reverse("admin:returns_returnrequest_changelist")
    return url_of(following)


def linked_message(return_request: ReturnRequest, words: str) -> SafeString:
    """A message that leads back to the request it is about."""
    return format_html(
        '<a href="{}">{}</a> {}', url_of(return_request), return_request.rma_number, words
    )
