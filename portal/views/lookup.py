"""The front door: an order is found by its number and the postcode, or not at all."""

import logging

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from portal import throttle
from portal.access import grant_order
from portal.forms import LookupForm
from portal.policy_summary import summarize
from portal.responses import RETRY_AFTER, problem_status
from returns_portal.addresses import client_address
from returns_portal.returns.models import ReturnPolicy
from returns_portal.returns.orders import OrderNotFound, ReturnIdGiven, find_order
from returns_portal.returns.services.withdrawing import withdrawal_rules
from returns_portal.shopify.errors import ShopifyError

logger = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(no_store=True)
def lookup(request: HttpRequest) -> HttpResponse:
    """Shows the form; with the right details, opens the order."""
    if request.method != "POST":
        return _render(request, LookupForm(initial=request.GET.dict()))
    form = LookupForm(request.POST)
    if not form.is_valid():
        return _render(request, form, status=problem_status(request, 422))
    return _find(request, form)


def link_ended(request: HttpRequest) -> HttpResponse:
    """The front door in place of what a link that does not hold would have opened; never why."""
    messages.info(request, _("This link does not work any more. Please find your order here."))
    response = _render(request, LookupForm(), status=404)
    # The form on this page needs it; see `private`.
    response["Referrer-Policy"] = "same-origin"
    return response


def _find(request: HttpRequest, form: LookupForm) -> HttpResponse:
    address, number = client_address(request), form.cleaned_data["order_number"]
    if wait := throttle.seconds_to_wait(address, number):
        return _too_many(request, form, wait)
    now = timezone.now()
    try:
        found = find_order(
            number=number, postcode_or_email=form.cleaned_data["postcode_or_email"], now=now
        )
    except OrderNotFound as miss:
        throttle.record_failure(address, number)
        form.add_error(None, _miss_sentence(miss))
        return _render(request, form, status=problem_status(request, 422))
    except ShopifyError as error:
        return _unavailable(request, form, error)
    grant = grant_order(request, found, now=now)
    return redirect("portal:choose", grant.legacy_id)


def _miss_sentence(miss: OrderNotFound) -> str:
    if isinstance(miss, ReturnIdGiven):
        return _(
            "That is a TikTok return ID; we need the order ID (18 digits). "
            "In the TikTok app, open Profile, then Orders, then the order."
        )
    return _(
        "We couldn't find an order with these details. Check the order ID (18 digits) and the "
        "postcode of the delivery."
    )


def _too_many(request: HttpRequest, form: LookupForm, wait: int) -> HttpResponse:
    minutes = -(-wait // 60)
    form.add_error(
        None,
        ngettext(
            "Too many tries did not match. Please wait %(minutes)d minute, then try again.",
            "Too many tries did not match. Please wait %(minutes)d minutes, then try again.",
            minutes,
        )
        % {"minutes": minutes},
    )
    response = _render(request, form, status=problem_status(request, 429))
    response["Retry-After"] = str(wait)
    return response


def _unavailable(request: HttpRequest, form: LookupForm, error: ShopifyError) -> HttpResponse:
    logger.error("A look-up had no answer: %s", error)
    form.add_error(
        None,
        _("We can't look up orders right now. Nothing is lost: please try again in a few minutes."),
    )
    response = _render(request, form, status=problem_status(request, 503))
    response["Retry-After"] = RETRY_AFTER
    return response


def _render(request: HttpRequest, form: LookupForm, status: int = 200) -> HttpResponse:
    policies = list(ReturnPolicy.objects.filter(active=True))
    context = {
        "form": form,
        "policy_lines": summarize(policies),
        "withdrawal_offered": withdrawal_rules.recent().active,
    }
    return render(request, "portal/lookup.html", context, status=status)
