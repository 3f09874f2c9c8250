"""What rules look at: an order and a line of it as plain values; None is what is not known."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

NORTH_AMERICA = frozenset({"US", "CA"})
EU_CODES = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU = frozenset(re.findall(r"[A-Z]{2}", EU_CODES))
REGIONS: dict[str, frozenset[str]] = {
    "eu": EU,
    "eea": EU | {"IS", "LI", "NO"},
    "uk": frozenset({"GB"}),
    "north-america": NORTH_AMERICA,
    "southeast-asia": frozenset({"ID", "MY", "PH", "SG", "TH", "VN"}),
    "latin-america": frozenset({"AR", "BR", "CL", "CO", "MX", "PE"}),
}


def regions_of(country: str) -> frozenset[str]:
    """The names of the regions that a country belongs to, as rules write them."""
    return frozenset(name for name, countries in REGIONS.items() if country in countries)


@dataclass(frozen=True, slots=True)
class OrderSubject:
    """What holds for all lines of an order; amounts are in the order's currency."""

    country: str | None = None
    regions: frozenset[str] | None = None
    channel: str | None = None
    currency: str | None = None
    order_value: Decimal | None = None
    discount_percent: Decimal | None = None
    order_tags: frozenset[str] | None = None
    ordered_on: date | None = None
    requested_on: date | None = None
    days_since_order: int | None = None
    fulfilled_by_tiktok: bool | None = None
    customer_returns: int | None = None
    customer_return_rate: Decimal | None = None
    customer_return_value: Decimal | None = None
    first_return: bool | None = None
    blocked: bool | None = None


@dataclass(frozen=True, slots=True)
class LineSubject:
    """What holds for units of one line in one parcel; texts are in lower case.

    Reason, quantity and answers are None as long as the shopper has not chosen them.
    """

    days_since_delivery: int | None = None
    days_since_fulfillment: int | None = None
    line_value: Decimal | None = None
    line_discount_percent: Decimal | None = None
    product_title: str | None = None
    product_tags: frozenset[str] | None = None
    product_type: str | None = None
    vendor: str | None = None
    sku: str | None = None
    category: frozenset[str] | None = None
    final_sale: bool | None = None
    reason: str | None = None
    reason_heading: str | None = None
    fault: str | None = None
    quantity: int | None = None
    answers: tuple[tuple[str, str], ...] | None = None
