"""Reading and refusing what mutations are given."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from returns_portal.shopify.sandbox import gid, money
from returns_portal.shopify.sandbox.errors import Refused
from returns_portal.shopify.sandbox.state import Doc, Draft

Path = Sequence[object]


def order_to_edit(draft: Draft, key: str, path: Path) -> Doc:
    """The order to change; refuses one that does not exist."""
    order = draft.edit("order", gid.expect(key, "Order"))
    if order is None:
        raise Refused("Order does not exist.", field=path, code="NOT_FOUND")
    return order


def return_to_edit(draft: Draft, key: str, path: Path) -> tuple[Doc, Doc]:
    """The order and the return in it, to change; refuses one that does not exist."""
    order = draft.order_holding(gid.expect(key, "Return"))
    if order is None:
        raise Refused("Return does not exist.", field=path, code="NOT_FOUND")
    return order, next(made for made in order["returns"] if made["id"] == key)


def amount_in(order: Doc, given: Doc, path: Path) -> int:
    """A MoneyInput in the order's presentment currency, in its smallest unit."""
    currency = order["presentmentCurrencyCode"]
    if given["currencyCode"] != currency:
        message = f"Currency must be the order's presentment currency, {currency}."
        raise Refused(message, field=path, code="INVALID")
    return minor_amount(given["amount"], currency, path)


def minor_amount(amount: Decimal, currency: str, path: Path) -> int:
    """An amount in the smallest unit; refuses negative and too fine ones."""
    if amount < 0:
        raise Refused("Amount must not be negative.", field=path, code="GREATER_THAN_OR_EQUAL_TO")
    try:
        return money.to_minor(amount, currency)
    except ValueError:
        message = f"Amount has too many decimals for {currency}."
        raise Refused(message, field=path, code="INVALID") from None


def positive(quantity: int, path: Path) -> int:
    """A quantity of at least one."""
    if quantity < 1:
        raise Refused("Quantity must be greater than 0", field=path, code="GREATER_THAN")
    return quantity


def at_most(quantity: int, limit: int, path: Path, what: str) -> int:
    """A quantity that does not go beyond the limit."""
    if quantity > limit:
        message = f"Quantity cannot be greater than the {what} quantity ({limit})."
        raise Refused(message, field=path, code="LESS_THAN_OR_EQUAL_TO")
    return quantity


def short_enough(text: str | None, limit: int, path: Path) -> str | None:
    """A text of at most so many characters."""
    if text is not None and len(text) > limit:
        message = f"is too long (maximum is {limit} characters)"
        raise Refused(message, field=path, code="TOO_LONG")
    return text


def listed(values: Any, path: Path) -> list[Doc]:
    """A list with something in it, of at most 250 entries."""
    if not values:
        raise Refused("can't be blank", field=path, code="BLANK")
    if len(values) > 250:
        raise Refused("has too many entries (maximum 250)", field=path, code="TOO_BIG")
    return list(values)
