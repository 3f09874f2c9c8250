"""From an order to a return request: choose, see the refund, send."""

import logging
from dataclasses import dataclass
from datetime import datetime
from functools import partial, wraps
from typing import Protocol
from uuid import UUID, uuid4

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.access import CONFIRMED_EMAIL, Grant, for_granted_order
from portal.breakdown import build_rows, build_ways
from portal.changed import changed_refund, changed_terms, digest_of_terms
from portal.forms import SendForm
from portal.photos import DROP, basket_of, take_photos, waiting_photos
from portal.responses import RETRY_AFTER, problem_status, see_other, unavailable
from portal.selection import Selection
from returns_portal.prepared import Asked, Prepared
from returns_portal.private_images import serve_photo
from returns_portal.returns.mirror import TIKTOK_SOURCE, channel_of
from returns_portal.returns.models import ReturnRequest
from returns_portal.returns.orders import OrderFacts, build_choices, judge_again, read_order
from returns_portal.returns.outcomes import KEEP_ITEM
from returns_portal.returns.photos.files import ACCEPT
from returns_portal.returns.policies import NoPolicy, list_reasons
from returns_portal.returns.quotes import quote_return
from returns_portal.returns.reasoned import note_reasons
from returns_portal.returns.refund_amounts import Quote
from returns_portal.returns.services import (
    MOST_PHOTOS,
    Actor,
    NotEligible,
    find_uploads,
    request_return,
)
from returns_portal.returns.services.withdrawing import offers_withdrawal
from returns_portal.returns.wording import shops_words
from returns_portal.shopify.errors import ShopifyError, ShopifyNotFound
from returns_portal.shopify.types import Money

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OrderPage:
    """An order, opened for the shopper who may see it, with what was chosen so far."""

    request: HttpRequest
    grant: Grant
    facts: OrderFacts
    selection: Selection
    now: datetime


class OrderView(Protocol):
    """A view of an order that this session may see."""

    def __call__(self, request: HttpRequest, grant: Grant) -> HttpResponse: ...


def says_unavailable(view: OrderView) -> OrderView:
    """Answers with a calm page when the order cannot be read now."""

    @wraps(view)
    def guarded(request: HttpRequest, grant: Grant) -> HttpResponse:
        try:
            return view(request, grant)
        except (ShopifyError, NoPolicy) as error:
            return unavailable(request, error)

    return guarded


def from_form(view: OrderView) -> OrderView:
    """Sends whoever comes without a form (a reload, a bookmark) to the choice of items."""

    @wraps(view)
    def guarded(request: HttpRequest, grant: Grant) -> HttpResponse:
        if request.method != "POST":
            return redirect("portal:choose", grant.legacy_id)
        return view(request, grant)

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
@for_granted_order
@says_unavailable
def choose(request: HttpRequest, grant: Grant) -> HttpResponse:
    """Every item with its verdict; a POST brings back what was chosen before."""
    return _render_choose(_open(request, grant, recent_is_enough=True))


