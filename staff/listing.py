"""The queue's page: what was asked for, a page of rows, and the ways on from there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from returns_portal.returns import services
from returns_portal.returns.models import ReturnRequest
from staff import access, filters, queue, rows, search
from staff.saved_views import saved_views

QUEUE = "admin:returns_returnrequest_changelist"
EXPORT = "admin:returns_returnrequest_export"
PAGE = "admin/returns/returnrequest/queue.html"
ROWS = 50
# What an address of the queue may hold; the position is no part of what is looked at.
NAMES = ("tab", "q", *filters.NAMES)


class Selection:
    """What a person looks at: a tab, what was searched for, and the filters."""

    def __init__(
        self, asked: Mapping[str, Any], *, personal: bool, most: int = search.MOST_FOUND
    ) -> None:
        self.typed = str(asked.get("q", "")).strip()
        default = queue.ALL_TAB if self.typed else queue.REVIEW_TAB
        self.tab = queue.TABS.get(str(asked.get("tab", "")), default)
        self.filters = filters.read_filters(asked)
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
        requests = self.filters.narrow(self.tab.narrow(queue.all_requests()))
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


def show(request: HttpRequest) -> HttpResponse:
    """The queue."""
    access.require(request, access.VIEW)
    personal = request.user.has_perm(access.PERSONAL)
    selection = Selection(request.GET, personal=personal)
    page = queue.read_page(
        rows.with_flags(selection.requests()),
        selection.tab.order,
        position=request.GET.get("at", ""),
        length=ROWS,
    )
    queue_url = reverse(QUEUE)
    may_choose = selection.tab.undecided and request.user.has_perm(access.DECIDE)
    told = rows.build_rows(page.rows, timezone.now())
    context = {
        **admin.site.each_context(request),
        "title": _("Returns"),
        "opts": ReturnRequest._meta,
        "selection": selection,
        "filters_set": len(selection.filters.chosen),
        "tabs": build_tabs(selection),
        "rows": told,
        # Every row leads to a page below this one: no row asks the router for its address.
        "table": rows.draw_rows(told, url=queue_url, may_choose=may_choose),
        "first": selection.url() if request.GET.get("at") else "",
        "before": selection.url(at=page.before) if page.before else "",
        "after": selection.url(at=page.after) if page.after else "",
        "export": f"{reverse(EXPORT)}?{selection.query}",
        "too_many": len(selection.found or ()) >= search.MOST_FOUND,
        "most": search.MOST_FOUND,
        "most_at_once": services.MOST_AT_ONCE,
        "may_choose": may_choose,
        "may_know": personal,
        "views": saved_views(request.user),
    }
    return TemplateResponse(request, PAGE, context)


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
