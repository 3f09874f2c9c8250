"""What staff do with one request: approve, decline, receive, and watch the worker finish it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from returns_portal.private_images import serve_photo
from returns_portal.returns import services
from returns_portal.returns.models import Message, Operation, Photo, ReturnRequest
from returns_portal.returns.services import Actor, NotEligible, Refused
from returns_portal.returns.workflow import Action, InvalidTransition, Status, next_status
from returns_portal.shopify.errors import ShopifyError
from returns_portal.shopify.types import Money
from staff import decision, queue, wording
from staff.forms import ApproveForm, DeclineForm, ReceiveForm, SeenAmount

FORESEEN = (InvalidTransition, Refused, NotEligible, ShopifyError)
DECIDE = "returns.decide_returnrequest"
VIEW = "returns.view_returnrequest"
RETRY = "returns.retry_operation"
PAGE = "admin/returns/returnrequest/change_form.html"
PANELS = {name: f"admin/returns/returnrequest/_{name}.html" for name in decision.DECISIONS}
PROGRESS = "admin/returns/returnrequest/_progress.html"
COMPARISON = "admin/returns/returnrequest/_comparison.html"


@dataclass(frozen=True, slots=True)
class Panel:
    """A form that opens in place of the action bar, and what it needs to be shown."""

    name: str
    form: forms.Form
    comparison: decision.Comparison | None = None
    amount: Money | None = None

    @property
    def template(self) -> str:
        return PANELS[self.name]


def require(request: HttpRequest, *permissions: str) -> None:
    """Raises PermissionDenied unless the person holds every one of `permissions`."""
    if not request.user.has_perms(permissions):
        raise PermissionDenied


def get_request_or_404(pk: int) -> ReturnRequest:
    found = decision.get_for_decision(pk)
    if found is None:
        raise Http404
    return found


def actor_of(request: HttpRequest) -> Actor:
    if not isinstance(request.user, User):  # only admin_view lets people in here
        raise PermissionDenied
    return Actor.staff(request.user)


def url_of(return_request: ReturnRequest) -> str:
    return reverse("admin:returns_returnrequest_change", args=[return_request.pk])


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
        return TemplateResponse(request, COMPARISON, {"comparison": comparison})
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
    require(request, VIEW)
    found = (
        Photo.objects.select_related("line__return_request")
        .filter(public_id=public_id, line__return_request=pk)
        .first()
    )
    if found is None:
        raise Http404
    return serve_photo(found, small=small, name=found.line.return_request.rma_number)


@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: what will be paid, restocked and mailed. POST: approve just that."""
    require(request, VIEW, DECIDE)
    return_request = get_request_or_404(pk)
    if request.method == "POST":
        return _decide(request, return_request, Action.APPROVE, _approve)
    return _open(request, return_request, Action.APPROVE, _approve_panel)


@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the form for the reason. POST: decline with it."""
    require(request, VIEW, DECIDE)
    return_request = get_request_or_404(pk)
    if request.method == "POST":
        return _decide(request, return_request, Action.DECLINE, _decline)
    return _open(request, return_request, Action.DECLINE, _decline_panel)


@require_http_methods(["GET", "HEAD", "POST"])
def receive(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the form for what arrived. POST: book it."""
    require(request, VIEW, DECIDE)
    return_request = get_request_or_404(pk)
    if request.method == "POST":
        return _decide(request, return_request, Action.RECEIVE, _receive)
    return _open(request, return_request, Action.RECEIVE, _receive_panel)


@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts a failed operation back in line, and returns to its request."""
    require(request, VIEW, RETRY)
    operation = Operation.objects.select_related("return_request").filter(pk=pk).first()
    if operation is None:
        raise Http404
    try:
        services.retry_operation(operation_id=pk, actor=actor_of(request), now=timezone.now())
    except FORESEEN as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(step)s: trying again.") % {"step": _step(operation)})
    return redirect(url_of(operation.return_request))


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
    require(request, VIEW, DECIDE)
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


def _step(operation: Operation) -> str:
    return str(operation.get_kind_display())


def is_htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def render_page(
    request: HttpRequest, return_request: ReturnRequest, **extra: Any
) -> TemplateResponse:
    """The decision screen in the admin's frame."""
    context = {
        **admin.site.each_context(request),
        **decision.build_page(return_request, user=request.user, now=timezone.now()),
        "title": return_request.rma_number,
        "opts": ReturnRequest._meta,
        "may_retry": request.user.has_perm(RETRY),
        **extra,
    }
    return TemplateResponse(request, PAGE, context)


def _open(
    request: HttpRequest,
    return_request: ReturnRequest,
    action: Action,
    build: Callable[[ReturnRequest], Panel],
) -> HttpResponse:
    """Shows the panel of a decision: alone to htmx, within the whole screen otherwise."""
    try:
        next_status(action, Status(return_request.status))
    except InvalidTransition as error:
        messages.error(request, str(error))
        return to_page(request, return_request)
    return _render_panel(request, return_request, build(return_request))


