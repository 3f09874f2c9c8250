"""Reads TikTok's JSON at the wall: what the portal needs must be there, what is new is ignored."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from returns_portal.tiktok.errors import TikTokProtocolError
from returns_portal.tiktok.types import (
    AftersaleFacts,
    Cancellation,
    LineEligibility,
    Order,
    OrderLine,
    Price,
    Reason,
    Record,
    ReturnLine,
    Shop,
)

Node = Mapping[str, Any]


@contextmanager
def reading(operation: str) -> Iterator[None]:
    """Turns a shape that nobody expected into TikTokProtocolError."""
    try:
        yield
    except (KeyError, TypeError, ValueError, InvalidOperation, AttributeError) as error:
        raise TikTokProtocolError(
            f"TikTok's answer has another shape than expected ({type(error).__name__}).",
            operation=operation,
        ) from None


def parse_shop(node: Node) -> Shop:
    return Shop(
        id=_needed(node, "id"),
        name=_text(node, "name"),
        region=_text(node, "region"),
        cipher=_needed(node, "cipher"),
    )


def parse_aftersale(node: Node) -> AftersaleFacts:
    """An aftersale; of several deadlines the one that comes first counts."""
    action, deadline = _next_action(node.get("seller_next_action_response") or [])
    return AftersaleFacts(
        return_id=_needed(node, "return_id"),
        order_id=_needed(node, "order_id"),
        return_type=_text(node, "return_type"),
        status=_needed(node, "return_status"),
        arbitration=_text(node, "arbitration_status"),
        reason=_text(node, "return_reason"),
        reason_text=_text(node, "return_reason_text"),
        refund=_refund(node.get("refund_amount") or {}),
        lines=tuple(_line(line) for line in node.get("return_line_items") or []),
        next_action=action,
        deadline=deadline,
        is_quick_refund=bool(node.get("is_quick_refund")),
        tracking_number=_text(node, "return_tracking_number"),
        carrier=_text(node, "return_provider_name"),
        created_at=moment(node["create_time"]),
        updated_at=moment(node["update_time"]),
    )


def parse_record(node: Node) -> Record:
    media = [*(node.get("images") or []), *(node.get("videos") or [])]
    addresses = (item if isinstance(item, str) else _text(item, "url") for item in media)
    return Record(
        role=_text(node, "role"),
        note=_text(node, "note"),
        media=tuple(address for address in addresses if address),
    )


def parse_reason(node: Node) -> Reason:
    name = _needed(node, "name")
    return Reason(name, _text(node, "text") or name)


def parse_eligibility(node: Node) -> LineEligibility:
    return LineEligibility(
        request_type=_text(node, "request_type"),
        eligible=bool(node.get("eligible")),
        why_not=_text(node, "ineligible_reason"),
        reasons=tuple(_named(item) for item in node.get("available_reason_names") or []),
        order_line_item_ids=tuple(
            _needed(item, "order_line_item_id") for item in node.get("order_line_list") or []
        ),
    )


def parse_order(node: Node) -> Order:
    address = node.get("recipient_address") or {}
    return Order(
        id=_needed(node, "id"),
        status=_text(node, "status"),
        fulfillment_type=_text(node, "fulfillment_type"),
        region=_text(address, "region_code"),
        lines=tuple(
            OrderLine(
                id=_needed(line, "id"),
                sku_id=_text(line, "sku_id"),
                seller_sku=_text(line, "seller_sku"),
                product_name=_text(line, "product_name"),
                status=_text(line, "display_status"),
            )
            for line in node.get("line_items") or []
        ),
    )


def parse_cancellation(node: Node) -> Cancellation:
    action, deadline = _next_action(node.get("seller_next_action_response") or [])
    return Cancellation(
        cancel_id=_needed(node, "cancel_id"),
        order_id=_needed(node, "order_id"),
        status=_needed(node, "cancel_status"),
        reason_text=_text(node, "cancel_reason_text") or _text(node, "cancel_reason"),
        next_action=action,
        deadline=deadline,
        updated_at=moment(node["update_time"]),
    )


def parse_amount(value: Any) -> Decimal:
    amount = Decimal(str(value))
    if not amount.is_finite() or amount < 0:
        raise ValueError("amount")
    return amount


def moment(seconds: Any) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def _text(node: Node, name: str) -> str:
    """What TikTok left out, or sent as null, is an empty string."""
    value = node.get(name)
    return "" if value is None else str(value)


def _needed(node: Node, name: str) -> str:
    """What nothing works without; raises ValueError where it is empty or null."""
    if not (value := _text(node, name)):
        raise ValueError(name)
    return value


def _named(item: Any) -> Reason:
    """TikTok writes reasons as plain names in one version and as objects in another."""
    return Reason(item, item) if isinstance(item, str) else parse_reason(item)


def _next_action(rows: list[Node]) -> tuple[str, datetime | None]:
    timed = [row for row in rows if int(row.get("deadline") or 0)]
    if not timed:
        return (_text(rows[0], "action") if rows else ""), None
    first = min(timed, key=lambda row: int(row["deadline"]))
    return _text(first, "action"), moment(first["deadline"])


def _refund(node: Node) -> Price | None:
    if node.get("refund_total") in (None, ""):
        return None
    return Price(parse_amount(node["refund_total"]), _needed(node, "currency"))


def _line(node: Node) -> ReturnLine:
    refund = _refund(node.get("refund_amount") or {})
    return ReturnLine(
        order_line_item_id=_needed(node, "order_line_item_id"),
        sku_id=_text(node, "sku_id"),
        seller_sku=_text(node, "seller_sku"),
        product_name=_text(node, "product_name"),
        refund=refund.amount if refund else None,
    )
