"""What staff do with one order: exceptions to its policy, and links for its shopper."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from returns_portal.returns import services
from returns_portal.returns.intake.deliveries import order_gid
from returns_portal.returns.models import MirroredOrder
from returns_portal.returns.services import Refused
from staff.access import DECIDE, OVERRIDE, VIEW, actor_of, require
from staff.excepting import ExceptionForm
from staff.order_links import show_order_links


@require_POST
def give_exception(request: HttpRequest, number: int) -> HttpResponse:
    """Gives the order an exception in place of one it may have."""
    require(request, VIEW, OVERRIDE)
    form = ExceptionForm(request.POST)
    if not form.is_valid():
        for words in (words for field in form.errors.values() for words in field):
            messages.error(request, str(words))
        return _back(request, number)
    actor, now = actor_of(request), timezone.now()
    try:
        order_id = order_gid(number)
        services.give_exception(order_id=order_id, wanted=form.wanted, actor=actor, now=now)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The exception holds from now on, for the shopper as well."))
    return _back(request, number)


@require_POST
def take_back_exception(request: HttpRequest, number: int) -> HttpResponse:
    """Lets the policy hold for the order again."""
    require(request, VIEW, OVERRIDE)
    reason, order_id = request.POST.get("reason", ""), order_gid(number)
    actor, now = actor_of(request), timezone.now()
    try:
        services.take_back_exception(order_id=order_id, reason=reason, actor=actor, now=now)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The exception is taken back: the policy holds again."))
    return _back(request, number)


@require_POST
def make_link(request: HttpRequest, number: int) -> HttpResponse:
    """A link that opens the order without typing, and its code to scan."""
    require(request, VIEW, DECIDE)
    return show_order_links(request, [_mirrored(number)])


@require_POST
def revoke_links(request: HttpRequest, number: int) -> HttpResponse:
    """Makes every link handed out for the order open nothing any more."""
    require(request, VIEW, DECIDE)
    order = _mirrored(number)
    services.revoke_order_links(order_ids=[order.pk])
    words = _("The links to order %(name)s are revoked.") % {"name": order.name}
    messages.success(request, words)
    return _back(request, number)


def _mirrored(number: int) -> MirroredOrder:
    """The order in the mirror; raises Http404."""
    order = MirroredOrder.objects.filter(shopify_id=order_gid(number)).first()
    if order is None:
        raise Http404
    return order


def _back(request: HttpRequest, number: int) -> HttpResponse:
    """To the page that the button stands on: a request's, or the order's own."""
    place = request.POST.get("next", "")
    if place and url_has_allowed_host_and_scheme(place, allowed_hosts=None):
        return redirect(place)
    return redirect("admin:returns_onbehalf_order", number)
