"""A second person confirms an approval; staff take the lower amount that Shopify calculates."""

from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from returns_portal.returns import services
from returns_portal.returns.models import Operation
from returns_portal.returns.services import Refused
from returns_portal.returns.workflow import InvalidTransition
from returns_portal.shopify.errors import ShopifyError
from returns_portal.shopify.types import Money
from staff import decision, fresh, wording
from staff.access import (
    CHANGE_AMOUNT,
    DECIDE,
    RETRY,
    VIEW,
    actor_of,
    get_request_or_404,
    require,
)
from staff.forms import LowerForm
from staff.pages import LowerPanel, linked_message, next_url, render_page, url_of


@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Carries out the approval that somebody else proposed."""
    require(request, VIEW, DECIDE)
    return_request = get_request_or_404(pk)
    proposal = services.open_proposal(return_request)
    amount = Money(proposal.amount if proposal else Decimal(0), return_request.currency)
    if fresh.needs_fresh_sign_in(request, amount, now=timezone.now()):
        return fresh.ask_for_proof(request, url_of(return_request))
    if proposal is not None and request.POST.get("proposal") != str(proposal.pk):
        messages.error(request, _("Another approval was proposed meanwhile. Look again."))
        return redirect(url_of(return_request))
    try:
        services.confirm_proposal(request_id=pk, actor=actor_of(request), now=timezone.now())
    except (Refused, InvalidTransition) as refusal:
        messages.error(request, str(refusal))
        return redirect(url_of(return_request))
    words = _("approved by two people: %(amount)s.") % {"amount": wording.money_of(amount)}
    messages.success(request, linked_message(return_request, words))
    return redirect(next_url(return_request))


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a proposed approval back."""
    require(request, VIEW, DECIDE)
    return_request = get_request_or_404(pk)
    try:
        services.withdraw_proposal(request_id=pk, actor=actor_of(request), now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The proposed approval is withdrawn."))
    return redirect(url_of(return_request))


@require_http_methods(["GET", "HEAD", "POST"])
def lower(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the lower amount that Shopify calculates now. POST: accept it, and go on."""
    require(request, VIEW, DECIDE, RETRY, CHANGE_AMOUNT)
    operation = Operation.objects.filter(pk=pk).first()
    if operation is None:
        raise Http404
    return_request = get_request_or_404(operation.return_request_id)
    try:
        worth = decision.worth_now(return_request)
        if request.method == "POST":
            _lower(request, operation, worth)
        else:
            form = LowerForm(initial={"amount": f"{worth.amount:f}"})
            panel = LowerPanel("lower", form, operation_id=pk, worth=worth)
            return render_page(request, return_request, panel=panel)
    except (Refused, ShopifyError) as refusal:
        messages.error(request, str(refusal))
    return redirect(url_of(return_request))


def _lower(request: HttpRequest, operation: Operation, worth: Money) -> None:
    form = LowerForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Say why the amount is another one."))
    if form.cleaned_data["amount"] != worth.amount:
        words = _("Shopify now calculates %(amount)s. Look again.")
        raise Refused(words % {"amount": wording.money_of(worth)})
    services.accept_lower_amount(
        operation_id=operation.pk,
        amount=worth,
        reason=form.cleaned_data["reason"],
        actor=actor_of(request),
        now=timezone.now(),
    )
    words = _("goes on with %(amount)s.") % {"amount": wording.money_of(worth)}
    messages.success(request, linked_message(operation.return_request, words))
