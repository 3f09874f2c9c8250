"""What an approval and an arrival owe the outside world, by who holds the money."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from returns_portal.returns.channels.aftersales import seller_may_begin
from returns_portal.returns.channels.settlement import Settlement, find_channel
from returns_portal.returns.models import (
    Operation,
    ReturnLineItem,
    ReturnRequest,
    SalesChannel,
)
from returns_portal.returns.outbox import owe
from returns_portal.returns.services.guard import Refused

Kind = Operation.Kind


def owe_approval(return_request: ReturnRequest, *, now: datetime) -> None:
    """Owes the return in Shopify and, where the policy pays on approval, what settles it.

    What the shopper keeps is refunded first and at once: no parcel is waited for. One after the
    other, since both ask Shopify which of the order's payments have money left. Where TikTok pays,
    TikTok is told first, and Shopify once it has paid. Raises Refused where only the buyer can
    begin what TikTok has to decide.
    """
    if return_request.settlement == Settlement.TIKTOK:
        owe_tiktok_approval(return_request, now=now)
        return
    pays = return_request.settlement == Settlement.SHOPIFY
    keeps = pays and return_request.kept_lines
    kept = owe(return_request, Kind.REFUND_KEPT, now=now) if keeps else None
    if return_request.kept_lines and not return_request.returned_lines:
        return
    opened = owe(return_request, Kind.CREATE_RETURN, after=kept, now=now)
    if return_request.policy_terms["refund_on"] == "approval":
        owe_settling(return_request, after=opened, now=now)


def owe_receipt(return_request: ReturnRequest, *, now: datetime) -> None:
    """Owes what settles the return now that the parcel is in, where the policy pays on receipt."""
    if return_request.settlement == Settlement.TIKTOK:
        owe(return_request, Kind.TIKTOK_RECEIVE, now=now)
    elif return_request.policy_terms["refund_on"] == "receipt":
        opened = return_request.operations.get(kind=Kind.CREATE_RETURN)
        owe_settling(return_request, after=opened, now=now)


def owe_settling(return_request: ReturnRequest, *, after: Operation, now: datetime) -> None:
    """Owes refund and restock; without the money where another than Shopify holds it.

    A refund that a person makes elsewhere gets its deadline here.
    """
    if return_request.settlement == Settlement.SHOPIFY:
        owe(return_request, Kind.PROCESS_RETURN, after=after, now=now)
        return
    owe(return_request, Kind.SETTLE_RETURN, after=after, now=now)
    if return_request.settlement == Settlement.EXTERNAL:
        hours = find_channel(return_request.sales_channel).confirm_within_hours
        return_request.due_at = now + timedelta(hours=hours)
        return_request.save(update_fields=["due_at"])


def awaits_tiktok(return_request: ReturnRequest) -> bool:
    """Whether TikTok knows this return, so that nobody ends it without TikTok."""
    return hasattr(return_request, "aftersale")


def owe_tiktok_approval(return_request: ReturnRequest, *, now: datetime) -> None:
    """Owes TikTok the approval, or the return itself where the seller may begin it."""
    if awaits_tiktok(return_request):
        owe(return_request, Kind.TIKTOK_APPROVE, part=next_round(return_request), now=now)
    elif seller_may_begin(return_request.country):
        owe(return_request, Kind.TIKTOK_CREATE, now=now)
    else:
        raise Refused(
            _("The buyer has to begin this return in the TikTok app first: TikTok pays it.")
        )


def next_round(return_request: ReturnRequest, stage: str = "") -> str:
    """The part of a new answer to TikTok: every time that it asks, a step and a key of its own."""
    kinds = [Kind.TIKTOK_APPROVE, Kind.TIKTOK_REJECT]
    over = [Operation.State.DONE, Operation.State.SKIPPED]
    asked = return_request.operations.filter(kind__in=kinds, state__in=over).count()
    return f"{stage}-{asked + 1}".strip("-") if asked else stage


def owe_mirroring(return_request: ReturnRequest, *, now: datetime) -> None:
    """TikTok has paid: owes Shopify the goods and the end of the return, and no money."""
    channel = find_channel(return_request.sales_channel)
    if channel.restocked_by == SalesChannel.Restock.CONNECTOR:
        return
    if channel.restocked_by == SalesChannel.Restock.NOBODY:
        return_request.lines.update(disposition=ReturnLineItem.Disposition.NOT_RESTOCKED)
    opened = owe(return_request, Kind.CREATE_RETURN, now=now)
    owe(return_request, Kind.SETTLE_RETURN, after=opened, now=now)
