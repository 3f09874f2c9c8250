"""What a return is worth back: discounts, tax, fees, and rounding by currency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
class Parts:
    """A refund by the ways it is paid; the bonus on the credit comes on top of it."""

    original: Money
    credit: Money
    kept: Money
    bonus: Money

    @property
    def returned(self) -> Money:
        """What is paid for the items that come back."""
        return self.original + self.credit


@dataclass(frozen=True, slots=True)
class Worth:
    """What an item is worth back after its own fee, and the outcome that the shopper chose."""

    outcome: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Quote:
    """What the shopper gets back, line by line; `refund` is after all fees, never below zero."""

    lines: tuple[CalculatedLine, ...]
    return_shipping_fee: Money
    refund: Money
    source: str
    parts: "Parts | None" = None

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


def paid_apart(
    quote: Quote,
    outcomes: Mapping[str, str],
    bonus_percent: Decimal,
    *,
    most: Money | None = None,
) -> Quote:
    """The quote divided by outcomes, which are given by fulfillment line item id.

    Kept items bear no fee for the parcel: their worth is paid whatever the fees of others are.
    No more than `most` is paid in all.
    """
    worths = [
        Worth(
            outcomes[line.fulfillment_line_item_id],
            line.subtotal + line.tax - line.restocking_fee,
        )
        for line in quote.lines
    ]
    ways = weigh(worths, quote.return_shipping_fee)
    refund = total(ways, quote.refund.currency)
    if most is not None and most < refund:
        refund = most
    return replace(quote, refund=refund, parts=split(refund, ways, bonus_percent))


def weigh(worths: Sequence[Worth], parcel_fee: Money) -> tuple[Money, Money, Money]:
    """What goes to the original payment, to credit, and back for kept items.

    The fee for the parcel is taken from the original payment first, then from the credit.
    """
    nothing = Money.zero(parcel_fee.currency)

    def of(outcome: str) -> Money:
        return total([w.amount for w in worths if w.outcome == outcome], parcel_fee.currency)

    original, credit = of("original_payment"), of("store_credit")
    rest = max(parcel_fee - original, nothing)
    return max(original - parcel_fee, nothing), max(credit - rest, nothing), of("keep_item")


def split(amount: Money, ways: Sequence[Money], bonus_percent: Decimal) -> Parts:
    """`amount` over the three ways of `weigh`, in proportion to them, to the smallest unit."""
    original, credit, kept = divide(amount, ways)
    bonus = rounded(credit.amount * bonus_percent / 100, amount.currency)
    return Parts(original, credit, kept, bonus)


def divide(amount: Money, weights: Sequence[Money]) -> tuple[Money, ...]:
    """Shares of `amount` in proportion to `weights`, which add up to it exactly.

    What rounding leaves over goes to the largest remainders; without any weight, to the first.
    """
    whole = sum(weight.amount for weight in weights)
    if not whole:
        return (amount, *(Money.zero(amount.currency) for _ in weights[1:]))
    unit = smallest_unit(amount.currency)
    exact = [amount.amount * weight.amount / whole for weight in weights]
    shares = [value.quantize(unit, ROUND_DOWN) for value in exact]
    left = int((amount.amount - sum(shares)) / unit)
    order = sorted(range(len(exact)), key=lambda i: shares[i] - exact[i])
    for position in order[:left]:
        shares[position] += unit
    return tuple(Money(value, amount.currency) for value in shares)


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
