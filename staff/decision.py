"""Everything the decision screen tells about one request, read and put into words."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote as quote_path

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _

from returns_portal.returns import services, snapshots
from returns_portal.returns import wording as domain_wording
from returns_portal.returns.channels.settlement import RestockedBy, Settlement, restocker_of
from returns_portal.returns.eligibility import PolicyTerms, Verdict
from returns_portal.returns.models import (
    Message,
    Operation,
    Photo,
    Refund,
    ReturnLineItem,
    ReturnRequest,
)
from returns_portal.returns.quotes import find_shortage, quote_open_return, quote_request
from returns_portal.returns.refund_amounts import Quote, rounded
from returns_portal.returns.rules import Spoken
from returns_portal.returns.shoppers import read_history
from returns_portal.returns.workflow import UNDECIDED, Status
from returns_portal.shopify.client import build_client
from returns_portal.shopify.errors import ShopifyError, ShopifyProtocolError, ShopifyRefused
from returns_portal.shopify.types import Money
from staff import queue, texts, wording
from staff.rule_wording import SpokenText, tell_trace

DECISIONS = ("approve", "decline", "ask", "receive", "lower", "place")
OPEN_STATES = (Operation.State.PENDING, Operation.State.RUNNING, Operation.State.UNKNOWN)
OTHER_REQUESTS_SHOWN = 10
POLL_OFTEN, POLL_SELDOM = 2, 15
MINUS = "\u2212"


@dataclass(frozen=True, slots=True)
class Rule:
    passed: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class LineView:
    """A line to return with its worth and the rules it was judged by."""

    line: ReturnLineItem
    reason: str
    worth: str
    fee: str
    rules: tuple[Rule, ...]
    disposition: str
    photos: tuple[Photo, ...]
    spoken: tuple[SpokenText, ...] = ()

    @property
    def objections(self) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if not rule.passed)


@dataclass(frozen=True, slots=True)
class MoneyRow:
    label: str
    amount: str
    note: str = ""
    total: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """What Shopify would pay now beside what was quoted.

    `level` is same, less, more or unknown; `amount` is None when Shopify did not say.
    """

    amount: Money | None
    level: str
    sentence: str
    quote: Quote | None = None
    difference: str = ""

    @property
    def shown(self) -> str:
        # An amount of zero is an answer too.
        return "" if self.amount is None else wording.money_of(self.amount)


@dataclass(frozen=True, slots=True)
class Links:
    shopify_order: str
    status_page: str
    tiktok_order: str = ""


def terms_of(request: ReturnRequest) -> PolicyTerms:
    return snapshots.load(request.policy_terms, PolicyTerms)


def quoted(request: ReturnRequest) -> Money:
    """What the shopper was told, in whole smallest units of the currency."""
    return rounded(request.quoted_amount, request.currency)


def refunds_on_receipt(request: ReturnRequest) -> bool:
    return terms_of(request).refund_on == "receipt"


def portal_restocks(request: ReturnRequest) -> bool:
    """Whether the portal puts what comes back into stock, and not another app or nobody."""
    return restocker_of(request.sales_channel) == RestockedBy.PORTAL


def asks_where(request: ReturnRequest) -> bool:
    """Whether whoever approves says where the goods go, and not inspection or another app."""
    return portal_restocks(request) and not refunds_on_receipt(request)


def units_to_restock(request: ReturnRequest) -> int:
    if not portal_restocks(request):
        return 0
    back = ReturnLineItem.Disposition.RESTOCKED
    return sum(line.quantity for line in request.lines.all() if line.disposition == back)


def build_lines(request: ReturnRequest) -> list[LineView]:
    """The lines with worth, fee and rule trace, in the order they were asked for."""
    lines = list(request.lines.all())
    prefetch_related_objects(lines, "photos")
    return [_line_view(line, request.currency) for line in lines]


def _line_view(line: ReturnLineItem, currency: str) -> LineView:
    worth = line.subtotal + line.tax - line.restocking_fee
    verdicts = snapshots.load(line.verdicts, tuple[Verdict, ...])
    return LineView(
        line=line,
        reason=line.reason.label,
        worth=wording.money(worth, currency),
        fee=wording.money(line.restocking_fee, currency) if line.restocking_fee else "",
        rules=tuple(Rule(v.passed, domain_wording.explain(v)) for v in verdicts),
        disposition=line.get_disposition_display(),
        photos=tuple(line.photos.all()),
        spoken=tuple(tell_trace(snapshots.load(line.rule_trace, tuple[Spoken, ...]))),
    )


def build_money(request: ReturnRequest) -> list[MoneyRow]:
    """The quote, or what was approved in its place, as it adds up: goods, tax, fees, the sum."""
    lines = list(request.lines.all())
    rows = [MoneyRow(_("Items"), _sum(request, [line.subtotal for line in lines]))]
    if tax := sum(line.tax for line in lines):
        rows.append(MoneyRow(_("Tax"), _sum(request, [tax])))
    if fee := sum(line.restocking_fee for line in lines):
        rows.append(MoneyRow(_("Restocking fee"), _sum(request, [-fee])))
    if request.return_shipping_fee:
        rows.append(
            MoneyRow(_("Return shipping fee"), _sum(request, [-request.return_shipping_fee]))
        )
    if request.approved_amount is not None:
        rows.append(MoneyRow(_("Approved"), _sum(request, [request.approved_amount]), total=True))
    source = _("by %(source)s") % {"source": request.get_quote_source_display()}
    quoted_row = MoneyRow(_("Quoted"), _sum(request, [request.quoted_amount]), source)
    rows.append(
        quoted_row if request.approved_amount is not None else replace(quoted_row, total=True)
    )
    return rows


def _sum(request: ReturnRequest, amounts: list[Any]) -> str:
    return wording.money(sum(amounts), request.currency)


def build_settlement(request: ReturnRequest) -> list[MoneyRow]:
    """What was agreed to and what was really paid, as far as it has come."""
    rows = []
    if request.approved_amount is not None:
        rows.append(MoneyRow(_("Approved"), _sum(request, [request.approved_amount])))
    if request.refunded_amount is not None:
        note = wording.moment(request.refunded_at) if request.refunded_at else ""
        rows.append(MoneyRow(_("Refunded"), _sum(request, [request.refunded_amount]), note, True))
    return rows


def compare_with_shopify(request: ReturnRequest) -> Comparison:
    """What Shopify would pay for this return now; asks Shopify, and says so where it is silent."""
    try:
        fresh = quote_request(request)
    except ShopifyError as error:
        sentence = _("Shopify could not say what it would pay now: %(error)s") % {"error": error}
        return Comparison(None, "unknown", explain_objection(request, error) or sentence)
    return replace(compare(quoted(request), fresh.refund), quote=fresh)


def explain_objection(request: ReturnRequest, error: ShopifyError) -> str:
    """Which units Shopify takes back no more, where that is why it calculates nothing."""
    if not isinstance(error, ShopifyRefused | ShopifyProtocolError):
        return ""
    with suppress(ShopifyError):
        return find_shortage(build_client(), request)
    return ""


def compare(told: Money, fresh: Money) -> Comparison:
    """The difference between the quote and Shopify's amount, in words."""
    if fresh.currency != told.currency:
        sentence = _("Shopify now counts in %(currency)s.") % {"currency": fresh.currency}
        return Comparison(None, "unknown", sentence)
    if fresh.amount == told.amount:
        none = wording.money(Decimal(0), told.currency)
        return Comparison(fresh, "same", _("Same as quoted."), difference=none)
    if fresh < told:
        gap = wording.money_of(told - fresh)
        words = _("%(gap)s less than quoted.") % {"gap": gap}
        return Comparison(fresh, "less", words, difference=f"{MINUS}{gap}")
    gap = wording.money_of(fresh - told)
    words = _("%(gap)s more than quoted.") % {"gap": gap}
    return Comparison(fresh, "more", words, difference=f"+{gap}")


