"""What a wish to return would pay back, asked of Shopify before anything is decided."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

from returns_portal.returns.eligibility import PolicyTerms
from returns_portal.returns.models import ReturnReason, ReturnRequest
from returns_portal.returns.orders import OrderFacts
from returns_portal.returns.refund_amounts import Quote, estimate, quote_from, rounded
from returns_portal.shopify.client import build_client
from returns_portal.shopify.errors import ShopifyUnavailable
from returns_portal.shopify.returns import calculate_return
from returns_portal.shopify.types import Money, ReturnLineInput


@dataclass(frozen=True, slots=True)
class RequestedLine:
    """Units that a shopper wants to return, with the code of the reason."""

    fulfillment_line_item_id: str
    quantity: int
    reason_code: str
    customer_note: str = ""


@dataclass(frozen=True, slots=True)
class Fees:
    """The fees of a return under its policy: percent by reason code, and for the parcel."""

    percent_by_reason: Mapping[str, Decimal]
    return_shipping: Money | None


def fees_for(terms: PolicyTerms, reasons: Sequence[ReturnReason], currency: str) -> Fees:
    """The policy's fees; a reason may waive its line's, and the parcel's if all reasons do."""
    percent = {
        reason.code: Decimal(0) if reason.waives_fees else terms.restocking_fee_percent
        for reason in reasons
    }
    charged = terms.return_shipping_fee and not all(reason.waives_fees for reason in reasons)
    shipping = rounded(terms.return_shipping_fee, currency) if charged else None
    return Fees(percent, shipping)


def quote_return(facts: OrderFacts, lines: Sequence[RequestedLine]) -> Quote:
    """Shopify's own calculation for these lines, fees taken off; an estimate while it is silent.

    Raises ShopifyError when Shopify refuses the lines.
    """
    reasons = list(ReturnReason.objects.filter(code__in={line.reason_code for line in lines}))
    fees = fees_for(facts.terms, reasons, facts.order.currency)
    inputs = [
        ReturnLineInput(
            fulfillment_line_item_id=line.fulfillment_line_item_id,
            quantity=line.quantity,
            restocking_fee_percent=fees.percent_by_reason.get(line.reason_code, Decimal(0)),
        )
        for line in lines
    ]
    if facts.fresh:
        with suppress(ShopifyUnavailable):
            return quote_from(
                calculate_return(
                    build_client(),
                    order_id=facts.order.id,
                    lines=inputs,
                    return_shipping_fee=fees.return_shipping,
                )
            )
    wanted = {
        line.fulfillment_line_item_id: (line.quantity, line.restocking_fee_percent)
        for line in inputs
    }
    return estimate(facts.order, wanted, fees.return_shipping)


def quote_request(return_request: ReturnRequest) -> Quote:
    """What Shopify calculates now for a request that it does not know yet.

    Raises ShopifyError when Shopify refuses or does not answer.
    """
    shipping = Money(return_request.return_shipping_fee, return_request.currency)
    calculation = calculate_return(
        build_client(),
        order_id=return_request.shopify_order_id,
        lines=[
            ReturnLineInput(
                fulfillment_line_item_id=line.fulfillment_line_item_id,
                quantity=line.quantity,
                restocking_fee_percent=line.restocking_fee_percent,
            )
            for line in return_request.lines.all()
        ],
        return_shipping_fee=shipping or None,
    )
    return quote_from(calculation)
