"""The queue of return requests, and the way into each of them."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from returns_portal.returns.models import Message, Operation, ReturnRequest
from returns_portal.returns.workflow import Status
from staff import bulk, decision, queue, views, wording
from staff.admin.base import ReadOnlyAdmin, badge

LINES_NAMED = 2


class TabFilter(admin.SimpleListFilter):
    """The queue's tabs; a search without a tab looks everywhere."""

    title = _lazy("what must be done")
    parameter_name = "tab"

    def __init__(
        self,
        request: HttpRequest,
        params: dict[str, list[str]],
        model: type[ReturnRequest],
        model_admin: Any,
    ) -> None:
        super().__init__(request, params, model, model_admin)
        self.tab = chosen_tab(request)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(tab.key, tab.label) for tab in queue.TABS.values()]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ReturnRequest]
    ) -> QuerySet[ReturnRequest]:
        return self.tab.narrow(queryset)

    def tabs(self) -> list[dict[str, Any]]:
        """The tabs with their counts; the attention tab only where something lies on it."""
        counts = queue.count_tabs()
        return [
            {
                "label": tab.label,
                "count": counts[tab.key],
                "selected": tab is self.tab,
                "url": f"?{self.parameter_name}={tab.key}",
            }
            for tab in queue.TABS.values()
            if tab is not queue.ATTENTION or counts[tab.key] or tab is self.tab
        ]


def chosen_tab(request: HttpRequest) -> queue.Tab:
    asked = queue.TABS.get(request.GET.get("tab", ""))
    if asked:
        return asked
    return queue.ALL if request.GET.get("q", "").strip() else queue.TO_REVIEW


