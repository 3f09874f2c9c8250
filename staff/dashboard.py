"""The front page: what must be done now, what failed, today's money, and whether things work."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, Sum
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from returns_portal.returns import outbox
from returns_portal.returns.models import (
    Operation,
    OrderSync,
    ReturnRequest,
    WebhookDelivery,
)
from returns_portal.shopify.types import Money
from staff import access, listing, queue, rows, wording
from staff.saved_views import saved_views

FIRST_SHOWN = 5
# What should happen every few minutes and has not for so long does not happen any more.
STILL = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Pile:
    """A number on the front page that leads to the work behind it."""

    label: str
    count: str
    url: str
    note: str
    level: str


@dataclass(frozen=True, slots=True)
class Figure:
    """What happened today: how many, and the sum in each currency."""

    label: str
    count: int
    sums: list[str]


@dataclass(frozen=True, slots=True)
class Sign:
    """Whether something works, in words; `level` is done or failed."""

    label: str
    words: str
    level: str


def build(request: HttpRequest) -> dict[str, Any]:
    """What the front page shows to this person; nothing of requests without the permission."""
    if not request.user.has_perm(access.VIEW):
        return {"piles": []}
    now = timezone.now()
    return {
        "piles": build_piles(now),
        "due_first": due_first(now),
        "failed_steps": failed_steps(),
        "figures": build_figures(now),
        "signs": build_signs(now),
        "setup_url": setup_url(),
        "views": saved_views(request.user),
    }


def build_piles(now: datetime) -> list[Pile]:
    """What waits for somebody, the most urgent first."""
    counts = queue.count_tabs()
    parcels = _("approved: the parcel or the money is under way")
    return [
        _pile(queue.REVIEW_TAB, counts, _first_due(now), "work"),
        _pile(queue.INSPECT_TAB, counts, parcels, "calm"),
        _pile(queue.WAITING_TAB, counts, _("asked for more, no answer yet"), "calm"),
        _pile(queue.FAILED_TAB, counts, _("a step gave up and waits for you"), "bad"),
        _pile(queue.ATTENTION_TAB, counts, _("something to know or to mend"), "notice"),
    ]


def _pile(tab: queue.Tab, counts: dict[str, int], note: str, level: str) -> Pile:
    count = counts[tab.key]
    return Pile(
        label=str(tab.label),
        count=queue.shown_count(count),
        url=f"{reverse(listing.QUEUE)}?tab={tab.key}",
        note=note if count else _("nothing waits here"),
        level=level if count else "empty",
    )


def _first_due(now: datetime) -> str:
    first = queue.first_to_review()
    if first is None or first.due_at is None:
        return ""
    deadline = wording.due(first.due_at, now)
    if deadline.level == "late":
        return _("the first answer is %(when)s") % {"when": deadline.words}
    return _("the first answer is due %(when)s") % {"when": deadline.words}


def due_first(now: datetime) -> list[rows.Row]:
    """The requests to review that are due first."""
    pile = rows.with_flags(queue.to_review(queue.all_requests()))
    return rows.build_rows(pile.order_by(*queue.BY_DUE_TIME.by())[:FIRST_SHOWN], now)


def failed_steps() -> list[Operation]:
    """The steps that gave up last."""
    failed = Operation.objects.filter(state=Operation.State.FAILED).select_related("return_request")
    return list(failed.order_by("-created_at")[:FIRST_SHOWN])


def build_figures(now: datetime) -> list[Figure]:
    """What was requested, approved and refunded since midnight, in the shop's time zone."""
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return [
        _figure(_("Requested today"), Q(requested_at__gte=today), "quoted_amount"),
        _figure(
            _("Approved today"),
            Q(decided_at__gte=today, approved_amount__isnull=False),
            "approved_amount",
        ),
        _figure(
            _("Refunded today"),
            Q(refunded_at__gte=today, refunded_amount__isnull=False),
            "refunded_amount",
        ),
    ]


def _figure(label: str, happened: Q, column: str) -> Figure:
    happened_to = ReturnRequest.objects.filter(happened).order_by("currency")
    sums = list(happened_to.values("currency").annotate(count=Count("pk"), amount=Sum(column)))
    return Figure(
        label,
        sum(row["count"] for row in sums),
        [wording.money_of(Money(row["amount"], row["currency"])) for row in sums],
    )


def build_signs(now: datetime) -> list[Sign]:
    """Whether orders, webhooks and steps keep up; what is wrong in detail the set-up tells."""
    return [_orders_sign(now), _webhooks_sign(now), _steps_sign(now)]


def _sign(label: str, works: bool, well: str, ill: Callable[[], str]) -> Sign:
    return Sign(label, well if works else ill(), "done" if works else "failed")


def _orders_sign(now: datetime) -> Sign:
    synced = OrderSync.objects.aggregate(until=Min("synced_until"))["until"]
    if synced is None:
        return Sign(_("Orders from Shopify"), _("never read yet"), "failed")
    since = wording.span(now - synced)
    return _sign(
        _("Orders from Shopify"),
        now - synced < STILL,
        _("up to date"),
        lambda: _("not read for %(span)s") % {"span": since},
    )


def _webhooks_sign(now: datetime) -> Sign:
    oldest = WebhookDelivery.objects.filter(processed_at__isnull=True).aggregate(
        at=Min("received_at")
    )["at"]
    return _sign(
        _("News from Shopify"),
        oldest is None or now - oldest < STILL,
        _("all acted on"),
        lambda: _("the oldest has waited for %(span)s") % {"span": wording.span(now - oldest)},
    )


def _steps_sign(now: datetime) -> Sign:
    late = bool(outbox.due_operations(now - STILL, limit=1))
    return _sign(
        _("Refunds, stock and mails"),
        not late,
        _("carried out as they are owed"),
        lambda: _("steps wait for longer than they should: is a worker running?"),
    )


def setup_url() -> str:
    """Where the connections are looked at in detail."""
    try:
        return reverse("admin:setup")
    except NoReverseMatch:
        return ""