def build_links(request: ReturnRequest) -> Links:
    """Where else the request is seen: the order in Shopify, the shopper's own page."""
    return Links(
        shopify_order=shopify_order_url(request.shopify_order_id),
        status_page=reverse("portal:status", kwargs={"token": request.token}),
        tiktok_order=tiktok_order_url(request.tiktok_order_id),
    )


def tiktok_order_url(order_id: str) -> str:
    """The order's page in TikTok Seller Center; empty for an order that TikTok does not have."""
    template: str = settings.TIKTOK_SELLER_CENTER_URL
    return template.replace("{order_id}", quote_path(order_id, safe="")) if order_id else ""


def shopify_order_url(order_id: str) -> str:
    """The order's page in Shopify's admin, or in the stand-in that the settings point to."""
    number = quote_path(order_id.rsplit("/", 1)[-1])
    shop = settings.SHOPIFY_SHOP
    if f"https://{shop}" != settings.SHOPIFY_BASE_URL:
        return f"{settings.SHOPIFY_BASE_URL}/orders/{number}"
    handle = shop.removesuffix(".myshopify.com")
    return f"https://admin.shopify.com/store/{handle}/orders/{number}"


def allowed_decisions(request: ReturnRequest, user: User | AnonymousUser) -> tuple[str, ...]:
    """What this person may decide now, in the order of the action bar."""
    if not user.has_perm("returns.decide_returnrequest"):
        return ()
    if request.status == Status.REQUESTED and request.settlement == Settlement.TIKTOK:
        # Decided with TikTok; what TikTok has not heard of can still be declined here.
        return () if hasattr(request, "aftersale") else ("decline",)
    if request.status == Status.REQUESTED:
        may_write = user.has_perm("returns.view_personal_data")
        return ("approve", "decline", "ask") if may_write else ("approve", "decline")
    if request.status == Status.NEEDS_INFO:
        return ("decline", "resume")
    if request.status == Status.APPROVED and refunds_on_receipt(request):
        return ("receive",)
    return ()


