"""Receiving the parcel: what arrived, in what state, and the refund it releases."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from returns_portal.returns.history import Actor
from returns_portal.returns.models import Operation, ReturnLineItem, ReturnRequest
from returns_portal.returns.outbox import owe
from returns_portal.returns.services.decisions import set_dispositions
from returns_portal.returns.services.guard import Refused, lock_request, move, owe_email
from returns_portal.returns.workflow import Action


@dataclass(frozen=True, slots=True)
class Receipt:
    """Units of a line that arrived, and where they go (a disposition)."""

    quantity: int
    disposition: str


@transaction.atomic
def receive(
    *, request_id: int, received: Mapping[int, Receipt], actor: Actor, now: datetime
) -> ReturnRequest:
    """Notes what arrived, by line id; where the policy pays on receipt, refund and restock follow.

    Raises InvalidTransition, and Refused when a count is out of range or nothing arrived.
    """
    return_request = lock_request(request_id)
    _note_quantities(return_request, received)
    set_dispositions(
        return_request, {line_id: receipt.disposition for line_id, receipt in received.items()}
    )
    move(return_request, Action.RECEIVE, actor=actor, now=now)
    if return_request.policy_terms["refund_on"] == "receipt":
        opened = return_request.operations.get(kind=Operation.Kind.CREATE_RETURN)
        owe(return_request, Operation.Kind.PROCESS_RETURN, after=opened, now=now)
    owe_email(return_request, "received", now=now)
    return return_request


def _note_quantities(return_request: ReturnRequest, received: Mapping[int, Receipt]) -> None:
    if not any(receipt.quantity for receipt in received.values()):
        raise Refused("Enter how many units arrived.")
    for line in return_request.lines.all():
        count = received[line.pk].quantity if line.pk in received else 0
        if not 0 <= count <= line.quantity:
            raise Refused(f"Of “{line.title}”, between 0 and {line.quantity} can have arrived.")
        ReturnLineItem.objects.filter(pk=line.pk).update(received_quantity=count)
