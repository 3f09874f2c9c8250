"""Requesting a return: judged again under the order's lock, its units held from then on."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from returns_portal.returns import identity, snapshots
from returns_portal.returns.channels.settlement import settlement_of
from returns_portal.returns.clocks import days_after
from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.mirror import channel_of, tiktok_order_id_of
from returns_portal.returns.models import (
    MirroredOrder,
    Operation,
    ReturnLineItem,
    ReturnReason,
    ReturnRequest,
)
from returns_portal.returns.orders import Choice, OrderFacts, build_choices
from returns_portal.returns.outbox import owe
from returns_portal.returns.outcomes import KEEP_ITEM
from returns_portal.returns.policies import (
    group_reasons,
    list_reasons,
    read_calendar,
    reasons_by_code,
)
from returns_portal.returns.quotes import RequestedLine, fees_for
from returns_portal.returns.refund_amounts import Quote
from returns_portal.returns.reservations import free_units, reserve
from returns_portal.returns.services.asking import (
    approve_by_rules,
    line_columns,
    photo_is_missing,
    request_columns,
    rule_choices,
    ruled_facts,
    what_rules_miss,
)
from returns_portal.returns.services.contact import note_known_holder
from returns_portal.returns.services.guard import owe_email, restart_clock
from returns_portal.returns.services.overriding import (
    NO_OVERRIDES,
    is_staff,
    overrule,
    record_overrides,
)
from returns_portal.returns.services.photos import attach_uploads, lacks_photo
from returns_portal.returns.shoppers import note_keys
from returns_portal.returns.wording import explain, format_money
from returns_portal.returns.workflow import RELEASES_UNITS, Status
from returns_portal.shopify.types import Money

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
    overrides: Mapping[str, str] = NO_OVERRIDES,
) -> ReturnRequest:
    """Makes the request and holds its units; the same `submission_key` gives the same request.

    `facts` and `quote` were read from Shopify just before; photos that wait in `photo_basket`
    become the request's. Staff may allow items against the shop's own rules: `overrides` says why,
    by fulfillment line item id. What staff ask for needs no photo, and no rule approves it. Raises
    NotEligible, and Refused for overrides by anybody else or without a reason.
    """
    MirroredOrder.objects.select_for_update().get(shopify_id=facts.order.id)
    if known := ReturnRequest.objects.filter(submission_key=submission_key).first():
        return known
    reasons = list_reasons()
    given = {reason.code: reason for reason in reasons}
    judged = rule_choices(facts, _choices_now(facts, now), lines, given, now=now)
    choices = overrule(judged, overrides, actor)
    by_staff = is_staff(actor)
    if problems := problems_of(lines, choices, reasons, quote, by_staff=by_staff):
        raise NotEligible(problems)
    chosen = [(line, choices[line.fulfillment_line_item_id]) for line in lines]
    facts = ruled_facts(facts, chosen)
    refuse_too_much_kept(facts, lines, quote)
    return_request = ReturnRequest.objects.create(
        rma_number=new_rma_number(),
        token=secrets.token_urlsafe(24),
        submission_key=submission_key,
        status=Status.REQUESTED,
        language=language,
        contact_email=contact_email or _usable_email(facts.order.email),
        identity_verified=identity_verified,
        requested_at=now,
        **order_columns(facts),
        **terms_columns(facts, chosen, now),
        **request_columns(facts, chosen),
        **quote_columns(quote),
    )
    for line, choice in chosen:
        row = add_line(return_request, line, choice, quote, facts, given[line.reason_code])
        photos = attach_uploads(row, basket=photo_basket)
        missing = lacks_photo(row.reason, photos) or photo_is_missing(choice, photos)
        if missing and not by_staff:
            message = _("%(title)s: add a photo.") % {"title": choice.line.title}
            raise NotEligible([Problem(line.fulfillment_line_item_id, message)])
    restart_clock(return_request, now=now)
    note_keys(return_request, facts.order.customer_id, facts.order.email, contact_email)
    record_event(
        return_request,
        "requested",
        actor=actor,
        now=now,
        to_status=Status.REQUESTED,
        shopper_sees=True,
    )
    asked = {line.fulfillment_line_item_id: judged[line.fulfillment_line_item_id] for line in lines}
    record_overrides(return_request, asked, overrides, actor=actor, now=now)
    note_known_holder(return_request, now=now)
    owe_email(return_request, "requested", now=now)
    if return_request.settlement == ReturnRequest.Settlement.TIKTOK:
        # TikTok decides with us: no rule approves before TikTok knows of it.
        owe(return_request, Operation.Kind.TIKTOK_LOOK, now=now)
    elif not by_staff:
        approve_by_rules(return_request, [choice for _line, choice in chosen], quote, now=now)
    return return_request


def _choices_now(facts: OrderFacts, now: datetime) -> dict[str, Choice]:
    """The order's units as they stand under the lock, by fulfillment line item id."""
    current = replace(facts, returnable=free_units(facts.order, facts.in_shopify))
    choices = build_choices(current, now=now)
    return {c.fulfillment_line_item_id: c for c in choices if c.fulfillment_line_item_id}


def problems_of(
    lines: Sequence[RequestedLine],
    choices: dict[str, Choice],
    reasons: Sequence[ReturnReason],
    quote: Quote,
    *,
    by_staff: bool = False,
) -> list[Problem]:
    """Why these lines cannot be returned as asked and quoted; empty when they can.

    Staff need not tell what only the shopper knows.
    """
    quoted = {line.fulfillment_line_item_id: line.quantity for line in quote.lines}
    asked = {line.fulfillment_line_item_id: line.quantity for line in lines}
    if not lines or len(asked) != len(lines) or quoted != asked:
        return [Problem("", _("Choose at least one item to return."))]
    found = []
    for line in lines:
        choice = choices.get(line.fulfillment_line_item_id)
        if message := _objection_to(line, choice, _reason_for(line, choice, reasons), by_staff):
            found.append(Problem(line.fulfillment_line_item_id, message))
    return found


