"""The calls of the Partner API that the stand-in answers."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from returns_portal.tiktok.sandbox import moves
from returns_portal.tiktok.sandbox.book import Book, Doc, Refusal

Query = dict[str, str]
Call = Callable[[Book, Query, Doc, str], Any]
SHOP = {
    "id": "7495540735365777507",
    "name": "Demo shop",
    "region": "US",
    "cipher": "GCP_sandbox-cipher",
    "code": "USDEMO",
    "seller_type": "LOCAL",
}


def shops(book: Book, query: Query, body: Doc, key: str) -> Any:
    return {"shops": [SHOP]}


def get_orders(book: Book, query: Query, body: Doc, key: str) -> Any:
    wanted = query.get("ids", "").split(",")
    return {"orders": [book.orders[each] for each in wanted if each in book.orders]}


def external_orders(book: Book, query: Query, body: Doc, key: str) -> Any:
    if body.get("platform") != "SHOPIFY":
        raise Refusal(36009009, "platform is not supported")
    wanted = set(body.get("external_order_ids") or [])
    found = [order for order in book.orders.values() if order["external_id"] in wanted]
    return {"orders": [{"order_id": o["id"], "external_id": o["external_id"]} for o in found]}


def eligibility(book: Book, query: Query, body: Doc, key: str) -> Any:
    order = book.order(key)
    ids = [line["id"] for line in order["line_items"]]
    seller_may = order["region"] == "US" or query.get("initiate_aftersale_user") == "BUYER"
    open_still = order["status"] != "COMPLETED"
    rows = []
    for kind in query.get("request_types", "").split(","):
        eligible = open_still and (seller_may if kind == "RETURN_AND_REFUND" else True)
        rows.append(
            {
                "request_type": kind,
                "eligible": eligible,
                "ineligible_reason": "" if eligible else "not supported in this market",
                "available_reason_names": [{"name": n, "text": t} for n, t in _reasons(eligible)],
                "order_line_list": [{"order_line_item_id": each} for each in ids],
            }
        )
    return {"sku_eligibility": [{"line_item_eligibility": rows}]}


def _reasons(eligible: bool) -> list[tuple[str, str]]:
    return list(moves.REASONS.items()) if eligible else []


def calculate(book: Book, query: Query, body: Doc, key: str) -> Any:
    order = book.order(body.get("order_id", ""))
    wanted = {row["order_line_item_id"] for row in body.get("order_line_list") or []}
    total = sum(
        (Decimal(line["refund"]) for line in order["line_items"] if line["id"] in wanted),
        Decimal(0),
    )
    return {"refund_total": f"{total:f}", "currency": order["currency"]}


def create(book: Book, query: Query, body: Doc, key: str) -> Any:
    order = book.order(body.get("order_id", ""))
    if order["region"] != "US" and body.get("return_type") == "RETURN_AND_REFUND":
        raise Refusal(25001019, "sellers are not allowed to initiate returns in this market")
    case = moves.start(
        book,
        order_id=order["id"],
        line_ids=[row["order_line_item_id"] for row in body.get("order_line_list") or []],
        return_type=body.get("return_type", ""),
        reason=body.get("return_reason", ""),
        role="SELLER",
    )
    return {"return_id": case["return_id"], "return_status": case["return_status"]}


def search(book: Book, query: Query, body: Doc, key: str) -> Any:
    found = [case for case in book.aftersales.values() if _fits(case, body)]
    found.sort(key=lambda case: (case["update_time"], case["return_id"]))
    start, size = int(query.get("page_token") or 0), int(query.get("page_size") or 20)
    more = str(start + size) if start + size < len(found) else ""
    rows = [_shown(case) for case in found[start : start + size]]
    return {"return_orders": rows, "next_page_token": more, "total_count": len(found)}


def _fits(case: Doc, body: Doc) -> bool:
    ids, orders = body.get("return_ids"), body.get("order_ids")
    return (
        (not ids or case["return_id"] in ids)
        and (not orders or case["order_id"] in orders)
        and case["update_time"] >= int(body.get("update_time_ge") or 0)
    )


def _shown(case: Doc) -> Doc:
    hidden = {"note", "photos", "auto", "changed", "offer"}
    return {name: value for name, value in case.items() if name not in hidden}


def records(book: Book, query: Query, body: Doc, key: str) -> Any:
    case = book.aftersale(key)
    images = [
        {"url": f"{book.address}/photos/{key}/{number + 1}.svg"} for number in range(case["photos"])
    ]
    return {"records": [{"role": "BUYER", "note": case["note"], "images": images, "videos": []}]}


def reject_reasons(book: Book, query: Query, body: Doc, key: str) -> Any:
    wanted = query.get("return_or_cancel_id", "")
    asks = {moves.PENDING, moves.SHIPPED}
    if wanted not in book.cancellations and book.aftersale(wanted)["return_status"] not in asks:
        return {"reasons": []}
    return {"reasons": [{"name": n, "text": t} for n, t in moves.REJECT_REASONS.items()]}


def decision_eligibility(book: Book, query: Query, body: Doc, key: str) -> Any:
    case = book.aftersale(query.get("return_id", ""))
    total = Decimal(case["refund_amount"]["refund_total"])
    if case["return_status"] == moves.PENDING:
        kind = "REFUND" if case["return_type"] == "REFUND" else "RETURN"
        names = [f"APPROVE_{kind}", f"REJECT_{kind}", "OFFER_PARTIAL_REFUND"]
        low, high = f"{total * Decimal('0.1'):.2f}", f"{total * Decimal('0.9'):.2f}"
        return {
            "decisions": [{"decision": name} for name in names],
            "partial_refund_range": {"min_amount": low, "max_amount": high},
        }
    if case["return_status"] == moves.SHIPPED:
        names = ["APPROVE_RECEIVED_PACKAGE"]
        names += [] if case["is_quick_refund"] else ["REJECT_RECEIVED_PACKAGE"]
        return {"decisions": [{"decision": name} for name in names]}
    return {"decisions": []}


def approve(book: Book, query: Query, body: Doc, key: str) -> Any:
    moves.approve(book, book.aftersale(key), body)
    return {}


def reject(book: Book, query: Query, body: Doc, key: str) -> Any:
    moves.reject(book, book.aftersale(key), body)
    return {}


def cancellations(book: Book, query: Query, body: Doc, key: str) -> Any:
    wanted = body.get("order_ids")
    found = [c for c in book.cancellations.values() if not wanted or c["order_id"] in wanted]
    return {"cancellations": found, "next_page_token": ""}


def cancel(book: Book, query: Query, body: Doc, key: str) -> Any:
    case = moves.cancel_order(book, body.get("order_id", ""), body.get("cancel_reason", ""))
    return {"cancel_id": case["cancel_id"], "cancel_status": case["cancel_status"]}


def approve_cancel(book: Book, query: Query, body: Doc, key: str) -> Any:
    moves.answer_cancellation(book, book.cancellation(key), "SUCCESS")
    return {}


def reject_cancel(book: Book, query: Query, body: Doc, key: str) -> Any:
    if body.get("reject_reason") not in moves.REJECT_REASONS:
        raise Refusal(25001022, "reject reason is invalid")
    moves.answer_cancellation(book, book.cancellation(key), "CANCEL")
    return {}


CALLS: tuple[tuple[str, str, str, Call], ...] = (
    ("GET", r"/authorization/202309/shops", "shops", shops),
    ("GET", r"/order/202507/orders", "orders", get_orders),
    ("POST", r"/order/202406/orders/external_order_search", "external", external_orders),
    (
        "GET",
        r"/return_refund/202602/orders/(\d+)/aftersale_eligibility",
        "eligibility",
        eligibility,
    ),
    ("POST", r"/return_refund/202602/refunds/calculate", "calculate", calculate),
    ("POST", r"/return_refund/202602/returns", "create", create),
    ("POST", r"/return_refund/202602/returns/search", "search", search),
    ("GET", r"/return_refund/202309/returns/(\d+)/records", "records", records),
    ("GET", r"/return_refund/202309/reject_reasons", "reject_reasons", reject_reasons),
    ("GET", r"/return_refund/202601/decision_eligibility", "decisions", decision_eligibility),
    ("POST", r"/return_refund/202309/returns/(\d+)/approve", "approve", approve),
    ("POST", r"/return_refund/(?:202309|202606)/returns/(\d+)/reject", "reject", reject),
    ("POST", r"/return_refund/202602/cancellations/search", "cancellations", cancellations),
    ("POST", r"/return_refund/202602/cancellations", "cancel", cancel),
    (
        "POST",
        r"/return_refund/202309/cancellations/(\d+)/approve",
        "approve_cancel",
        approve_cancel,
    ),
    ("POST", r"/return_refund/202309/cancellations/(\d+)/reject", "reject_cancel", reject_cancel),
)
CHANGES = frozenset({"create", "approve", "reject", "cancel", "approve_cancel", "reject_cancel"})


def find_call(method: str, path: str) -> tuple[str, Call, str] | None:
    """The call's name, what answers it, and the id in its path."""
    for wanted, pattern, name, call in CALLS:
        found = re.fullmatch(pattern, path)
        if found and wanted == method:
            return name, call, found[1] if found.groups() else ""
    return None


def answer(book: Book, name: str, call: Call, query: Query, body: Doc, key: str) -> Any:
    """Carries a call out; a change with a known idempotency key gives the first answer again."""
    once = query.get("idempotency_key", "")
    if name not in CHANGES or not once:
        with book.change() if name in CHANGES else book.lock:
            return call(book, query, body, key)
    with book.change():
        if once in book.keys:
            if book.keys[once]["body"] != body:
                raise Refusal(36009010, "idempotency key was used for another request")
            return book.keys[once]["answer"]
        made = call(book, query, body, key)
        book.keys[once] = {"body": body, "answer": made}
        return made
