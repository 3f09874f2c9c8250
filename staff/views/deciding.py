"""Approve, decline, receive: first what it will do, then the press that does it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from returns_portal.returns import services
from returns_portal.returns.channels.settlement import Settlement
from returns_portal.returns.locations import active_locations, known_locations
from returns_portal.returns.models import ReturnRequest
from returns_portal.returns.services import Decision, NotEligible, Refused
from returns_portal.returns.services.previewing import preview_mail
from returns_portal.returns.workflow import Action, InvalidTransition, Status, next_status
from returns_portal.shopify.errors import ShopifyError
from returns_portal.shopify.types import Location, Money
from staff import approval, decision, fresh, wording
from staff.access import CHANGE_AMOUNT, DECIDE, VIEW, actor_of, get_request_or_404, require
from staff.approval import Outlook
from staff.approval_form import BY_HAND, ApproveForm
from staff.forms import DeclineForm, ReceiveForm, SeenAmount
from staff.pages import (
    ApprovalPanel,
    MailPanel,
    Panel,
    is_htmx,
    linked_message,
    next_url,
    render_panel,
    to_page,
)

INCOMPLETE = _lazy("Nothing was approved: the form came back incomplete. Look again.")
FORESEEN = (InvalidTransition, Refused, NotEligible, ShopifyError)


@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: what will be paid, restocked and mailed. POST: approve just that."""
    require(request, VIEW, DECIDE)
    return_request = get_request_or_404(pk)
    if fresh.needs_fresh_sign_in(request, _at_stake(request, return_request), now=timezone.now()):
        return fresh.ask_for_proof(request, request.path)
    if request.method == "POST":
        return decide(request, return_request, Action.APPROVE, _approve)
    return open_panel(request, return_request, Action.APPROVE, _approve_panel)


def _at_stake(request: HttpRequest, return_request: ReturnRequest) -> Money:
    """The larger of what was quoted and what the form asks to approve."""
    told, form = decision.quoted(return_request), SeenAmount(request.POST)
    if form.is_valid() and form.seen.currency == told.currency:
        return max(told, form.seen, key=lambda money: money.amount)
    return told


@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the form for the reason. POST: decline with it."""
    require(request, VIEW, DECIDE)
    return_request = get_request_or_404(pk)
    if request.method == "POST":
        return decide(request, return_request, Action.DECLINE, _decline)
    return open_panel(request, return_request, Action.DECLINE, _decline_panel)


@require_http_methods(["GET", "HEAD", "POST"])
def receive(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the form for what arrived. POST: book it."""
    require(request, VIEW, DECIDE)
    return_request = get_request_or_404(pk)
    if request.method == "POST":
        return decide(request, return_request, Action.RECEIVE, _receive)
    return open_panel(request, return_request, Action.RECEIVE, _receive_panel)


def open_panel(
    request: HttpRequest,
    return_request: ReturnRequest,
    action: Action,
    build: Callable[[HttpRequest, ReturnRequest], Panel],
) -> HttpResponse:
    """Shows the panel of a decision: alone to htmx, within the whole screen otherwise."""
    try:
        next_status(action, Status(return_request.status))
    except InvalidTransition as error:
        messages.error(request, str(error))
        return to_page(request, return_request)
    return render_panel(request, return_request, build(request, return_request))


