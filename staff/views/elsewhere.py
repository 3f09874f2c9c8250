"""A refund that a person made elsewhere, confirmed here."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from returns_portal.returns import services
from returns_portal.returns.services import Refused
from staff import wording
from staff.access import DECIDE, VIEW, actor_of, get_request_or_404, require
from staff.elsewhere import ConfirmForm, build_elsewhere
from staff.pages import linked_message, render_page, url_of


@require_POST
def confirm_refund(request: HttpRequest, pk: int) -> HttpResponse:
    """Notes a refund that was made by hand; from then on the shopper is told of it."""
    require(request, VIEW, DECIDE)
    return_request = get_request_or_404(pk)
    form = ConfirmForm(return_request, request.POST)
    if not form.is_valid():
        card = build_elsewhere(return_request, request.user)
        return render_page(request, return_request, elsewhere=card, confirm_form=form)
    try:
        services.confirm_external_refund(
            request_id=pk,
            amount=form.amount_refunded,
            reference=form.cleaned_data["reference"],
            actor=actor_of(request),
            now=timezone.now(),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        amount = wording.money_of(form.amount_refunded)
        words = _("confirmed: %(amount)s is refunded, and the shopper is told.")
        messages.success(request, linked_message(return_request, words % {"amount": amount}))
    return redirect(url_of(return_request))