def to_page(request: HttpRequest, return_request: ReturnRequest) -> HttpResponse:
    """To the decision screen, also from within a fragment."""
    url = url_of(return_request)
    if is_htmx(request):
        # htmx would swap the whole page into the panel's place.
        return HttpResponseClientRedirect(url)
    return redirect(url)


def _render_panel(
    request: HttpRequest, return_request: ReturnRequest, panel: Panel
) -> TemplateResponse:
    if not is_htmx(request):
        return render_page(request, return_request, panel=panel, comparison=panel.comparison)
    context = decision.build_page(return_request, user=request.user, now=timezone.now())
    return TemplateResponse(request, panel.template, {**context, "panel": panel})


def _decide(
    request: HttpRequest,
    return_request: ReturnRequest,
    action: Action,
    carry_out: Callable[[HttpRequest, ReturnRequest], Panel | SafeString],
) -> HttpResponse:
    """Carries a decision out and goes on to the next request; a foreseen refusal is told."""
    try:
        next_status(action, Status(return_request.status))
        outcome = carry_out(request, return_request)
    except FORESEEN as error:
        messages.error(request, str(error))
        return redirect(url_of(return_request))
    if isinstance(outcome, Panel):
        return _render_panel(request, return_request, outcome)
    messages.success(request, outcome)
    return redirect(next_url(return_request))


def next_url(decided: ReturnRequest) -> str:
    """The next request to review, or the queue when that was the last."""
    following = queue.first_to_review(besides=decided.pk)
    if following is None:
        return reverse("admin:returns_returnrequest_changelist")
    return url_of(following)


def _approve_panel(return_request: ReturnRequest) -> Panel:
    """Asks Shopify afresh; where it is silent, what was quoted is what will be approved."""
    comparison = decision.compare_with_shopify(return_request)
    now, told = comparison.amount, decision.quoted(return_request)
    amount = told if now is None else now
    return Panel("approve", approve_form(return_request, amount), comparison, amount)


def approve_form(return_request: ReturnRequest, amount: Money, data: Any = None) -> ApproveForm:
    ask_where = not decision.refunds_on_receipt(return_request)
    return ApproveForm(return_request, data, amount=amount, ask_where=ask_where)


def _approve(request: HttpRequest, return_request: ReturnRequest) -> Panel | SafeString:
    form = approve_form(return_request, decision.quoted(return_request), request.POST)
    if not form.is_valid():
        raise Refused(_("Nothing was approved: the form came back incomplete. Look again."))
    if objection := objection_to_amount(return_request, form.seen):
        raise Refused(objection)
    services.approve(
        request_id=return_request.pk,
        amount=form.seen,
        quoted=return_request.quoted_amount,
        dispositions=form.dispositions,
        actor=actor_of(request),
        now=timezone.now(),
    )
    return approved_message(return_request, form)


def objection_to_amount(return_request: ReturnRequest, seen: Money) -> str | None:
    """Why `seen` cannot be approved: it is neither the quote nor what Shopify says now."""
    told = decision.quoted(return_request)
    if seen.amount == told.amount:
        return None
    now = decision.compare_with_shopify(return_request).amount
    if now is not None and now.amount == seen.amount:
        return None
    words = _("Nothing was approved: the amount is now %(amount)s. Look again.")
    return words % {"amount": wording.money_of(told if now is None else now)}


def approved_message(return_request: ReturnRequest, form: SeenAmount) -> SafeString:
    amount = wording.money_of(form.seen)
    if decision.refunds_on_receipt(return_request):
        words = _("approved: %(amount)s will be refunded once the parcel is in.")
    else:
        words = _("approved: the refund of %(amount)s is under way.")
    return linked_message(return_request, words % {"amount": amount})


def linked_message(return_request: ReturnRequest, words: str) -> SafeString:
    """A message that leads back to the request it is about."""
    return format_html(
        '<a href="{}">{}</a> {}', url_of(return_request), return_request.rma_number, words
    )


def _decline_panel(return_request: ReturnRequest) -> Panel:
    return Panel("decline", DeclineForm())


def _decline(request: HttpRequest, return_request: ReturnRequest) -> Panel | SafeString:
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return Panel("decline", form)
    services.decline(
        request_id=return_request.pk,
        reason=form.cleaned_data["reason"],
        actor=actor_of(request),
        now=timezone.now(),
    )
    return linked_message(return_request, _("declined: the shopper is told why."))


def _receive_panel(return_request: ReturnRequest) -> Panel:
    return Panel("receive", ReceiveForm(return_request))


def _receive(request: HttpRequest, return_request: ReturnRequest) -> Panel | SafeString:
    form = ReceiveForm(return_request, request.POST)
    if not form.is_valid():
        return Panel("receive", form)
    services.receive(
        request_id=return_request.pk,
        received=form.receipts,
        actor=actor_of(request),
        now=timezone.now(),
    )
    return linked_message(return_request, _("received: the refund follows for what arrived."))
