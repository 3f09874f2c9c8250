"""Counting without a library: which differences are more than chance, and how sure that is.

Everything here takes whole counts and is exact up to rounding, but for Wilson's and Newcombe's
intervals, which are the usual approximations for small counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, inf, lgamma, sqrt

# Two-sided 95 %.
Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Interval:
    low: float
    high: float


def log_choose(n: int, k: int) -> float:
    """The logarithm of how many ways there are to choose k of n; -inf where there is none."""
    if not 0 <= k <= n:
        return -inf
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def tail(*, hits: int, drawn: int, marked: int, total: int) -> float:
    """Fisher's exact test, one-sided: the chance of `hits` or more by luck alone.

    Of `total` things `marked` are marked; `drawn` are taken blindly; `hits` of these are marked.
    """
    lowest, highest = max(0, drawn + marked - total), min(drawn, marked)
    if hits <= lowest:
        return 1.0
    if hits > highest:
        return 0.0
    expected = drawn * marked / total
    if hits <= expected:
        return 1.0 - _below(hits, lowest, drawn, marked, total)
    term = _chance(hits, drawn, marked, total)
    sum_ = term
    for k in range(hits, highest):
        term *= (marked - k) * (drawn - k) / ((k + 1) * (total - marked - drawn + k + 1))
        sum_ += term
        if term < sum_ * 1e-17:
            break
    return min(sum_, 1.0)


def _below(hits: int, lowest: int, drawn: int, marked: int, total: int) -> float:
    """The chance of fewer than `hits`, summed from the largest term down."""
    term = _chance(hits - 1, drawn, marked, total)
    sum_ = term
    for k in range(hits - 1, lowest, -1):
        term *= k * (total - marked - drawn + k) / ((marked - k + 1) * (drawn - k + 1))
        sum_ += term
        if term < sum_ * 1e-17:
            break
    return min(sum_, 1.0)


def _chance(k: int, drawn: int, marked: int, total: int) -> float:
    ways = log_choose(marked, k) + log_choose(total - marked, drawn - k)
    return exp(ways - log_choose(total, drawn))


def false_discoveries(chances: Sequence[float], *, rate: float) -> list[bool]:
    """Benjamini and Hochberg: which findings to keep so that of them `rate` are false on average.

    `chances` are those of all that was looked at, also of what nobody would have reported.
    """
    order = sorted(range(len(chances)), key=lambda index: chances[index])
    last = -1
    for rank, index in enumerate(order, start=1):
        if chances[index] <= rate * rank / len(chances):
            last = rank
    kept = set(order[: max(last, 0)])
    return [index in kept for index in range(len(chances))]


def shrunk(hits: int, drawn: int, usual: float, *, weight: int) -> float:
    """The rate as if `weight` more draws had shown the usual rate: small counts say less."""
    return (hits + weight * usual) / (drawn + weight)


def wilson(hits: int, drawn: int) -> Interval:
    """Wilson's 95 % interval for a share."""
    if not drawn:
        return Interval(0.0, 1.0)
    share = hits / drawn
    middle = share + Z * Z / (2 * drawn)
    half = Z * sqrt(share * (1 - share) / drawn + Z * Z / (4 * drawn * drawn))
    scale = 1 + Z * Z / drawn
    return Interval(max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale))


def newcombe(before: tuple[int, int], after: tuple[int, int]) -> Interval:
    """Newcombe's 95 % interval for how much the share changed, after minus before."""
    first, second = before[0] / before[1], after[0] / after[1]
    one, two = wilson(*before), wilson(*after)
    change = second - first
    return Interval(
        change - sqrt((second - two.low) ** 2 + (one.high - first) ** 2),
        change + sqrt((two.high - second) ** 2 + (first - one.low) ** 2),
    )


def percentile(counts: Mapping[int, int], share: float) -> int | None:
    """The smallest value that at least `share` of all do not exceed; None of nothing.

    `counts` tells how often each value was seen, so counts of many days simply add up.
    """
    total = sum(counts.values())
    seen = 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= share * total and seen:
            return value
    return None


def add_counts(parts: Sequence[Mapping[int, int]]) -> dict[int, int]:
    """Counts of several groups as one."""
    sums: dict[int, int] = {}
    for part in parts:
        for value, count in part.items():
            sums[value] = sums.get(value, 0) + count
    return sums
