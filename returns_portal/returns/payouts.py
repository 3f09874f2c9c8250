"""How the money of a request is paid: back to the payment, as store credit, for kept items."""

from decimal import Decimal

from returns_portal.returns.models import ReturnLineItem, ReturnRequest
from returns_portal.returns.refund_amounts import Parts, Worth, split, weigh
from returns_portal.shopify.types import Money


def parts_of(return_request: ReturnRequest) -> Parts:
    """The approved amount, or else the quoted one, divided as the shopper chose by item.

    Where staff approved another amount or fewer units, each way has its share of that.
    """
    approved = return_request.approved_amount
    amount = return_request.quoted_amount if approved is None else approved
    currency = return_request.currency
    ways = weigh(
        [_worth(line, currency) for line in return_request.lines.all()],
        Money(return_request.return_shipping_fee, currency),
    )
    return split(Money(amount, currency), ways, bonus_percent(return_request))


def bonus_percent(return_request: ReturnRequest) -> Decimal:
    """What the terms of the request add to store credit, in percent."""
    return Decimal(str(return_request.policy_terms.get("store_credit_bonus_percent", 0)))


def _worth(line: ReturnLineItem, currency: str) -> Worth:
    """What of the line goes back is worth; its amounts are those of the units approved."""
    net = line.subtotal + line.tax - line.restocking_fee
    share = net * line.units_back / line.units_approved if line.units_approved else Decimal(0)
    return Worth(line.outcome, Money(share, currency))
