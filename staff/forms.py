"""What staff fill in: decisions about a request, and the merchant's policies."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from babel import Locale
from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from returns_portal.returns.models import ReturnLineItem, ReturnPolicy, ReturnReason, ReturnRequest
from returns_portal.returns.services import Receipt
from returns_portal.shopify.types import Money

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
READY_REASONS: tuple[str | Promise, ...] = (
    _lazy("The return window for this order has closed."),
    _lazy("This item was sold as a final sale, so we can't take it back."),
    _lazy(
        "We need more to go on: please send a new request with a note that says what is wrong "
        "with the item."
    ),
    _lazy("You already have a refund for this item."),
)


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


class ApproveForm(SeenAmount):
    """The seen amount, and for each line whether its units go back into stock.

    Where the goods are looked at first, inspection says where they go: `ask_where` is False.
    """

    def __init__(
        self, request: ReturnRequest, data: Any = None, *, amount: Money, ask_where: bool = True
    ) -> None:
        initial = {"amount": f"{amount.amount:f}", "currency": request.currency}
        super().__init__(data, initial=initial)
        self.lines = list(request.lines.all()) if ask_where else []
        for line in self.lines:
            self.fields[f"disposition-{line.pk}"] = disposition_field(line, ON_APPROVAL)

    @property
    def dispositions(self) -> dict[int, str]:
        return {line.pk: self.cleaned_data[f"disposition-{line.pk}"] for line in self.lines}

    def disposition_rows(self) -> list[tuple[ReturnLineItem, forms.BoundField]]:
        return [(line, self[f"disposition-{line.pk}"]) for line in self.lines]


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
    ready_reasons = READY_REASONS


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


def received_field(line: ReturnLineItem) -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Units of %(item)s received") % {"item": line.title},
        min_value=0,
        max_value=line.quantity,
        initial=line.quantity,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class WordList(forms.CharField):
    """A list of words, written with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        words = [word.strip() for word in (super().to_python(value) or "").split(",")]
        return list(dict.fromkeys(word for word in words if word))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(list(initial or []) != self.to_python(data))


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

    class Meta:
        model = ReturnPolicy
        fields = "__all__"
        widgets = {"checked_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}


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
