"""Amounts in the smallest unit of their currency, and their fair division."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

ZERO_DECIMALS = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
THREE_DECIMALS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])


def decimals(currency: str) -> int:
    """How many decimals the currency has: 0, 2 or 3."""
    if currency in ZERO_DECIMALS:
        return 0
    return 3 if currency in THREE_DECIMALS else 2


def to_minor(amount: Decimal | str | int, currency: str) -> int:
    """The amount in the smallest unit of the currency.

    Raises ValueError when the amount is finer than that unit or is not a finite number.
    """
    value = Decimal(amount)
    if not value.is_finite():
        raise ValueError(f"{amount} is not an amount of money")
    minor = value.scaleb(decimals(currency))
    if minor != minor.to_integral_value():
        raise ValueError(f"{amount} is finer than {currency} can pay")
    return int(minor)


def to_decimal(minor: int, currency: str) -> Decimal:
    """The amount as a decimal number of whole currency units."""
    return Decimal(minor).scaleb(-decimals(currency))


def live_string(minor: int, currency: str) -> str:
    """The amount as the live API writes it: `20.0`, `7.5`, `1200.0`."""
    text = f"{to_decimal(minor, currency):f}"
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction.rstrip('0') or '0'}"


def plain_string(minor: int, currency: str) -> str:
    """The amount with all the decimals of its currency, as webhook bodies carry it."""
    return f"{to_decimal(minor, currency):f}"


def share(total: int, parts: int, start: int, stop: int) -> int:
    """What the units from `start` up to `stop` bear of a total divided among `parts` units.

    Every unit has its own fixed share, so any sequence of shares adds up to the total exactly.
    """
    if parts <= 0:
        return 0
    return total * stop // parts - total * start // parts


def share_of(total: int, parts: int, units: Iterable[int]) -> int:
    """What the named units bear of a total divided among `parts` units."""
    return sum(share(total, parts, unit, unit + 1) for unit in units)


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """The total divided in proportion to the weights by largest remainder; sums to the total."""
    whole = sum(weights)
    if whole <= 0:
        return [0 for _ in weights]
    floors = [total * weight // whole for weight in weights]
    by_remainder = sorted(
        range(len(weights)), key=lambda index: (-(total * weights[index] % whole), index)
    )
    for index in by_remainder[: total - sum(floors)]:
        floors[index] += 1
    return floors


def percentage_of(minor: int, percentage: Decimal) -> int:
    """A percentage of an amount, rounded half up to the smallest unit."""
    exact = Decimal(minor) * percentage / Decimal(100)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def convert(minor: int, currency: str, rate: Decimal, target: str) -> int:
    """The amount in another currency at the given rate, rounded half up."""
    exact = to_decimal(minor, currency) * rate
    return int(exact.scaleb(decimals(target)).quantize(Decimal(1), rounding=ROUND_HALF_UP))
