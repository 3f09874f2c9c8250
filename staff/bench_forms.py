"""What the bench fills in: a code to look for, what arrived of each item, a parcel of nobody."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from returns_portal.returns.models import ConditionGrade, ReturnLineItem
from returns_portal.returns.services.arrivals import Arrival, units_missing

if TYPE_CHECKING:
    GradeModelForm = forms.ModelForm[ConditionGrade]
else:  # Django's class takes no parameter at run time
    GradeModelForm = forms.ModelForm

Disposition = ReturnLineItem.Disposition
ACCEPT = "image/jpeg,image/png,image/webp,image/heic,image/heif"


class GradeRowForm(GradeModelForm):
    """A row of the list of conditions, whose fields say which condition they belong to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{field.label}: {self.instance.label}"


class CodeForm(forms.Form):
    """What is scanned or typed to find a return."""

    code = forms.CharField(
        label=_lazy("RMA, tracking or order number"),
        max_length=80,
        widget=forms.TextInput(
            attrs={
                "autofocus": True,
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "enterkeyhint": "search",
            }
        ),
        error_messages={"required": _lazy("Scan or type the number on the packing slip.")},
    )


class ItemForm(forms.Form):
    """What arrived of one line: ticked, how many, in what state, where it goes."""

    def __init__(
        self, line: ReturnLineItem, grades: Sequence[ConditionGrade], data: Any = None
    ) -> None:
        super().__init__(data, prefix=f"line-{line.pk}")
        self.line, self.missing = line, units_missing(line)
        self.grades = list(grades)
        self.fields["arrived"] = forms.BooleanField(
            label=_("%(item)s arrived") % {"item": line.title}, required=False
        )
        self.fields["quantity"] = forms.IntegerField(
            label=_("Units of %(item)s") % {"item": line.title},
            required=False,
            min_value=1,
            max_value=max(1, self.missing),
            initial=max(1, self.missing),
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        )
        self.fields["grade"] = forms.ChoiceField(
            label=_("Condition"),
            required=False,
            choices=[(grade.code, grade.label) for grade in grades],
        )
        self.fields["disposition"] = forms.ChoiceField(
            label=_("Where %(item)s goes") % {"item": line.title},
            required=False,
            choices=[("", _("as usual for the condition")), *Disposition.choices],
        )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("arrived"):
            return data
        if self.grades and not data.get("grade") and "grade" not in self.errors:
            self.add_error("grade", _("Choose the condition of what arrived."))
        return data

    @property
    def arrival(self) -> Arrival | None:
        """What this form says has arrived; None when the item was not ticked."""
        data = self.cleaned_data
        if not data.get("arrived"):
            return None
        usual = {grade.code: grade.disposition for grade in self.grades}
        grade = data.get("grade") or ""
        return Arrival(
            line_id=self.line.pk,
            quantity=data.get("quantity") or self.missing,
            disposition=data.get("disposition") or usual.get(grade, self.line.disposition),
            grade=grade,
        )

    def grade_choices(self) -> list[tuple[ConditionGrade, bool]]:
        """The conditions with whether each is chosen."""
        chosen = self["grade"].value()
        return [(grade, grade.code == chosen) for grade in self.grades]


class ParcelForm(forms.Form):
    """The parcel around the items."""

    tracking_number = forms.CharField(
        label=_lazy("Tracking number on the parcel"), max_length=60, required=False
    )
    note = forms.CharField(
        label=_lazy("Note for colleagues"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class UnknownParcelForm(ParcelForm):
    """A parcel that nobody knows."""

    note = forms.CharField(
        label=_lazy("What is in it, and who it may be from"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