def refuse_too_much_kept(
    facts: OrderFacts, lines: Sequence[RequestedLine], quote: Quote, *, besides: int | None = None
) -> None:
    """Raises NotEligible when items worth more than the policy's limit would be kept.

    The limit holds for the order: what other live requests keep counts, but for `besides`.
    """
    kept = {line.fulfillment_line_item_id for line in lines if line.outcome == KEEP_ITEM}
    most = facts.terms.keep_item_up_to
    if not kept or most is None:
        return
    others = ReturnLineItem.objects.filter(
        return_request__shopify_order_id=facts.order.id, outcome=KEEP_ITEM
    ).exclude(return_request__status__in=RELEASES_UNITS)
    worth = sum(
        (row.subtotal + row.tax for row in others.exclude(return_request=besides)), Decimal(0)
    )
    worth += sum(
        (x.subtotal + x.tax).amount for x in quote.lines if x.fulfillment_line_item_id in kept
    )
    if worth > most:
        message = _("Items worth up to %(most)s in all can be kept. Send some of them back.") % {
            "most": format_money(Money(most, facts.order.currency))
        }
        raise NotEligible([Problem("", message)])


def _reason_for(
    line: RequestedLine, choice: Choice | None, reasons: Sequence[ReturnReason]
) -> ReturnReason | None:
    """The reason that was given, if goods of this kind may be returned for it."""
    if choice is None:
        return None
    groups = group_reasons(reasons, choice.line.product_type)
    return reasons_by_code(groups).get(line.reason_code)


def _objection_to(
    line: RequestedLine, choice: Choice | None, reason: ReturnReason | None, by_staff: bool
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
    if line.outcome not in choice.outcomes:
        return _("%(title)s: choose what you get for it.") % {"title": choice.line.title}
    if by_staff:
        return None
    if reason.requires_note and not line.customer_note.strip():
        return _("%(title)s: tell us more about the reason.") % {"title": choice.line.title}
    return what_rules_miss(line, choice)


def order_columns(facts: OrderFacts) -> dict[str, object]:
    """What a request holds of its order."""
    order = facts.order
    return {
        "shopify_order_id": order.id,
        "order_name": order.name[:80],
        "tiktok_order_id": tiktok_order_id_of(order),
        "sales_channel": channel_of(order)[:40],
        "settlement": settlement_of(channel_of(order)[:40]),
        "country": order.country[:2],
        "customer_name": order.customer_name[:200],
        "currency": order.currency,
        "shopify_customer_id": order.customer_id or "",
    }


def terms_columns(
    facts: OrderFacts, chosen: Sequence[tuple[RequestedLine, Choice]], now: datetime
) -> dict[str, object]:
    """What a request holds of its terms."""
    ends = [choice.window_ends_at for _line, choice in chosen if choice.window_ends_at]
    comes_back = any(line.outcome != KEEP_ITEM for line, _choice in chosen)
    send_by = days_after(now, facts.terms.send_within_days, read_calendar())
    return {
        "policy": facts.policy,
        "policy_terms": snapshots.dump(facts.terms),
        "window_ends_at": min(ends, default=None),
        "send_by": send_by if comes_back else None,
    }


def quote_columns(quote: Quote) -> dict[str, object]:
    """What a request holds of its quote."""
    return {
        "quoted_amount": quote.refund.amount,
        "quote_source": quote.source,
        "return_shipping_fee": quote.return_shipping_fee.amount,
        "bonus_amount": quote.parts.bonus.amount if quote.parts else Decimal(0),
    }


def add_line(
    return_request: ReturnRequest,
    line: RequestedLine,
    choice: Choice,
    quote: Quote,
    facts: OrderFacts,
    reason: ReturnReason,
) -> ReturnLineItem:
    asked = asked_columns(line, choice, quote, facts, reason)
    restockable = choice.line.restockable and choice.line.variant_id is not None
    restockable = restockable and choice.decision.restock is not False
    comes_back = line.outcome != KEEP_ITEM
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
            if restockable and comes_back
            else ReturnLineItem.Disposition.NOT_RESTOCKED
        ),
        location_id=_usual_location(choice),
        **asked,
    )
    reserve(row, bought=choice.quantity)
    return row


def _usual_location(choice: Choice) -> str:
    """Where the goods go unless staff say otherwise: the shop's one place, or the sender's."""
    sender = choice.fulfillment.location_id if choice.fulfillment else ""
    return settings.SHOPIFY_LOCATION_ID or sender or ""


def asked_columns(
    line: RequestedLine, choice: Choice, quote: Quote, facts: OrderFacts, reason: ReturnReason
) -> dict[str, Any]:
    """What a line holds of the shopper's wish, and of what it is worth."""
    key = line.fulfillment_line_item_id
    worth = next(item for item in quote.lines if item.fulfillment_line_item_id == key)
    fees = fees_for(facts, [line], {reason.code: reason})
    return {
        "quantity": line.quantity,
        "reason": reason,
        "customer_note": line.customer_note.strip()[:300],
        "outcome": line.outcome,
        "subtotal": worth.subtotal.amount,
        "tax": worth.tax.amount,
        "restocking_fee": worth.restocking_fee.amount,
        "restocking_fee_percent": fees.percent[key],
        **line_columns(line, choice),
    }


def _usable_email(email: str) -> str:
    return "" if identity.is_relay_email(email) else email


def new_rma_number() -> str:
    """A number that no request has, as good as certainly."""
    return "RMA-" + "".join(secrets.choice(RMA_ALPHABET) for _position in range(8))
