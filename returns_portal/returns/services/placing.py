"""Another place for goods whose place Shopify refused, so that they get into stock after all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.locations import name_of
from returns_portal.returns.models import Operation, ReturnLineItem, ReturnRequest
from returns_portal.returns.outbox import retry
from returns_portal.returns.services.guard import Refused, lock_request


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the units of a line go: a disposition, and a Shopify location for those restocked."""

    disposition: str
    location_id: str = ""


@transaction.atomic
def place_goods(
    *, operation_id: int, places: Mapping[int, Placement], actor: Actor, now: datetime
) -> Operation:
    """Says anew, by line id, where the goods of a failed restock go, and tries it again.

    Raises Refused where nothing failed, or a line is not the request's.
    """
    operation = Operation.objects.select_related("return_request").get(pk=operation_id)
    return_request = lock_request(operation.return_request_id)
    if operation.kind != Operation.Kind.RESTOCK:
        raise Refused(_("This step does not place goods."))
    lines = {line.pk: line for line in return_request.lines.all()}
    if not set(places) <= set(lines):
        raise Refused(_("The shopper has changed this request. Look at it again."))
    if not retry(operation, now=now):
        raise Refused(_("This step has not failed: there is nothing to try again."))
    for pk, place in places.items():
        _place(lines[pk], place, actor, now)
    ReturnRequest.objects.filter(pk=return_request.pk).update(attention="")
    operation.refresh_from_db()
    return operation


def _place(line: ReturnLineItem, place: Placement, actor: Actor, now: datetime) -> None:
    """Writes the place down with the one before it; nothing where it stays the same."""
    if place.disposition not in ReturnLineItem.Disposition.values:
        raise Refused(_("“%(title)s” cannot go there.") % {"title": line.title})
    before = describe_place(line)
    line.disposition = place.disposition
    line.location_id = place.location_id or line.location_id
    after = describe_place(line)
    if after == before:
        return
    line.save(update_fields=["disposition", "location_id"])
    words = f"{line.title}: {before} → {after}"
    record_event(line.return_request, "place_changed", actor=actor, now=now, message=words)


def describe_place(line: ReturnLineItem) -> str:
    """Where the line goes, for the history."""
    words = str(line.get_disposition_display())
    restocked = line.disposition == ReturnLineItem.Disposition.RESTOCKED
    place = name_of(line.location_id) if restocked else ""
    return f"{words} ({place})" if place else words
