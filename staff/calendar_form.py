"""The form for the days on which the shop works."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from returns_portal.returns.models import ShopCalendar

if TYPE_CHECKING:
    CalendarModelForm = forms.ModelForm[ShopCalendar]
else:  # Django's class takes no parameter at run time
    CalendarModelForm = forms.ModelForm


class DayList(forms.CharField):
    """Days, written one a line as 2026-12-25."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        lines = [line.strip() for line in (super().to_python(value) or "").splitlines()]
        return sorted({self._day(line) for line in lines if line})

    def _day(self, line: str) -> str:
        try:
            return date.fromisoformat(line).isoformat()
        except ValueError:
            raise forms.ValidationError(
                _("“%(line)s” is no day: write it as 2026-12-25.") % {"line": line}
            ) from None


class CalendarForm(CalendarModelForm):
    """Weekdays to tick, and days without work to list."""

    working_weekdays = forms.TypedMultipleChoiceField(
        label=_lazy("The shop works on"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _lazy("Tick at least one day.")},
    )
    holidays = DayList(
        label=_lazy("Days without work"),
        required=False,
        help_text=_lazy("One a line: 2026-12-25."),
    )

    class Meta:
        model = ShopCalendar
        fields = ("working_weekdays", "holidays")
