"""The queue's page: what was asked for, a page of rows in words, and the ways on from there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Prefetch
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from returns_portal.returns import services
from returns_portal.returns.models import Message, Operation, ReturnLineItem, ReturnRequest
from returns_portal.returns.services import awaits_external_refund
from returns_portal.returns.workflow import UNDECIDED, Status
from staff import access, queue, search, wording
from staff.filters import FilterForm
from staff.saved_views import saved_views

QUEUE = "admin:returns_returnrequest_changelist"
EXPORT = "admin:returns_returnrequest_export"
PAGE = "admin/returns/returnrequest/queue.html"
ROWS = 50
LINES_NAMED = 2
# What rows and the export tell of a request and of its lines.
COLUMNS = (
    *("rma_number", "order_name", "tiktok_order_id", "sales_channel", "country", "status"),
    *("requested_at", "due_at", "currency", "quoted_amount", "approved_amount", "refunded_amount"),
    *("quote_source", "settlement", "refunded_at", "identity_verified", "attention"),
)
LINE_COLUMNS = ("return_request_id", "title", "sku", "quantity", "reason__label")
# What an address of the queue may hold; the position is no part of what is looked at.
NAMES = ("tab", "q", *FilterForm.base_fields)


class Selection:
    """What a person looks at: a tab, what was searched for, and the filters."""

    def __init__(
        self, asked: Mapping[str, Any], *, personal: bool, most: int = search.MOST_FOUND
    ) -> None:
        self.typed = str(asked.get("q", "")).strip()
        default = queue.ALL_TAB if self.typed else queue.REVIEW_TAB
        self.tab = queue.TABS.get(str(asked.get("tab", "")), default)
        self.form = FilterForm(asked)
        self.personal, self.most = personal, most
        self.asked = asked

    @cached_property
    def found(self) -> list[int] | None:
        """The keys that the search found; None where nothing was searched for."""
        if not self.typed:
            return None
        return search.find_requests(self.typed, personal=self.personal, most=self.most)

    def requests(self) -> queue.Requests:
        """The requests that were asked for, in no order yet."""
        requests = self.form.narrow(self.tab.narrow(queue.all_requests()))
        return requests if self.found is None else requests.filter(pk__in=self.found)

    def url(self, **changes: str) -> str:
        """The queue's address for it; each of `changes` replaces a part, empty leaves it out."""
        parts = {name: str(self.asked.get(name, "")) for name in NAMES} | changes
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in parts.items() if value})
        return f"{reverse(QUEUE)}?{query.urlencode()}"

    @property
    def query(self) -> str:
        return self.url(tab=self.tab.key).partition("?")[2]


@dataclass(frozen=True, slots=True)
class TabLink:
    label: str
    count: str
    url: str
    selected: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One request as the queue tells it."""

    request: ReturnRequest
    due: wording.Due | None
    lines: list[ReturnLineItem]
    more: int
    reasons: str
    amount: str
    note: str
    flags: list[tuple[str, str]]


def show(request: HttpRequest) -> HttpResponse:
    """The queue."""
    access.require(request, access.VIEW)
    personal = request.user.has_perm(access.PERSONAL)
    selection = Selection(request.GET, personal=personal)
    page = queue.read_page(
        with_flags(selection.requests()),
        selection.tab.order,
        position=request.GET.get("at", ""),
        length=ROWS,
    )
    now = timezone.now()
    context = {
        **admin.site.each_context(request),
        "title": _("Returns"),
        "opts": ReturnRequest._meta,
        "selection": selection,
        "filters_set": len(selection.form.chosen),
        "tabs": build_tabs(selection),
        # Every row leads to a page below this one: no row asks the router for its address.
        "queue_url": reverse(QUEUE),
        "rows": [build_row(item, now) for item in page.rows],
        "first": selection.url() if request.GET.get("at") else "",
        "before": selection.url(at=page.before) if page.before else "",
        "after": selection.url(at=page.after) if page.after else "",
        "export": f"{reverse(EXPORT)}?{selection.query}",
        "too_many": len(selection.found or ()) >= search.MOST_FOUND,
        "most": search.MOST_FOUND,
        "most_at_once": services.MOST_AT_ONCE,
        "may_choose": selection.tab.undecided and request.user.has_perm(access.DECIDE),
        "may_know": personal,
        "views": saved_views(request.user),
    }
    return TemplateResponse(request, PAGE, context)


def with_flags(requests: queue.Requests) -> queue.Requests:
    """The requests with what their rows tell, read at once for all rows."""
    failed = Operation.objects.filter(return_request=OuterRef("pk"), state=Operation.State.FAILED)
    unread = Message.objects.filter(
        return_request=OuterRef("pk"), author=Message.Author.SHOPPER, read_at__isnull=True
    )
    return with_lines(requests).annotate(has_failed=Exists(failed), has_unread=Exists(unread))


def with_lines(requests: queue.Requests) -> queue.Requests:
    """The requests with their lines and reasons, read at once for all rows."""
    lines = ReturnLineItem.objects.select_related("reason").only(*LINE_COLUMNS)
    return requests.only(*COLUMNS).prefetch_related(Prefetch("lines", lines))


def build_tabs(selection: Selection) -> list[TabLink]:
    """The tabs with their counts; the attention tab only where something lies on it."""
    counts = queue.count_tabs()
    return [
        TabLink(
            label=str(tab.label),
            count=queue.shown_count(counts[tab.key]),
            url=f"{reverse(QUEUE)}?tab={tab.key}",
            selected=tab is selection.tab,
        )
        for tab in queue.TABS.values()
        if tab is not queue.ATTENTION_TAB or counts[tab.key] or tab is selection.tab
    ]


def build_row(item: ReturnRequest, now: datetime) -> Row:
    lines = list(item.lines.all())
    amount, note = amount_of(item)
    return Row(
        request=item,
        due=build_due(item, now),
        lines=lines[:LINES_NAMED],
        more=max(len(lines) - LINES_NAMED, 0),
        reasons=", ".join(dict.fromkeys(line.reason.label for line in lines)),
        amount=wording.money(amount, item.currency),
        note=note,
        flags=build_flags(item),
    )


def build_due(item: ReturnRequest, now: datetime) -> wording.Due | None:
    """The deadline of whoever must act; None where nobody has to."""
    if item.due_at is None or item.status not in UNDECIDED | queue.UNDER_WAY:
        return None
    return wording.due(item.due_at, now)


def amount_of(item: ReturnRequest) -> tuple[Any, str]:
    """What was paid, else what was approved, else what was quoted; and which it is."""
    if item.refunded_amount is not None:
        return item.refunded_amount, _("paid")
    if item.approved_amount is not None:
        return item.approved_amount, _("approved")
    return item.quoted_amount, ""


def build_flags(item: ReturnRequest) -> list[tuple[str, str]]:
    """What is out of the ordinary about a request: level and words."""
    flags = []
    if getattr(item, "has_failed", False):
        flags.append(("failed", _("Step failed")))
    if getattr(item, "has_unread", False):
        flags.append(("attention", _("New message")))
    if awaits_external_refund(item):
        flags.append(("attention", _("Refund in Seller Center")))
    if item.attention:
        flags.append(("attention", _("Attention")))
    if not item.identity_verified:
        flags.append(("attention", _("Identity not checked")))
    waiting = item.status == Status.REQUESTED
    if waiting and item.quote_source == ReturnRequest.QuoteSource.ESTIMATE:
        flags.append(("plain", _("Estimate")))
    return flags
