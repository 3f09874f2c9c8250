"""Changing a request before it is decided: fewer or more units of its items, other reasons."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.models import (
    MirroredOrder,
    PolicyVersion,
    ReservedUnit,
    ReturnLineItem,
    ReturnReason,
    ReturnRequest,
)
from returns_portal.returns.orders import Choice, OrderFacts, build_choices, rulings_of
from returns_portal.returns.outcomes import ORIGINAL_PAYMENT
from returns_portal.returns.policies import list_reasons
from returns_portal.returns.quotes import RequestedLine
from returns_portal.returns.refund_amounts import Quote
from returns_portal.returns.reservations import free_units, reserve
from returns_portal.returns.services.asking import photo_is_missing, rule_choices
from returns_portal.returns.services.guard import Refused, lock_request, owe_email
from returns_portal.returns.services.photos import drop_photos, lacks_photo
from returns_portal.returns.services.requesting import (
    NotEligible,
    Problem,
    asked_columns,
    problems_of,
    quote_columns,
    refuse_too_much_kept,
)
from returns_portal.returns.statements import read_terms
from returns_portal.returns.workflow import Status


def facts_for_change(facts: OrderFacts, return_request: ReturnRequest) -> OrderFacts:
    """The order under the terms the request was judged by, its own units counting as free."""
    number = return_request.policy_version_number or 0
    version = PolicyVersion.objects.filter(policy=return_request.policy, number=number).first()
    return replace(
        facts,
        terms=read_terms(return_request),
        rulings=rulings_of(version, facts.order, now=return_request.requested_at),
        version_number=return_request.policy_version_number,
        returnable=free_units(facts.order, facts.in_shopify, besides=return_request.pk),
    )


def choices_for_change(facts: OrderFacts, return_request: ReturnRequest) -> list[Choice]:
    """The request's own items, judged as of the day they were asked for: no deadline passes.

    Items that the request does not hold are asked for in a request of their own.
    """
    held = {line.fulfillment_line_item_id for line in return_request.lines.all()}
    choices = build_choices(facts, now=return_request.requested_at)
    return [choice for choice in choices if choice.fulfillment_line_item_id in held]


@transaction.atomic
def change_request(
    *,
    request_id: int,
    facts: OrderFacts,
    lines: Sequence[RequestedLine],
    quote: Quote,
    actor: Actor,
    now: datetime,
) -> ReturnRequest:
    """Puts `lines` and their quote in place of what was asked; items left out are given back.

    `facts` (from facts_for_change) and `quote` were read just before. The same wish again changes
    nothing. Raises Refused once the shop has decided, and NotEligible.
    """
    MirroredOrder.objects.select_for_update().get(shopify_id=facts.order.id)
    return_request = lock_request(request_id)
    if return_request.status != Status.REQUESTED or return_request.shopify_order_id != (
        facts.order.id
    ):
        raise Refused(_("This return can't be changed any more."))
    if return_request.events.filter(kind="overridden").exists():
        # Judged again by the rules, its items would be lost.
        raise Refused(_("The shop made this return for you. Write to the shop to change it."))
    current = facts_for_change(facts, return_request)
    reasons = list_reasons()
    given = {reason.code: reason for reason in reasons}
    asked_for = {
        choice.fulfillment_line_item_id or "": choice
        for choice in choices_for_change(current, return_request)
    }
    at = return_request.requested_at
    choices = rule_choices(current, asked_for, lines, given, now=at)
    if problems := problems_of(lines, choices, reasons, quote):
        raise NotEligible(problems)
    refuse_too_much_kept(current, lines, quote, besides=return_request.pk)
    before = describe(return_request)
    _replace_lines(return_request, lines, choices, quote, current, given)
    ReturnRequest.objects.filter(pk=return_request.pk).update(**quote_columns(quote))
    return_request.refresh_from_db()
    after = describe(return_request)
    if before != after:
        _tell(return_request, f"{before} → {after}", actor, now)
    return return_request


def describe(return_request: ReturnRequest) -> str:
    """What is asked for and quoted, on one line, for staff."""
    lines = return_request.lines.select_related("reason").order_by("pk")
    asked = "; ".join(
        f"{line.quantity} of {line.title}: {line.reason.label}"
        + (f" ({line.customer_note})" if line.customer_note else "")
        + ("" if line.outcome == ORIGINAL_PAYMENT else f" [{line.get_outcome_display()}]")
        for line in lines
    )
    return f"{asked}; {return_request.quoted_amount.normalize():f} {return_request.currency}"


def _replace_lines(
    return_request: ReturnRequest,
    lines: Sequence[RequestedLine],
    choices: dict[str, Choice],
    quote: Quote,
    facts: OrderFacts,
    reasons: dict[str, ReturnReason],
) -> None:
    wanted = {line.fulfillment_line_item_id: line for line in lines}
    ReservedUnit.objects.filter(line__return_request=return_request).delete()
    for row in return_request.lines.all():
        key = row.fulfillment_line_item_id
        if key not in wanted:
            drop_photos(row)
            row.delete()
            continue
        reason = reasons[wanted[key].reason_code]
        ReturnLineItem.objects.filter(pk=row.pk).update(
            **asked_columns(wanted[key], choices[key], quote, facts, reason)
        )
        row.refresh_from_db()
        photos = row.photos.count()
        if lacks_photo(reason, photos) or photo_is_missing(choices[key], photos):
            message = _("%(title)s: add a photo.") % {"title": row.title}
            raise NotEligible([Problem(key, message)])
        reserve(row, bought=choices[key].quantity)


def _tell(return_request: ReturnRequest, words: str, actor: Actor, now: datetime) -> None:
    event = record_event(
        return_request, "changed", actor=actor, now=now, message=words, shopper_sees=True
    )
    owe_email(return_request, f"changed-{event.pk}", now=now)
