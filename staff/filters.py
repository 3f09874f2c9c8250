"""The queue's filters: what staff may narrow a tab by, each served by an index."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django import forms
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _lazy

from returns_portal.cache import Remembered
from returns_portal.returns.models import (
    Message,
    Operation,
    ReturnLineItem,
    ReturnReason,
    ReturnRequest,
)
from returns_portal.returns.models.requests import STATUS_LABELS
from staff.queue import Requests

FIELDS = "admin/returns/returnrequest/_filters.html"
Reasons = tuple[tuple[str, str], ...]
ANY = ("", _lazy("any"))
FLAGS = [
    ("failed", _lazy("a step failed")),
    ("unread", _lazy("a new message")),
    ("attention", _lazy("needs attention")),
    ("unverified", _lazy("identity not checked")),
    ("estimate", _lazy("the amount is an estimate")),
]


@Remembered
def list_reasons() -> Reasons:
    return tuple(ReturnReason.objects.values_list("code", "label"))


def date_field(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


def amount_field(label: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, min_value=0, max_digits=14)


class FilterForm(forms.Form):
    """The filters as typed; one that makes no sense is told and left out."""

    use_required_attribute = False

    status = forms.ChoiceField(
        label=_lazy("Status"),
        required=False,
        choices=[ANY, *((status.value, label) for status, label in STATUS_LABELS.items())],
    )
    reason = forms.ChoiceField(label=_lazy("Reason"), required=False)
    country = forms.CharField(
        label=_lazy("Country code"),
        required=False,
        max_length=2,
        widget=forms.TextInput(attrs={"size": 4, "placeholder": "US"}),
    )
    channel = forms.CharField(label=_lazy("Sales channel"), required=False, max_length=40)
    settlement = forms.ChoiceField(
        label=_lazy("Paid back by"),
        required=False,
        choices=[ANY, *ReturnRequest.Settlement.choices],
    )
    flag = forms.ChoiceField(label=_lazy("Flag"), required=False, choices=[ANY, *FLAGS])
    since = date_field(_lazy("Requested from"))
    until = date_field(_lazy("Requested until"))
    least = amount_field(_lazy("Amount from"))
    most = amount_field(_lazy("Amount up to"))

    def __init__(self, data: Mapping[str, str], reasons: Reasons) -> None:
        super().__init__(data)
        self.fields["reason"] = forms.ChoiceField(
            label=self.fields["reason"].label, required=False, choices=[ANY, *reasons]
        )


NAMES = tuple(FilterForm.base_fields)


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters that are set and make sense, by name, and the fields that they are set in."""

    chosen: Mapping[str, Any]
    fields: SafeString
    wrong: bool

    def narrow(self, requests: Requests) -> Requests:
        """The requests that fit every filter set."""
        for name, value in self.chosen.items():
            requests = requests.filter(CONDITIONS[name](value))
        return requests


def read_filters(asked: Mapping[str, Any]) -> Filters:
    """What the filters ask for, as they were typed."""
    typed = tuple((name, str(asked[name])) for name in NAMES if asked.get(name))
    return _read(typed, list_reasons.recent(), get_language())


# Most pages of the queue have none set, and drawing ten fields takes longer than reading the rows.
@lru_cache(maxsize=64)
def _read(typed: tuple[tuple[str, str], ...], reasons: Reasons, _language: str | None) -> Filters:
    form = FilterForm(dict(typed), reasons)
    wrong = not form.is_valid()
    return Filters(
        chosen={n: value for n, value in form.cleaned_data.items() if value not in ("", None)},
        fields=render_to_string(FIELDS, {"form": form}),
        wrong=wrong,
    )


def day_begins(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def with_reason(code: str) -> Q:
    lines = ReturnLineItem.objects.filter(reason__code=code)
    return Q(pk__in=lines.values("return_request_id"))


def with_flag(name: str) -> Q:
    match name:
        case "failed":
            steps = Operation.objects.filter(state=Operation.State.FAILED)
            return Q(pk__in=steps.values("return_request_id"))
        case "unread":
            unread = Message.objects.filter(author=Message.Author.SHOPPER, read_at__isnull=True)
            return Q(pk__in=unread.values("return_request_id"))
        case "attention":
            return ~Q(attention="")
        case "unverified":
            return Q(identity_verified=False)
        case _:
            return Q(quote_source=ReturnRequest.QuoteSource.ESTIMATE)


CONDITIONS: dict[str, Callable[[Any], Q]] = {
    "status": lambda status: Q(status=status),
    "reason": with_reason,
    "country": lambda code: Q(country=code.upper()),
    "channel": lambda name: Q(sales_channel=name),
    "settlement": lambda name: Q(settlement=name),
    "flag": with_flag,
    "since": lambda day: Q(requested_at__gte=day_begins(day)),
    "until": lambda day: Q(requested_at__lt=day_begins(day + timedelta(days=1))),
    "least": lambda amount: Q(quoted_amount__gte=amount),
    "most": lambda amount: Q(quoted_amount__lte=amount),
}
