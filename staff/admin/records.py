"""What the portal wrote down: operations, webhooks, mirrored orders and events, all read-only."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from returns_portal.returns.models import (
    Difference,
    MirroredOrder,
    Operation,
    ReturnEvent,
    WebhookDelivery,
)
from returns_portal.returns.services import Refused, retry_operation, revoke_order_links
from returns_portal.returns.workflow import InvalidTransition
from staff import access, views, wording
from staff.admin.base import ReadOnlyAdmin, badge
from staff.order_links import show_order_links

FAILED_FIRST = Case(
    When(state=Operation.State.FAILED, then=Value(0)),
    default=Value(1),
    output_field=IntegerField(),
)


@admin.register(Operation)
class OperationAdmin(ReadOnlyAdmin[Operation]):
    """What the portal owes the outside world, the failed first."""

    list_display = ("state_badge", "what", "request_link", "attempts", "due_at", "error")
    list_display_links = ("what",)
    list_filter = ("state", "kind")
    list_select_related = ("return_request",)
    search_fields = ("return_request__rma_number", "return_request__order_name")
    search_help_text = _lazy("RMA or order name")
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    actions = ("retry_selected",)

    def get_ordering(self, request: HttpRequest) -> tuple[Any, ...]:
        return (FAILED_FIRST.asc(), "-created_at")

    def get_urls(self) -> list[URLPattern]:
        retry = self.admin_site.admin_view(views.retry)
        lower = self.admin_site.admin_view(views.lower)
        place = self.admin_site.admin_view(views.place)
        own = [
            path("<int:pk>/retry/", retry, name="returns_operation_retry"),
            path("<int:pk>/lower/", lower, name="returns_operation_lower"),
            path("<int:pk>/place/", place, name="returns_operation_place"),
        ]
        return own + super().get_urls()

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perms((access.VIEW, access.RETRY))

    @admin.display(description=_lazy("state"), ordering="state")
    def state_badge(self, operation: Operation) -> SafeString:
        return badge(operation.state, operation.get_state_display())

    @admin.display(description=_lazy("step"), ordering="kind")
    def what(self, operation: Operation) -> str:
        return wording.step_title(operation)

    @admin.display(description=_lazy("return request"), ordering="return_request")
    def request_link(self, operation: Operation) -> SafeString:
        return request_link(operation.return_request_id, operation.return_request.rma_number)

    @admin.display(description=_lazy("last error"))
    def error(self, operation: Operation) -> str:
        return operation.last_error

    @admin.action(description=_lazy("Try again"), permissions=["retry"])
    def retry_selected(self, request: HttpRequest, operations: QuerySet[Operation]) -> None:
        """Puts the chosen failed operations back in line; the others are named."""
        revived = 0
        for operation in operations:
            revived += self._retry(request, operation)
        if revived:
            text = ngettext(
                "%(count)d step is tried again.", "%(count)d steps are tried again.", revived
            )
            self.message_user(request, text % {"count": revived}, messages.SUCCESS)

    def _retry(self, request: HttpRequest, operation: Operation) -> bool:
        try:
            retry_operation(
                operation_id=operation.pk, actor=access.actor_of(request), now=timezone.now()
            )
        except (Refused, InvalidTransition) as refusal:
            words = f"{operation.return_request.rma_number}, {self.what(operation)}: {refusal}"
            self.message_user(request, words, messages.ERROR)
            return False
        return True


@admin.register(Difference)
class DifferenceAdmin(ReadOnlyAdmin[Difference]):
    """Where Shopify does not say what a request says, the open ones first."""

    list_display = ("kind", "request_link", "detail", "found_at", "settled_at")
    list_filter = ("kind", ("settled_at", admin.EmptyFieldListFilter))
    list_select_related = ("return_request",)
    search_fields = ("return_request__rma_number",)
    search_help_text = _lazy("RMA")
    ordering = (F("settled_at").desc(nulls_first=True), "-found_at")
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER

    @admin.display(description=_lazy("return request"), ordering="return_request")
    def request_link(self, difference: Difference) -> SafeString:
        return request_link(difference.return_request_id, difference.return_request.rma_number)


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin[WebhookDelivery]):
    """What Shopify told the portal."""

    list_display = ("topic", "received_at", "processed_at", "resource_id", "last_error")
    list_filter = ("topic", ("processed_at", admin.EmptyFieldListFilter))
    ordering = ("-received_at",)
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER


@admin.register(MirroredOrder)
class MirroredOrderAdmin(ReadOnlyAdmin[MirroredOrder]):
    """Orders as last read from Shopify; the digests of personal data are not shown."""

    list_display = ("name", "tiktok_order_id", "sales_channel", "shopify_updated_at", "synced_at")
    list_filter = ("sales_channel",)
    fields = (
        "name",
        "tiktok_order_id",
        "shopify_id",
        "sales_channel",
        "postcode_masked",
        "shopify_updated_at",
        "synced_at",
    )
    search_fields = ("name", "=tiktok_order_id", "=numbers__number")
    search_help_text = _lazy("Order name or TikTok order ID")
    ordering = ("-shopify_updated_at",)
    actions = ("make_links", "revoke_links")
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER

    def has_link_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perms((access.VIEW, access.DECIDE))

    @admin.action(description=_lazy("Make a link for the shopper"), permissions=["link"])
    def make_links(self, request: HttpRequest, orders: QuerySet[MirroredOrder]) -> TemplateResponse:
        """Shows a link that opens the order without typing, and its code, to print for each."""
        return show_order_links(request, list(orders))

    @admin.action(description=_lazy("Revoke all links"), permissions=["link"])
    def revoke_links(self, request: HttpRequest, orders: QuerySet[MirroredOrder]) -> None:
        """Makes the links handed out for these orders open nothing any more."""
        count = revoke_order_links(order_ids=list(orders.values_list("pk", flat=True)))
        text = ngettext(
            "The links to %(count)d order are revoked.",
            "The links to %(count)d orders are revoked.",
            count,
        )
        self.message_user(request, text % {"count": count}, messages.SUCCESS)


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin[LogEntry]):
    """What staff changed of the shop's rules: who, when, from what to what."""

    list_display = ("action_time", "user", "content_type", "object_repr", "what")
    list_display_links = ("object_repr",)
    list_filter = ("content_type", "action_flag")
    list_select_related = ("user", "content_type")
    search_fields = ("object_repr", "change_message")
    ordering = ("-action_time", "-pk")
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER

    @admin.display(description=_lazy("change"))
    def what(self, entry: LogEntry) -> str:
        return str(entry)


