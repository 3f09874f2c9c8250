"""Decisions about many requests at once: confirmed as a whole, carried out one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from returns_portal.returns import services
from returns_portal.returns.models import ReturnRequest
from returns_portal.returns.services import Refused
from returns_portal.returns.workflow import Action, InvalidTransition, Status, next_status
from returns_portal.shopify.types import Money
from staff import decision, views, wording
from staff.forms import DeclineForm, SeenAmount

QUEUE = "admin:returns_returnrequest_changelist"
# The confirm page sends two fields a row, and Django takes a thousand fields in a form.
MOST_AT_ONCE = 400
CONFIRM = "admin/returns/returnrequest/bulk_confirm.html"


@dataclass(frozen=True, slots=True)
class Row:
    """A chosen request on the confirm page; `obstacle` says why it will be left alone."""

    request: ReturnRequest
    amount: Money
    obstacle: str

    @property
    def shown(self) -> str:
        return wording.money_of(self.amount)

    @property
    def amount_field(self) -> str:
        return f"amount-{self.request.pk}"

    @property
    def amount_value(self) -> str:
        return f"{self.amount.amount:f}"


def approve(request: HttpRequest, chosen: QuerySet[ReturnRequest]) -> HttpResponse:
    """First the sum to be paid, by currency; after the person agreed, each approval."""
    if chosen.count() > MOST_AT_ONCE:
        return _too_many(request)
    rows = build_rows(chosen, Action.APPROVE)
    if "confirmed" not in request.POST:
        return _confirm(request, "approve_selected", rows)
    for row in rows:
        _carry_out(request, row.request, lambda row=row: _approve(request, row))
    return redirect(QUEUE)


def decline(request: HttpRequest, chosen: QuerySet[ReturnRequest]) -> HttpResponse:
    """First the reason, one for all; then each decline."""
    if chosen.count() > MOST_AT_ONCE:
        return _too_many(request)
    rows = build_rows(chosen, Action.DECLINE)
    form = DeclineForm(request.POST if "confirmed" in request.POST else None)
    if not form.is_valid():
        return _confirm(request, "decline_selected", rows, form)
    reason = form.cleaned_data["reason"]
    for row in rows:
        _carry_out(request, row.request, lambda row=row: _decline(request, row, reason))
    return redirect(QUEUE)


def _too_many(request: HttpRequest) -> HttpResponse:
    words = _("Nothing was done: choose at most %(most)s requests at once.")
    messages.error(request, words % {"most": MOST_AT_ONCE})
    return redirect(QUEUE)


def build_rows(chosen: QuerySet[ReturnRequest], action: Action) -> list[Row]:
    requests = chosen.prefetch_related("lines__reason").order_by("answer_due_at", "pk")
    return [Row(r, decision.quoted(r), _obstacle(r, action)) for r in requests]


def _obstacle(return_request: ReturnRequest, action: Action) -> str:
    try:
        next_status(action, Status(return_request.status))
    except InvalidTransition as error:
        return str(error)
    return ""


def _confirm(
    request: HttpRequest, name: str, rows: Sequence[Row], form: forms.Form | None = None
) -> TemplateResponse:
    possible = [row for row in rows if not row.obstacle]
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Approve selected") if form is None else _("Decline selected"),
        "opts": ReturnRequest._meta,
        "action_name": name,
        "rows": rows,
        "possible": possible,
        "sums": [wording.money_of(total) for total in wording.sums(r.amount for r in possible)],
        "form": form,
    }
    return TemplateResponse(request, CONFIRM, context)


def _approve(request: HttpRequest, row: Row) -> str:
    seen = SeenAmount(
        {"amount": request.POST.get(row.amount_field), "currency": row.request.currency}
    )
    if not seen.is_valid() or seen.seen.amount != row.amount.amount:
        raise Refused(_("its amount was not on the page that you confirmed."))
    services.approve(
        request_id=row.request.pk,
        amount=seen.seen,
        quoted=row.request.quoted_amount,
        actor=views.actor_of(request),
        now=timezone.now(),
    )
    return str(views.approved_message(row.request, seen))


def _decline(request: HttpRequest, row: Row, reason: str) -> str:
    services.decline(
        request_id=row.request.pk,
        reason=reason,
        actor=views.actor_of(request),
        now=timezone.now(),
    )
    return str(views.linked_message(row.request, _("declined: the shopper is told why.")))


def _carry_out(request: HttpRequest, return_request: ReturnRequest, act: Any) -> None:
    """One row's decision and its result; a refusal never stops the rows after it."""
    try:
        messages.success(request, act())
    except (InvalidTransition, Refused) as refusal:
        messages.error(request, views.linked_message(return_request, str(refusal)))
