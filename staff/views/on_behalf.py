"""Staff make a request for a shopper: look the order up, choose, see the money, send."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from returns_portal.returns import services
from returns_portal.returns.intake.deliveries import order_gid
from returns_portal.returns.mirror import channel_of, is_served
from returns_portal.returns.models import ReturnRequest
from returns_portal.returns.orders import OrderFacts, digits, find_orders, read_order
from returns_portal.returns.policies import NoPolicy
from returns_portal.returns.quotes import quote_return
from returns_portal.returns.refund_amounts import Quote
from returns_portal.returns.services import NotEligible, Refused
from returns_portal.shopify.errors import ShopifyError, ShopifyNotFound
from staff.access import OVERRIDE, VIEW, actor_of, require
from staff.excepting import build_order, may_make_links
from staff.on_behalf import LookUpForm, OnBehalf, money_rows
from staff.pages import linked_message

LOOK_UP = "admin/returns/returnrequest/on_behalf.html"
PAGE = "admin/returns/returnrequest/on_behalf_order.html"


@require_safe
def look_up(request: HttpRequest) -> HttpResponse:
    """Asks for the order's number; one order that fits is opened at once."""
    require(request, VIEW, OVERRIDE)
    form = LookUpForm(request.GET if "number" in request.GET else None)
    found, notice = [], ""
    if form.is_valid():
        try:
            found = find_orders(number=form.cleaned_data["number"], now=timezone.now())
        except ShopifyError as error:
            notice = _("Shopify could not be asked: %(error)s Try again.") % {"error": error}
        if len(found) == 1:
            return redirect(order_url(found[0].shopify_id))
        if not found and not notice:
            notice = _("No order that the portal serves has this number. Check it in Shopify.")
    rows = [(order, order_url(order.shopify_id)) for order in found]
    context = {"form": form, "rows": rows, "notice": notice}
    return _render(request, LOOK_UP, context, 200)


@require_http_methods(["GET", "HEAD", "POST"])
def open_order(request: HttpRequest, number: int) -> HttpResponse:
    """The order's items, each with its verdict; a POST shows the money, then makes the request."""
    require(request, VIEW, OVERRIDE)
    now = timezone.now()
    facts = _read(request, number, now)
    if facts is None:
        return redirect("admin:returns_onbehalf_look_up")
    if request.method != "POST":
        return render_order(request, facts, OnBehalf(facts, now=now))
    page = OnBehalf(facts, request.POST, now=now)
    if page.problems:
        return render_order(request, facts, page, problems=page.problems)
    try:
        quote = quote_return(facts, page.lines())
    except ShopifyError as error:
        words = _("The refund could not be worked out: %(error)s Nothing was sent. Try again.")
        return render_order(request, facts, page, problems=[words % {"error": error}])
    if "create" in request.POST:
        return _create(request, page, quote, now)
    return render_order(request, facts, page, quote=quote)


def _create(request: HttpRequest, page: OnBehalf, quote: Quote, now: datetime) -> HttpResponse:
    if page.send.cleaned_data["amount"] != quote.refund.amount:
        words = _("The refund is another one now. Nothing was sent yet: look at it again.")
        return render_order(request, page.facts, page, quote=quote, problems=[words])
    try:
        made = services.request_return(
            facts=page.facts,
            lines=page.lines(),
            quote=quote,
            contact_email=page.send.cleaned_data["contact_email"],
            language=page.send.cleaned_data["language"],
            identity_verified=True,
            submission_key=page.send.cleaned_data["submission_key"],
            actor=actor_of(request),
            now=now,
            overrides=page.overrides(),
        )
    except (NotEligible, Refused) as refusal:
        return render_order(request, page.facts, page, problems=[str(refusal)])
    words = _("is made for the shopper. Approve it here, or leave it in the queue.")
    messages.success(request, linked_message(made, words))
    return redirect("admin:returns_returnrequest_change", made.pk)


def _read(request: HttpRequest, number: int, now: datetime) -> OrderFacts | None:
    """The order as Shopify has it; None, and a sentence for the person, where it cannot be read."""
    try:
        facts = read_order(order_gid(number), now=now)
    except ShopifyNotFound:
        messages.error(request, _("Shopify does not know this order."))
    except (ShopifyError, NoPolicy) as error:
        words = _("The order cannot be read now: %(error)s") % {"error": error}
        messages.error(request, words)
    else:
        if is_served(channel_of(facts.order)):
            return facts
        messages.error(request, _("The portal does not serve the sales channel of this order."))
    return None


def render_order(
    request: HttpRequest, facts: OrderFacts, page: OnBehalf, **extra: Any
) -> TemplateResponse:
    """The order with its items, what is chosen so far, its exceptions and its links."""
    quote = extra.get("quote")
    context = {
        "facts": facts,
        "order": facts.order,
        "page": page,
        "rows": money_rows(quote) if quote else [],
        **build_order(facts.order.id),
        "may_make_links": may_make_links(request.user),
        "earlier": ReturnRequest.objects.filter(shopify_order_id=facts.order.id).order_by("-pk"),
        **extra,
    }
    return _render(request, PAGE, context, 422 if extra.get("problems") else 200)


def order_url(order_id: str) -> str:
    """Where staff make a request for this order."""
    return reverse("admin:returns_onbehalf_order", args=[digits(order_id)])


def _render(
    request: HttpRequest, template: str, context: dict[str, Any], status: int
) -> TemplateResponse:
    frame = {
        **admin.site.each_context(request),
        "opts": ReturnRequest._meta,
        "title": _("Make a request for a shopper"),
    }
    return TemplateResponse(request, template, {**frame, **context}, status=status)
