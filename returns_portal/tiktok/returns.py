"""Aftersales at TikTok: read, decided, begun. Versions in paths are those last documented."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from returns_portal.tiktok.client import TikTokClient
from returns_portal.tiktok.errors import TikTokNotFound, TikTokProtocolError
from returns_portal.tiktok.parsing import (
    parse_aftersale,
    parse_amount,
    parse_eligibility,
    parse_reason,
    parse_record,
    reading,
)
from returns_portal.tiktok.types import (
    AftersaleFacts,
    Decisions,
    LineEligibility,
    Page,
    Price,
    Reason,
    Record,
)

ROOT = "/return_refund"
PAGE_SIZE = 50
LONGEST_COMMENT = 500


def search_page(client: TikTokClient, wanted: dict[str, Any], token: str = "") -> Page:
    """A page of the aftersales that fit `wanted`, oldest change first."""
    path = f"{ROOT}/202602/returns/search"
    query = {"page_size": str(PAGE_SIZE), "sort_field": "update_time", "sort_order": "ASC"}
    if token:
        query["page_token"] = token
    data = client.read(path, query, wanted)
    found, unread = [], []
    with reading(path):
        for node in data.get("return_orders") or []:
            try:
                with reading(path):
                    found.append(parse_aftersale(node))
            except TikTokProtocolError:
                unread.append(str(node.get("return_id") or ""))
        return Page(tuple(found), str(data.get("next_page_token") or ""), tuple(unread))


def iterate_changed(client: TikTokClient, since: datetime) -> Iterator[Page]:
    """Every aftersale that changed at or after `since`, oldest change first, page by page."""
    yield from _pages(client, {"update_time_ge": int(since.timestamp())})


def list_of_order(client: TikTokClient, order_id: str) -> tuple[AftersaleFacts, ...]:
    """All aftersales of an order; raises TikTokProtocolError where one cannot be read."""
    pages = list(_pages(client, {"order_ids": [order_id]}))
    if any(page.unread for page in pages):
        raise _unreadable()
    return tuple(facts for page in pages for facts in page.aftersales)


def get_aftersale(client: TikTokClient, return_id: str) -> AftersaleFacts:
    """The aftersale as it is now; raises TikTokNotFound."""
    page = search_page(client, {"return_ids": [return_id]})
    found = next((facts for facts in page.aftersales if facts.return_id == return_id), None)
    if found is None and page.unread:
        raise _unreadable()
    if found is None:
        raise TikTokNotFound("TikTok does not know this aftersale.", operation="returns/search")
    return found


def _unreadable() -> TikTokProtocolError:
    return TikTokProtocolError(
        "TikTok's answer has another shape than expected.", operation="returns/search"
    )


def _pages(client: TikTokClient, wanted: dict[str, Any]) -> Iterator[Page]:
    """All pages; raises TikTokProtocolError where a token leads back to a page that was read."""
    tokens = {""}
    token = ""
    while True:
        page = search_page(client, wanted, token)
        yield page
        token = page.next_token
        if not token:
            return
        if token in tokens:
            raise TikTokProtocolError(
                "TikTok's pages lead in a circle.", operation="returns/search"
            )
        tokens.add(token)


def list_records(client: TikTokClient, return_id: str) -> tuple[Record, ...]:
    """What buyer and seller said in an aftersale, with the addresses of photos."""
    path = f"{ROOT}/202309/returns/{return_id}/records"
    data = client.read(path, {})
    with reading(path):
        return tuple(parse_record(node) for node in data.get("records") or [])


def list_reject_reasons(
    client: TikTokClient, return_id: str, locale: str = "en-US"
) -> tuple[Reason, ...]:
    """The reasons a seller may reject for just now: asked for right before, never kept."""
    path = f"{ROOT}/202309/reject_reasons"
    data = client.read(path, {"return_or_cancel_id": return_id, "locale": locale})
    with reading(path):
        return tuple(parse_reason(node) for node in data.get("reasons") or [])


def list_decisions(client: TikTokClient, return_id: str) -> Decisions:
    """What the seller may decide about the aftersale now."""
    path = f"{ROOT}/202601/decision_eligibility"
    data = client.read(path, {"return_id": return_id})
    with reading(path):
        partial = data.get("partial_refund_range") or {}
        low, high = partial.get("min_amount"), partial.get("max_amount")
        return Decisions(
            tuple(_name(node) for node in data.get("decisions") or []),
            None if low in (None, "") else parse_amount(low),
            None if high in (None, "") else parse_amount(high),
        )


def _name(node: Any) -> str:
    """TikTok writes decisions as plain names in one version and as objects in another."""
    return node if isinstance(node, str) else str(node["decision"])


def list_eligibility(client: TikTokClient, order_id: str) -> tuple[LineEligibility, ...]:
    """What the seller may begin for an order, and for which reasons."""
    path = f"{ROOT}/202602/orders/{order_id}/aftersale_eligibility"
    query = {"initiate_aftersale_user": "SELLER", "request_types": "REFUND,RETURN_AND_REFUND"}
    data = client.read(path, query)
    with reading(path):
        return tuple(
            parse_eligibility(line)
            for sku in data.get("sku_eligibility") or []
            for line in sku.get("line_item_eligibility") or []
        )


def calculate_refund(
    client: TikTokClient,
    *,
    order_id: str,
    request_type: str,
    reason: str,
    order_line_item_ids: Sequence[str],
) -> Price:
    """What TikTok would pay back for these units."""
    path = f"{ROOT}/202602/refunds/calculate"
    body = {
        "order_id": order_id,
        "request_type": request_type,
        "reason_name": reason,
        "order_line_list": _units(order_line_item_ids),
    }
    data = client.read(path, {}, body)
    with reading(path):
        return Price(parse_amount(data["refund_total"]), str(data["currency"]))


def create_return(
    client: TikTokClient,
    *,
    order_id: str,
    return_type: str,
    reason: str,
    order_line_item_ids: Sequence[str],
    refund: Price,
    idempotency_key: str,
) -> str:
    """Begin an aftersale for the buyer, which TikTok allows in the US alone; gives its id.

    The same key again begins no second one. Raises TikTokRefused and TikTokOutcomeUnknown.
    """
    path = f"{ROOT}/202602/returns"
    body = {
        "order_id": order_id,
        "return_type": return_type,
        "return_reason": reason,
        "order_line_list": _units(order_line_item_ids),
        "refund_total": f"{refund.amount:f}",
        "currency": refund.currency,
        "shipment_type": "PLATFORM",
        "handover_method": "DROP_OFF",
    }
    data = client.change(path, {"idempotency_key": idempotency_key}, body)
    with reading(path):
        return str(data["return_id"])


def approve(
    client: TikTokClient,
    return_id: str,
    *,
    decision: str,
    idempotency_key: str,
    partial: Price | None = None,
) -> None:
    """Decide in the buyer's favor; the same key again decides nothing twice."""
    body: dict[str, Any] = {"decision": decision}
    if partial is not None:
        body["partial_refund"] = {"amount": _plain(partial.amount), "currency": partial.currency}
    path = f"{ROOT}/202309/returns/{return_id}/approve"
    client.change(path, {"idempotency_key": idempotency_key}, body)


def reject(
    client: TikTokClient,
    return_id: str,
    *,
    decision: str,
    reason: str,
    comment: str,
    idempotency_key: str,
) -> None:
    """Decide against the buyer, for one of the reasons that TikTok lists now."""
    body = {
        "decision": decision,
        "reject_reason": reason,
        "comment": comment[:LONGEST_COMMENT],
    }
    path = f"{ROOT}/202606/returns/{return_id}/reject"
    client.change(path, {"idempotency_key": idempotency_key}, body)


def _plain(amount: Decimal) -> str:
    """The amount with two decimals where it has any, and a third only where that counts."""
    short = amount.quantize(Decimal("0.01"))
    if amount != short:
        return f"{amount.normalize():f}"
    return f"{amount:.0f}" if amount == amount.to_integral_value() else f"{short:f}"


def within(amount: Decimal, decisions: Decisions) -> bool:
    """Whether TikTok lets the seller offer this much as a partial refund."""
    low, high = decisions.partial_minimum, decisions.partial_maximum
    return low is not None and high is not None and low <= amount <= high


def _units(order_line_item_ids: Sequence[str]) -> list[dict[str, str]]:
    return [{"order_line_item_id": key} for key in order_line_item_ids]
