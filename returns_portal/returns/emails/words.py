"""Placeholders within a sentence: what each stands for, and how it is filled from the facts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from returns_portal.returns.branding.brand import current_brand
from returns_portal.returns.carriers import carrier_name
from returns_portal.returns.emails.facts import MailFacts
from returns_portal.returns.links import status_url
from returns_portal.returns.models import ReturnLineItem
from returns_portal.returns.statements import current_amount
from returns_portal.returns.wording import format_day, format_money

STORE_CREDIT = ReturnLineItem.Outcome.STORE_CREDIT
KEEP_ITEM = ReturnLineItem.Outcome.KEEP_ITEM


@dataclass(frozen=True, slots=True)
class Word:
    """A placeholder's meaning for those who write texts, and its value."""

    meaning: str | Promise
    fill: Callable[[MailFacts], str]


def day(moment: datetime | None) -> str:
    """The day in the active language and time zone; empty without one."""
    return format_day(moment) if moment else ""


def tell_answer(facts: MailFacts) -> str:
    """By when the shop answers, where a day is set."""
    due = facts.return_request.due_at
    return _("The shop answers by %(date)s.") % {"date": day(due)} if due else ""


def tell_deadline(facts: MailFacts) -> str:
    """By when the shopper has to answer."""
    due = facts.return_request.due_at
    if due is None:
        return _("Please answer as soon as you can.")
    return _("Please answer by %(date)s.") % {"date": day(due)}


def tell_parcel(facts: MailFacts) -> str:
    """Whether the parcel may be sent already."""
    if facts.is_all(KEEP_ITEM):
        return _("You keep the items: there is nothing to send.")
    if facts.shows_instructions:
        return _("You can send the parcel already: here is how.")
    return _(
        "Please keep the items until the shop has answered: then we tell you how to send them."
    )


def tell_next_step(facts: MailFacts) -> str:
    """When the money comes after an approval."""
    if not current_amount(facts.return_request):
        return _("There is nothing to pay back for these items.")
    if facts.return_request.settlement == "tiktok":
        return _("TikTok Shop pays you back. We write again once it has.")
    if facts.terms.refund_on == "receipt" and not facts.is_all(KEEP_ITEM):
        return _("You get your refund once your parcel has arrived and was looked at.")
    return _("The shop pays you back next. We write again when the money has moved.")


def tell_refund_way(facts: MailFacts) -> str:
    """Where the money goes; empty where there is none."""
    if not current_amount(facts.return_request):
        return ""
    if facts.is_all(STORE_CREDIT):
        return _("You get it as store credit.")
    if facts.has_outcome(STORE_CREDIT):
        return _("Part of it goes back to the way you paid, part of it you get as store credit.")
    if facts.return_request.sales_channel == "tiktok":
        return _("TikTok Shop payments are paid back through TikTok, to the way you paid.")
    return _("It goes back to the way you paid.")


def tell_arrival(facts: MailFacts) -> str:
    """What follows the parcel's arrival."""
    row = facts.return_request
    if row.refunded_at or not current_amount(row):
        return _("The shop has your items. There is nothing left for you to do.")
    return _("The shop has your items. Your refund comes next; we write again once it is paid.")


def tell_amount(facts: MailFacts) -> str:
    """The truest amount there is."""
    return format_money(current_amount(facts.return_request))


def tell_tracking(facts: MailFacts) -> str:
    """The carrier and the tracking number, where they are known."""
    if facts.delivery is None:
        return ""
    carrier = carrier_name(facts.delivery.carrier)
    return f"{carrier} {facts.delivery.tracking_number}".strip()


WORDS: dict[str, Word] = {
    "rma": Word(
        gettext_lazy("The number of the return"), lambda facts: facts.return_request.rma_number
    ),
    "order": Word(
        gettext_lazy("The number of the order"), lambda facts: facts.return_request.order_name
    ),
    "shop": Word(gettext_lazy("The shop's name"), lambda _facts: current_brand().name),
    "link": Word(
        gettext_lazy("The private link to the return"),
        lambda facts: status_url(facts.return_request),
    ),
    "amount": Word(gettext_lazy("The refund: paid, else approved, else quoted"), tell_amount),
    "requested_on": Word(
        gettext_lazy("The day of the request"),
        lambda facts: day(facts.return_request.requested_at),
    ),
    "due_on": Word(
        gettext_lazy("The day by which somebody has to act"),
        lambda facts: day(facts.return_request.due_at),
    ),
    "send_by": Word(
        gettext_lazy("The last day to send the parcel"),
        lambda facts: day(facts.return_request.send_by),
    ),
    "refunded_on": Word(
        gettext_lazy("The day of the refund"),
        lambda facts: day(facts.return_request.refunded_at),
    ),
    "tracking": Word(gettext_lazy("Carrier and tracking number"), tell_tracking),
    "answer_sentence": Word(gettext_lazy("A sentence: by when the shop answers"), tell_answer),
    "deadline_sentence": Word(
        gettext_lazy("A sentence: by when the shopper has to answer"), tell_deadline
    ),
    "parcel_sentence": Word(
        gettext_lazy("A sentence: whether the parcel may be sent already"), tell_parcel
    ),
    "next_sentence": Word(
        gettext_lazy("A sentence: what comes next, and when the money"), tell_next_step
    ),
    "refund_way_sentence": Word(
        gettext_lazy("A sentence: which way the money takes"), tell_refund_way
    ),
    "arrival_sentence": Word(
        gettext_lazy("A sentence: what follows the parcel's arrival"), tell_arrival
    ),
}
