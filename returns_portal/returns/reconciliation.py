"""Compares requests with what Shopify says: plain functions of plain values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from returns_portal.shopify.types import Return


@dataclass(frozen=True, slots=True)
class Claim:
    """What the portal believes about a decided request; `units` by fulfillment line item id."""

    return_id: str
    closed: bool
    refunded_amount: Decimal | None
    refunded_elsewhere: bool
    units: Mapping[str, int]
    unfinished: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference: its kind (models.Difference.Kind) and a sentence for staff."""

    kind: str
    detail: str


def compare(claim: Claim, found: Return | None) -> tuple[Finding, ...]:
    """Everything in which Shopify's return does not bear the claim out."""
    if claim.unfinished:
        return (Finding("stuck", f"Not ended: {', '.join(claim.unfinished)}."),)
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
    paid = sum((_moved(found)), Decimal(0))
    if not claim.refunded_elsewhere and paid != (claim.refunded_amount or Decimal(0)):
        yield Finding(
            "refund_amount",
            f"Shopify paid {paid}, the request says {claim.refunded_amount or 0}.",
        )
    if claim.closed and not claim.refunded_elsewhere:
        yield from _misplaced(claim, found)


def _moved(found: Return) -> Iterator[Decimal]:
    for refund in found.refunds:
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
