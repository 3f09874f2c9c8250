"""A request that staff make for a shopper: the order's items with verdicts, and what is chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from returns_portal.returns.eligibility import Code, may_override
from returns_portal.returns.models import ReturnLineItem
from returns_portal.returns.orders import Choice, OrderFacts, build_choices, judge_again
from returns_portal.returns.outcomes import ORIGINAL_PAYMENT
from returns_portal.returns.policies import (
    ReasonGroup,
    group_reasons,
    list_reasons,
    reasons_by_code,
)
from returns_portal.returns.quotes import RequestedLine
from returns_portal.returns.refund_amounts import Quote
from returns_portal.returns.ruling import Given
from returns_portal.returns.wording import explain
from staff import wording

LONGEST = 300


class LookUpForm(forms.Form):
    """The order's name or TikTok order id."""

    number = forms.CharField(
        label=_lazy("Order number or TikTok order ID"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
        error_messages={"required": _lazy("Type an order number or a TikTok order ID.")},
    )


class UnitsForm(forms.Form):
    """Units of one item: whether they go back, how many, why, and what for."""

    choose = forms.BooleanField(required=False)
    note = forms.CharField(
        label=_lazy("What the shopper said (they can read it)"), max_length=LONGEST, required=False
    )
    override = forms.CharField(
        label=_lazy("Why the policy is set aside, for staff only"),
        max_length=LONGEST,
        required=False,
    )

    def __init__(self, choice: Choice, facts: OrderFacts, data: Any, *, now: datetime) -> None:
        super().__init__(data, prefix=choice.key)
        self.choice = self.ruled = choice
        self.facts, self.now = facts, now
        groups = group_reasons(list_reasons(), choice.line.product_type)
        self.reasons = reasons_by_code(groups)
        self.fields["quantity"] = quantity_field(choice.returnable)
        self.fields["reason"] = reason_field(groups)
        self.fields["outcome"] = outcome_field(choice.outcomes)

    @property
    def chosen(self) -> bool:
        return self.is_bound and bool(self["choose"].value())

    @property
    def refused(self) -> bool:
        """Whether the shop's rules speak against it, so that setting them aside needs a reason."""
        return not self.ruled.eligible

    def full_clean(self) -> None:
        """What stands in the fields of an item that is not chosen does not matter."""
        super().full_clean()
        if self.is_bound and not self.cleaned_data.get("choose"):
            self._errors = forms.utils.ErrorDict()

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        units = cleaned.get("quantity") or 0
        if "quantity" not in self.errors and not 1 <= units <= self.choice.returnable:
            most = self.choice.returnable
            self.add_error("quantity", _("Choose 1 to %(most)s units.") % {"most": most})
        reason = self.reasons.get(cleaned.get("reason", ""))
        if reason is None:
            self.errors.pop("reason", None)
            self.add_error("reason", _("Choose a reason."))
        else:
            given = Given(reason=reason, quantity=units)
            self.ruled = judge_again(self.facts, self.choice, given, now=self.now)
        self._ask_why(cleaned.get("override", ""))
        return cleaned

    def _ask_why(self, words: str) -> None:
        objection = self.ruled.objection
        if objection is None:
            return
        if not may_override(self.ruled.verdicts):
            self.add_error("choose", explain(objection))
        elif not words.strip():
            self.add_error("override", _("Say why the policy is set aside for this item."))

    def requested_line(self) -> RequestedLine:
        cleaned = self.cleaned_data
        return RequestedLine(
            fulfillment_line_item_id=self.choice.fulfillment_line_item_id or "",
            quantity=cleaned["quantity"],
            reason_code=cleaned["reason"],
            customer_note=cleaned["note"],
            outcome=cleaned["outcome"] or ORIGINAL_PAYMENT,
        )


def quantity_field(most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Units"),
        initial=1,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 1, "max": most}),
    )


