"""What buyer, seller and TikTok itself may do with an aftersale, and when."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from returns_portal.tiktok.sandbox.book import Book, Doc, Refusal

PENDING = "RETURN_OR_REFUND_REQUEST_PENDING"
AWAITING = "AWAITING_BUYER_SHIP"
SHIPPED = "BUYER_SHIPPED_ITEM"
SUCCESS = "RETURN_OR_REFUND_REQUEST_SUCCESS"
COMPLETE = "RETURN_OR_REFUND_REQUEST_COMPLETE"
REJECTED = "REFUND_OR_RETURN_REQUEST_REJECT"
PARCEL_REJECTED = "REJECT_RECEIVE_PACKAGE"
CANCELED = "RETURN_OR_REFUND_REQUEST_CANCEL"
OFFERED = "AWAITING_BUYER_RESPONSE"
ENDED = frozenset({COMPLETE, REJECTED, PARCEL_REJECTED, CANCELED})
CANCELABLE = frozenset({"ON_HOLD", "AWAITING_SHIPMENT", "AWAITING_COLLECTION"})
WRONG_STATUS = Refusal(25001016, "the current return status does not support this operation")
REASONS = {
    "ecom_order_delivered_refund_and_return_reason_no_longer_needed_new": "No longer needed",
    "ecom_order_delivered_refund_and_return_reason_damaged": "Item or packaging damaged",
    "ecom_order_delivered_refund_and_return_reason_defective": "Item is defective",
    "ecom_order_delivered_refund_and_return_reason_wrong_product": "Wrong item was sent",
    "ecom_order_delivered_refund_reason_not_received": "Package was not received",
}
REJECT_REASONS = {
    "seller_reject_apply_product_has_been_used": "The item was used or broken by the buyer",
    "seller_reject_apply_lack_of_evidence": "There is not enough evidence",
    "seller_reject_apply_agreement_reached": "We agreed on something else with the buyer",
}


def start(
    book: Book,
    *,
    order_id: str,
    line_ids: Sequence[str],
    return_type: str = "RETURN_AND_REFUND",
    reason: str = "",
    note: str = "",
    quick: bool = False,
    role: str = "BUYER",
    photos: int = 0,
) -> Doc:
    """Begins an aftersale for units of an order; raises Refusal."""
    order = book.order(order_id)
    if order["status"] == "COMPLETED":
        raise Refusal(25001013, "no further returns or refunds are allowed")
    wanted = _units(book, order, line_ids)
    reason = reason or next(iter(REASONS))
    if reason not in REASONS:
        raise Refusal(25001021, "Reason not match order status")
    now = book.now()
    total = sum((Decimal(line["refund"]) for line in wanted), Decimal(0))
    case: Doc = {
        "return_id": book.new_return_id(),
        "order_id": order_id,
        "return_type": return_type,
        "return_status": "",
        "arbitration_status": "",
        "role": role,
        "return_reason": reason,
        "return_reason_text": REASONS[reason],
        "refund_amount": {"currency": order["currency"], "refund_total": f"{total:f}"},
        "return_line_items": [_line(order, line) for line in wanted],
        "seller_next_action_response": [],
        "is_quick_refund": quick,
        "shipment_type": "PLATFORM",
        "handover_method": "DROP_OFF",
        "return_tracking_number": "",
        "return_provider_name": "",
        "create_time": now,
        "update_time": now,
        "note": note,
        "photos": photos,
        "auto": [],
    }
    book.aftersales[case["return_id"]] = case
    if role == "SELLER":
        after = AWAITING if return_type == "RETURN_AND_REFUND" else SUCCESS
        book.set_status(case, after, by=role)
    else:
        _ask_seller(book, case, PENDING, "SELLER_RESPOND_RETURN", by=role)
    return case


def cancel_order(book: Book, order_id: str, reason: str, *, role: str = "SELLER") -> Doc:
    """Cancels an order that was not sent yet, or asks the seller to; raises Refusal."""
    order = book.order(order_id)
    if order["status"] not in CANCELABLE:
        raise Refusal(25001013, "the order status does not support cancellation")
    now = book.now()
    case: Doc = {
        "cancel_id": book.new_return_id(),
        "order_id": order_id,
        "cancel_type": "CANCEL" if role == "SELLER" else "BUYER_CANCEL",
        "cancel_status": "",
        "cancel_reason": reason,
        "cancel_reason_text": reason.replace("_", " "),
        "role": role,
        "should_replenish_stock": True,
        "seller_next_action_response": [],
        "create_time": now,
        "update_time": now,
    }
    book.cancellations[case["cancel_id"]] = case
    if role == "SELLER":
        book.set_cancellation(case, "CANCELLATION_REQUEST_SUCCESS")
    else:
        deadline = int(book.clock() + book.review_seconds)
        asked = [{"action": "SELLER_RESPOND_CANCEL", "deadline": deadline}]
        book.set_cancellation(
            case, "CANCELLATION_REQUEST_PENDING", seller_next_action_response=asked
        )
    return case


def answer_cancellation(book: Book, case: Doc, what: str) -> None:
    """The seller's answer to a buyer's cancellation; raises Refusal."""
    if case["cancel_status"] != "CANCELLATION_REQUEST_PENDING":
        raise WRONG_STATUS
    book.set_cancellation(case, f"CANCELLATION_REQUEST_{what}", seller_next_action_response=[])


def _units(book: Book, order: Doc, line_ids: Sequence[str]) -> list[Doc]:
    taken = {
        line["order_line_item_id"]
        for case in book.aftersales.values()
        if case["return_status"] not in {REJECTED, PARCEL_REJECTED, CANCELED}
        for line in case["return_line_items"]
    }
    lines = {line["id"]: line for line in order["line_items"]}
    wanted = [lines[key] for key in line_ids if key in lines and key not in taken]
    if not wanted or len(wanted) != len(line_ids):
        raise Refusal(25001018, "the order line item is not eligible")
    return wanted


def _line(order: Doc, line: Doc) -> Doc:
    return {
        "order_line_item_id": line["id"],
        "sku_id": line["sku_id"],
        "seller_sku": line["seller_sku"],
        "product_name": line["product_name"],
        "refund_amount": {"currency": order["currency"], "refund_total": line["refund"]},
    }


def _ask_seller(book: Book, case: Doc, status: str, action: str, *, by: str) -> None:
    deadline = int(book.clock() + book.review_seconds)
    asked = [{"action": action, "deadline": deadline}]
    book.set_status(case, status, by=by, seller_next_action_response=asked)


def approve(book: Book, case: Doc, given: Doc) -> None:
    """The seller decides in the buyer's favor; raises Refusal."""
    decision, status = given.get("decision"), case["return_status"]
    if decision == "APPROVE_REFUND" and status == PENDING:
        _answered(book, case, SUCCESS)
    elif decision == "APPROVE_RETURN" and status == PENDING:
        goods_stay = given.get("buyer_keep_item") or case["return_type"] == "REFUND"
        _answered(book, case, SUCCESS if goods_stay else AWAITING)
    elif decision == "APPROVE_RECEIVED_PACKAGE" and status == SHIPPED:
        _answered(book, case, SUCCESS)
    elif decision == "OFFER_PARTIAL_REFUND" and status == PENDING:
        partial = given["partial_refund"]
        if not 0 < Decimal(partial["amount"]) < Decimal(case["refund_amount"]["refund_total"]):
            raise Refusal(25001030, "partial refund amount is out of range")
        _answered(book, case, OFFERED, offer=partial["amount"])
    else:
        raise WRONG_STATUS


