"""The form of an approval: units by line, where they go, and money by hand for those who may."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babel import Locale
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from returns_portal.returns.models import Message, ReturnLineItem, ReturnRequest
from returns_portal.returns.outcomes import outcomes_for_staff
from returns_portal.returns.refund_amounts import decimals, rounded
from returns_portal.returns.services import Decision, LineDecision
from returns_portal.returns.typed_amounts import Doubt, UnclearAmount, parse_amount
from returns_portal.shopify.types import Location, Money
from staff import wording
from staff.forms import (
    ON_APPROVAL,
    REASON_LENGTH,
    SeenAmount,
    disposition_field,
    lacks_place,
    location_field,
)

MOST_IN_A_LIST = 12
DOUBTS = {
    Doubt.NO_AMOUNT: _lazy("This is no amount. Write it like %(example)s."),
    Doubt.TWO_MEANINGS: _lazy(
        "“%(typed)s” could be thousands or decimals. Write it in full, like %(example)s."
    ),
    Doubt.TOO_FINE: _lazy("%(currency)s has no such small parts. Write it like %(example)s."),
}


class TypedAmount(forms.CharField):
    """An amount in one currency, typed as the reader's language or another writes it."""

    def __init__(self, currency: str, **options: Any) -> None:
        self.currency = currency
        options.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        )
        super().__init__(required=False, max_length=30, **options)

    def prepare_value(self, value: Any) -> Any:
        return wording.plain_amount(value, self.currency) if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value)
        if not typed:
            return None
        locale = Locale.parse(wording.active_locale())
        group_mark = str(locale.number_symbols.get("latn", {}).get("group", ","))
        try:
            return parse_amount(typed, decimals=decimals(self.currency), group_mark=group_mark)
        except UnclearAmount as unclear:
            words = {
                "typed": typed,
                "currency": self.currency,
                "example": wording.plain_amount(Decimal("1234.5"), self.currency),
            }
            raise forms.ValidationError(DOUBTS[unclear.doubt] % words) from None

    def validate(self, value: Any) -> None:
        """Nothing to add: an empty field leaves the amount as it is."""

    def run_validators(self, value: Any) -> None:
        """The rules for texts do not hold for amounts."""


@dataclass(frozen=True, slots=True)
class LineFields:
    """The fields of one line, as the template needs them."""

    line: ReturnLineItem
    units: forms.BoundField
    why: forms.BoundField
    disposition: forms.BoundField | None
    location: forms.BoundField | None
    outcome: forms.BoundField | None
    percent: forms.BoundField | None


