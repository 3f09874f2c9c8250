"""Links in place of typing: opened with one tap, and sent again to the address that has them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from portal import throttle
from portal.access import grant_order, private
from portal.forms import LinksForm
from portal.responses import problem_status, problems_of, see_other
from portal.views.lookup import link_ended
from returns_portal.addresses import client_address
from returns_portal.returns.identity import normalize_email
from returns_portal.returns.links import LinkRefused, read_order_link
from returns_portal.returns.orders import FoundOrder
from returns_portal.returns.services import ask_for_links


@require_safe
@private("no-referrer")
def open_order(request: HttpRequest, signed: str) -> HttpResponse:
    """Opens the order for this session; a link that does not hold is 404, with the look-up."""
    try:
        order = read_order_link(signed)
    except LinkRefused:
        return link_ended(request)
    now = timezone.now()
    grant = grant_order(request, FoundOrder(order.shopify_id, verified=True), now=now)
    return redirect("portal:choose", grant.legacy_id)


@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(no_store=True)
def links(request: HttpRequest) -> HttpResponse:
    """Asks for the contact address; says the same whether it is known or not."""
    if request.method != "POST":
        return render(request, "portal/links.html", {"form": LinksForm(), "problems": []})
    form = LinksForm(request.POST)
    if not form.is_valid():
        return _refuse(request, form, 422)
    if not throttle.take(throttle.LINKS_PER_ADDRESS, client_address(request)):
        form.add_error("email", _("That was asked for too often. Please try again in an hour."))
        return _refuse(request, form, 429)
    email = normalize_email(form.cleaned_data["email"])
    if throttle.take(throttle.LINKS_PER_EMAIL, throttle.order_key(email)):
        ask_for_links(email=email, now=timezone.now())
    return see_other("portal:links-sent")


def _refuse(request: HttpRequest, form: LinksForm, status: int) -> HttpResponse:
    context = {"form": form, "problems": problems_of(form)}
    return render(request, "portal/links.html", context, status=problem_status(request, status))


@require_safe
@cache_control(no_store=True)
def links_sent(request: HttpRequest) -> HttpResponse:
    """What happens now, the same for everybody."""
    return render(request, "portal/links_sent.html")
