"""Counts, after a run, what became of every request: in the shop's books, here, in the mail."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from returns_portal.returns.models import Operation, ReturnRequest
from returns_portal.returns.workflow import Status
from tests.chaos.mailbox import Mailbox
from tests.chaos.mayhem import Cast

APPROVED = {Status.APPROVED, Status.RECEIVED, Status.CLOSED}


@dataclass
class Tally:
    """The table of a run; from `over_refunded` on everything should be zero."""

    wanted: int = 0
    done: int = 0
    elsewhere: int = 0
    canceled: int = 0
    over_refunded: int = 0
    double_restocked: int = 0
    lost: int = 0
    unknown: int = 0
    mails_twice: int = 0
    mails_missing: int = 0

    @property
    def faultless(self) -> bool:
        faults = (
            self.over_refunded,
            self.double_restocked,
            self.lost,
            self.unknown,
            self.mails_twice,
            self.mails_missing,
        )
        return not any(faults) and self.done == self.wanted


def count(books: dict[str, Any], mailbox: Mailbox, cast: Cast) -> Tally:
    """Holds every request against the shop's books."""
    orders = {order["id"]: order for order in books["orders"]}
    tally = Tally(mails_twice=mailbox.twice)
    rows = ReturnRequest.objects.prefetch_related("lines", "operations")
    for row in rows:
        weigh(tally, row, orders[row.shopify_order_id], row.shopify_order_id in cast.back_office)
    expected = Operation.objects.filter(kind=Operation.Kind.SEND_EMAIL).count()
    tally.mails_missing = max(0, expected - sum(mailbox.by_subject.values()))
    return tally


def weigh(tally: Tally, row: ReturnRequest, order: dict[str, Any], back_office: bool) -> None:
    paid = paid_back(order)
    units = sum(line.quantity for line in row.lines.all())
    restocked = sum(
        entry["quantity"]
        for made in order["returns"]
        for entry in made["dispositions"]
        if entry["type"] == "RESTOCKED"
    )
    approved = row.status in APPROVED
    allowed = Decimal(order["received"]) if back_office else row.quoted_amount * approved
    tally.wanted += approved
    tally.canceled += row.status == Status.CANCELED
    tally.done += row.status == Status.CLOSED and row.refunded_at is not None
    tally.elsewhere += row.refunded_elsewhere
    tally.over_refunded += paid > allowed
    tally.double_restocked += restocked > units or len(live_returns(order)) > 1
    tally.lost += approved and paid < (0 if back_office else row.quoted_amount)
    tally.unknown += any(
        operation.state not in {Operation.State.DONE, Operation.State.SKIPPED}
        for operation in row.operations.all()
    )


def transactions(order: dict[str, Any]) -> list[dict[str, Any]]:
    return [entry for refund in order["refunds"] for entry in refund["transactions"]]


def paid_back(order: dict[str, Any]) -> Decimal:
    succeeded = [entry for entry in transactions(order) if entry["status"] == "SUCCESS"]
    return sum((Decimal(entry["amount"]) for entry in succeeded), Decimal(0))


def live_returns(order: dict[str, Any]) -> list[dict[str, Any]]:
    return [made for made in order["returns"] if made["status"] not in {"CANCELED", "DECLINED"}]


def unfinished() -> Counter[str]:
    """Operations that have not ended, by kind and state."""
    over = [Operation.State.DONE, Operation.State.SKIPPED, Operation.State.FAILED]
    rows = Operation.objects.exclude(state__in=over).values_list("kind", "state")
    return Counter(f"{kind} {state}" for kind, state in rows)
