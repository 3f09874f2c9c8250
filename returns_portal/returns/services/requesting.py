"""Requesting a return: judged again under the order's lock, its units held from then on."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from returns_portal.returns import identity, snapshots
from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.mirror import channel_of, tiktok_order_id_of
from returns_portal.returns.models import (
    MirroredOrder,
    ReturnLineItem,
    ReturnReason,
    ReturnRequest,
)
from returns_portal.returns.orders import Choice, OrderFacts, build_choices
from returns_portal.returns.policies import group_reasons, list_reasons, reasons_by_code
from returns_portal.returns.quotes import RequestedLine, fees_for
from returns_portal.returns.refund_amounts import Quote
from returns_portal.returns.reservations import free_units, reserve
from returns_portal.returns.services.guard import owe_email
from returns_portal.returns.services.photos import attach_uploads, lacks_photo
from returns_portal.returns.wording import explain
from returns_portal.returns.workflow import Status

# Letters and digits that nobody mistakes for one another.
RMA_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one line cannot be returned as asked; `message` is a sentence for the shopper."""

    fulfillment_line_item_id: str
    message: str


class NotEligible(Exception):
    """Lines that cannot be returned as asked."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(problem.message for problem in problems))


@transaction.atomic
def request_return(
    *,
    facts: OrderFacts,
    lines: Sequence[RequestedLine],
    quote: Quote,
    contact_email: str,
    language: str,
    identity_verified: bool,
    submission_key: UUID,
    actor: Actor,
    now: datetime,
    photo_basket: str = "",
) -> ReturnRequest:
    """Makes the request and holds its units; the same `submission_key` gives the same request.

    `facts` and `quote` were read from Shopify just before; photos that wait in `photo_basket`
    become the request's. Raises NotEligible.
    """
    MirroredOrder.objects.select_for_update().get(shopify_id=facts.order.id)
    if known := ReturnRequest.objects.filter(submission_key=submission_key).first():
        return known
    choices = _choices_now(facts, now)
    reasons = list_reasons()
    if problems := problems_of(lines, choices, reasons, quote):
        raise NotEligible(problems)
    chosen = [(line, choices[line.fulfillment_line_item_id]) for line in lines]
    given = {reason.code: reason for reason in reasons}
    return_request = ReturnRequest.objects.create(
        rma_number=_new_rma_number(),
        token=secrets.token_urlsafe(24),
        submission_key=submission_key,
        status=Status.REQUESTED,
        language=language,
        contact_email=contact_email or _usable_email(facts.order.email),
        identity_verified=identity_verified,
        requested_at=now,
        **_order_columns(facts),
        **_terms_columns(facts, [choice for _line, choice in chosen], now),
        **quote_columns(quote),
    )
    for line, choice in chosen:
        row = _add_line(return_request, line, choice, quote, facts, given[line.reason_code])
        if lacks_photo(row.reason, attach_uploads(row, basket=photo_basket)):
            message = _("%(title)s: add a photo.") % {"title": choice.line.title}
            raise NotEligible([Problem(line.fulfillment_line_item_id, message)])
    record_event(
        return_request,
        "requested",
        actor=actor,
        now=now,
        to_status=Status.REQUESTED,
        shopper_sees=True,
    )
    owe_email(return_request, "requested", now=now)
    return return_request


def _choices_now(facts: OrderFacts, now: datetime) -> dict[str, Choice]:
    """The order's units as they stand under the lock, by fulfillment line item id."""
    current = OrderFacts(
        order=facts.order,
        returnable=free_units(facts.order, facts.in_shopify),
        in_shopify=facts.in_shopify,
        policy=facts.policy,
        terms=facts.terms,
        fresh=facts.fresh,
    )
    choices = build_choices(current, now=now)
    return {c.fulfillment_line_item_id: c for c in choices if c.fulfillment_line_item_id}


def problems_of(
    lines: Sequence[RequestedLine],
    choices: dict[str, Choice],
    reasons: Sequence[ReturnReason],
    quote: Quote,
) -> list[Problem]:
    """Why these lines cannot be returned as asked and quoted; empty when they can."""
    quoted = {line.fulfillment_line_item_id: line.quantity for line in quote.lines}
    asked = {line.fulfillment_line_item_id: line.quantity for line in lines}
    if not lines or len(asked) != len(lines) or quoted != asked:
        return [Problem("", _("Choose at least one item to return."))]
    found = []
    for line in lines:
        choice = choices.get(line.fulfillment_line_item_id)
        if message := _objection_to(line, choice, _reason_for(line, choice, reasons)):
            found.append(Problem(line.fulfillment_line_item_id, message))
    return found