def reject(book: Book, case: Doc, given: Doc) -> None:
    """The seller decides against the buyer; raises Refusal."""
    decision, status = given.get("decision"), case["return_status"]
    if given.get("reject_reason") not in REJECT_REASONS:
        raise Refusal(25001022, "reject reason is invalid")
    if decision in {"REJECT_REFUND", "REJECT_RETURN"} and status == PENDING:
        _answered(book, case, REJECTED)
    elif decision == "REJECT_RECEIVED_PACKAGE" and status == SHIPPED:
        if case["is_quick_refund"]:
            raise Refusal(25001031, "a quick refund cannot be rejected")
        _answered(book, case, PARCEL_REJECTED)
    else:
        raise WRONG_STATUS


def _answered(book: Book, case: Doc, status: str, by: str = "SELLER", **changes: Any) -> None:
    book.set_status(case, status, by=by, seller_next_action_response=[], **changes)


def act(book: Book, case: Doc, what: str) -> None:
    """What buyer or TikTok do with an aftersale; raises Refusal."""
    status = case["return_status"]
    if what == "ship" and status == AWAITING:
        tracking = {"return_tracking_number": f"1Z{case['return_id'][-12:]}"}
        case.update(tracking, return_provider_name="UPS")
        _ask_seller(book, case, SHIPPED, "SELLER_RESPOND_RECEIVE_PACKAGE", by="BUYER")
    elif what == "cancel" and status in {PENDING, AWAITING, OFFERED}:
        _answered(book, case, CANCELED, by="BUYER")
    elif what == "accept" and status == OFFERED:
        case["refund_amount"]["refund_total"] = case["offer"]
        _answered(book, case, SUCCESS, by="BUYER")
    elif what == "refuse" and status == OFFERED:
        _ask_seller(book, case, PENDING, "SELLER_RESPOND_RETURN", by="BUYER")
    elif what == "rule" and status in {REJECTED, PARCEL_REJECTED}:
        goes_back = status == REJECTED and case["return_type"] == "RETURN_AND_REFUND"
        after = AWAITING if goes_back else SUCCESS
        _answered(book, case, after, by="OPERATOR", arbitration_status="SUPPORT_BUYER")
    elif what == "refund" and status not in ENDED:
        _answered(book, case, SUCCESS, by="OPERATOR")
    elif what == "pay" and status == SUCCESS:
        book.pay(case)
    else:
        raise WRONG_STATUS


def tick(book: Book) -> None:
    """Lets time pass: deadlines that sellers missed, and money that arrives."""
    with book.lock:
        due = [case for case in book.aftersales.values() if _is_due(book, case)]
        if due:
            with book.change():
                for case in due:
                    _pass_time(book, case)


def _is_due(book: Book, case: Doc) -> bool:
    asked = case["seller_next_action_response"]
    if asked and asked[0]["deadline"] <= book.clock():
        return True
    waits = book.payout_seconds
    return (
        case["return_status"] == SUCCESS
        and waits is not None
        and case["changed"] + waits <= book.clock()
    )


def _pass_time(book: Book, case: Doc) -> None:
    if case["return_status"] == SUCCESS:
        book.pay(case)
        return
    case["auto"].append(case["return_status"])
    goes_back = case["return_status"] == PENDING and case["return_type"] == "RETURN_AND_REFUND"
    _answered(book, case, AWAITING if goes_back else SUCCESS, by="SYSTEM")