def decide(
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
        if is_htmx(request) and "preview" in request.POST:
            # Asked for while the press itself was on its way, or somebody else was quicker:
            # the press is answered with a sentence, its preview with nothing.
            return HttpResponse(status=204)
        messages.error(request, str(error))
        return to_page(request, return_request)
    if isinstance(outcome, Panel):
        return render_panel(request, return_request, outcome)
    messages.success(request, outcome)
    return redirect(next_url(return_request))


def _approve_panel(request: HttpRequest, return_request: ReturnRequest) -> Panel:
    """Asks Shopify afresh; where it is silent, what was quoted is what will be approved."""
    outlook = approval.as_asked(return_request)
    silent = outlook.quote is None
    places = known_locations() if silent else active_locations()
    form = approve_form(request, return_request, places=places)
    chosen = Decision(quote=outlook.quote)
    return _approval_panel(request, return_request, form, outlook, chosen)


def _approval_panel(
    request: HttpRequest,
    return_request: ReturnRequest,
    form: ApproveForm,
    outlook: Outlook,
    chosen: Decision,
) -> Panel:
    mail = approval.preview_of(
        return_request, outlook, chosen, actor=actor_of(request), now=timezone.now()
    )
    second = outlook.amount is not None and services.needs_second_person(outlook.amount)
    ways = approval.ways_of(return_request, outlook)
    return ApprovalPanel("approve", form, outlook, mail=mail, needs_second=second, ways=ways)


def approve_form(
    request: HttpRequest,
    return_request: ReturnRequest,
    data: Any = None,
    *,
    places: Sequence[Location],
) -> ApproveForm:
    """The form as this person may fill it in; raises PermissionDenied for more than that."""
    may_change = request.user.has_perm(CHANGE_AMOUNT)
    if not may_change and any(data[name] for name in data or () if name.startswith(BY_HAND)):
        raise PermissionDenied
    return ApproveForm(
        return_request,
        data,
        amount=decision.quoted(return_request),
        ask_where=decision.asks_where(return_request),
        may_change=may_change,
        places=places,
    )


def _approve(request: HttpRequest, return_request: ReturnRequest) -> Panel | SafeString:
    form = approve_form(request, return_request, request.POST, places=active_locations())
    if not form.is_valid():
        return _look_again(request, return_request, form)
    if "preview" in request.POST:
        return _show_outlook(request, return_request, form)
    if form.cleaned_data["amount"] is None:
        raise Refused(INCOMPLETE)
    told = decision.quoted(return_request)
    if form.seen_quote != told.amount:
        raise Refused(_("The shopper has changed this request. Look at it again."))
    quote = None
    untouched = form.is_as_asked and form.other_amount is None
    if not (untouched and form.seen.amount == told.amount):
        outlook = approval.look_ahead(return_request, form)
        if outlook.amount is None or outlook.amount != form.seen:
            return _show_outlook(request, return_request, form, outlook)
        quote = outlook.quote
    decided = services.approve(
        request_id=return_request.pk,
        amount=form.seen,
        quoted=return_request.quoted_amount,
        decision=form.decision(quote=quote),
        actor=actor_of(request),
        now=timezone.now(),
    )
    return approved_message(decided, form)


def _look_again(request: HttpRequest, return_request: ReturnRequest, form: ApproveForm) -> Panel:
    """The form with its errors; raises Refused where a person could not mend them."""
    hidden = {"amount", "currency", "quoted"}
    lost = [name for name in form.errors if name in hidden or name not in request.POST]
    if "preview" not in request.POST and set(lost) - {"__all__"}:
        raise Refused(INCOMPLETE)
    outlook = Outlook(None)
    if "preview" in request.POST and form.lacks_only_words:
        # The money can be told already; what is to be written can come after it.
        outlook = replace(approval.look_ahead(return_request, form), amount=None)
    return ApprovalPanel("approve", form, outlook=outlook)


def _show_outlook(
    request: HttpRequest,
    return_request: ReturnRequest,
    form: ApproveForm,
    outlook: Outlook | None = None,
) -> Panel:
    """What the form comes to now; with `outlook`, because it is no more what was seen."""
    changed = outlook is not None
    outlook = outlook or approval.look_ahead(return_request, form)
    if changed and outlook.amount is not None:
        words = _("Nothing was approved: the amount is now %(amount)s. Look again.")
        messages.error(request, words % {"amount": wording.money_of(outlook.amount)})
    chosen = form.decision(quote=outlook.quote)
    return _approval_panel(request, return_request, form, outlook, chosen)


def approved_message(return_request: ReturnRequest, form: SeenAmount) -> SafeString:
    amount = wording.money_of(form.seen)
    if return_request.status == Status.REQUESTED:
        words = _("proposed: somebody else must confirm the refund of %(amount)s.")
    elif return_request.settlement == Settlement.EXTERNAL:
        words = _("approved: refund %(amount)s in Seller Center, then confirm it here.")
    elif return_request.settlement == Settlement.TIKTOK:
        words = _("approved: TikTok is told, and pays %(amount)s by its own rules.")
    elif decision.refunds_on_receipt(return_request):
        words = _("approved: %(amount)s will be refunded once the parcel is in.")
    else:
        words = _("approved: the refund of %(amount)s is under way.")
    return linked_message(return_request, words % {"amount": amount})


def _decline_panel(_request: HttpRequest, _return_request: ReturnRequest) -> Panel:
    return MailPanel("decline", DeclineForm())


def _decline(request: HttpRequest, return_request: ReturnRequest) -> Panel | SafeString:
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return MailPanel("decline", form)
    reason, actor, now = form.cleaned_data["reason"], actor_of(request), timezone.now()

    def act() -> ReturnRequest:
        return services.decline(request_id=return_request.pk, reason=reason, actor=actor, now=now)

    if "preview" in request.POST:
        return MailPanel("decline", form, mail=preview_mail(return_request.pk, act))
    act()
    return linked_message(return_request, _("declined: the shopper is told why."))


def _receive_panel(_request: HttpRequest, return_request: ReturnRequest) -> Panel:
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
