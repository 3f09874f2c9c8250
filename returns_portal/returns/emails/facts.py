"""What a mail can tell: a request with all that belongs to it, read once."""

from dataclasses import dataclass
from datetime import datetime

from returns_portal.returns.eligibility import PolicyTerms
from returns_portal.returns.links import requests_of, status_url
from returns_portal.returns.models import (
    Message,
    ReturnLineItem,
    ReturnRequest,
    ReverseDelivery,
)
from returns_portal.returns.statements import may_be_sent, read_terms
from returns_portal.returns.workflow import Status

MOST_LINKS = 20


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A return with its private address."""

    rma_number: str
    order_name: str
    url: str


@dataclass(frozen=True, slots=True)
class MailFacts:
    """A request and what belongs to it; `message` is the one of the thread that the mail tells."""

    return_request: ReturnRequest
    terms: PolicyTerms
    lines: tuple[ReturnLineItem, ...]
    delivery: ReverseDelivery | None = None
    message: Message | None = None
    links: tuple[LinkRow, ...] = ()

    def has_outcome(self, outcome: ReturnLineItem.Outcome) -> bool:
        """Whether any item is to end so."""
        return any(line.outcome == outcome for line in self.lines)

    @property
    def shows_instructions(self) -> bool:
        """Whether the shopper may send the parcel now; where all is kept there is none."""
        returned = any(not line.is_kept and line.units_approved for line in self.lines)
        return returned and may_be_sent(Status(self.return_request.status), self.terms)

    def is_all(self, outcome: ReturnLineItem.Outcome) -> bool:
        """Whether all items are to end so."""
        return bool(self.lines) and all(line.outcome == outcome for line in self.lines)


def load_facts(return_request: ReturnRequest, name: str, number: str, now: datetime) -> MailFacts:
    """The facts for the mail `name`; `number` tells which of many it is about."""
    return MailFacts(
        return_request=return_request,
        terms=read_terms(return_request),
        lines=tuple(return_request.lines.all()),
        delivery=ReverseDelivery.objects.filter(return_request=return_request).first(),
        message=_message(return_request, name, number),
        links=_links(return_request, now) if name == "links" else (),
    )


def _message(return_request: ReturnRequest, name: str, number: str) -> Message | None:
    if name in {"message", "note"}:
        return Message.objects.get(return_request=return_request, pk=int(number))
    if name == "needs_info":
        asked = return_request.messages.filter(author=Message.Author.STAFF)
        return (asked.filter(pk=int(number)) if number.isdecimal() else asked).last()
    if name in {"approved", "approved_partly"} and return_request.decision_message:
        return return_request.messages.filter(body=return_request.decision_message).last()
    return None


def _links(return_request: ReturnRequest, now: datetime) -> tuple[LinkRow, ...]:
    """The returns of the address; until its holder has confirmed it, this one alone."""
    rows = [return_request]
    if return_request.contact_confirmed_at:
        same = requests_of(return_request.contact_email, now=now)
        rows = list(same.filter(contact_confirmed_at__isnull=False)[:MOST_LINKS])
    return tuple(LinkRow(row.rma_number, row.order_name, status_url(row)) for row in rows)