@admin.register(ReturnRequest)
class ReturnRequestAdmin(ReadOnlyAdmin[ReturnRequest]):
    """Requests are decided, never edited: the change page is the decision screen."""

    list_display = ("due", "rma", "order", "items", "reasons", "refund", "flags")
    list_display_links = ("rma",)
    list_filter = (TabFilter,)
    search_fields = (
        "rma_number",
        "order_name",
        "tiktok_order_id",
        "contact_email",
        "customer_name",
        "lines__sku",
        "=reverse_delivery__tracking_number",
    )
    search_help_text = _lazy("RMA, order, TikTok order ID, name, e-mail, SKU or tracking number")
    list_per_page = 100
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = ("approve_selected", "decline_selected")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReturnRequest]:
        failed = Operation.objects.filter(
            return_request=OuterRef("pk"), state=Operation.State.FAILED
        )
        unread = Message.objects.filter(
            return_request=OuterRef("pk"), author=Message.Author.SHOPPER, read_at__isnull=True
        )
        requests = (
            super()
            .get_queryset(request)
            .annotate(has_failed=Exists(failed), has_unread=Exists(unread))
        )
        return requests.prefetch_related("lines__reason")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return chosen_tab(request).ordering

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ReturnRequest], search_term: str
    ) -> tuple[QuerySet[ReturnRequest], bool]:
        return super().get_search_results(request, queryset, search_term.replace("#", " "))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"title": _("Returns"), **(extra_context or {})})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The decision screen in place of Django's form."""
        request_id = int(object_id) if object_id.isdecimal() else 0
        return views.show(request, request_id)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path(f"<int:pk>/{name}/", wrap(view), name=f"returns_returnrequest_{name}")
            for name, view in (
                ("approve", views.approve),
                ("decline", views.decline),
                ("receive", views.receive),
                ("progress", views.progress),
                ("compare", views.compare),
                ("write", views.write),
                ("renew_link", views.renew_link),
            )
        ]
        own += [
            path(
                f"<int:pk>/photos/<uuid:public_id>/{ending}",
                wrap(views.photo),
                {"small": small},
                name=f"returns_returnrequest_{name}",
            )
            for ending, small, name in (("", False, "photo"), ("small/", True, "thumbnail"))
        ]
        return own + super().get_urls()

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perms((views.VIEW, views.DECIDE))

    @admin.action(description=_lazy("Approve selected…"), permissions=["decide"])
    def approve_selected(
        self, request: HttpRequest, chosen: QuerySet[ReturnRequest]
    ) -> HttpResponse | None:
        return bulk.approve(request, chosen)

    @admin.action(description=_lazy("Decline selected…"), permissions=["decide"])
    def decline_selected(
        self, request: HttpRequest, chosen: QuerySet[ReturnRequest]
    ) -> HttpResponse | None:
        return bulk.decline(request, chosen)

    @admin.display(description=_lazy("due"), ordering="answer_due_at")
    def due(self, item: ReturnRequest) -> SafeString:
        """The answer's deadline while one is owed, afterwards what has become of the request."""
        deadline = decision.build_due(item, timezone.now())
        if deadline is None:
            return badge(item.status, item.get_status_display())
        return format_html(
            '<span class="due due-{}" title="{}">{}</span>',
            deadline.level,
            wording.moment(item.answer_due_at),
            deadline.words,
        )

    @admin.display(description=_lazy("RMA"), ordering="rma_number")
    def rma(self, item: ReturnRequest) -> str:
        return item.rma_number

    @admin.display(description=_lazy("order"), ordering="order_name")
    def order(self, item: ReturnRequest) -> SafeString:
        if item.tiktok_order_id and item.tiktok_order_id != item.order_name:
            return format_html(
                '{}<span class="sub code">{}</span>', item.order_name, item.tiktok_order_id
            )
        return format_html('<span class="code">{}</span>', item.order_name)

    @admin.display(description=_lazy("items"))
    def items(self, item: ReturnRequest) -> SafeString:
        lines = item.lines.all()
        named = format_html_join(
            "",
            '<span class="item">{} <span class="times">&times;{}</span></span>',
            ((line.title, line.quantity) for line in lines[:LINES_NAMED]),
        )
        if len(lines) <= LINES_NAMED:
            return named
        more = _("and %(count)d more") % {"count": len(lines) - LINES_NAMED}
        return format_html('{}<span class="sub">{}</span>', named, more)

    @admin.display(description=_lazy("reason"))
    def reasons(self, item: ReturnRequest) -> str:
        return ", ".join(dict.fromkeys(line.reason.label for line in item.lines.all()))

    @admin.display(description=_lazy("refund"), ordering="quoted_amount")
    def refund(self, item: ReturnRequest) -> SafeString:
        """What was paid, else what was approved, else what was quoted."""
        paid, approved = item.refunded_amount, item.approved_amount
        if paid is not None:
            return self._amount(item, paid, _("paid"))
        if approved is not None:
            return self._amount(item, approved, _("approved"))
        return self._amount(item, item.quoted_amount, "")

    def _amount(self, item: ReturnRequest, amount: Any, note: str) -> SafeString:
        shown = wording.money(amount, item.currency)
        if not note:
            return format_html('<span class="amount">{}</span>', shown)
        return format_html('<span class="amount">{}</span><span class="sub">{}</span>', shown, note)

    @admin.display(description=_lazy("flags"), empty_value="")
    def flags(self, item: ReturnRequest) -> SafeString:
        return format_html_join(" ", '<span class="badge badge-{}">{}</span>', build_flags(item))


def build_flags(item: ReturnRequest) -> list[tuple[str, str]]:
    """What is out of the ordinary about a request: level and words."""
    flags = []
    if getattr(item, "has_failed", False):
        flags.append(("failed", _("Step failed")))
    if getattr(item, "has_unread", False):
        flags.append(("attention", _("New message")))
    if item.attention:
        flags.append(("attention", _("Attention")))
    if not item.identity_verified:
        flags.append(("attention", _("Identity not checked")))
    waiting = item.status == Status.REQUESTED
    if waiting and item.quote_source == ReturnRequest.QuoteSource.ESTIMATE:
        flags.append(("plain", _("Estimate")))
    return flags