@require_http_methods(["GET", "HEAD", "POST"])
@for_granted_order
@from_form
@says_unavailable
def quote(request: HttpRequest, grant: Grant) -> HttpResponse:
    """The refund for what is chosen so far, as a fragment."""
    page = _open(request, grant, recent_is_enough=True)
    context = {**_total_context(page), "forms": page.selection.forms.values()}
    return render(request, "portal/_total_afresh.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_granted_order
@from_form
@says_unavailable
def review(request: HttpRequest, grant: Grant) -> HttpResponse:
    """What will be sent and what comes back for it, before anything is sent."""
    page = _open(request, grant)
    take_photos(request, page.selection, grant.order_id, now=page.now)
    page.selection.require_photos()
    if not page.selection.is_valid():
        return _render_choose(page, status=422)
    try:
        quoted = quote_return(page.facts, page.selection.requested_lines())
    except ShopifyError as error:
        return _render_without_quote(page, error)
    send = SendForm(has_conditions=bool(page.facts.terms.conditions.strip()))
    known = request.session.get(CONFIRMED_EMAIL, "")
    send.initial = {"contact_email": request.POST.get("contact_email", "") or known}
    return _render_review(page, quoted, send, key=uuid4())


@require_http_methods(["GET", "HEAD", "POST"])
@for_granted_order
@from_form
@says_unavailable
def submit(request: HttpRequest, grant: Grant) -> HttpResponse:
    """Makes the request, once; whatever changed since the last page is shown first."""
    if sent := _sent_already(request, grant):
        return see_other("portal:status", sent.token)
    page = _open(request, grant)
    page.selection.require_photos()
    if not page.selection.is_valid():
        changed = bool(page.selection.strays)
        return _sent_meanwhile(page) or _render_choose(page, status=409 if changed else 422)
    try:
        quoted = quote_return(page.facts, page.selection.requested_lines())
    except ShopifyError as error:
        return _render_without_quote(page, error)
    return _submit_quoted(page, quoted)


@require_safe
@for_granted_order
def waiting_photo(
    request: HttpRequest, grant: Grant, *, public_id: UUID, small: bool
) -> HttpResponseBase:
    """A photo that this session added to the order and has not sent yet."""
    waiting = find_uploads(basket=basket_of(request), order_id=grant.order_id)
    found = waiting.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return serve_photo(found, small=small, name="photo")


def _submit_quoted(page: OrderPage, quoted: Quote) -> HttpResponse:
    has_conditions = bool(page.facts.terms.conditions.strip())
    send = SendForm(page.request.POST, has_conditions=has_conditions)
    if not send.is_valid():
        key = send.cleaned_data.get("submission_key") or uuid4()
        return _render_review(page, quoted, send, key=key, status=422)
    shown = Money(send.cleaned_data["quoted_amount"], send.cleaned_data["quoted_currency"])
    key = send.cleaned_data["submission_key"]
    if shown != quoted.refund:
        notice = changed_refund(shown, quoted.refund)
        return _render_review(page, quoted, send, key=key, status=409, notice=notice)
    if send.cleaned_data["terms_shown"] not in {"", digest_of_terms(page.facts.terms)}:
        # Nobody has confirmed the new conditions yet.
        afresh = SendForm(has_conditions=has_conditions)
        afresh.initial = {"contact_email": send.cleaned_data["contact_email"]}
        notice = changed_terms()
        return _render_review(page, quoted, afresh, key=key, status=409, notice=notice)
    try:
        return_request = _request(page, quoted, send)
    except NotEligible as refusal:
        page.selection.refuse(refusal)
        return _sent_meanwhile(page) or _render_choose(page, status=409)
    if return_request.shopify_order_id != page.grant.order_id:
        raise Http404
    return see_other("portal:status", return_request.token)


def _request(page: OrderPage, quoted: Quote, send: SendForm) -> ReturnRequest:
    return request_return(
        facts=page.facts,
        lines=page.selection.requested_lines(),
        quote=quoted,
        contact_email=send.cleaned_data["contact_email"],
        language=get_language() or settings.LANGUAGE_CODE,
        identity_verified=page.grant.verified,
        photo_basket=basket_of(page.request),
        submission_key=send.cleaned_data["submission_key"],
        actor=Actor.shopper(),
        now=page.now,
    )


def _open(request: HttpRequest, grant: Grant, *, recent_is_enough: bool = False) -> OrderPage:
    """Reads the order; raises Http404 when it is gone, ShopifyError and NoPolicy."""
    now = timezone.now()
    try:
        facts = read_order(grant.order_id, now=now, recent_is_enough=recent_is_enough)
    except ShopifyNotFound:
        raise Http404 from None
    reasons = list_reasons.recent() if recent_is_enough else list_reasons()
    selection = Selection(
        note_reasons(facts, build_choices(facts, now=now), reasons, now=now),
        reasons,
        request.POST.dict() if request.method == "POST" else None,
        now=now,
        judge=partial(judge_again, facts, now=now),
    )
    selection.show_photos(waiting_photos(request, grant.order_id))
    selection.show_offers(facts)
    return OrderPage(request, grant, facts, selection, now)


def _sent_already(request: HttpRequest, grant: Grant) -> ReturnRequest | None:
    """The request that this very page made before: a double click, or the browser's resend."""
    try:
        key = UUID(request.POST.get("submission_key", ""))
    except ValueError:
        return None
    return ReturnRequest.objects.filter(submission_key=key, shopify_order_id=grant.order_id).first()


def _sent_meanwhile(page: OrderPage) -> HttpResponse | None:
    """Where the first of two clicks took the units, the second one follows it."""
    sent = _sent_already(page.request, page.grant)
    return see_other("portal:status", sent.token) if sent else None


def _total_context(page: OrderPage) -> dict[str, object]:
    """The running total, or why there is none yet."""
    lines = page.selection.requested_lines()
    terms = page.facts.terms
    ruled = page.facts.rulings is not None and page.facts.rulings.rules.ask_for_reasons
    has_fees = bool(terms.restocking_fee_percent or terms.return_shipping_fee) or ruled
    if not lines:
        return {"hint": _("Choose what you want to send back.")}
    if has_fees and not all(line.reason_code for line in lines):
        return {"hint": _("Choose a reason to see your refund.")}
    try:
        quoted = quote_return(page.facts, lines)
        return {"has_refund": True, "refund": quoted.refund, "parts": quoted.parts}
    except ShopifyError as error:
        logger.warning("No running total: %s", error)
        return {"hint": _("You see the amount on the next page.")}


def _render_without_quote(page: OrderPage, error: ShopifyError) -> HttpResponse:
    logger.error("The refund could not be worked out: %s", error)
    notice = _(
        "We can't work out your refund right now. Nothing was sent, and your choice is kept: "
        "please try again in a few minutes."
    )
    response = _render_choose(page, status=503, notice=notice)
    response["Retry-After"] = RETRY_AFTER
    return response


def _render_choose(page: OrderPage, status: int = 200, notice: str = "") -> HttpResponse:
    context = {
        "page": page,
        "order": page.facts.order,
        "selection": page.selection,
        "eligible_count": len(page.selection.forms),
        "notice": notice,
        "problems": page.selection.problems if status != 200 else [],
        "contact_email": page.request.POST.get("contact_email", ""),
        "accept": ACCEPT,
        "drop": DROP,
        "most_photos": MOST_PHOTOS,
        "open_requests": _open_requests(page.grant),
        "withdrawal_offered": offers_withdrawal(page.facts.order.country),
    }
    return render(
        page.request, "portal/choose.html", context, status=problem_status(page.request, status)
    )


def _open_requests(grant: Grant) -> list[ReturnRequest]:
    """Earlier requests for the order; only for those who proved that it is theirs."""
    if not grant.verified:
        return []
    return REQUESTS_OF_ORDER(order=grant.order_id)


REQUESTS_OF_ORDER = Prepared(
    ReturnRequest.objects.filter(shopify_order_id=Asked("order"))
    .only("token", "rma_number", "status", "requested_at")
    .order_by("-requested_at")[:20]
)


def _render_review(
    page: OrderPage,
    quoted: Quote,
    send: SendForm,
    *,
    key: UUID,
    status: int = 200,
    notice: str = "",
) -> HttpResponse:
    worth = {line.fulfillment_line_item_id: line.subtotal for line in quoted.lines}
    chosen = [
        (form, worth.get(form.choice.fulfillment_line_item_id or ""))
        for form in page.selection.chosen
    ]
    context = {
        "page": page,
        "order": page.facts.order,
        "terms": page.facts.terms,
        "conditions": shops_words(page.facts.terms.conditions.strip()).splitlines(),
        "chosen": chosen,
        "units": sum(line.quantity for line in quoted.lines),
        "rows": build_rows(quoted),
        "ways": build_ways(quoted),
        "comes_back": any(line.outcome != KEEP_ITEM for line in page.selection.requested_lines()),
        "quote": quoted,
        "send": send,
        "submission_key": key,
        "from_tiktok": channel_of(page.facts.order) == TIKTOK_SOURCE,
        "terms_shown": digest_of_terms(page.facts.terms),
        "notice": notice,
    }
    return render(
        page.request, "portal/review.html", context, status=problem_status(page.request, status)
    )
