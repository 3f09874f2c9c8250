"""Opens the return in Shopify, or adopts the one that is there."""

from collections import Counter

from returns_portal.returns.models import ReturnLineItem, ReturnReason, ReturnRequest
from returns_portal.returns.outbox import mark_sent
from returns_portal.returns.processing.elsewhere import settle_elsewhere_or_ask
from returns_portal.returns.processing.reasons import find_reason_definition
from returns_portal.returns.processing.step import Step
from returns_portal.returns.services.settlement import return_opened
from returns_portal.shopify.errors import ShopifyProtocolError, ShopifyRefused
from returns_portal.shopify.orders import get_returnable_lines
from returns_portal.shopify.returns import create_return, list_order_returns
from returns_portal.shopify.types import Money, OpenedReturn, Return, ReturnLineInput


def open_return(step: Step) -> None:
    """Makes sure that exactly one return in Shopify stands for the request.

    Shopify itself refuses units that it would not take back: why is looked up only then.
    """
    opened: Return | OpenedReturn | None = find_return(step)
    if opened is None:
        try:
            opened = send(step)
        except (ShopifyRefused, ShopifyProtocolError):
            # A call whose answer was lost may have come through since we looked.
            opened = find_return(step)
            if opened is None:
                if not (shortage := find_shortage(step)):
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
        {line.fulfillment_line_item_id: line.quantity for line in step.request.lines.all()}
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


def find_shortage(step: Step) -> str:
    """A sentence about units that Shopify would not take back any more; empty without any."""
    left: Counter[str] = Counter()
    for returnable in get_returnable_lines(step.client, step.request.shopify_order_id):
        left[returnable.fulfillment_line_item_id] += returnable.quantity
    for line in step.request.lines.all():
        if left[line.fulfillment_line_item_id] < line.quantity:
            return (
                f"“{line.title}”: Shopify takes back {left[line.fulfillment_line_item_id]} of "
                f"{line.quantity}. It was returned, refunded or removed elsewhere in between: "
                "look at the order in Shopify."
            )
    return ""


def send(step: Step) -> OpenedReturn:
    request = step.request
    fee = Money(request.return_shipping_fee, request.currency)
    lines = [
        _line_input(step, line)
        for line in request.lines.select_related("reason__parent").order_by("pk")
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
        quantity=line.quantity,
        restocking_fee_percent=line.restocking_fee_percent,
        reason_definition_id=find_reason_definition(step.client, reason.known_handle),
        reason_note=note,
    )
