"""What TikTok tells of aftersales: those for which no request stands first, and what helps them."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from returns_portal.returns.channels.aftersales import REFUND_TYPES, Stage, stage_of
from returns_portal.returns.channels.tiktok_shop import build_tiktok_client
from returns_portal.returns.intake.aftersales import OVER, sync_one
from returns_portal.returns.models import Aftersale, MirroredOrder
from returns_portal.tiktok.errors import TikTokError
from staff import access
from staff.admin.base import ReadOnlyAdmin
from staff.admin.records import request_link

# A person waits for the answer.
MAX_WAIT = 5.0


STANDS: dict[Stage, Promise] = {
    Stage.PENDING: _lazy("Waits for your decision"),
    Stage.OFFERED: _lazy("Buyer looks at your offer"),
    Stage.SEND: _lazy("Approved: buyer sends"),
    Stage.SENT: _lazy("Parcel on its way"),
    Stage.SUCCESS: _lazy("Approved, not paid yet"),
    Stage.COMPLETE: _lazy("Paid by TikTok"),
    Stage.REJECTED: _lazy("Rejected"),
    Stage.PARCEL_REJECTED: _lazy("Parcel rejected"),
    Stage.CANCELED: _lazy("Taken back by the buyer"),
}


class ShowFilter(admin.SimpleListFilter):
    """What staff look for here, in words."""

    title = _lazy("what to show")
    parameter_name = "show"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("lonely", _("Without a request")),
            ("waits", _("Waiting for the shop")),
            ("over", _("Paid or taken back")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Aftersale]) -> QuerySet[Aftersale]:
        match self.value():
            case "lonely":
                return queryset.filter(return_request=None)
            case "waits":
                return queryset.filter(deadline__isnull=False)
            case "over":
                return queryset.filter(status__in=OVER)
        return queryset


@admin.register(Aftersale)
class AftersaleAdmin(ReadOnlyAdmin[Aftersale]):
    """TikTok's aftersales; what their buyers wrote stands on the request's own page."""

    list_display = ("return_id", "request", "stands", "deadline", "cause", "next_step")
    list_filter = (ShowFilter,)
    fields = (
        "return_id",
        "order_id",
        "request",
        "cause",
        "next_step",
        "return_type",
        "status",
        "arbitration",
        "reason_text",
        "amount",
        "currency",
        "deadline",
        "updated_at",
        "synced_at",
    )
    list_select_related = ("return_request",)
    search_fields = ("=return_id", "=order_id", "return_request__rma_number")
    search_help_text = _lazy("TikTok's return or order ID, or RMA")
    ordering = (
        F("return_request").asc(nulls_first=True),
        F("deadline").asc(nulls_last=True),
        "-updated_at",
    )
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    actions = ("match_again",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who sees returns sees what TikTok says of them."""
        return request.user.has_perm(access.VIEW)

    def has_match_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perms((access.VIEW, access.RETRY))

    @admin.display(description=_lazy("return request"), ordering="return_request")
    def request(self, aftersale: Aftersale) -> SafeString | str:
        if aftersale.return_request is None:
            return _("none")
        return request_link(aftersale.return_request.pk, aftersale.return_request.rma_number)

    @admin.display(description=_lazy("stands"))
    def stands(self, aftersale: Aftersale) -> str | Promise:
        """In words; a status that nobody knows as TikTok writes it."""
        return STANDS.get(stage_of(aftersale.status), aftersale.status)

    @admin.display(description=_lazy("why none"))
    def cause(self, aftersale: Aftersale) -> str:
        if aftersale.return_request is not None:
            return ""
        if aftersale.return_type not in REFUND_TYPES:
            return _("It asks for no money back, so it is handled in Seller Center alone.")
        return aftersale.problem or _("It was not matched yet.")

    @admin.display(description=_lazy("next step"))
    def next_step(self, aftersale: Aftersale) -> SafeString | str:
        """Where to look: the order once it is known here, else what has to happen first."""
        if aftersale.return_request is not None:
            return ""
        if aftersale.return_type not in REFUND_TYPES:
            return _("Decide it in Seller Center.")
        order = MirroredOrder.objects.filter(numbers__number=aftersale.order_id).first()
        if order is None:
            return _("Bring the order into Shopify; it is then matched by itself.")
        url = reverse("admin:returns_mirroredorder_change", args=[order.pk])
        words = _("Look at the order and its returns, then match again:")
        return format_html('{} <a href="{}">{}</a>', words, url, order.name)

    @admin.action(description=_lazy("Match again"), permissions=["match"])
    def match_again(self, request: HttpRequest, aftersales: QuerySet[Aftersale]) -> None:
        """Reads the chosen aftersales from TikTok as they are now and looks for their requests."""
        try:
            client = build_tiktok_client(max_wait=MAX_WAIT)
        except TikTokError as problem:
            self.message_user(request, str(problem), messages.ERROR)
            return
        for aftersale in aftersales:
            try:
                fresh = sync_one(client, aftersale.return_id, now=timezone.now())
            except TikTokError as error:
                self.message_user(request, f"{aftersale}: {error}", messages.ERROR)
                continue
            if fresh.return_request is None:
                self.message_user(request, f"{fresh}: {self.cause(fresh)}", messages.WARNING)
            else:
                words = f"{fresh}: {fresh.return_request.rma_number}"
                self.message_user(request, words, messages.SUCCESS)
