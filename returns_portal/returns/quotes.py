"""What a wish to return would pay back, asked of Shopify before anything is decided."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal

from returns_portal.returns.eligibility import PolicyTerms
from returns_portal.returns.models import ReturnReason, ReturnRequest
from returns_portal.returns.orders import OrderFacts
from returns_portal.returns.outcomes import KEEP_ITEM, ORIGINAL_PAYMENT
from returns_portal.returns.payouts import bonus_percent
from returns_portal.returns.refund_amounts import (
    Quote,
    estimate,
    paid_apart,
    quote_from,
    rounded,
)
from returns_portal.returns.rules import NO_DECISION, Decision, terms_under
from returns_portal.returns.ruling import Given
from returns_portal.shopify.client import ShopifyClient, build_client
from returns_portal.shopify.errors import ShopifyUnavailable
from returns_portal.shopify.orders import get_returnable_lines
from returns_portal.shopify.returns import calculate_return, suggest_outcome
from returns_portal.shopify.types import Money, ReturnLineInput


@dataclass(frozen=True, slots=True)
class RequestedLine:
    """Units that a shopper wants to return, the code of the reason, and what for (an outcome)."""

    fulfillment_line_item_id: str
    quantity: int
    reason_code: str
    customer_note: str = ""
    outcome: str = ORIGINAL_PAYMENT
    answers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Fees:
    """The fees of a return: percent by fulfillment line item id, and for the parcel."""

    percent: Mapping[str, Decimal]
    return_shipping: Money | None


def decide_asked(facts: OrderFacts, line: RequestedLine, reason: ReturnReason | None) -> Decision:
    """What the policy's rules decide about the line as it is asked for."""
    key = line.fulfillment_line_item_id
    lines = {item.id: item for item in facts.order.lines}
    for parcel in facts.order.fulfillments:
        for sent in parcel.lines:
            if sent.id == key:
                return facts.decide(lines[sent.line_item_id], parcel, given_of(line, reason))
    return NO_DECISION


def given_of(line: RequestedLine, reason: ReturnReason | None) -> Given:
    """What the shopper has chosen for the line."""
    return Given(reason=reason, quantity=line.quantity, answers=line.answers or None)


def fees_for(
    facts: OrderFacts, lines: Sequence[RequestedLine], reasons: Mapping[str, ReturnReason]
) -> Fees:
    """The fees of these lines under the policy and its rules.

    A reason may waive its line's fee, and what is kept costs none; the parcel costs the highest
    fee that any line brings with it.
    """
    percent, parcel = {}, Decimal(0)
    for line in lines:
        reason = reasons.get(line.reason_code)
        terms = terms_under(decide_asked(facts, line, reason), facts.terms)
        free = reason is None or reason.waives_fees or line.outcome == KEEP_ITEM
        percent[line.fulfillment_line_item_id] = (
            Decimal(0) if free else terms.restocking_fee_percent
        )
        parcel = max(parcel, Decimal(0) if free else terms.return_shipping_fee)
    return Fees(percent, rounded(parcel, facts.order.currency) if parcel else None)


def terms_of_return(facts: OrderFacts, decisions: Iterable[Decision]) -> PolicyTerms:
    """The terms of a whole return: what its lines' rules say together.

    Where one line's refund waits for the parcel, all do; instructions and address are those of
    the first line that has its own.
    """
    base = facts.terms
    ruled = [terms_under(decision, base) for decision in decisions]
    later = any(terms.refund_on == "receipt" for terms in ruled)
    bonuses = [terms.store_credit_bonus_percent for terms in ruled]
    return replace(
        base,
        refund_on=("receipt" if later else "approval") if ruled else base.refund_on,
        instructions=_own([terms.instructions for terms in ruled], base.instructions),
        return_address=_own([terms.return_address for terms in ruled], base.return_address),
        store_credit_bonus_percent=max(bonuses, default=base.store_credit_bonus_percent),
    )


def _own(texts: Iterable[str], usual: str) -> str:
    return next((text for text in texts if text != usual), usual)


