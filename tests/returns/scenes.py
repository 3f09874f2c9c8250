"""Requests as shoppers make them, without Shopify: facts and quotes from plain values."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from returns_portal.returns.mirror import mirror_order
from returns_portal.returns.models import ReturnRequest
from returns_portal.returns.orders import OrderFacts
from returns_portal.returns.policies import build_terms
from returns_portal.returns.refund_amounts import Quote
from returns_portal.returns.reservations import free_units
from returns_portal.returns.services import Actor, RequestedLine, request_return
from returns_portal.shopify.types import CalculatedLine, Money, Order
from tests.returns.examples import NOON, SENT, an_order, usd
from tests.returns.factories import ReturnPolicyFactory, ReturnReasonFactory


def order_facts(order: Order | None = None, *, in_shopify: int = 2, **policy: Any) -> OrderFacts:
    """The example order with two units that Shopify would take back."""
    order = order or an_order()
    rules = ReturnPolicyFactory(**policy)
    ReturnReasonFactory()
    mirror_order(order, now=NOON)
    units = {SENT: in_shopify}
    return OrderFacts(
        order=order,
        returnable=free_units(order, units),
        in_shopify=units,
        policy=rules,
        terms=build_terms(rules),
        fresh=True,
    )


def a_quote(quantity: int = 1, unit: Decimal = Decimal("25.99")) -> Quote:
    worth = Money(unit * quantity, "USD")
    line = CalculatedLine(SENT, quantity, worth, usd("0"), usd("0"))
    return Quote((line,), usd("0"), worth, "shopify")


def a_line(quantity: int) -> RequestedLine:
    return RequestedLine(SENT, quantity, "too-small", "runs small")


def ask(
    facts: OrderFacts | None = None,
    *,
    quantity: int = 1,
    lines: list[RequestedLine] | None = None,
    quote: Quote | None = None,
    key: uuid.UUID | None = None,
    email: str = "shopper@example.com",
    now: datetime = NOON,
    photo_basket: str = "",
) -> ReturnRequest:
    """Asks for the return of `quantity` units of the example order."""
    return request_return(
        facts=facts or order_facts(),
        lines=lines if lines is not None else [a_line(quantity)],
        quote=quote or a_quote(quantity),
        contact_email=email,
        language="en",
        identity_verified=True,
        submission_key=key or uuid.uuid4(),
        actor=Actor.shopper(),
        now=now,
        photo_basket=photo_basket,
    )
