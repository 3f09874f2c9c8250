"""Placeholders that stand in a line of their own: tables, steps and quotes, as text and HTML."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from returns_portal.returns.emails.facts import MailFacts
from returns_portal.returns.links import build_contact_link
from returns_portal.returns.models import ReturnLineItem
from returns_portal.returns.statements import (
    build_money_lines,
    current_amount,
    shipping_row,
    steps_of,
)
from returns_portal.returns.wording import format_day, format_money
from returns_portal.shopify.types import Money

Context = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Block:
    """A placeholder's meaning, and what its two templates need; nothing to show without that."""

    meaning: str | Promise
    build: Callable[[MailFacts], Context | None]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A block as text and as HTML, both empty where there is nothing to show."""

    text: str
    html: str


def render_block(name: str, facts: MailFacts) -> Rendered:
    """The block in both forms, in the active language."""
    context = BLOCKS[name].build(facts)
    if context is None:
        return Rendered("", "")
    text = get_template(f"emails/blocks/{name}.txt").render(context)
    html = get_template(f"emails/blocks/{name}.html").render(context)
    return Rendered(text.strip("\n"), html.strip())


def _items(facts: MailFacts) -> Context:
    row = facts.return_request
    lines = build_money_lines(facts.lines, row.currency)
    shipping, amount = shipping_row(row), current_amount(row)
    quoted = Money(row.quoted_amount, row.currency)
    return {
        "lines": [(line, format_money(line.amount)) for line in lines],
        "shipping": format_money(shipping) if shipping else "",
        "quoted": format_money(quoted) if amount != quoted else "",
        "label": _amount_label(facts),
        "amount": format_money(amount),
    }


def _amount_label(facts: MailFacts) -> str:
    if facts.return_request.refunded_at:
        return _("Refund paid")
    if facts.return_request.approved_amount is not None:
        return _("Approved refund")
    return _("Your refund, if the shop approves")


def _instructions(facts: MailFacts) -> Context | None:
    row = facts.return_request
    if not facts.shows_instructions:
        return None
    return {
        "steps": steps_of(facts.return_request, facts.terms),
        "return_request": row,
        "send_by": format_day(row.send_by) if row.send_by else "",
        "slip_url": settings.SITE_URL + reverse("portal:slip", args=[row.token]),
        "address": facts.terms.return_address.strip().splitlines(),
    }


def _decline_reason(facts: MailFacts) -> Context | None:
    return _quote(facts.return_request.decline_reason)


def _message(facts: MailFacts) -> Context | None:
    return _quote(facts.message.body) if facts.message else None


def _quote(body: str) -> Context | None:
    return {"body": body, "lines": body.splitlines()} if body.strip() else None


def _declined_units(facts: MailFacts) -> Context | None:
    lines = [
        (line, line.quantity - line.approved_quantity)
        for line in facts.lines
        if line.approved_quantity is not None and line.approved_quantity < line.quantity
    ]
    return {"lines": lines} if lines else None


def _missing_units(facts: MailFacts) -> Context | None:
    lines = [
        (line, missing) for line in facts.lines if (missing := _expected(line) - _arrived(line)) > 0
    ]
    return {"lines": lines} if lines else None


def _expected(line: ReturnLineItem) -> int:
    return line.quantity if line.approved_quantity is None else line.approved_quantity


def _arrived(line: ReturnLineItem) -> int:
    return _expected(line) if line.received_quantity is None else line.received_quantity


def _parcel(facts: MailFacts) -> Context | None:
    return {"delivery": facts.delivery} if facts.delivery else None


def _links(facts: MailFacts) -> Context | None:
    return {"links": facts.links} if facts.links else None


def _confirmation(facts: MailFacts) -> Context | None:
    if facts.return_request.contact_confirmed_at:
        return None
    return {"confirm_url": build_contact_link(facts.return_request)}


BLOCKS: dict[str, Block] = {
    "items": Block(gettext_lazy("The items with what each is worth, and the refund"), _items),
    "instructions": Block(
        gettext_lazy("What to do, the packing slip, the last day and the address"), _instructions
    ),
    "decline_reason": Block(gettext_lazy("The reason that the shop gave"), _decline_reason),
    "declined_units": Block(
        gettext_lazy("The units that were not approved, each with its reason"), _declined_units
    ),
    "missing_units": Block(gettext_lazy("The units that were not in the parcel"), _missing_units),
    "message": Block(gettext_lazy("What the other side wrote"), _message),
    "parcel": Block(gettext_lazy("The tracking number with its link"), _parcel),
    "confirmation": Block(
        gettext_lazy("The link to confirm the address, until that is done"), _confirmation
    ),
    "links": Block(gettext_lazy("The links to all returns of the address"), _links),
}