@admin.register(ReturnEvent)
class ReturnEventAdmin(ReadOnlyAdmin[ReturnEvent]):
    """The history of all requests, newest first."""

    list_display = ("occurred_at", "what", "request_link", "who", "message")
    list_display_links = ("what",)
    list_filter = ("actor_kind", "kind")
    list_select_related = ("return_request",)
    search_fields = ("return_request__rma_number",)
    search_help_text = _lazy("RMA")
    ordering = ("-occurred_at", "-pk")
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER

    def get_list_display(self, request: HttpRequest) -> tuple[Any, ...]:
        """Without the words for those who may not read what shoppers told."""
        if request.user.has_perm(access.PERSONAL):
            return self.list_display
        return tuple(name for name in self.list_display if name != "message")

    def get_fields(self, request: HttpRequest, obj: ReturnEvent | None = None) -> list[Any]:
        names = [field.name for field in ReturnEvent._meta.fields if field.name != "id"]
        if obj is None or not obj.is_personal or request.user.has_perm(access.PERSONAL):
            return names
        return [name for name in names if name != "message"]

    @admin.display(description=_lazy("what happened"))
    def what(self, event: ReturnEvent) -> str:
        return wording.event_title(event)

    @admin.display(description=_lazy("who"))
    def who(self, event: ReturnEvent) -> str:
        return wording.event_actor(event)

    @admin.display(description=_lazy("return request"), ordering="return_request")
    def request_link(self, event: ReturnEvent) -> SafeString:
        return request_link(event.return_request_id, event.return_request.rma_number)


def request_link(pk: int, rma_number: str) -> SafeString:
    url = reverse("admin:returns_returnrequest_change", args=[pk])
    return format_html('<a href="{}">{}</a>', url, rma_number)
