"""What staff fill in: decisions about a request, and the merchant's policies."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from babel import Locale
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from returns_portal.returns.models import (
    Message,
    ReturnLineItem,
    ReturnPolicy,
    ReturnReason,
    ReturnRequest,
)
from returns_portal.returns.services import Placement, Receipt
from returns_portal.shopify.types import Location, Money

if TYPE_CHECKING:
    PolicyModelForm = forms.ModelForm[ReturnPolicy]
    ReasonModelForm = forms.ModelForm[ReturnReason]
else:  # Django's class takes no parameter at run time
    PolicyModelForm = ReasonModelForm = forms.ModelForm

# The two-letter territories of CLDR that are unions, pseudo-locales or unknown, not countries.
NOT_COUNTRIES = {"CQ", "EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
COUNTRIES = frozenset(
    code
    for code in map(str, Locale("en").territories)
    if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES
)
Disposition = ReturnLineItem.Disposition
ON_APPROVAL = [
    (Disposition.RESTOCKED.value, Disposition.RESTOCKED.label),
    (Disposition.NOT_RESTOCKED.value, Disposition.NOT_RESTOCKED.label),
]
ON_RECEIPT = list(Disposition.choices)
REASON_LENGTH = 1000


class SeenAmount(forms.Form):
    """The amount that a person saw and agreed to."""

    amount = forms.DecimalField(
        min_value=Decimal(0), max_digits=14, decimal_places=3, widget=forms.HiddenInput
    )
    currency = forms.RegexField(r"^[A-Z]{3}$", widget=forms.HiddenInput)

    def clean_currency(self) -> str:
        currency: str = self.cleaned_data["currency"]
        expected = self.initial.get("currency")
        if expected and currency != expected:
            raise forms.ValidationError(_("The amount is in another currency than the request."))
        return currency

    @property
    def seen(self) -> Money:
        return Money(self.cleaned_data["amount"], self.cleaned_data["currency"])


class DeclineForm(forms.Form):
    """The reason that the shopper will read."""

    reason = forms.CharField(
        label=_lazy("Reason, as the shopper will read it"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(
            attrs={"rows": 4, "maxlength": REASON_LENGTH, "data-preview": "decline-preview"}
        ),
        error_messages={"required": _lazy("Write a reason: the shopper will read it.")},
    )


class AskForm(forms.Form):
    """The question that the shopper will read."""

    body = forms.CharField(
        label=_lazy("What the shopper should tell or send"),
        max_length=Message.LONGEST,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": Message.LONGEST}),
        error_messages={"required": _lazy("Write what you need: the shopper will read it.")},
    )


class LowerForm(forms.Form):
    """The lower amount that was seen, and why it is taken."""

    amount = forms.DecimalField(
        min_value=Decimal(0), max_digits=14, decimal_places=3, widget=forms.HiddenInput
    )
    reason = forms.CharField(label=_lazy("Why, for the history"), max_length=300)


class ReceiveForm(forms.Form):
    """How many units of each line arrived, and where they go."""

    def __init__(self, request: ReturnRequest, data: Any = None) -> None:
        super().__init__(data)
        self.lines = list(request.lines.all())
        for line in self.lines:
            self.fields[f"received-{line.pk}"] = received_field(line)
            self.fields[f"disposition-{line.pk}"] = disposition_field(line, ON_RECEIPT)

    @property
    def receipts(self) -> dict[int, Receipt]:
        return {line.pk: self._receipt(line) for line in self.lines}

    def _receipt(self, line: ReturnLineItem) -> Receipt:
        return Receipt(
            quantity=self.cleaned_data[f"received-{line.pk}"],
            disposition=self.cleaned_data[f"disposition-{line.pk}"],
        )

    def line_rows(self) -> list[tuple[ReturnLineItem, forms.BoundField, forms.BoundField]]:
        return [
            (line, self[f"received-{line.pk}"], self[f"disposition-{line.pk}"])
            for line in self.lines
        ]


def disposition_field(line: ReturnLineItem, choices: list[tuple[str, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Where %(item)s goes") % {"item": line.title},
        choices=choices,
        initial=line.disposition,
    )


def location_field(line: ReturnLineItem, places: Sequence[Location]) -> forms.ChoiceField:
    """The shop's active places, the usual one chosen; that one alone while none are known.

    A usual place that is not active any more is not offered: then one must be chosen.
    """
    choices = [(place.id, _place_words(place, line.location_id)) for place in places]
    usual = line.location_id
    if not places:
        choices = [(usual, _("The place it was shipped from"))]
    elif usual not in {place.id for place in places}:
        choices, usual = [("", _("Choose a place")), *choices], ""
    return forms.ChoiceField(
        label=_("Place that takes %(item)s") % {"item": line.title},
        choices=choices,
        initial=usual,
        required=False,
    )


def _place_words(place: Location, usual: str) -> str:
    if place.id != usual:
        return place.name
    return _("%(place)s (as usual)") % {"place": place.name}


def lacks_place(line: ReturnLineItem, disposition: str, location_id: str) -> bool:
    """Whether units would go into stock without anybody knowing where."""
    return disposition == Disposition.RESTOCKED and not location_id and bool(line.location_id)


def received_field(line: ReturnLineItem) -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Units of %(item)s received") % {"item": line.title},
        min_value=0,
        max_value=line.quantity,
        initial=line.quantity,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class PlaceForm(forms.Form):
    """Where the goods of a failed restock go."""

    def __init__(
        self, request: ReturnRequest, data: Any = None, *, places: Sequence[Location]
    ) -> None:
        super().__init__(data)
        self.lines = [line for line in request.lines.all() if line.units_back and not line.is_kept]
        for line in self.lines:
            self.fields[f"disposition-{line.pk}"] = disposition_field(line, ON_RECEIPT)
            self.fields[f"location-{line.pk}"] = location_field(line, places)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for line in self.lines:
            where = cleaned.get(f"location-{line.pk}", "")
            if lacks_place(line, cleaned.get(f"disposition-{line.pk}", ""), where):
                self.add_error(f"location-{line.pk}", _("Choose the place that takes it."))
        return cleaned

    @property
    def places(self) -> dict[int, Placement]:
        return {
            line.pk: Placement(
                disposition=self.cleaned_data[f"disposition-{line.pk}"],
                location_id=self.cleaned_data[f"location-{line.pk}"],
            )
            for line in self.lines
        }

    def line_rows(self) -> list[tuple[ReturnLineItem, forms.BoundField, forms.BoundField]]:
        return [
            (line, self[f"disposition-{line.pk}"], self[f"location-{line.pk}"])
            for line in self.lines
        ]


class WordList(forms.CharField):
    """A list of words, written with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        words = [word.strip() for word in (super().to_python(value) or "").split(",")]
        return list(dict.fromkeys(word for word in words if word))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(list(initial or []) != self.to_python(data))


