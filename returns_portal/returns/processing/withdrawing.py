"""Carries out withdrawals: the receipt goes out, and the order it names gets its return."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from smtplib import SMTPException

from returns_portal.returns import identity
from returns_portal.returns.emails import build_receipt
from returns_portal.returns.history import Actor
from returns_portal.returns.models import ReturnReason, ReturnRequest, Withdrawal, WithdrawalRules
from returns_portal.returns.orders import (
    FoundOrder,
    OrderFacts,
    OrderNotFound,
    build_choices,
    find_order,
    read_order,
)
from returns_portal.returns.policies import NoPolicy
from returns_portal.returns.quotes import RequestedLine, quote_return
from returns_portal.returns.services import NotEligible, request_return
from returns_portal.returns.services.withdrawing import (
    claim_withdrawal,
    note_withdrawal,
    unfinished_withdrawals,
    withdrawal_rules,
)
from returns_portal.returns.workflow import FINAL
from returns_portal.shopify.errors import ShopifyError

REASON = "changed-mind"
AT_ONCE = 50
Outcome = Withdrawal.Outcome


def carry_out_withdrawals(*, clock: Callable[[], datetime]) -> int:
    """Mails receipts and finds orders, each on its own; returns for how many it did all."""
    return sum(
        carry_out(withdrawal, now=clock())
        for withdrawal in unfinished_withdrawals(clock())[:AT_ONCE]
        if claim_withdrawal(withdrawal, now=clock())
    )


def carry_out(withdrawal: Withdrawal, *, now: datetime) -> bool:
    """True when nothing is left to do; what fails now is tried again later."""
    done = True
    if withdrawal.mailed_at is None:
        try:
            build_receipt(withdrawal).send()
            Withdrawal.objects.filter(pk=withdrawal.pk).update(mailed_at=now)
        except (SMTPException, OSError):
            done = False
    if withdrawal.outcome == Outcome.WAITING:
        try:
            settle(withdrawal, now=now)
        except (ShopifyError, NoPolicy):
            done = False
    return done


def settle(withdrawal: Withdrawal, *, now: datetime) -> None:
    """Finds the order and opens its return, or joins the one that is open."""
    found = find(withdrawal, now=now)
    if found is None:
        note_withdrawal(withdrawal, Outcome.UNMATCHED, None, now=now)
        return
    requests = ReturnRequest.objects.filter(shopify_order_id=found.order_id)
    if open_one := requests.exclude(status__in=FINAL).order_by("-requested_at").first():
        note_withdrawal(withdrawal, Outcome.ATTACHED, open_one, now=now)
        return
    facts = facts_by_law(read_order(found.order_id, now=now), withdrawal_rules())
    made = open_return(withdrawal, facts, found, now=now)
    late = not made and not within_period(facts, withdrawal)
    empty = Outcome.LATE if late else Outcome.NOTHING_OPEN
    note_withdrawal(withdrawal, Outcome.OPENED if made else empty, made, now=now)


def find(withdrawal: Withdrawal, *, now: datetime) -> FoundOrder | None:
    """The order that the number fits together with the postcode or the e-mail given."""
    for detail in filter(None, (withdrawal.postcode, withdrawal.email)):
        try:
            return find_order(number=withdrawal.order_number, postcode_or_email=detail, now=now)
        except OrderNotFound:
            continue
    return None


def facts_by_law(facts: OrderFacts, rules: WithdrawalRules) -> OrderFacts:
    """The order under the terms of the law: no final sale, no restocking fee, its own period.

    The merchant's rules stay out of it: none of them may take the right away.
    """
    terms = replace(
        facts.terms,
        return_window_days=rules.days,
        window_anchor="delivered",
        final_sale_tags=tuple(rules.excepted_tags),
        restocking_fee_percent=Decimal(0),
        offers_store_credit=False,
        keep_item_up_to=None,
    )
    return replace(facts, terms=terms, rulings=None)


def within_period(facts: OrderFacts, withdrawal: Withdrawal) -> bool:
    """Whether any of the goods was delivered so lately that the right held when it was used."""
    ends = [choice.window_ends_at for choice in build_choices(facts, now=withdrawal.received_at)]
    return any(end is not None and withdrawal.received_at < end for end in ends)


def open_return(
    withdrawal: Withdrawal, facts: OrderFacts, found: FoundOrder, *, now: datetime
) -> ReturnRequest | None:
    """Asks for all goods that the right covers, as of the moment of the declaration."""
    if facts.order.country not in withdrawal_rules().countries:
        return None
    choices = build_choices(facts, now=withdrawal.received_at)
    reason = ReturnReason.objects.filter(code=REASON, active=True).first()
    reason = reason or ReturnReason.objects.filter(active=True, photos="no").first()
    covered = [choice for choice in choices if choice.eligible]
    if not covered or reason is None:
        return None
    lines = [
        RequestedLine(choice.fulfillment_line_item_id or "", choice.returnable, reason.code)
        for choice in covered
    ]
    usable = "" if identity.is_relay_email(withdrawal.email) else withdrawal.email
    try:
        return request_return(
            facts=facts,
            lines=lines,
            quote=quote_return(facts, lines),
            contact_email=usable,
            language=withdrawal.language,
            identity_verified=found.verified,
            submission_key=uuid.uuid5(uuid.NAMESPACE_URL, withdrawal.token),
            actor=Actor.shopper(),
            now=withdrawal.received_at,
        )
    except NotEligible:
        return None