def reason_field(groups: Sequence[ReasonGroup]) -> forms.ChoiceField:
    """The reasons, those that belong together under their heading."""
    choices: list[tuple[str, Any]] = [("", _("Choose a reason"))]
    for group in groups:
        pairs = [(reason.code, reason.label) for reason in group.reasons]
        choices += [(group.label, pairs)] if group.label else pairs
    return forms.ChoiceField(label=_("Reason"), required=False, choices=choices)


def outcome_field(outcomes: Sequence[str]) -> forms.ChoiceField:
    names = dict(ReturnLineItem.Outcome.choices)
    offered = [(name, names[name]) for name in outcomes]
    return forms.ChoiceField(label=_("What the shopper gets"), required=False, choices=offered)


class SendForm(forms.Form):
    """Where the mails go, and the amount that was seen."""

    contact_email = forms.EmailField(
        label=_lazy("Contact e-mail"),
        required=False,
        help_text=_lazy("Empty: the address in the order, where mails reach it."),
        error_messages={"invalid": _lazy("Enter an e-mail address like name@example.com.")},
    )
    language = forms.ChoiceField(label=_lazy("Language of the mails"), choices=settings.LANGUAGES)
    submission_key = forms.UUIDField(widget=forms.HiddenInput)
    amount = forms.DecimalField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None) -> None:
        initial = {"language": settings.LANGUAGE_CODE, "submission_key": uuid4()}
        super().__init__(data, initial=initial)


@dataclass(frozen=True, slots=True)
class Item:
    """One choice as the page shows it; `form` is None where nobody can return it."""

    choice: Choice
    verdict: str
    form: UnitsForm | None


class OnBehalf:
    """The page's items and fields with what was chosen; unbound when `data` is None."""

    def __init__(
        self, facts: OrderFacts, data: Mapping[str, Any] | None = None, *, now: datetime
    ) -> None:
        self.facts = facts
        self.send = SendForm(data)
        self.items = [_item(facts, choice, data, now) for choice in build_choices(facts, now=now)]
        self.items.sort(key=lambda item: item.form is None)

    @property
    def forms(self) -> list[UnitsForm]:
        return [item.form for item in self.items if item.form]

    @property
    def chosen(self) -> list[UnitsForm]:
        return [form for form in self.forms if form.chosen]

    @property
    def problems(self) -> list[str]:
        """All that is wrong, as sentences; empty when it can be quoted."""
        found = [] if self.chosen else [_("Choose at least one item to return.")]
        for form in self.chosen:
            title = form.choice.line.title
            found += [f"{title}: {words}" for field in form.errors.values() for words in field]
        found += [str(words) for field in self.send.errors.values() for words in field]
        return found

    def lines(self) -> list[RequestedLine]:
        return [form.requested_line() for form in self.chosen]

    def overrides(self) -> dict[str, str]:
        """Why the policy is set aside, by fulfillment line item id, for what it refuses."""
        return {
            form.choice.fulfillment_line_item_id or "": form.cleaned_data["override"]
            for form in self.chosen
            if form.refused
        }


def _item(facts: OrderFacts, choice: Choice, data: Any, now: datetime) -> Item:
    possible = choice.eligible or may_override(choice.verdicts)
    form = UnitsForm(choice, facts, data, now=now) if possible and choice.returnable else None
    return Item(choice, verdict_of(choice), form)


def verdict_of(choice: Choice) -> str:
    """Why it cannot be returned, or until when it can."""
    window = next((v for v in choice.verdicts if v.code is Code.RETURN_WINDOW), None)
    told = choice.objection or window
    return explain(told) if told else ""


def money_rows(quote: Quote) -> list[tuple[str, str]]:
    """What the quote is made of, in words and amounts; fees of nothing left out."""
    rows = [
        (_("Items"), quote.subtotal),
        (_("Tax"), quote.tax),
        (_("Restocking fee"), -quote.restocking_fee),
        (_("Return shipping fee"), -quote.return_shipping_fee),
    ]
    return [(label, wording.money_of(amount)) for label, amount in rows if amount]
