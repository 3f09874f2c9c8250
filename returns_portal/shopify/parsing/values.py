"""Reading what many nodes have: amounts, times, texts, errors."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from returns_portal.shopify.errors import UserError
from returns_portal.shopify.types import Money

Node = dict[str, Any]

IDEMPOTENCY_CODE = re.compile(r"IDEMPOTENCY_[A-Z_]+")


def parse_money(bag: Node) -> Money:
    """Read a sum in the currency that the shopper paid in; raises ValueError if it is no number."""
    money = bag["presentmentMoney"]
    amount = Decimal(str(money["amount"]))
    if not amount.is_finite():
        raise ValueError("An amount of money is a finite number")
    return Money(amount, str(money["currencyCode"]))


def parse_time(text: str) -> datetime:
    """Read a moment; one without a time zone is UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def parse_user_errors(nodes: list[Node] | None) -> tuple[UserError, ...]:
    """Read objections; a code that stands only in the message is found there."""
    return tuple(_parse_user_error(node) for node in nodes or ())


def _parse_user_error(node: Node) -> UserError:
    message = text_of(node, "message")
    spoken = IDEMPOTENCY_CODE.search(message)
    code = text_of(node, "code") or (spoken.group() if spoken else "")
    field = tuple(str(step) for step in node.get("field") or ())
    return UserError(code=code, field=field, message=message)


def text_of(node: Node, key: str) -> str:
    return str(node.get(key) or "")


def id_of(node: Node, key: str) -> str | None:
    return (node.get(key) or {}).get("id")


def time_of(node: Node, key: str) -> datetime | None:
    text = node.get(key)
    return parse_time(text) if text else None
