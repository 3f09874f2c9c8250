"""The forms that staff send, what they could change, and what Shopify would pay."""

from decimal import Decimal
from typing import Any

import pytest

from returns_portal.returns.models import ReturnRequest
from returns_portal.returns.refund_amounts import Quote
from returns_portal.shopify.errors import ShopifyError
from returns_portal.shopify.types import CalculatedLine, Money
from staff import decision
from tests.returns.factories import OperationFactory, request_with_line


def state_of(item: ReturnRequest) -> dict[str, Any]:
    """All that a decision could change."""
    item.refresh_from_db()
    return {
        "status": item.status,
        "approved": item.approved_amount,
        "reason": item.decline_reason,
        "lines": list(item.lines.values_list("disposition", "received_quantity")),
        "events": item.events.count(),
        "operations": list(item.operations.order_by("pk").values_list("kind", "part", "state")),
    }


def approval(item: ReturnRequest, **changes: str) -> dict[str, str]:
    """The form that the confirm step sends."""
    lines = {}
    for line in item.lines.all():
        lines[f"units-{line.pk}"] = str(line.quantity)
        lines[f"disposition-{line.pk}"] = line.disposition
    seen = {"amount": "24.49", "currency": "USD", "quoted": "24.49"}
    return {**seen, **lines, **changes}


def receipt(item: ReturnRequest, quantity: int = 1, where: str = "RESTOCKED") -> dict[str, str]:
    fields = {}
    for line in item.lines.all():
        fields[f"received-{line.pk}"] = str(quantity)
        fields[f"disposition-{line.pk}"] = where
    return fields


def approved_for_receipt() -> ReturnRequest:
    item = request_with_line(approved=True, policy__paid_on_receipt=True)
    OperationFactory(return_request=item, done=True)
    return item


def refuse_now(monkeypatch: pytest.MonkeyPatch, error: ShopifyError) -> None:
    """Shopify calculates nothing for the request."""

    def quote(_request: ReturnRequest) -> Quote:
        raise error

    monkeypatch.setattr(decision, "quote_request", quote)


def say_now(monkeypatch: pytest.MonkeyPatch, amount: str) -> None:
    """Shopify's answer to what it would pay, without Shopify."""

    worth, nothing = Money(Decimal(amount), "USD"), Money(Decimal(0), "USD")

    def quote(request: ReturnRequest) -> Quote:
        lines = tuple(
            CalculatedLine(line.fulfillment_line_item_id, line.quantity, worth, nothing, nothing)
            for line in request.lines.all()
        )
        return Quote(lines, nothing, worth, "shopify")

    monkeypatch.setattr(decision, "quote_request", quote)
