"""What a shop sets for its desk: who restocks, ready texts, when two people must agree."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from returns_portal.returns.models import (
    ApprovalLimit,
    BlockedShopper,
    CannedText,
    DeskSettings,
    OrderException,
)
from staff import access, wording
from staff.admin.base import ListAdmin, ReadOnlyAdmin, TypedAdmin
from staff.views.on_behalf import order_url


@admin.register(CannedText)
class CannedTextAdmin(ListAdmin[CannedText]):
    """Texts for shoppers, by use and language."""

    list_display = ("title", "purpose", "language", "position", "active")
    list_filter = ("purpose", "language")
    ordering = ("purpose", "language", "position")


@admin.register(ApprovalLimit)
class ApprovalLimitAdmin(ListAdmin[ApprovalLimit]):
    """Above these amounts a second person confirms an approval."""

    list_display = ("currency", "amount")


@admin.register(DeskSettings)
class DeskSettingsAdmin(TypedAdmin[DeskSettings]):
    """The desk's one row of settings: its list leads straight to it."""

    radio_fields = {"restocked_by": admin.VERTICAL}

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            return super().changelist_view(request, extra_context)
        row, _made = DeskSettings.objects.get_or_create(pk=1)
        return redirect(reverse("admin:returns_desksettings_change", args=[row.pk]))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(OrderException)
class OrderExceptionAdmin(ReadOnlyAdmin[OrderException]):
    """Exceptions given to single orders, those that stand first; given on the order's page."""

    list_display = (
        "order_name",
        "until",
        "allows_final_sale",
        "reason",
        "user",
        "created_at",
        "revoked_at",
        "order_link",
    )
    list_filter = ("allows_final_sale", ("revoked_at", admin.EmptyFieldListFilter))
    list_select_related = ("user",)
    search_fields = ("order_name",)
    search_help_text = _lazy("Order number")
    ordering = (F("revoked_at").desc(nulls_first=True), "-created_at")
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees requests sees what was allowed for their orders."""
        return request.user.has_perm(access.VIEW)

    @admin.display(description=_lazy("may be returned until"), empty_value="")
    def until(self, given: OrderException) -> str | None:
        if given.window_until is None:
            return None
        return wording.day(timezone.localtime(given.window_until) - timedelta(seconds=1))

    @admin.display(description=_lazy("act"))
    def order_link(self, given: OrderException) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', order_url(given.shopify_order_id), _("Open the order")
        )


@admin.register(BlockedShopper)
class BlockedShopperAdmin(ReadOnlyAdmin[BlockedShopper]):
    """The block list, blocks that stand first; lifted on a request of the shopper's."""

    list_display = ("request_link", "kind", "reason", "blocked_by", "blocked_at", "lifted_at")
    list_filter = (("lifted_at", admin.EmptyFieldListFilter),)
    list_select_related = ("return_request", "blocked_by")
    search_fields = ("return_request__rma_number",)
    search_help_text = _lazy("RMA number of the return where it began")
    ordering = (F("lifted_at").desc(nulls_first=True), "-blocked_at")
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    list_display_links = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees requests sees why a shopper is on the list."""
        return request.user.has_perm(access.VIEW)

    @admin.display(description=_lazy("began with"))
    def request_link(self, block: BlockedShopper) -> SafeString:
        address = reverse("admin:returns_returnrequest_change", args=[block.return_request_id])
        return format_html('<a href="{}">{}</a>', address, block.return_request.rma_number)