class ApproveForm(SeenAmount):
    """The seen amount, and for each line its units and whether they go back into stock.

    Where the goods are looked at first, inspection says where they go: `ask_where` is False.
    Fees and another amount are fields only for those who `may_change` money.
    """

    amount = forms.DecimalField(
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=3,
        required=False,
        widget=forms.HiddenInput,
    )
    quoted = forms.DecimalField(max_digits=14, decimal_places=3, widget=forms.HiddenInput)
    message = forms.CharField(
        label=_lazy("A message to the shopper, with the e-mail (optional)"),
        required=False,
        max_length=Message.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": Message.LONGEST}),
    )

    def __init__(
        self,
        request: ReturnRequest,
        data: Any = None,
        *,
        amount: Money,
        ask_where: bool = True,
        may_change: bool = False,
        places: Sequence[Location] = (),
    ) -> None:
        initial = {
            "amount": f"{amount.amount:f}",
            "currency": request.currency,
            "quoted": f"{rounded(request.quoted_amount, request.currency).amount:f}",
        }
        super().__init__(data, initial=initial)
        self.request = request
        self.may_change = may_change
        self.ask_where = ask_where
        self.places = places
        self.lines = list(request.lines.all())
        for line in self.lines:
            self._add_line(line)
        if may_change:
            self._add_money()

    def _add_line(self, line: ReturnLineItem) -> None:
        self.fields[f"units-{line.pk}"] = units_field(line)
        self.fields[f"why-{line.pk}"] = why_field(line)
        if self.ask_where:
            self.fields[f"disposition-{line.pk}"] = disposition_field(line, ON_APPROVAL)
            self.fields[f"location-{line.pk}"] = location_field(line, self.places)
        offered = outcomes_for_staff(self.request, line)
        if len(offered) > 1:
            self.fields[f"outcome-{line.pk}"] = outcome_field(line, offered)
        if self.may_change:
            self.fields[f"percent-{line.pk}"] = percent_field(line)

    def _add_money(self) -> None:
        currency = self.request.currency
        self.fields["shipping_fee"] = TypedAmount(
            currency,
            label=_("Return shipping fee (%(currency)s)") % {"currency": currency},
            initial=self.request.return_shipping_fee,
        )
        self.fields["other_amount"] = TypedAmount(
            currency,
            label=_("Refund another amount (%(currency)s)") % {"currency": currency},
            help_text=_("Empty: what Shopify calculates."),
        )
        self.fields["amount_reason"] = forms.CharField(
            label=_("Why, for the history"), required=False, max_length=300
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for line in self.lines:
            units, why = cleaned.get(f"units-{line.pk}"), cleaned.get(f"why-{line.pk}", "")
            if units is not None and units < line.quantity and not why.strip():
                self.add_error(f"why-{line.pk}", _("Say why: the shopper reads it."))
            if units and f"location-{line.pk}" in self.data:
                self._check_place(line, cleaned)
        if self.may_change and self.changes_money and not cleaned.get("amount_reason", "").strip():
            self.add_error("amount_reason", _("Say why the amount or a fee is another one."))
        return cleaned

    def _check_place(self, line: ReturnLineItem, cleaned: dict[str, Any]) -> None:
        where = cleaned.get(f"location-{line.pk}", "")
        if lacks_place(line, cleaned.get(f"disposition-{line.pk}", ""), where):
            self.add_error(f"location-{line.pk}", _("Choose the place that takes it."))

    @property
    def lacks_only_words(self) -> bool:
        """Whether the form is right but for reasons that are still to be written."""
        return all(name == "amount_reason" or name.startswith("why-") for name in self.errors)

    @property
    def seen_quote(self) -> Decimal:
        quoted: Decimal = self.cleaned_data["quoted"]
        return quoted

    @property
    def units(self) -> dict[int, int]:
        return {line.pk: self.cleaned_data.get(f"units-{line.pk}", 0) for line in self.lines}

    @property
    def percents(self) -> dict[int, Decimal]:
        """Restocking fee percent by line: as typed, else as the request holds it."""
        found = {}
        for line in self.lines:
            typed = self.cleaned_data.get(f"percent-{line.pk}")
            found[line.pk] = line.restocking_fee_percent if typed is None else typed
        return found

    @property
    def outcomes(self) -> dict[int, str]:
        """How each line is paid back: as chosen here, else as the shopper chose."""
        return {
            line.pk: self.cleaned_data.get(f"outcome-{line.pk}") or line.outcome
            for line in self.lines
        }

    @property
    def changes_outcomes(self) -> bool:
        return self.outcomes != {line.pk: line.outcome for line in self.lines}

    @property
    def shipping_fee(self) -> Decimal:
        typed: Decimal | None = self.cleaned_data.get("shipping_fee")
        return self.request.return_shipping_fee if typed is None else typed

    @property
    def other_amount(self) -> Decimal | None:
        return self.cleaned_data.get("other_amount")

    @property
    def changes_fees(self) -> bool:
        held = {line.pk: line.restocking_fee_percent for line in self.lines}
        shipping: Decimal = self.request.return_shipping_fee
        return self.percents != held or self.shipping_fee != shipping

    @property
    def changes_money(self) -> bool:
        return self.changes_fees or self.other_amount is not None

    @property
    def is_as_asked(self) -> bool:
        """Whether all units are approved under the fees and for the outcomes that were told."""
        asked = {line.pk: line.quantity for line in self.lines}
        return self.units == asked and not (self.changes_fees or self.changes_outcomes)

    def decision(self, **extra: Any) -> Decision:
        """What the form says, as the service takes it."""
        return Decision(
            lines=tuple(self._line_decisions()),
            return_shipping_fee=self.shipping_fee,
            reason=self.cleaned_data.get("amount_reason", ""),
            message=self.cleaned_data.get("message", ""),
            **extra,
        )

    def _line_decisions(self) -> Iterator[LineDecision]:
        for line in self.lines:
            yield LineDecision(
                line_id=line.pk,
                approved=self.units[line.pk],
                decline_reason=self.cleaned_data.get(f"why-{line.pk}", ""),
                disposition=self.cleaned_data.get(f"disposition-{line.pk}", ""),
                location_id=self.cleaned_data.get(f"location-{line.pk}", ""),
                outcome=self.cleaned_data.get(f"outcome-{line.pk}", ""),
                restocking_fee_percent=self.percents[line.pk],
            )

    def line_rows(self) -> list[LineFields]:
        return [self._fields_of(line) for line in self.lines]

    def _fields_of(self, line: ReturnLineItem) -> LineFields:
        return LineFields(
            line=line,
            units=self[f"units-{line.pk}"],
            why=self[f"why-{line.pk}"],
            disposition=self[f"disposition-{line.pk}"] if self.ask_where else None,
            location=self._location_of(line),
            outcome=self[f"outcome-{line.pk}"] if f"outcome-{line.pk}" in self.fields else None,
            percent=self[f"percent-{line.pk}"] if self.may_change else None,
        )

    def _location_of(self, line: ReturnLineItem) -> forms.BoundField | None:
        """The field of the place; none where there is only one to choose."""
        one_place = len(self.places) < 2 and line.location_id in {p.id for p in self.places}
        return (
            None
            if one_place or not (self.ask_where and self.places)
            else self[f"location-{line.pk}"]
        )

    def money_fields(self) -> list[forms.BoundField]:
        """The fields about money by hand, in the order in which they are read."""
        if not self.may_change:
            return []
        percents = [self[f"percent-{line.pk}"] for line in self.lines]
        return [*percents, self["shipping_fee"], self["other_amount"], self["amount_reason"]]


# What only those may send who may change amounts.
BY_HAND = ("percent-", "shipping_fee", "other_amount", "amount_reason")


def units_field(line: ReturnLineItem) -> forms.Field:
    """How many units of the line are approved: a short list, or a number where it would be long."""
    label = _("Units of %(item)s to approve") % {"item": line.title}
    if line.quantity > MOST_IN_A_LIST:
        return forms.IntegerField(
            label=label, min_value=0, max_value=line.quantity, initial=line.quantity
        )
    counts = range(line.quantity, -1, -1)
    words = {"total": line.quantity}
    choices = [(count, _("%(count)s of %(total)s") % {"count": count, **words}) for count in counts]
    return forms.TypedChoiceField(
        label=label, choices=choices, coerce=int, empty_value=None, initial=line.quantity
    )


def outcome_field(line: ReturnLineItem, offered: Sequence[str]) -> forms.ChoiceField:
    """How the line is paid back, where the policy and the channel leave a choice."""
    labels = dict(ReturnLineItem.Outcome.choices)
    return forms.ChoiceField(
        label=_("How %(item)s is paid back") % {"item": line.title},
        choices=[(outcome, labels[outcome]) for outcome in offered],
        initial=line.outcome,
        required=False,
    )


def why_field(line: ReturnLineItem) -> forms.CharField:
    return forms.CharField(
        label=_("Why not all of %(item)s, as the shopper will read it") % {"item": line.title},
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def percent_field(line: ReturnLineItem) -> forms.DecimalField:
    return forms.DecimalField(
        label=_("Restocking fee of %(item)s (%%)") % {"item": line.title},
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
        initial=f"{line.restocking_fee_percent.normalize():f}",
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
    )
