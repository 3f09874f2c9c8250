"""Changing a request that the shop has not decided yet, seeing the new refund before saving."""

import logging
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import partial

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.access import private
from portal.breakdown import build_rows, build_ways
from portal.progress import StatusPage
from portal.reading import get_page_or_404
from portal.responses import RETRY_AFTER, problem_status, see_other, switches_language
from portal.selection import Selection
from returns_portal.returns.models import ReturnReason, ReturnRequest
from returns_portal.returns.orders import OrderFacts, judge_again, read_order
from returns_portal.returns.policies import NoPolicy
from returns_portal.returns.quotes import quote_return
from returns_portal.returns.reasoned import note_reasons
from returns_portal.returns.refund_amounts import Quote
from returns_portal.returns.services import (
    Actor,
    NotEligible,
    Refused,
    change_request,
    choices_for_change,
    facts_for_change,
)
from returns_portal.shopify.errors import ShopifyError

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ChangePage:
    """A request with what it asks for, or what is asked for in its place."""

    request: HttpRequest
    return_request: ReturnRequest
    facts: OrderFacts
    selection: Selection
    now: datetime


@require_http_methods(["GET", "HEAD", "POST"])
@private()
def change(request: HttpRequest, token: str) -> HttpResponse:
    """The request's items as asked for; a POST shows the new refund, then saves just that."""
    status = get_page_or_404(token)
    if not status.can_cancel:
        return _too_late(request, status)
    try:
        page = _open(request, status.return_request)
        if request.method != "POST":
            return _render(page)
        if not page.selection.is_valid():
            return _render(page, status=422)
        quoted = quote_return(page.facts, page.selection.requested_lines())
    except (ShopifyError, NoPolicy) as error:
        return _not_now(request, status, error)
    if switches_language(request) or not _was_shown(request, quoted):
        return _render(page, quoted)
    return _save(page, quoted)


def _open(request: HttpRequest, return_request: ReturnRequest) -> ChangePage:
    now = timezone.now()
    facts = facts_for_change(read_order(return_request.shopify_order_id, now=now), return_request)
    asked_at = return_request.requested_at
    reasons = list(ReturnReason.objects.filter(active=True))
    selection = Selection(
        note_reasons(facts, choices_for_change(facts, return_request), reasons, now=asked_at),
        reasons,
        request.POST.dict() if request.method == "POST" else None,
        now=now,
        judge=partial(judge_again, facts, now=asked_at),
    )
    _prefill(selection, return_request)
    selection.show_offers(facts)
    return ChangePage(request, return_request, facts, selection, now)


def _prefill(selection: Selection, return_request: ReturnRequest) -> None:
    lines = list(return_request.lines.all())
    prefetch_related_objects(lines, "reason")
    asked = {line.fulfillment_line_item_id: line for line in lines}
    for form in selection.forms.values():
        line = asked[form.choice.fulfillment_line_item_id or ""]
        form.initial = {
            "choose": True,
            "quantity": line.quantity,
            "reason": line.reason.code,
            "outcome": line.outcome,
            "note": line.customer_note,
        }
        if not form.is_bound:
            form.show_answers(line.reason, line.quantity, line.answers)


def _was_shown(request: HttpRequest, quoted: Quote) -> bool:
    """Whether the shopper saw just this refund before pressing the button."""
    try:
        shown = Decimal(request.POST.get("quoted_amount", ""))
    except InvalidOperation:
        return False
    return shown == quoted.refund.amount


def _save(page: ChangePage, quoted: Quote) -> HttpResponse:
    try:
        change_request(
            request_id=page.return_request.pk,
            facts=page.facts,
            lines=page.selection.requested_lines(),
            quote=quoted,
            actor=Actor.shopper(),
            now=page.now,
        )
    except NotEligible as refusal:
        page.selection.refuse(refusal)
        return _render(page, status=409)
    except Refused as refusal:
        messages.info(page.request, str(refusal))
    return _to_status(page.return_request)


def _to_status(return_request: ReturnRequest) -> HttpResponse:
    return see_other("portal:status", return_request.token)


def _too_late(request: HttpRequest, status: StatusPage) -> HttpResponse:
    messages.info(request, _("This return can't be changed any more."))
    return _to_status(status.return_request)


def _not_now(
    request: HttpRequest, status: StatusPage, error: ShopifyError | NoPolicy
) -> HttpResponse:
    logger.error("A request could not be changed: %s", error)
    context = {"page": status}
    code = problem_status(request, 503)
    response = render(request, "portal/change_unavailable.html", context, status=code)
    response["Retry-After"] = RETRY_AFTER
    return response


def _render(page: ChangePage, quoted: Quote | None = None, status: int = 200) -> HttpResponse:
    context = {
        "page": page,
        "selection": page.selection,
        "problems": page.selection.problems,
        "quote": quoted,
        "rows": build_rows(quoted) if quoted else [],
        "ways": build_ways(quoted) if quoted else [],
    }
    code = problem_status(page.request, status)
    return render(page.request, "portal/change.html", context, status=code)
