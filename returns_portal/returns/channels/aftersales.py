"""What TikTok's words mean for a request: stages, reasons, regions. Plain functions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from returns_portal.shopify.types import Order
from returns_portal.tiktok.types import Reason, ReturnLine


class Stage(StrEnum):
    """Where an aftersale stands; `OPEN` for every word that nobody here knows."""

    PENDING = "pending"
    OFFERED = "offered"
    SEND = "send"
    SENT = "sent"
    SUCCESS = "success"
    COMPLETE = "complete"
    REJECTED = "rejected"
    PARCEL_REJECTED = "parcel_rejected"
    CANCELED = "canceled"
    OPEN = "open"


# TikTok's documentation and its payloads differ in the order of words: both are understood.
STAGES: dict[str, Stage] = {
    "RETURN_OR_REFUND_REQUEST_PENDING": Stage.PENDING,
    "AWAITING_BUYER_RESPONSE": Stage.OFFERED,
    "AWAITING_BUYER_SHIP": Stage.SEND,
    "BUYER_SHIPPED_ITEM": Stage.SENT,
    "RETURN_OR_REFUND_REQUEST_SUCCESS": Stage.SUCCESS,
    "RETURN_OR_REFUND_REQUEST_COMPLETE": Stage.COMPLETE,
    "REFUND_OR_RETURN_REQUEST_REJECT": Stage.REJECTED,
    "RETURN_OR_REFUND_REQUEST_REJECT": Stage.REJECTED,
    "REJECT_RECEIVE_PACKAGE": Stage.PARCEL_REJECTED,
    "RETURN_OR_REFUND_REQUEST_CANCEL": Stage.CANCELED,
    "RETURN_OR_REFUND_REQUEST_CANCELLED": Stage.CANCELED,
}
AGREED = frozenset({Stage.SEND, Stage.SENT, Stage.SUCCESS, Stage.COMPLETE})
# A rejection may come back by arbitration, so that only money and a withdrawal are an end.
ENDED = frozenset({Stage.COMPLETE, Stage.CANCELED})
WARNINGS = (timedelta(hours=24), timedelta(hours=12), timedelta(hours=4))
RETURN_AND_REFUND = "RETURN_AND_REFUND"
REFUND_TYPES = frozenset({"REFUND", RETURN_AND_REFUND})
US = "US"

# The first word found in TikTok's reason names the portal's.
FAMILIES: tuple[tuple[str, str], ...] = (
    ("too_small", "too-small"),
    ("too small", "too-small"),
    ("too_big", "too-big"),
    ("too big", "too-big"),
    ("size", "several-sizes"),
    ("not_match", "not-as-described"),
    ("quality_or_style", "style"),
    ("suit", "style"),
    ("no_need", "changed-mind"),
    ("no_longer", "changed-mind"),
    ("no longer", "changed-mind"),
    ("wrong", "wrong-item"),
    ("missing_broken", "missing-parts"),
    ("missing_part", "missing-parts"),
    ("missing", "missing-parts"),
    ("damaged", "damaged"),
    ("defective", "defective"),
    ("counterfeit", "counterfeit"),
    ("expired", "expired"),
    ("frozen", "expired"),
    ("not_received", "late"),
    ("time", "late"),
    ("missed_delivery", "late"),
)


def stage_of(status: str) -> Stage:
    """The stage that TikTok's word stands for."""
    return STAGES.get(status, Stage.OPEN)


def portal_reason(name: str, text: str) -> str:
    """The code of the portal's reason that comes nearest to TikTok's."""
    told = f"{name} {text}".casefold()
    return next((code for word, code in FAMILIES if word in told), "other")


def pick_reason(code: str, offered: Iterable[Reason]) -> Reason | None:
    """Of TikTok's reasons of this moment the one that says the same as the portal's."""
    return next((r for r in offered if portal_reason(r.name, r.text) == code), None)


def match_units(
    order: Order, lines: Iterable[ReturnLine], free: Mapping[str, int]
) -> dict[str, int] | None:
    """Units by fulfillment line item id for TikTok's lines; None where one has no counterpart.

    A line is known by its SKU, else by its title; units that are free are taken first.
    """
    bought = {line.id: line for line in order.lines}
    sent = [part for parcel in order.fulfillments for part in parcel.lines]
    left = {part.id: part.quantity for part in sent}
    units: dict[str, int] = {}
    for wanted in lines:
        fitting = [p.id for p in sent if left[p.id] and _same(wanted, bought[p.line_item_id])]
        if not fitting:
            return None
        key = max(fitting, key=lambda each: free.get(each, 0) > units.get(each, 0))
        units[key] = units.get(key, 0) + 1
        left[key] -= 1
    return units or None


def _same(wanted: ReturnLine, line: object) -> bool:
    sku, title = getattr(line, "sku", ""), getattr(line, "title", "")
    if wanted.seller_sku and sku:
        return wanted.seller_sku == sku
    return bool(title) and wanted.product_name.casefold() == title.casefold()


def warning_due(deadline: datetime, warned: Iterable[str], now: datetime) -> str:
    """The mark of the warning to give now, such as "12 2026-11-24T10:00"; empty for none."""
    if now >= deadline:
        return ""
    left = deadline - now
    hours = [int(w.total_seconds() // 3600) for w in WARNINGS if left <= w]
    if not hours:
        return ""
    mark = f"{min(hours)} {deadline:%Y-%m-%dT%H:%M}"
    return "" if mark in set(warned) else mark


@dataclass(frozen=True, slots=True)
class Region:
    """What holds for aftersales of a market; `checked_on` is when somebody last looked."""

    countries: frozenset[str]
    seller_may_begin: bool
    checked_on: str


REGIONS = (
    Region(frozenset({"US"}), seller_may_begin=True, checked_on="2026-11-24"),
    Region(
        frozenset({"GB", "DE", "FR", "IT", "ES", "IE", "JP", "MX", "BR"}),
        seller_may_begin=False,
        checked_on="2026-11-24",
    ),
)


def seller_may_begin(country: str) -> bool:
    """Whether TikTok lets a seller begin a return for a buyer in this market: in the US alone."""
    return any(region.seller_may_begin for region in REGIONS if country in region.countries)
