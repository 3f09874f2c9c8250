"""Places the goods: back into stock or not, each unit once, and closes the return."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from returns_portal.returns.channels.settlement import RestockedBy, restocker_of
from returns_portal.returns.models import ReturnLineItem
from returns_portal.returns.outbox import mark_sent
from returns_portal.returns.processing.step import NeedsPerson, Step
from returns_portal.returns.services.settlement import NOT_IN_STOCK, step_done
from returns_portal.shopify.errors import ShopifyOutcomeUnknown, ShopifyRefused
from returns_portal.shopify.returns import close_return, dispose, get_return
from returns_portal.shopify.types import DispositionInput, ReverseLine

Disposition = ReturnLineItem.Disposition
NO_ITEM_NAMED = (
    "Shopify does not say which items come back on this return. Place them in Shopify, then retry."
)


def missing_dispositions(
    step: Step, reverse_lines: Iterable[ReverseLine]
) -> Iterator[tuple[ReverseLine, DispositionInput]]:
    """What still has to be said about where units went: what the request wants less what is.

    Where another app restocks, nothing is said of units that go into stock; where nobody does,
    they are told as not restocked.
    """
    restocker = restocker_of(step.request.sales_channel)
    lines = {line.fulfillment_line_item_id: line for line in step.request.returned_lines}
    known = [reverse for reverse in reverse_lines if reverse.fulfillment_line_item_id in lines]
    left = Counter({key: line.units_back for key, line in lines.items()})
    for reverse in known:
        left[reverse.fulfillment_line_item_id] -= _placed(reverse)
    for reverse in known:
        key = reverse.fulfillment_line_item_id
        if restocker == RestockedBy.CONNECTOR and _goes_into_stock(lines[key]):
            continue
        # Units of one parcel line may come back on several reverse lines: each counts once.
        count = min(reverse.quantity - _placed(reverse), left[key])
        if count > 0:
            left[key] -= count
            yield reverse, _disposition(lines[key], reverse, count, restocker)


def _placed(reverse: ReverseLine) -> int:
    return sum(disposition.quantity for disposition in reverse.dispositions)


def _disposition(
    line: ReturnLineItem, reverse: ReverseLine, count: int, restocker: str
) -> DispositionInput:
    into_stock = _goes_into_stock(line) and restocker == RestockedBy.PORTAL
    withheld = _goes_into_stock(line) and not into_stock
    return DispositionInput(
        reverse_line_id=reverse.id,
        quantity=count,
        type=Disposition.NOT_RESTOCKED if withheld else line.disposition,
        location_id=(line.location_id or None) if into_stock else None,
    )


def _goes_into_stock(line: ReturnLineItem) -> bool:
    return line.disposition == Disposition.RESTOCKED


def placements(
    step: Step, reverse_lines: Iterable[ReverseLine], line_ids: Mapping[str, str]
) -> dict[str, tuple[DispositionInput, ...]]:
    """Dispositions to send with the refund, by return line id; `line_ids` by parcel line id.

    Shopify takes those of one reverse fulfillment order in a call, each beside its own return
    line; others, and those of which that line is not certain, are placed afterwards.
    """
    places: dict[str, tuple[DispositionInput, ...]] = {}
    first_order = None
    for reverse, disposition in missing_dispositions(step, reverse_lines):
        first_order = first_order or reverse.reverse_fulfillment_order_id
        line_id = line_ids.get(reverse.fulfillment_line_item_id)
        if reverse.reverse_fulfillment_order_id != first_order or line_id is None:
            continue
        places[line_id] = (*places.get(line_id, ()), disposition)
    return places


def is_placed(step: Step, reverse_lines: Sequence[ReverseLine]) -> bool:
    """Whether Shopify knows where every unit of the request went."""
    unknown = any(is_unknown(reverse) for reverse in reverse_lines)
    return not unknown and not any(missing_dispositions(step, reverse_lines))


def is_unknown(reverse: ReverseLine) -> bool:
    """Whether Shopify does not say of which item the line's units are, nor where they went."""
    return not reverse.fulfillment_line_item_id and _placed(reverse) < reverse.quantity


def restock(step: Step) -> None:
    """Says where the units went that Shopify does not know of yet, one reverse order at a time.

    Raises NeedsPerson where Shopify refuses a place or does not say what comes back, after all
    others are placed.
    """
    found = get_return(
        step.client, step.request.shopify_return_id, lines=step.request.lines.count()
    )
    by_order: dict[str, list[DispositionInput]] = {}
    for reverse, disposition in missing_dispositions(step, found.reverse_lines):
        by_order.setdefault(reverse.reverse_fulfillment_order_id, []).append(disposition)
    refusals = []
    for dispositions in by_order.values():
        mark_sent(step.operation, now=step.clock())
        try:
            dispose(step.client, dispositions)
        except ShopifyRefused as refusal:
            refusals.append(str(refusal))
    if refusals:
        raise NeedsPerson(tell_refused_place(*refusals))
    if any(is_unknown(reverse) for reverse in found.reverse_lines):
        raise NeedsPerson(f"{NOT_IN_STOCK}: {NO_ITEM_NAMED}")
    step_done(step.operation, message="The goods are placed in Shopify.", now=step.clock())


def tell_refused_place(*refusals: str) -> str:
    """The sentence for staff about places that Shopify refused."""
    words = " ".join(dict.fromkeys(refusals))
    return f"{NOT_IN_STOCK}, because of their place. {words} Choose another."


def close(step: Step) -> None:
    """Closes the return in Shopify; closing a closed one is harmless."""
    try:
        close_return(step.client, step.request.shopify_return_id)
    except (ShopifyOutcomeUnknown, ShopifyRefused):
        # It may be closed all the same: by that very call, or by somebody else.
        if get_return(step.client, step.request.shopify_return_id).status != "CLOSED":
            raise
    step_done(step.operation, message="The return is closed in Shopify.", now=step.clock())
