"""Decisions on returns that TikTok pays: taken here, once, and carried to TikTok by a worker."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from returns_portal.returns import services
from returns_portal.returns.models import Aftersale
from returns_portal.returns.services import Refused
from returns_portal.returns.workflow import InvalidTransition
from returns_portal.tiktok.errors import TikTokError
from staff import decision
from staff.access import CHANGE_AMOUNT, DECIDE, VIEW, actor_of, get_request_or_404, require
from staff.marketplace import OfferForm, RejectForm, current_decisions, current_reasons
from staff.pages import linked_message, next_url, render_page, url_of


@require_POST
def approve_on_tiktok(request: HttpRequest, pk: int) -> HttpResponse:
    """Approves what TikTok has quoted."""
    require(request, VIEW, DECIDE)
    return_request = get_request_or_404(pk)
    try:
        services.approve(
            request_id=pk,
            amount=decision.quoted(return_request),
            quoted=return_request.quoted_amount,
            actor=actor_of(request),
            now=timezone.now(),
        )
    except (Refused, InvalidTransition) as refusal:
        messages.error(request, str(refusal))
        return redirect(url_of(return_request))
    words = _("approved: TikTok is told, and pays by its own rules.")
    messages.success(request, linked_message(return_request, words))
    return redirect(next_url(return_request))


@require_http_methods(["GET", "HEAD", "POST"])
def offer_on_tiktok(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the form with what TikTok lets the shop offer just now. POST: offer a part."""
    require(request, VIEW, DECIDE, CHANGE_AMOUNT)
    return_request = get_request_or_404(pk)
    aftersale = Aftersale.objects.filter(return_request=return_request).first()
    if aftersale is None:
        raise Http404
    try:
        form = OfferForm(current_decisions(aftersale), aftersale, request.POST or None)
        if not form.is_valid():
            return render_page(request, return_request, offer_form=form)
        services.approve(
            request_id=pk,
            amount=form.amount_offered,
            quoted=return_request.quoted_amount,
            decision=services.Decision(reason=form.cleaned_data["reason"]),
            actor=actor_of(request),
            now=timezone.now(),
        )
    except (Refused, InvalidTransition, TikTokError) as refusal:
        messages.error(request, str(refusal))
        return redirect(url_of(return_request))
    words = _("offered: the buyer accepts or refuses in the TikTok app.")
    messages.success(request, linked_message(return_request, words))
    return redirect(next_url(return_request))


@require_http_methods(["GET", "HEAD", "POST"])
def reject_on_tiktok(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the form with the reasons that TikTok takes just now. POST: reject for one of them."""
    require(request, VIEW, DECIDE)
    return_request = get_request_or_404(pk)
    aftersale = Aftersale.objects.filter(return_request=return_request).first()
    if aftersale is None:
        raise Http404
    try:
        form = RejectForm(current_reasons(aftersale), request.POST or None)
        if not form.is_valid():
            return render_page(request, return_request, reject_form=form)
        services.reject_on_tiktok(
            request_id=pk, **form.cleaned_data, actor=actor_of(request), now=timezone.now()
        )
    except (Refused, InvalidTransition, TikTokError) as refusal:
        messages.error(request, str(refusal))
        return redirect(url_of(return_request))
    words = _("rejected: TikTok is told, and the shopper once TikTok has taken it.")
    messages.success(request, linked_message(return_request, words))
    return redirect(next_url(return_request))
