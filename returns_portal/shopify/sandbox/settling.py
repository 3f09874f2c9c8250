"""Refunds on their way: they arrive when told to, or after enough looks."""

from returns_portal.shopify.sandbox.payloads import order_changed
from returns_portal.shopify.sandbox.state import Doc, State


def count_read(state: State) -> None:
    """Somebody looked: refunds that wait for looks come one nearer."""
    with state.lock:
        if not state.pending:
            return
        with state.transaction() as draft:
            for key in list(state.pending):
                order = draft.edit("order", key)
                for transaction in _pending(order):
                    _look(transaction)


def _pending(order: Doc | None) -> list[Doc]:
    if order is None:
        return []
    return [t for t in order["transactions"] if t["status"] == "PENDING"]


def _look(transaction: Doc) -> None:
    if transaction["settlesAfter"] is None:
        return
    transaction["settlesAfter"] -= 1
    if transaction["settlesAfter"] <= 0:
        transaction["status"] = "SUCCESS"


def settle(state: State, status: str = "SUCCESS") -> int:
    """Let every refund on its way arrive, or fail; says how many there were."""
    count = 0
    with state.transaction() as draft:
        for key in list(state.pending):
            order = draft.edit("order", key)
            for transaction in _pending(order):
                transaction["status"] = status
                transaction["errorCode"] = "PROCESSING_ERROR" if status == "FAILURE" else None
                count += 1
            if order is not None:
                order_changed(draft, order)
    return count
