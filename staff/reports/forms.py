"""What a report is asked for: days, what they are compared with, and which market."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.models import Fix, Market, ScheduledReport
from returns_portal.returns.reports.scope import LONGEST_DAYS, Period, Scope, served_markets
from returns_portal.returns.reports.sheets import SHEETS
from returns_portal.returns.reports.sheets.products import channel_name, country_name

PRESETS = (
    ("30", _("Last 30 days")),
    ("90", _("Last 90 days")),
    ("180", _("Last 6 months")),
    ("365", _("Last 12 months")),
    ("month", _("This month")),
    ("last-month", _("Last month")),
    ("year", _("This year")),
    ("custom", _("From … to …")),
)
COMPARISONS = (
    ("before", _("The days before")),
    ("year", _("A year before")),
    ("none", _("Nothing")),
)


class DateInput(forms.DateInput):
    input_type = "date"


class ScopeForm(forms.Form):
    """The bar at the head of every report; what is left out has a default."""

    days = forms.ChoiceField(label=_("Days"), choices=PRESETS, required=False)
    start = forms.DateField(label=_("From"), required=False, widget=DateInput)
    end = forms.DateField(label=_("To"), required=False, widget=DateInput)
    against = forms.ChoiceField(label=_("Compare with"), choices=COMPARISONS, required=False)
    channel = forms.ChoiceField(label=_("Sales channel"), required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    product = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, today: date, preset: str) -> None:
        given = data.copy()
        given["days"] = given.get("days") or preset
        given["against"] = given.get("against") or "before"
        super().__init__(given, auto_id="scope-%s")
        self.today = today
        markets = list(Market.objects.filter(pk__in=served_markets()))
        self.fields["channel"] = _choice(
            _("Sales channel"),
            {row.sales_channel: channel_name(row.sales_channel) for row in markets},
        )
        self.fields["country"] = _choice(
            _("Country"), {row.country: country_name(row.country) for row in markets}
        )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("days") == "custom":
            start, end = values.get("start"), values.get("end")
            if not start or not end:
                raise forms.ValidationError(_("Give both days: from and to."))
            if end < start:
                raise forms.ValidationError(_("The last day comes before the first."))
            if (end - start).days >= LONGEST_DAYS:
                raise forms.ValidationError(_("Choose at most three years."))
        return values

    def period(self) -> Period:
        """The days asked for; all presets but "last month" end today."""
        today, days = self.today, self.cleaned_data["days"]
        if days == "custom":
            return Period(self.cleaned_data["start"], self.cleaned_data["end"])
        if days == "month":
            return Period(today.replace(day=1), today)
        if days == "last-month":
            last = today.replace(day=1) - timedelta(days=1)
            return Period(last.replace(day=1), last)
        if days == "year":
            return Period(today.replace(month=1, day=1), today)
        return Period(today - timedelta(days=int(days) - 1), today)

    def scope(self) -> Scope:
        """What the report is to look at; needs a valid form."""
        period = self.period()
        compared = {"before": period.before, "year": period.year_before}.get(
            self.cleaned_data["against"]
        )
        return Scope(
            period,
            compared() if compared else None,
            served_markets(self.cleaned_data["channel"], self.cleaned_data["country"]),
            self.cleaned_data["product"],
        )


class FixForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's class takes no parameter
    """What was mended, and since when."""

    class Meta:
        model = Fix
        fields = ["product", "reason", "fixed_on", "note"]
        widgets = {
            "product": forms.HiddenInput,
            "reason": forms.HiddenInput,
            "fixed_on": DateInput,
            "note": forms.Textarea(attrs={"rows": 2}),
        }


class ScheduleForm(forms.Form):
    """Which report a person wants by mail, and when."""

    report = forms.ChoiceField(
        label=_("Report"), choices=lambda: [(key, name) for key, (name, _build) in SHEETS.items()]
    )
    every = forms.ChoiceField(label=_("When"), choices=ScheduledReport.Every.choices)


def _choice(label: Any, names: dict[str, str]) -> forms.ChoiceField:
    known = sorted((name, key) for key, name in names.items() if key)
    choices = [("", _("All")), *((key, name) for name, key in known)]
    return forms.ChoiceField(label=label, choices=choices, required=False)
