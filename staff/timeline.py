"""The whole history of one request: what happened, every mail and call, and every parcel."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from returns_portal.returns.models import Attempt, Operation, Parcel, ReturnRequest
from staff import wording


@dataclass(frozen=True, slots=True)
class Entry:
    """One moment: `kind` is event, mail, call or parcel; `level` colors its outcome."""

    at: datetime
    kind: str
    title: str
    who: str
    words: str
    level: str = ""


def build_entries(request: ReturnRequest, *, personal: bool) -> list[Entry]:
    """Everything that is known of the request, the newest first.

    Without `personal`, what shoppers told of themselves is left out.
    """
    entries = [*_events(request, personal), *_attempts(request), *_parcels(request)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _events(request: ReturnRequest, personal: bool) -> list[Entry]:
    return [
        Entry(
            at=event.occurred_at,
            kind="event",
            title=wording.event_title(event),
            who=wording.event_actor(event),
            words=wording.event_words(event) if personal or not event.is_personal else "",
        )
        for event in request.events.all()
    ]


def _attempts(request: ReturnRequest) -> list[Entry]:
    rows = Attempt.objects.filter(operation__return_request=request).select_related("operation")
    return [_attempt(row) for row in rows]


def _attempt(attempt: Attempt) -> Entry:
    operation = attempt.operation
    is_mail = operation.kind == Operation.Kind.SEND_EMAIL
    words = _("Attempt %(number)d: %(outcome)s.") % {
        "number": attempt.number,
        "outcome": attempt.get_outcome_display(),
    }
    return Entry(
        at=attempt.ended_at,
        kind="mail" if is_mail else "call",
        title=wording.step_title(operation),
        who=_("Portal"),
        words=f"{words} {attempt.answer}".strip(),
        level=attempt.outcome,
    )


def _parcels(request: ReturnRequest) -> list[Entry]:
    return [_parcel(row) for row in request.parcels.select_related("user")]


def _parcel(parcel: Parcel) -> Entry:
    return Entry(
        at=parcel.received_at,
        kind="parcel",
        title=_("Parcel undone later") if parcel.undone_at else _("Parcel on the bench"),
        who=str(parcel.user or _("Portal")),
        words=parcel.note,
    )
