"""The merchant's own decisions: return policies by region, and the reasons to choose from."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.models import ReturnPolicy, ReturnReason
from staff.admin.base import ListAdmin
from staff.forms import PolicyForm, ReasonForm, ReasonRowForm


@admin.register(ReturnPolicy)
class ReturnPolicyAdmin(ListAdmin[ReturnPolicy]):
    """Policies as a merchant thinks of them: where, how long, what it costs, what to do."""

    form = PolicyForm
    list_display = ("name", "where", "window", "pays_the_parcel", "refund_on", "active")
    list_display_links = ("name",)
    radio_fields = {
        "window_anchor": admin.HORIZONTAL,
        "instructions_on": admin.HORIZONTAL,
        "refund_on": admin.HORIZONTAL,
        "return_shipping_paid_by": admin.VERTICAL,
    }
    fieldsets = (
        (
            _("Where it holds"),
            {
                "fields": ("name", "countries", "active"),
                "description": _(
                    "Changes hold for requests made from now on. "
                    "Requests keep the terms they were made under."
                ),
            },
        ),
        (
            _("Return window"),
            {"fields": ("return_window_days", "window_anchor", "transit_days", "final_sale_tags")},
        ),
        (_("Clocks"), {"fields": ("answer_within_hours", "send_within_days")}),
        (_("When things happen"), {"fields": ("instructions_on", "refund_on")}),
        (
            _("What it costs"),
            {
                "fields": (
                    "return_shipping_paid_by",
                    "return_shipping_fee",
                    "restocking_fee_percent",
                )
            },
        ),
        (
            _("What the shopper reads"),
            {"fields": ("conditions", "instructions", "return_address")},
        ),
        (_("Where the rule stands"), {"fields": ("source", "checked_on")}),
    )

    @admin.display(description=_("countries"))
    def where(self, policy: ReturnPolicy) -> str:
        return ", ".join(policy.countries) or str(_("everywhere else"))

    @admin.display(description=_("window"), ordering="return_window_days")
    def window(self, policy: ReturnPolicy) -> str:
        if policy.return_window_days is None:
            return str(_("no limit"))
        return _("%(days)s days from %(anchor)s") % {
            "days": policy.return_window_days,
            "anchor": policy.get_window_anchor_display(),
        }

    @admin.display(description=_("parcel paid by"), ordering="return_shipping_paid_by")
    def pays_the_parcel(self, policy: ReturnPolicy) -> str:
        return str(policy.get_return_shipping_paid_by_display())


@admin.register(ReturnReason)
class ReturnReasonAdmin(ListAdmin[ReturnReason]):
    """Reasons in the order in which shoppers see them."""

    form = ReasonForm
    list_select_related = ("parent",)
    list_display = (
        "label",
        "parent",
        "position",
        "active",
        "fault",
        "waives_fees",
        "requires_note",
        "photos",
    )
    list_editable = ("position", "active")
    fields = (
        "label",
        "code",
        "parent",
        "product_types",
        "fault",
        "waives_fees",
        "requires_note",
        "photos",
        "shopify_handle",
        "position",
        "active",
    )
    ordering = ("position", "code")

    def get_changelist_form(
        self, request: HttpRequest, **kwargs: Any
    ) -> "type[forms.ModelForm[ReturnReason]]":
        return super().get_changelist_form(request, **{"form": ReasonRowForm, **kwargs})