class LineList(WordList):
    """A list of sentences, one a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        lines = [line.strip() for line in str(value or "").splitlines()]
        return list(dict.fromkeys(line for line in lines if line))


class CountryList(WordList):
    """Country codes (ISO 3166-1, two letters), written with commas between them."""

    def to_python(self, value: Any) -> Any:
        codes = [code.upper() for code in super().to_python(value)]
        strange = [code for code in codes if code not in COUNTRIES]
        if strange:
            raise forms.ValidationError(
                _("Not a country code: %(codes)s. Write two letters each, like US, GB, DE."),
                params={"codes": ", ".join(strange)},
            )
        return list(dict.fromkeys(codes))


class PolicyForm(PolicyModelForm):
    """A return policy with its lists written as text."""

    countries = CountryList(
        required=False,
        label=_lazy("Countries"),
        help_text=_lazy(
            "Two-letter codes with commas: US, CA. Empty: every country no other policy names."
        ),
    )
    final_sale_tags = WordList(
        required=False,
        label=_lazy("Final-sale tags"),
        help_text=_lazy("Product tags with commas. Products with one of them can't be returned."),
    )

    not_known = LineList(
        required=False,
        label=_lazy("Not known: fill in"),
        help_text=_lazy("What no public page told, one a line: decide it, then take it off."),
    )

    class Meta:
        model = ReturnPolicy
        fields = "__all__"
        widgets = {"checked_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}
        labels = {
            "return_window_days": _lazy("Days to return"),
            "window_anchor": _lazy("Counted from"),
            "transit_days": _lazy("Days a parcel travels"),
            "answer_within_hours": _lazy("Hours to answer a request"),
            "info_within_days": _lazy("Days for the shopper to reply"),
            "send_within_days": _lazy("Days to send the parcel"),
            "arrive_within_days": _lazy("Days for the parcel to arrive"),
            "inspect_within_days": _lazy("Days to look at the parcel"),
            "remind_days_before": _lazy("Remind the shopper, days before"),
            "warn_hours_before": _lazy("Warn staff, hours before"),
            "instructions_on": _lazy("Instructions come on"),
            "refund_on": _lazy("The refund comes on"),
            "return_shipping_paid_by": _lazy("Who pays the parcel"),
            "return_shipping_fee": _lazy("Fee for the parcel"),
            "restocking_fee_percent": _lazy("Restocking fee in percent"),
            "offers_store_credit": _lazy("Offer store credit"),
            "store_credit_bonus_percent": _lazy("Bonus on store credit in percent"),
            "keep_item_up_to": _lazy("Items may be kept up to"),
        }


class ReasonForm(ReasonModelForm):
    """A reason with its product types written as text, at most one level below another."""

    product_types = WordList(
        required=False,
        label=_lazy("Product types"),
        help_text=_lazy("As in Shopify, with commas: Shoes, Boots. Empty: for all goods."),
    )

    class Meta:
        model = ReturnReason
        fields = "__all__"

    def clean_parent(self) -> ReturnReason | None:
        parent: ReturnReason | None = self.cleaned_data["parent"]
        if parent is None:
            return None
        if parent.pk == self.instance.pk or parent.parent_id:
            raise forms.ValidationError(_("Choose a reason that stands below no other."))
        if self.instance.pk and self.instance.children.exists():
            raise forms.ValidationError(_("Other reasons stand below this one."))
        return parent


class ReasonRowForm(ReasonModelForm):
    """A row of the list of reasons, whose fields say which reason they belong to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{field.label}: {self.instance.label}"
