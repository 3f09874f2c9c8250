"""What processing part of a return is worth: units, tax, fees, shipping, exchange. Pure."""

from dataclasses import dataclass

from returns_portal.shopify.sandbox import money
from returns_portal.shopify.sandbox.accounting import (
    added_tax,
    by_id,
    line_discount,
    net_payment,
    units_before_order_discounts,
    units_subtotal,
    units_tax,
)
from returns_portal.shopify.sandbox.state import Doc


@dataclass(frozen=True)
class Pick:
    """Units of one return line, those to be paid for and the fee they bear."""

    part: Doc
    line: Doc
    units: tuple[int, ...]
    payable: tuple[int, ...]
    fee: int


@dataclass(frozen=True)
class Outcome:
    """What goes back for some units of a return, in the smallest presentment unit."""

    before_order_discounts: int
    subtotal: int
    tax: int
    fees: int
    shipping: int
    shipping_tax: int
    exchange: int
    value: int
    most: int

    @property
    def balance(self) -> int:
        """Value less fees and exchange; below zero the shopper owes."""
        return self.value - self.fees - self.exchange

    @property
    def refund(self) -> int:
        """What goes back: never below zero, never more than was paid."""
        return max(0, min(self.balance, self.most))

    @property
    def invoice(self) -> int:
        """What the shopper owes for the exchange."""
        return max(0, -self.balance) if self.exchange else 0


def pick(order: Doc, part: Doc, quantity: int) -> Pick:
    """The next `quantity` unprocessed units of a return line."""
    line = by_id(order["lines"], part["lineId"])
    assert line is not None  # noqa: S101
    open_units = [unit for unit in part["units"] if unit not in part["processed"]]
    units = tuple(open_units[:quantity])
    payable = tuple(unit for unit in units if unit not in line["gone"])
    return Pick(part, line, units, payable, fee_for(part, quantity))


def fee_for(part: Doc, quantity: int) -> int:
    """The restocking fee the next units of a return line bear."""
    if part["fee"] is None:
        return 0
    done = len(part["processed"])
    return money.share(part["fee"]["amount"], part["quantity"], done, done + quantity)


def outcome_of(
    order: Doc,
    made: Doc,
    picks: list[Pick],
    *,
    exchange: int = 0,
    shipping: int = 0,
    shipping_tax: int = 0,
) -> Outcome:
    """What these units, this shipping and this exchange come to."""
    before = sum(units_before_order_discounts(p.line, p.payable) for p in picks)
    subtotal = sum(units_subtotal(p.line, p.payable) for p in picks)
    tax = sum(units_tax(p.line, p.payable) for p in picks)
    value = subtotal + shipping + added_tax(order, tax + shipping_tax)
    fees = sum(p.fee for p in picks) + made["feesOwed"] + shipping_fee_due(made)
    return Outcome(
        before, subtotal, tax, fees, shipping, shipping_tax, exchange, value, net_payment(order)
    )


def shipping_fee_due(made: Doc) -> int:
    """The return shipping fee until it was charged once."""
    fee = made["shippingFee"]
    return 0 if fee is None or made["shippingFeeCharged"] else int(fee["amount"])


def cart_discount(picks: list[Pick]) -> int:
    """The part of the order's discounts that the units bear."""
    return sum(
        money.share_of(line_discount(p.line, across=True), p.line["quantity"], p.payable)
        for p in picks
    )
