"""Compares requests with what Shopify says: plain functions of plain values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from returns_portal.shopify.types import Refund, Return


@dataclass(frozen=True, slots=True)
class Claim:
    """What the portal believes about a decided request; `units` by fulfillment line item id.

    `refunded_amount` is what the return paid, in money and credit; `kept_amount` what was paid
    for items that the shopper keeps, of which there is no return.
    """

    return_id: str
    closed: bool
    refunded_amount: Decimal | None
    refunded_elsewhere: bool
    units: Mapping[str, int]
    unfinished: tuple[str, ...]
    expects_return: bool = True
    kept_amount: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference: its kind (models.Difference.Kind) and a sentence for staff."""

    kind: str
    detail: str


def compare(claim: Claim, found: Return | None, kept: Sequence[Refund] = ()) -> tuple[Finding, ...]:
    """Everything in which Shopify's return, and its refunds of kept items, do not bear it out."""
    if claim.unfinished:
        return (Finding("stuck", f"Not ended: {', '.join(claim.unfinished)}."),)
    return (*_compare_kept(claim, kept), *_compare_return(claim, found))


def _compare_kept(claim: Claim, kept: Sequence[Refund]) -> Iterator[Finding]:
    paid = sum(_moved(kept), Decimal(0))
    if not claim.refunded_elsewhere and paid != claim.kept_amount:
        yield Finding(
            "refund_amount",
            f"Shopify paid {paid} for kept items, the request says {claim.kept_amount}.",
        )


def _compare_return(claim: Claim, found: Return | None) -> tuple[Finding, ...]:
    if not claim.expects_return:
        return ()
    if not claim.return_id:
        return () if claim.refunded_elsewhere or not claim.closed else (_missing(),)
    if found is None:
        return (_missing(),)
    return tuple(_differences(claim, found))


def _missing() -> Finding:
    return Finding("return_missing", "Shopify has no return for this request.")


def _differences(claim: Claim, found: Return) -> Iterator[Finding]:
    if claim.closed and found.status != "CLOSED":
        yield Finding("return_status", f"The return {found.name} is {found.status} in Shopify.")
    if not claim.closed and found.status in {"CANCELED", "DECLINED"}:
        yield Finding("return_status", f"The return {found.name} is {found.status} in Shopify.")
    paid = sum(_moved(found.refunds), Decimal(0))
    if not claim.refunded_elsewhere and paid != (claim.refunded_amount or Decimal(0)):
        yield Finding(
            "refund_amount",
            f"Shopify paid {paid}, the request says {claim.refunded_amount or 0}.",
        )
    if claim.closed and not claim.refunded_elsewhere:
        yield from _misplaced(claim, found)


def _moved(refunds: Sequence[Refund]) -> Iterator[Decimal]:
    for refund in refunds:
        for transaction in refund.transactions:
            if transaction.status == "SUCCESS":
                yield transaction.amount.amount


def _misplaced(claim: Claim, found: Return) -> Iterator[Finding]:
    placed: dict[str, int] = {}
    for line in found.reverse_lines:
        count = sum(disposition.quantity for disposition in line.dispositions)
        key = line.fulfillment_line_item_id
        placed[key] = placed.get(key, 0) + count
    for key, units in claim.units.items():
        if placed.get(key, 0) != units:
            yield Finding(
                "restock", f"Shopify placed {placed.get(key, 0)} units of {units} that came back."
            )
