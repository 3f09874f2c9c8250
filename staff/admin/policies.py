"""The merchant's own decisions: return policies by region, and the reasons to choose from."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.dates import WEEKDAYS
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.models import ConditionGrade, ReturnPolicy, ReturnReason, ShopCalendar
from returns_portal.returns.ruling import draft_rules, find_version
from returns_portal.returns.services import is_published
from staff.admin.base import ListAdmin
from staff.bench_forms import GradeRowForm
from staff.calendar_form import CalendarForm
from staff.forms import PolicyForm, ReasonForm, ReasonRowForm
from staff.previews import shows_frames
from staff.views import instructions, policing


@admin.register(ReturnPolicy)
class ReturnPolicyAdmin(ListAdmin[ReturnPolicy]):
    """Policies as a merchant thinks of them: where, how long, what it costs, what to do."""

    form = PolicyForm
    list_display = (
        "name",
        "where",
        "window",
        "pays_the_parcel",
        "refund_on",
        "active",
        "rules_link",
        "unknowns",
    )
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
                    "Requests keep the terms they were made under. Once a policy is published "
                    "under Rules, changes here are a draft: they hold when you publish again."
                ),
            },
        ),
        (
            _("Return window"),
            {"fields": ("return_window_days", "window_anchor", "transit_days", "final_sale_tags")},
        ),
        (
            _("Clocks"),
            {
                "fields": (
                    ("answer_within_hours", "when_unanswered"),
                    ("info_within_days", "when_info_missing"),
                    ("send_within_days", "when_not_sent"),
                    ("arrive_within_days", "when_not_arrived"),
                    ("inspect_within_days", "when_not_inspected"),
                    "counts_working_days",
                    ("remind_days_before", "warn_hours_before"),
                ),
                "description": _(
                    "Days end at midnight in the shop's time zone. "
                    "Where TikTok sets a deadline, that one holds."
                ),
            },
        ),
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
            _("What else the shopper may choose"),
            {
                "fields": (
                    "offers_store_credit",
                    "store_credit_bonus_percent",
                    "keep_item_up_to",
                    "outcomes_on_tiktok",
                )
            },
        ),
        (
            _("What the shopper reads"),
            {"fields": ("conditions", "instructions", "return_address")},
        ),
        (_("Where the rule stands"), {"fields": ("source", "checked_on", "not_known")}),
    )

    def get_urls(self) -> list[URLPattern]:
        """The pages of a policy's rules before Django's own."""
        wrap = self.admin_site.admin_view
        pages = (
            ("rules/", policing.overview, "rules"),
            ("rules/add/", policing.edit, "rule_add"),
            ("rules/<int:rule_id>/", policing.edit, "rule"),
            ("rules/<int:rule_id>/delete/", policing.delete, "rule_delete"),
            ("rules/export/", policing.export_rules, "export"),
            ("rules/import/", policing.import_rules, "import"),
            ("trial/", policing.start_trial, "start_trial"),
            ("trial/<int:trial_id>/", policing.trial, "trial"),
            ("publish/", policing.publish, "publish"),
            ("versions/<int:number>/again/", policing.roll_back, "roll_back"),
        )
        own = [
            path(f"<int:pk>/{address}", wrap(view), name=f"returns_returnpolicy_{name}")
            for address, view, name in pages
        ]
        preview = wrap(instructions.preview)
        own.append(path("preview/", preview, name="returns_returnpolicy_preview"))
        return own + super().get_urls()

    @admin.display(description=_("not known: fill in"), empty_value="")
    def unknowns(self, policy: ReturnPolicy) -> SafeString:
        return format_html_join(
            " ",
            '<span class="badge badge-notice">{}</span>',
            ((what,) for what in policy.not_known),
        )

    @admin.display(description=_("rules"))
    def rules_link(self, policy: ReturnPolicy) -> SafeString:
        url = reverse("admin:returns_returnpolicy_rules", args=[policy.pk])
        link = format_html('<a href="{}">{}</a>', url, _("Rules and versions"))
        version = find_version(policy)
        if version is None and not draft_rules(policy):
            return link
        if version is not None and is_published(policy):
            words = _("version %(number)s holds") % {"number": version.number}
            return format_html('{} <span class="sub">{}</span>', link, words)
        return format_html('{} <span class="badge badge-notice">{}</span>', link, _("draft waits"))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Django's form, with a frame that shows what the shopper reads."""
        context = {"preview_looks": instructions.LOOKS, **(extra_context or {})}
        show = shows_frames(super().changeform_view)
        return show(request, object_id, form_url, context)

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


@admin.register(ShopCalendar)
class ShopCalendarAdmin(ListAdmin[ShopCalendar]):
    """The one row of working days: added once, then changed."""

    form = CalendarForm
    list_display = ("__str__", "weekdays", "holiday_count")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not ShopCalendar.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("the shop works on"))
    def weekdays(self, calendar: ShopCalendar) -> str:
        return ", ".join(str(WEEKDAYS[day]) for day in sorted(calendar.working_weekdays))

    @admin.display(description=_("days without work"))
    def holiday_count(self, calendar: ShopCalendar) -> int:
        return len(calendar.holidays)


@admin.register(ConditionGrade)
class ConditionGradeAdmin(ListAdmin[ConditionGrade]):
    """States that goods come back in, in the order in which the bench sees them."""

    list_display = ("label", "meaning", "disposition", "position", "active")
    list_editable = ("position", "active")
    fields = ("label", "code", "meaning", "disposition", "position", "active")
    ordering = ("position", "code")

    def get_changelist_form(
        self, request: HttpRequest, **kwargs: Any
    ) -> "type[forms.ModelForm[ConditionGrade]]":
        return super().get_changelist_form(request, **{"form": GradeRowForm, **kwargs})


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