def _reason_for(
    line: RequestedLine, choice: Choice | None, reasons: Sequence[ReturnReason]
) -> ReturnReason | None:
    """The reason that was given, if goods of this kind may be returned for it."""
    if choice is None:
        return None
    groups = group_reasons(reasons, choice.line.product_type)
    return reasons_by_code(groups).get(line.reason_code)


def _objection_to(
    line: RequestedLine, choice: Choice | None, reason: ReturnReason | None
) -> str | None:
    if choice is None:
        return _("This item is not part of the order.")
    if choice.objection:
        return f"{choice.line.title}: {explain(choice.objection)}"
    if not 1 <= line.quantity <= choice.returnable:
        return _("%(title)s: only %(count)s can be returned.") % {
            "title": choice.line.title,
            "count": choice.returnable,
        }
    if reason is None:
        return _("%(title)s: choose a reason.") % {"title": choice.line.title}
    if reason.requires_note and not line.customer_note.strip():
        return _("%(title)s: tell us more about the reason.") % {"title": choice.line.title}
    return None


def _order_columns(facts: OrderFacts) -> dict[str, object]:
    order = facts.order
    return {
        "shopify_order_id": order.id,
        "order_name": order.name[:80],
        "tiktok_order_id": tiktok_order_id_of(order),
        "sales_channel": channel_of(order)[:40],
        "country": order.country[:2],
        "customer_name": order.customer_name[:200],
        "currency": order.currency,
    }


def _terms_columns(
    facts: OrderFacts, choices: Sequence[Choice], now: datetime
) -> dict[str, object]:
    ends = [choice.window_ends_at for choice in choices if choice.window_ends_at]
    return {
        "policy": facts.policy,
        "policy_terms": snapshots.dump(facts.terms),
        "window_ends_at": min(ends, default=None),
        "answer_due_at": now + timedelta(hours=facts.terms.answer_within_hours),
        "send_by": now + timedelta(days=facts.terms.send_within_days),
    }


def quote_columns(quote: Quote) -> dict[str, object]:
    """What a request holds of its quote."""
    return {
        "quoted_amount": quote.refund.amount,
        "quote_source": quote.source,
        "return_shipping_fee": quote.return_shipping_fee.amount,
    }


def _add_line(
    return_request: ReturnRequest,
    line: RequestedLine,
    choice: Choice,
    quote: Quote,
    facts: OrderFacts,
    reason: ReturnReason,
) -> ReturnLineItem:
    asked = asked_columns(line, quote, facts, reason)
    restockable = choice.line.restockable and choice.line.variant_id is not None
    row = ReturnLineItem.objects.create(
        return_request=return_request,
        line_item_id=choice.line.id,
        fulfillment_line_item_id=line.fulfillment_line_item_id,
        title=choice.line.title[:255],
        variant_title=choice.line.variant_title[:255],
        sku=choice.line.sku[:255],
        image_url=choice.line.image_url[:1000],
        verdicts=snapshots.dump(choice.verdicts),
        disposition=(
            ReturnLineItem.Disposition.RESTOCKED
            if restockable
            else ReturnLineItem.Disposition.NOT_RESTOCKED
        ),
        location_id=(choice.fulfillment.location_id or "") if choice.fulfillment else "",
        **asked,
    )
    reserve(row, bought=choice.quantity)
    return row


def asked_columns(
    line: RequestedLine, quote: Quote, facts: OrderFacts, reason: ReturnReason
) -> dict[str, Any]:
    """What a line holds of the shopper's wish, and of what it is worth."""
    key = line.fulfillment_line_item_id
    worth = next(item for item in quote.lines if item.fulfillment_line_item_id == key)
    fees = fees_for(facts.terms, [reason], facts.order.currency)
    return {
        "quantity": line.quantity,
        "reason": reason,
        "customer_note": line.customer_note.strip()[:300],
        "subtotal": worth.subtotal.amount,
        "tax": worth.tax.amount,
        "restocking_fee": worth.restocking_fee.amount,
        "restocking_fee_percent": fees.percent_by_reason[reason.code],
    }


def _usable_email(email: str) -> str:
    return "" if identity.is_relay_email(email) else email


def _new_rma_number() -> str:
    return "RMA-" + "".join(secrets.choice(RMA_ALPHABET) for _position in range(8))
