"""Places the goods: back into stock or not, each unit once, and closes the return."""

from collections.abc import Iterable, Iterator, Mapping

from django.conf import settings

from returns_portal.returns.models import ReturnLineItem
from returns_portal.returns.outbox import mark_sent
from returns_portal.returns.processing.step import Step
from returns_portal.returns.services.settlement import step_done
from returns_portal.shopify.returns import close_return, dispose, get_return
from returns_portal.shopify.types import DispositionInput, ReverseLine

Disposition = ReturnLineItem.Disposition


def missing_dispositions(
    step: Step, reverse_lines: Iterable[ReverseLine]
) -> Iterator[tuple[ReverseLine, DispositionInput]]:
    """What still has to be said about where units went: what the request wants less what is."""
    lines = {line.fulfillment_line_item_id: line for line in step.request.lines.all()}
    for reverse in reverse_lines:
        line = lines.get(reverse.fulfillment_line_item_id)
        if line is None:
            continue
        placed = sum(disposition.quantity for disposition in reverse.dispositions)
        count = min(reverse.quantity, line.units_back) - placed
        if count > 0:
            yield reverse, _disposition(line, reverse, count)


def _disposition(line: ReturnLineItem, reverse: ReverseLine, count: int) -> DispositionInput:
    into_stock = line.disposition == Disposition.RESTOCKED
    location = settings.SHOPIFY_LOCATION_ID or line.location_id
    return DispositionInput(
        reverse_line_id=reverse.id,
        quantity=count,
        type=line.disposition,
        location_id=location if into_stock and location else None,
    )


def placements(
    step: Step, reverse_lines: Iterable[ReverseLine], line_ids: Mapping[str, str]
) -> dict[str, tuple[DispositionInput, ...]]:
    """Dispositions to send with the refund, by return line id; `line_ids` by parcel line id.

    Shopify takes those of one reverse fulfillment order in a call; others are placed afterwards.
    """
    places: dict[str, tuple[DispositionInput, ...]] = {}
    first_order = None
    for reverse, disposition in missing_dispositions(step, reverse_lines):
        first_order = first_order or reverse.reverse_fulfillment_order_id
        if reverse.reverse_fulfillment_order_id != first_order:
            continue
        line_id = line_ids[reverse.fulfillment_line_item_id]
        places[line_id] = (*places.get(line_id, ()), disposition)
    return places


def is_placed(step: Step, reverse_lines: Iterable[ReverseLine]) -> bool:
    """Whether Shopify knows where every unit of the request went."""
    return not any(missing_dispositions(step, reverse_lines))


def restock(step: Step) -> None:
    """Says where the units went that Shopify does not know of yet, one reverse order at a time."""
    found = get_return(
        step.client, step.request.shopify_return_id, lines=step.request.lines.count()
    )
    by_order: dict[str, list[DispositionInput]] = {}
    for reverse, disposition in missing_dispositions(step, found.reverse_lines):
        by_order.setdefault(reverse.reverse_fulfillment_order_id, []).append(disposition)
    for dispositions in by_order.values():
        mark_sent(step.operation, now=step.clock())
        dispose(step.client, dispositions)
    step_done(step.operation, message="The goods are placed in Shopify.", now=step.clock())


def close(step: Step) -> None:
    """Closes the return in Shopify; closing a closed one is harmless."""
    close_return(step.client, step.request.shopify_return_id)
    step_done(step.operation, message="The return is closed in Shopify.", now=step.clock())