def quote_return(facts: OrderFacts, lines: Sequence[RequestedLine]) -> Quote:
    """Shopify's own calculation for these lines, fees taken off; an estimate while it is silent.

    Rounding by line never takes it above what is left of the order's payments. Raises
    ShopifyError when Shopify refuses the lines.
    """
    codes = {line.reason_code for line in lines}
    known = ReturnReason.objects.select_related("parent").filter(code__in=codes)
    reasons = {reason.code: reason for reason in known}
    fees = fees_for(facts, lines, reasons)
    decisions = [decide_asked(facts, line, reasons.get(line.reason_code)) for line in lines]
    inputs = [
        ReturnLineInput(
            fulfillment_line_item_id=line.fulfillment_line_item_id,
            quantity=line.quantity,
            restocking_fee_percent=fees.percent[line.fulfillment_line_item_id],
        )
        for line in lines
    ]
    whole = _calculate(facts, inputs, fees.return_shipping)
    outcomes = {line.fulfillment_line_item_id: line.outcome for line in lines}
    bonus = terms_of_return(facts, decisions).store_credit_bonus_percent
    left = facts.order.total_received - facts.order.total_refunded
    return paid_apart(whole, outcomes, bonus, most=left if left.amount > 0 else None)


def _calculate(
    facts: OrderFacts, inputs: Sequence[ReturnLineInput], return_shipping_fee: Money | None
) -> Quote:
    if facts.fresh:
        with suppress(ShopifyUnavailable):
            return quote_from(
                calculate_return(
                    build_client(),
                    order_id=facts.order.id,
                    lines=inputs,
                    return_shipping_fee=return_shipping_fee,
                )
            )
    wanted = {
        line.fulfillment_line_item_id: (line.quantity, line.restocking_fee_percent)
        for line in inputs
    }
    return estimate(facts.order, wanted, return_shipping_fee)


def quote_request(return_request: ReturnRequest) -> Quote:
    """What Shopify calculates now for a request that it does not know yet.

    Raises ShopifyError when Shopify refuses or does not answer.
    """
    lines = return_request.lines.all()
    return quote_units(
        return_request,
        units={line.pk: line.units_approved for line in lines},
        percents={line.pk: line.restocking_fee_percent for line in lines},
        shipping_fee=return_request.return_shipping_fee,
    )


def quote_units(
    return_request: ReturnRequest,
    *,
    units: Mapping[int, int],
    percents: Mapping[int, Decimal],
    shipping_fee: Decimal,
    outcomes: Mapping[int, str] | None = None,
) -> Quote:
    """What Shopify calculates now for these units of a request, by line id, under these fees.

    `outcomes` says how lines are paid back, by line id; without it as the shopper chose.
    Raises ShopifyError when Shopify refuses or does not answer, ValueError without a unit.
    """
    calculation = calculate_return(
        build_client(),
        order_id=return_request.shopify_order_id,
        lines=[
            ReturnLineInput(
                fulfillment_line_item_id=line.fulfillment_line_item_id,
                quantity=units[line.pk],
                restocking_fee_percent=percents[line.pk],
            )
            for line in return_request.lines.all()
            if units[line.pk]
        ],
        return_shipping_fee=Money(shipping_fee, return_request.currency) or None,
    )
    chosen = {
        line.fulfillment_line_item_id: (outcomes or {}).get(line.pk, line.outcome)
        for line in return_request.lines.all()
    }
    return paid_apart(quote_from(calculation), chosen, bonus_percent(return_request))


def quote_open_return(return_request: ReturnRequest) -> Money:
    """What Shopify would pay now for the units of a return that is open there, fees taken off.

    Raises ShopifyError when Shopify refuses or does not answer.
    """
    units = tuple(
        (line.shopify_return_line_id, line.units_back)
        for line in return_request.returned_lines
        if line.shopify_return_line_id and line.units_back
    )
    outcome = suggest_outcome(build_client(), return_request.shopify_return_id, units)
    return outcome.amount


def find_shortage(client: ShopifyClient, return_request: ReturnRequest) -> str:
    """A sentence about units that Shopify would not take back any more; empty without any."""
    left: Counter[str] = Counter()
    for returnable in get_returnable_lines(client, return_request.shopify_order_id):
        left[returnable.fulfillment_line_item_id] += returnable.quantity
    for line in return_request.returned_lines:
        if left[line.fulfillment_line_item_id] < line.units_approved:
            return (
                f"“{line.title}”: Shopify takes back {left[line.fulfillment_line_item_id]} of "
                f"{line.units_approved}. It was returned, refunded or removed elsewhere in "
                "between: look at the order in Shopify."
            )
    return ""
