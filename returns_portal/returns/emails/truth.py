"""When a mail may go out: only once its event is a fact, and while it still matters."""

from collections.abc import Callable

from returns_portal.returns.models import ReturnRequest, ReverseDelivery
from returns_portal.returns.workflow import FINAL, UNDECIDED, Status


class NotYetTrue(Exception):
    """The mail would tell something that has not happened."""


class NoLongerTrue(Exception):
    """Events have overtaken the mail: nobody needs it any more."""


Condition = Callable[[ReturnRequest], bool]


def _refunded(row: ReturnRequest) -> bool:
    return row.refunded_at is not None


def _refunded_nothing(row: ReturnRequest) -> bool:
    return row.refunded_at is not None and not row.refunded_amount


def _refunded_money(row: ReturnRequest) -> bool:
    return row.refunded_at is not None and bool(row.refunded_amount)


def _approved(row: ReturnRequest) -> bool:
    return row.approved_amount is not None


def _arrived(row: ReturnRequest) -> bool:
    counted = row.lines.filter(received_quantity__gt=0).exists()
    return counted or row.status == Status.RECEIVED


def _has(status: Status) -> Condition:
    def condition(row: ReturnRequest) -> bool:
        return row.status == status

    return condition


def _waits_for_money(row: ReturnRequest) -> bool:
    return row.refunded_at is None and row.status not in FINAL


def _unknown_to_tiktok(row: ReturnRequest) -> bool:
    return row.status in UNDECIDED and not hasattr(row, "aftersale")


def _waits_for_parcel(row: ReturnRequest) -> bool:
    sent = ReverseDelivery.objects.filter(return_request=row).exists()
    undecided_or_approved = row.status in UNDECIDED or row.status == Status.APPROVED
    return undecided_or_approved and not sent and not _arrived(row)


TRUE_ONCE: dict[str, Condition] = {
    "received": _arrived,
    "received_partly": _arrived,
    "refunded": _refunded_money,
    "refunded_partly": _refunded_money,
    "refunded_store_credit": _refunded_money,
    "refunded_elsewhere": _refunded,
    "refunded_zero": _refunded_nothing,
}
# A decision is a fact when its mail is owed; a marketplace may turn it around before that is sent.
TRUE_WHILE: dict[str, Condition] = {
    "approved": _approved,
    "approved_partly": _approved,
    "declined": _has(Status.DECLINED),
    "canceled": _has(Status.CANCELED),
    "canceled_by_shop": _has(Status.CANCELED),
    "expired": _has(Status.EXPIRED),
    "tiktok_action_needed": _unknown_to_tiktok,
    "tiktok_completed": _unknown_to_tiktok,
    "confirm_email": lambda row: row.contact_confirmed_at is None,
    "needs_info": _has(Status.NEEDS_INFO),
    "reminder_to_answer": _has(Status.NEEDS_INFO),
    "reminder_to_send": _waits_for_parcel,
    "refund_delayed": _waits_for_money,
    "refund_failed": _waits_for_money,
}


def check_truth(return_request: ReturnRequest, name: str) -> None:
    """Raises NotYetTrue or NoLongerTrue where the mail `name` is ahead of the facts or behind."""
    if name in TRUE_ONCE and not TRUE_ONCE[name](return_request):
        raise NotYetTrue(f"{return_request.rma_number}: “{name}” has not happened.")
    if name in TRUE_WHILE and not TRUE_WHILE[name](return_request):
        raise NoLongerTrue(f"{return_request.rma_number}: “{name}” does not matter any more.")
