"""Made-up facts to preview mails with: nobody's name, nobody's order, nothing stored."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from returns_portal.returns import snapshots
from returns_portal.returns.eligibility import PolicyTerms
from returns_portal.returns.emails.facts import LinkRow, MailFacts
from returns_portal.returns.links import status_url
from returns_portal.returns.models import (
    Message,
    ReturnLineItem,
    ReturnPolicy,
    ReturnRequest,
    ReverseDelivery,
)
from returns_portal.returns.policies import build_terms
from returns_portal.returns.workflow import Status

PRICE = Decimal("24.49")
DAY = timedelta(days=1)
DECIDED = frozenset({"approved", "approved_partly", "refund_delayed", "refund_failed"})
ARRIVED = frozenset({"received", "received_partly"})
STATUSES: Mapping[str, Status] = {
    "needs_info": Status.NEEDS_INFO,
    "reminder_to_answer": Status.NEEDS_INFO,
    "declined": Status.DECLINED,
    "canceled": Status.CANCELED,
    "canceled_by_shop": Status.CANCELED,
    "expired": Status.EXPIRED,
    "reminder_to_send": Status.APPROVED,
    **dict.fromkeys(DECIDED, Status.APPROVED),
    **dict.fromkeys(ARRIVED, Status.RECEIVED),
}


def sample_facts(name: str, *, now: datetime, terms: PolicyTerms | None = None) -> MailFacts:
    """An example of a request at the moment of the mail `name`, under `terms` or a policy's."""
    terms = terms or _any_terms()
    row = _request(name, terms, now)
    return MailFacts(
        return_request=row,
        terms=terms,
        lines=_lines(name),
        delivery=ReverseDelivery(carrier="ups", tracking_number="1Z999AA10123456784"),
        message=Message(body=_("Could you tell us which size the label shows?")),
        links=(LinkRow(row.rma_number, row.order_name, status_url(row)),),
    )


def _any_terms() -> PolicyTerms:
    policy = ReturnPolicy.objects.filter(active=True).order_by("pk").first()
    return build_terms(policy or ReturnPolicy(name="", return_address="", instructions=""))


def _request(name: str, terms: PolicyTerms, now: datetime) -> ReturnRequest:
    paid = name.startswith("refunded")
    return ReturnRequest(
        pk=0,
        rma_number="RMA-EXAMPLE2",
        token="example",  # noqa: S106 - opens nothing
        policy_terms=snapshots.dump(terms),
        status=STATUSES.get(name, Status.CLOSED if paid else Status.REQUESTED),
        order_name="#1001",
        sales_channel="tiktok",
        currency="USD",
        requested_at=now - 2 * DAY,
        due_at=now + 2 * DAY,
        send_by=now + 12 * DAY,
        decline_reason=_("The return window for this order has closed."),
        **_money(name, now if paid else None),
    )


def _money(name: str, paid_at: datetime | None) -> dict[str, Any]:
    decided = paid_at or name in DECIDED | ARRIVED
    total = Decimal(0) if name == "refunded_zero" else 2 * PRICE
    part = PRICE if name in {"approved_partly", "refunded_partly"} else total
    return {
        "quoted_amount": total,
        "approved_amount": part if decided else None,
        "refunded_amount": part if paid_at else None,
        "refunded_at": paid_at,
    }


def _lines(name: str) -> tuple[ReturnLineItem, ...]:
    worth = Decimal(0) if name == "refunded_zero" else PRICE
    shirt = ReturnLineItem(title=_("Linen shirt"), variant_title="M", quantity=1, subtotal=worth)
    scarf = ReturnLineItem(title=_("Silk scarf"), quantity=1, subtotal=worth)
    for line in (shirt, scarf):
        line.tax = Decimal(0)
        if name == "refunded_store_credit":
            line.outcome = ReturnLineItem.Outcome.STORE_CREDIT
    if name == "approved_partly":
        scarf.approved_quantity, scarf.decline_reason = 0, _("It was a final sale.")
    if name == "received_partly":
        scarf.received_quantity = 0
    return (shirt, scarf)
