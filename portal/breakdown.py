"""How a refund comes about, as rows that add up."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from returns_portal.returns.refund_amounts import Parts, Quote, total
from returns_portal.shopify.types import Money


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the breakdown; the amounts of all rows add up to the refund."""

    label: str
    amount: Money


def build_rows(quote: Quote) -> list[Row]:
    """Items, tax and fees; rows of zero other than the items are left out.

    Fees never turn a refund into a debt: what they exceed it by is given back in a last row.
    """
    rows = [
        Row(_("Items"), quote.subtotal),
        Row(_("Tax"), quote.tax),
        Row(_("Restocking fee"), -quote.restocking_fee),
        Row(_("Return shipping"), -quote.return_shipping_fee),
    ]
    forgiven = quote.refund - total([row.amount for row in rows], quote.refund.currency)
    rows.append(Row(_("Part of the fees we don't charge"), forgiven))
    return [row for row in rows if row.amount or row is rows[0]]


def build_ways(quote: Quote) -> list[Row]:
    """Where the money goes, where that is more than back to the original payment."""
    parts = quote.parts
    return ways_of(parts) if parts else []


def ways_of(parts: Parts) -> list[Row]:
    """The ways a refund is paid, those of nothing left out; none where there is but the usual."""
    if not parts.credit and not parts.kept:
        return []
    rows = [
        Row(_("To your original payment"), parts.original),
        Row(_("As store credit"), parts.credit),
        Row(_("Plus a bonus on the store credit"), parts.bonus),
        Row(_("For what you keep, to your original payment"), parts.kept),
    ]
    return [row for row in rows if row.amount]
