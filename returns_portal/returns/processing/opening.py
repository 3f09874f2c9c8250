"""Opens the return in Shopify, or adopts the one that is there."""

from collections import Counter

from returns_portal.returns.models import (
    Operation,
    ReturnLineItem,
    ReturnReason,
    ReturnRequest,
)
from returns_portal.returns.outbox import mark_sent
from returns_portal.returns.processing.elsewhere import settle_elsewhere_or_ask
from returns_portal.returns.processing.reasons import find_reason_definition
from returns_portal.returns.processing.step import NeedsPerson, NotYet, Step
from returns_portal.returns.quotes import find_shortage
from returns_portal.returns.services.settlement import return_opened, step_done
from returns_portal.shopify.errors import ShopifyProtocolError, ShopifyRefused
from returns_portal.shopify.orders import (
    get_returnable_order,
    list_order_refunds,
)
from returns_portal.shopify.returns import (
    approve_return,
    cancel_return,
    create_return,
    get_return,
    list_order_returns,
)
from returns_portal.shopify.types import Money, OpenedReturn, Return, ReturnLineInput

# How often a return that may have been opened unseen is looked for before a person must.
LOOKS = 10
NOT_SHOWN = "Shopify holds units of this order for a return that it does not show yet."


def open_return(step: Step) -> None:
    """Makes sure that exactly one return in Shopify stands for the request.

    Shopify itself refuses units that it would not take back: why is looked up only then.
    """
    opened: Return | OpenedReturn | None = find_return(step)
    if isinstance(opened, Return) and opened.status == "REQUESTED":
        approve_requested(step, opened)
    if opened is None and step.operation.sent_at:
        wait_for_unseen(step, step.operation)
        opened = find_return(step)
    if opened is None:
        try:
            opened = send(step)
        except (ShopifyRefused, ShopifyProtocolError):
            # A call whose answer was lost may have come through since we looked.
            opened = find_return(step)
            if opened is None:
                if not (shortage := find_shortage(step.client, step.request)):
                    raise
                settle_elsewhere_or_ask(step, shortage)
                return
    return_opened(step.operation, opened, now=step.clock())


def find_return(step: Step) -> Return | None:
    """The return in Shopify that is this request's: by our RMA, else one with the same units."""
    order_id = step.request.shopify_order_id
    others = ReturnRequest.objects.filter(shopify_order_id=order_id).exclude(pk=step.request.pk)
    returns = list_order_returns(
        step.client,
        order_id,
        except_ids=frozenset(others.values_list("shopify_return_id", flat=True)),
    )
    rma = step.request.rma_number
    for found in returns:
        if any(rma in line.reason_note for line in found.lines):
            return found
    wanted = Counter(
        {line.fulfillment_line_item_id: line.units_approved for line in step.request.returned_lines}
    )
    return next((found for found in returns if _is_same(found, wanted)), None)


def _is_same(found: Return, wanted: Counter[str]) -> bool:
    """Whether somebody opened a return of the same units in Shopify, and no request has it."""
    if found.status not in {"OPEN", "REQUESTED"} or any(
        "RMA-" in x.reason_note for x in found.lines
    ):
        return False
    units: Counter[str] = Counter()
    for line in found.lines:
        units[line.fulfillment_line_item_id] += line.quantity
    return units == wanted


def approve_requested(step: Step, found: Return) -> None:
    """Approves what the shopper requested in Shopify itself: staff decided it here."""
    mark_sent(step.operation, now=step.clock())
    try:
        approve_return(step.client, found.id)
    except ShopifyRefused:
        if get_return(step.client, found.id).status != "OPEN":
            raise


def wait_for_unseen(step: Step, creation: Operation) -> None:
    """Looks again later while a return whose answer was lost may be there, but is not shown.

    Shopify lists the returns of an order with a delay, but counts their units at once. Raises
    NotYet, and NeedsPerson after many looks; what a person has looked at is sent again.
    """
    if creation.sent_at is None or creation.retries or not holds_unseen_units(step):
        return
    if step.operation.attempts < LOOKS:
        raise NotYet(NOT_SHOWN)
    raise NeedsPerson(
        f"{NOT_SHOWN} Look for {step.request.rma_number} on the order in Shopify, then retry."
    )


def holds_unseen_units(step: Step) -> bool:
    """Whether fewer units may be returned than were sent less those of returns and refunds."""
    order_id = step.request.shopify_order_id
    order, returnable = get_returnable_order(step.client, order_id)
    left: Counter[str] = Counter()
    for parcel in order.fulfillments:
        for sent in parcel.lines if parcel.status not in {"CANCELLED", "ERROR"} else ():
            left[sent.line_item_id] += sent.quantity
    for found in list_order_returns(step.client, order_id):
        for line in found.lines:
            left[line.line_item_id] -= line.quantity
    for refund in list_order_refunds(step.client, order_id):
        for item in refund.lines if not refund.return_id else ():
            left[item.line_item_id] -= item.quantity if item.restock_type != "CANCEL" else 0
    for units in returnable:
        left[units.line_item_id] -= units.quantity
    return any(left[line.line_item_id] > 0 for line in step.request.returned_lines)


def cancel_opened(step: Step) -> None:
    """Makes sure that no return in Shopify stands open for a request that has ended.

    Canceling twice is harmless. Shopify refuses it once somebody worked on the return: then a
    person must look.
    """
    found = step.request.shopify_return_id or getattr(find_return(step), "id", "")
    if not found:
        for creation in step.request.operations.filter(kind=Operation.Kind.CREATE_RETURN):
            wait_for_unseen(step, creation)
        step_done(step.operation, message="No return was open in Shopify.", now=step.clock())
        return
    mark_sent(step.operation, now=step.clock())
    try:
        cancel_return(step.client, found)
    except ShopifyRefused:
        if get_return(step.client, found).status != "CANCELED":
            raise
    step_done(step.operation, message="The return is canceled in Shopify.", now=step.clock())


def send(step: Step) -> OpenedReturn:
    request = step.request
    fee = Money(request.return_shipping_fee, request.currency)
    lines = [
        _line_input(step, line)
        for line in request.lines.select_related("reason__parent").order_by("pk")
        if line.units_approved and not line.is_kept
    ]
    mark_sent(step.operation, now=step.clock())
    return create_return(
        step.client,
        order_id=request.shopify_order_id,
        lines=lines,
        return_shipping_fee=fee or None,
    )


def _line_input(step: Step, line: ReturnLineItem) -> ReturnLineInput:
    reason: ReturnReason = line.reason
    note = f"{step.request.rma_number}: {line.customer_note or reason.label}"
    return ReturnLineInput(
        fulfillment_line_item_id=line.fulfillment_line_item_id,
        quantity=line.units_approved,
        restocking_fee_percent=line.restocking_fee_percent,
        reason_definition_id=find_reason_definition(step.client, reason.known_handle),
        reason_note=note,
    )