def poll_seconds(operations: Sequence[Operation], now: datetime) -> int | None:
    """How soon the screen looks again: never when nothing is open, seldom when it is due later."""
    open_steps = [operation for operation in operations if operation.state in OPEN_STATES]
    if not open_steps:
        return None
    soon = now + timedelta(seconds=POLL_SELDOM)
    return POLL_OFTEN if any(step.due_at <= soon for step in open_steps) else POLL_SELDOM


def build_progress(request: ReturnRequest, now: datetime) -> dict[str, Any]:
    """The part of the screen that changes by itself while the worker is busy."""
    operations = list(request.operations.order_by("created_at", "pk"))
    return {
        "return_request": request,
        "operations": operations,
        "poll_seconds": poll_seconds(operations, now),
        "settlement": build_settlement(request),
        "refunds": list(Refund.objects.filter(return_request=request).order_by("created_at")),
        "events": list(request.events.order_by("-occurred_at", "-pk")),
    }


def build_page(
    request: ReturnRequest, *, user: User | AnonymousUser, now: datetime
) -> dict[str, Any]:
    """The whole decision screen, without asking the network."""
    before, after = queue.neighbors(request)
    return {
        **build_progress(request, now),
        "lines": build_lines(request),
        "restock": units_to_restock(request),
        "money_rows": build_money(request),
        "quoted": quoted(request),
        "refund_on_receipt": refunds_on_receipt(request),
        "restocker": restocker_of(request.sales_channel),
        "terms": terms_of(request),
        "links": build_links(request),
        **build_shopper(request, now),
        "proposal": services.open_proposal(request),
        "notes": list(request.internal_notes.select_related("user")),
        "decisions": allowed_decisions(request, user),
        **build_thread(request, user),
        "before": before,
        "after": after,
        "due": build_due(request, now),
        "window_until": request.window_ends_at and domain_wording.last_day(request.window_ends_at),
        "differences": list(request.differences.filter(settled_at__isnull=True)),
        "may_compare": request.status in UNDECIDED,
        "ready_texts": texts.by_purpose(request.language),
    }


def build_thread(request: ReturnRequest, user: User | AnonymousUser) -> dict[str, Any]:
    """The messages with the shopper, and how many of theirs nobody has answered or ticked off."""
    thread = list(request.messages.select_related("user"))
    waiting = [m for m in thread if m.author == Message.Author.SHOPPER and m.read_at is None]
    return {
        "thread": thread,
        "unread": len(waiting),
        "may_write": user.has_perm("returns.decide_returnrequest"),
    }


def build_shopper(request: ReturnRequest, now: datetime) -> dict[str, Any]:
    """The shopper's earlier requests, how often they return, and what makes one look twice."""
    history = read_history(request, now=now)
    return {
        "history": history,
        "others": history.earlier[:OTHER_REQUESTS_SHOWN],
        "signals": [wording.SIGNALS[signal] for signal in history.signals],
    }


def worth_now(request: ReturnRequest) -> Money:
    """What Shopify would pay now for the return that is open there; raises ShopifyError."""
    return quote_open_return(request)


def build_due(request: ReturnRequest, now: datetime) -> wording.Due | None:
    """Until when somebody must answer, send the parcel or look at it; None when nobody has to."""
    if Status(request.status) not in UNDECIDED | queue.UNDER_WAY or request.due_at is None:
        return None
    return wording.due(request.due_at, now)


def get_for_decision(pk: int) -> ReturnRequest | None:
    """The request with its lines and reasons, or None."""
    lines = Prefetch("lines", ReturnLineItem.objects.select_related("reason"))
    found = ReturnRequest.objects.select_related("policy", "reverse_delivery").filter(pk=pk)
    return found.prefetch_related(lines).first()
