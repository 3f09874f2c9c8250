"""Receiving the parcel: what arrived, in what state, and the refund it releases."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from returns_portal.returns.history import Actor
from returns_portal.returns.models import ReturnLineItem, ReturnRequest
from returns_portal.returns.services.arrivals import receive_what_came
from returns_portal.returns.services.decisions import set_dispositions
from returns_portal.returns.services.guard import Refused, lock_request


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
    receive_what_came(return_request, actor=actor, now=now, hold=False)
    return return_request


def _note_quantities(return_request: ReturnRequest, received: Mapping[int, Receipt]) -> None:
    if not any(receipt.quantity for receipt in received.values()):
        raise Refused("Enter how many units arrived.")
    for line in return_request.returned_lines:
        count = received[line.pk].quantity if line.pk in received else 0
        if not 0 <= count <= line.units_approved:
            raise Refused(
                f"Of “{line.title}”, between 0 and {line.units_approved} can have arrived."
            )
        ReturnLineItem.objects.filter(pk=line.pk).update(received_quantity=count)
