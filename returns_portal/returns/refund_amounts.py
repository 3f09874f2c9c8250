"""What a return is worth back: discounts, tax, fees, and rounding by currency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from returns_portal.shopify.types import (
    CalculatedLine,
    Money,
    Order,
    OrderLine,
    RefundTransactionInput,
    ReturnCalculation,
    SuggestedTransaction,
)

# ISO 4217 currencies whose smallest unit is not a hundredth.
DECIMALS = {
    **dict.fromkeys(
        (
            "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
            "VND", "VUV", "XAF", "XOF", "XPF",
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quote:
    """What the shopper gets back, line by line; `refund` is after all fees, never below zero."""

    lines: tuple[CalculatedLine, ...]
    return_shipping_fee: Money
    refund: Money
    source: str

    @property
    def subtotal(self) -> Money:
        return total([line.subtotal for line in self.lines], self.refund.currency)

    @property
    def tax(self) -> Money:
        return total([line.tax for line in self.lines], self.refund.currency)

    @property
    def restocking_fee(self) -> Money:
        return total([line.restocking_fee for line in self.lines], self.refund.currency)


def quote_from(calculation: ReturnCalculation) -> Quote:
    """The quote that Shopify's own calculation makes."""
    return Quote(
        lines=calculation.lines,
        return_shipping_fee=calculation.return_shipping_fee,
        refund=calculation.refund,
        source="shopify",
    )


def estimate(
    order: Order,
    wanted: Mapping[str, tuple[int, Decimal]],
    return_shipping_fee: Money | None,
) -> Quote:
    """What these units were worth, from the order alone: for the time that Shopify is silent.

    `wanted` gives units and restocking fee percent by fulfillment line item id. Shopify's own
    calculation may differ by the smallest unit a line.
    """
    lines = {line.id: line for line in order.lines}
    sent = {part.id: lines[part.line_item_id] for p in order.fulfillments for part in p.lines}
    calculated = tuple(
        _estimated_line(sent[key], key, units, percent, on_top=not order.taxes_included)
        for key, (units, percent) in wanted.items()
    )
    fee = return_shipping_fee or Money.zero(order.currency)
    worth = total(
        [line.subtotal + line.tax - line.restocking_fee for line in calculated], order.currency
    )
    return Quote(calculated, fee, max(worth - fee, Money.zero(order.currency)), "estimate")


def _estimated_line(
    line: OrderLine, key: str, units: int, percent: Decimal, *, on_top: bool
) -> CalculatedLine:
    nothing = Money.zero(line.before_tax.currency)
    paid = line.before_tax if on_top else line.before_tax + line.tax
    subtotal = share(paid, units, line.quantity)
    return CalculatedLine(
        fulfillment_line_item_id=key,
        quantity=units,
        subtotal=subtotal,
        tax=share(line.tax, units, line.quantity) if on_top else nothing,
        restocking_fee=rounded(subtotal.amount * percent / 100, subtotal.currency),
    )


def decimals(currency: str) -> int:
    """How many decimals the smallest unit of `currency` has (ISO 4217)."""
    return DECIMALS.get(currency, 2)


def smallest_unit(currency: str) -> Decimal:
    return Decimal(1).scaleb(-decimals(currency))


def rounded(amount: Decimal, currency: str) -> Money:
    """`amount` in whole smallest units of `currency`, halves rounded up."""
    return Money(amount.quantize(smallest_unit(currency), ROUND_HALF_UP), currency)


def total(amounts: Sequence[Money], currency: str) -> Money:
    return sum(amounts, Money.zero(currency))


def share(whole: Money, part: int, of: int, before: int = 0) -> Money:
    """What units `before + 1` to `before + part` of `of` are worth of `whole`.

    Shares of consecutive units always add up to the whole, to the smallest unit.
    """
    unit = smallest_unit(whole.currency)

    def upto(count: int) -> Decimal:
        return (whole.amount * count / of).quantize(unit, ROUND_DOWN)

    return Money(upto(before + part) - upto(before), whole.currency)


class NotPayable(Exception):
    """Shopify would not pay this much back."""


def allocate(
    amount: Money, suggested: Sequence[SuggestedTransaction]
) -> tuple[RefundTransactionInput, ...]:
    """Divides `amount` over the payments that Shopify suggests, in their order.

    Raises NotPayable when the suggestions add up to less than `amount`.
    """
    left, parts = amount, []
    for transaction in suggested:
        part = min(left, transaction.amount)
        if part:
            parts.append(RefundTransactionInput(transaction.parent_id, part))
            left = left - part
    if left:
        raise NotPayable(f"{left.amount} {left.currency} of {amount.amount} cannot be paid back.")
    return tuple(parts)
