"""The mails that shoppers get: one an event, in their language, never ahead of the facts."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency, get_currency_symbol
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, override, to_locale
from django.utils.translation import gettext as _

from returns_portal.returns import snapshots
from returns_portal.returns.eligibility import PolicyTerms
from returns_portal.returns.models import Message, ReturnRequest
from returns_portal.returns.workflow import RELEASES_UNITS, Status
from returns_portal.shopify.types import Money

SUBJECTS = {
    "requested": gettext_lazy("We have your return request %(rma)s"),
    "approved": gettext_lazy("Your return %(rma)s is approved"),
    "declined": gettext_lazy("About your return request %(rma)s"),
    "canceled": gettext_lazy("Your return request %(rma)s is canceled"),
    "sent": gettext_lazy("We know your parcel is on its way: return %(rma)s"),
    "link": gettext_lazy("The new link to your return %(rma)s"),
    "links": gettext_lazy("The links to your returns"),
    "message": gettext_lazy("The shop wrote to you: return %(rma)s"),
    "note": gettext_lazy("Message about return %(rma)s"),
    "changed": gettext_lazy("Your return request %(rma)s is changed"),
    "received": gettext_lazy("Your parcel has arrived: return %(rma)s"),
    "refunded": gettext_lazy("Your refund of %(amount)s: return %(rma)s"),
}

# To the shopper, and to staff.
MESSAGES = frozenset({"message", "note"})
LINKS_REACH_BACK = timedelta(days=180)
MOST_LINKS = 20


class NotYetTrue(Exception):
    """The mail would tell something that has not happened."""


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """What one item of a request is worth back, after its restocking fee."""

    title: str
    variant_title: str
    quantity: int
    amount: Money
    restocking_fee: Money


def build_email(return_request: ReturnRequest, event: str) -> EmailMultiAlternatives:
    """The mail about `event` to the request's contact address: text and HTML, ready to send.

    What follows a dash in `event` tells one of many of its kind: "links-3".

    The same request and event always carry the same Message-ID. Raises KeyError for an unknown
    event, and NotYetTrue for `refunded` while no refund has arrived.
    """
    if event == "refunded" and return_request.refunded_at is None:
        raise NotYetTrue(f"{return_request.rma_number} is not refunded.")
    with override(return_request.language):
        name, _dash, number = event.partition("-")
        context = build_context(return_request)
        if name == "links":
            context["links"] = status_links(return_request)
        if name in MESSAGES:
            context |= message_context(return_request, int(number))
        subject = SUBJECTS[name] % {
            "rma": return_request.rma_number,
            "amount": context["amount"],
        }
        context["subject"] = subject
        text = render_to_string(f"emails/{name}.txt", context)
        html = render_to_string(f"emails/{name}.html", context)
    message = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n",
        to=[settings.STAFF_EMAIL if name == "note" else return_request.contact_email],
        headers={
            "Message-ID": f"<{return_request.rma_number}.{event}@{settings.SITE_HOST}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    message.attach_alternative(html, "text/html")
    return message


def build_context(return_request: ReturnRequest) -> dict[str, Any]:
    """What the templates of all mails tell, written in the active language."""
    terms = read_terms(return_request)
    amount, shipping = current_amount(return_request), shipping_row(return_request)
    return {
        "return_request": return_request,
        "terms": terms,
        "portal_name": settings.PORTAL_NAME,
        "language": get_language() or settings.LANGUAGE_CODE,
        "status_url": settings.SITE_URL + reverse("portal:status", args=[return_request.token]),
        "slip_url": settings.SITE_URL + reverse("portal:slip", args=[return_request.token]),
        "amount": format_money(amount),
        "nothing_to_pay": not amount,
        "money_lines": [(line, format_money(line.amount)) for line in money_lines(return_request)],
        "shipping_fee": format_money(shipping) if shipping else "",
        "steps": instruction_steps(terms) if shows_instructions(return_request) else [],
        "address": terms.return_address.strip().splitlines(),
        "decline_lines": return_request.decline_reason.splitlines(),
        "delivery": getattr(return_request, "reverse_delivery", None),
        "from_tiktok": return_request.sales_channel == "tiktok",
    }


def message_context(return_request: ReturnRequest, number: int) -> dict[str, Any]:
    """What mails about one message of the thread tell."""
    message = Message.objects.get(return_request=return_request, pk=number)
    page = reverse("admin:returns_returnrequest_change", args=[return_request.pk])
    return {
        "message": message,
        "message_lines": message.body.splitlines(),
        "status_url": settings.SITE_URL + reverse("portal:messages", args=[return_request.token]),
        "staff_url": f"{settings.SITE_URL}{page}#messages",
    }


def requests_of(email: str, *, now: datetime) -> QuerySet[ReturnRequest]:
    """The requests of half a year with this contact address, newest first."""
    recent = ReturnRequest.objects.filter(requested_at__gt=now - LINKS_REACH_BACK)
    return recent.filter(contact_email__iexact=email).order_by("-requested_at", "-pk")


def status_links(return_request: ReturnRequest) -> list[tuple[str, str, str]]:
    """RMA, order and private link of each recent request with the same contact address."""
    rows = requests_of(return_request.contact_email, now=timezone.now())[:MOST_LINKS]
    return [
        (
            row.rma_number,
            row.order_name,
            settings.SITE_URL + reverse("portal:status", args=[row.token]),
        )
        for row in rows
    ]


def read_terms(return_request: ReturnRequest) -> PolicyTerms:
    """The terms that the request was judged by."""
    return snapshots.load(return_request.policy_terms, PolicyTerms)


def current_amount(return_request: ReturnRequest) -> Money:
    """The truest amount there is: paid back, else approved, else quoted."""
    known = (
        return_request.refunded_amount if return_request.refunded_at else None,
        return_request.approved_amount,
        return_request.quoted_amount,
    )
    amount = next(value for value in known if value is not None)
    return Money(amount, return_request.currency)


def money_lines(return_request: ReturnRequest) -> list[MoneyLine]:
    """What each item is worth back, as quoted."""
    currency = return_request.currency
    return [
        MoneyLine(
            title=line.title,
            variant_title=line.variant_title,
            quantity=line.quantity,
            amount=Money(line.subtotal + line.tax - line.restocking_fee, currency),
            restocking_fee=Money(line.restocking_fee, currency),
        )
        for line in return_request.lines.all()
    ]


def instruction_steps(terms: PolicyTerms) -> list[str]:
    """What the shopper does, one step an entry; plain defaults where the policy has none."""
    steps = [step.strip() for step in terms.instructions.splitlines() if step.strip()]
    if steps:
        return steps
    if terms.return_shipping_paid_by == "tiktok":
        return [
            _("Pack the items with everything that came with them."),
            _("Get the label in the TikTok app: Profile, then Orders, the order, Return/refund."),
            _("Hand in the parcel and keep the receipt."),
        ]
    return [
        _("Pack the items with everything that came with them."),
        _("Send the parcel to the address below and keep the receipt."),
    ]


def shows_instructions(return_request: ReturnRequest) -> bool:
    """Whether the shopper may send the parcel now: from the request or the approval on."""
    status = Status(return_request.status)
    if status in RELEASES_UNITS:
        return False
    return status is not Status.REQUESTED or read_terms(return_request).instructions_on == "request"


def format_money(money: Money) -> str:
    """The amount as the active language writes it, with its currency's own decimals.

    A currency written in letters keeps a space from the number, as Unicode's rules want it.
    """
    locale = active_locale()
    written = format_currency(money.amount, money.currency, locale=locale)
    code = re.escape(get_currency_symbol(money.currency, locale=locale))
    return re.sub(rf"({code})(?<=[^\W\d_])(?=\d)", "\\1\u00a0", written)


def active_locale() -> Locale:
    """The active language's locale; US English where the formats of a language are not known."""
    try:
        return Locale.parse(to_locale(get_language() or settings.LANGUAGE_CODE))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_US")


def shipping_row(return_request: ReturnRequest) -> Money:
    """The fee for the parcel as a row of the refund: negative, or zero."""
    return Money(-return_request.return_shipping_fee, return_request.currency)
