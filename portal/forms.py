"""What a shopper types: the look-up, the choice of each item, and the last page before sending."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from returns_portal.returns.carriers import KNOWN, OTHER, normalize_tracking_number
from returns_portal.returns.models import Message, PhotoUpload
from returns_portal.returns.orders import Choice
from returns_portal.returns.policies import ReasonGroup, reasons_by_code
from returns_portal.returns.services import RequestedLine, lacks_photo

LONGEST_NOTE = 300
# Control characters, and the ones that turn the reading direction of what follows.
UNWANTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]+")


class LookupForm(forms.Form):
    """The two things that a shopper knows about the order."""

    order_number = forms.CharField(
        max_length=200,
        error_messages={
            "required": _("Enter your TikTok order ID or order number."),
            "max_length": _("This is too long for an order number."),
        },
    )
    postcode_or_email = forms.CharField(
        max_length=254,
        error_messages={
            "required": _("Enter the delivery postcode, or the e-mail you gave us."),
            "max_length": _("This is too long for a postcode or an e-mail address."),
        },
    )


class LinksForm(forms.Form):
    """The contact address of earlier requests."""

    email = forms.EmailField(
        max_length=254,
        error_messages={
            "required": _("Enter your e-mail address."),
            "invalid": _("Enter an e-mail address like name@example.com."),
            "max_length": _("This is too long for an e-mail address."),
        },
    )


class NoteField(forms.CharField):
    """A few words on one line: control characters become spaces, before the length is judged."""

    def to_python(self, value: Any) -> str:
        return " ".join(UNWANTED.sub(" ", str(value or "")).split())


class LineForm(forms.Form):
    """One choice: whether to return it, how many units, and why."""

    choose = forms.BooleanField(required=False)
    quantity = forms.IntegerField(required=False)
    reason = forms.CharField(required=False, max_length=40)
    photos = forms.Field(required=False)
    note = NoteField(
        required=False,
        max_length=LONGEST_NOTE,
        error_messages={
            "max_length": _("Keep it under %(limit_value)d characters; it has %(show_value)d.")
        },
    )

    def __init__(
        self,
        choice: Choice,
        groups: Sequence[ReasonGroup],
        data: Mapping[str, Any] | None = None,
        *,
        preselected: bool = False,
    ) -> None:
        self.choice = choice
        self.groups = groups
        self.reasons = reasons_by_code(groups)
        self.kept_photos: list[PhotoUpload] = []
        super().__init__(data, auto_id="%s", initial={"choose": preselected, "quantity": 1})

    def add_prefix(self, field_name: str) -> str:
        return f"{field_name}-{self.choice.key}"

    @property
    def chosen(self) -> bool:
        return bool(self["choose"].value())

    @property
    def may_ask_for_photos(self) -> bool:
        return any(reason.takes_photos for reason in self.reasons.values())

    @property
    def asks_for_photos(self) -> bool:
        reason = self.reasons.get(str(self["reason"].value() or ""))
        return reason is not None and reason.takes_photos

    def require_photos(self) -> None:
        """Notes the problem where the reason needs a photo and none is kept."""
        reason = self.reasons.get(str(self["reason"].value() or ""))
        if reason and lacks_photo(reason, len(self.kept_photos)) and "photos" not in self.errors:
            self.add_error("photos", _("Add a photo that shows what is wrong."))

    @property
    def reason_label(self) -> str:
        return self.reasons[self.cleaned_data["reason"]].label

    def full_clean(self) -> None:
        """What stands in the fields of an item that is not chosen does not matter."""
        super().full_clean()
        if self.is_bound and not self.cleaned_data.get("choose"):
            self._errors = forms.utils.ErrorDict()

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        self._check_quantity(cleaned)
        reason = self.reasons.get(cleaned.get("reason", ""))
        if reason is None:
            self.errors.pop("reason", None)
            self.add_error("reason", _("Choose a reason."))
        elif reason.requires_note and not cleaned.get("note") and "note" not in self.errors:
            self.add_error("note", _("Tell us in a few words what is the matter."))
        return cleaned

    def _check_quantity(self, cleaned: dict[str, Any]) -> None:
        most = self.choice.returnable
        if most == 1 and self.add_prefix("quantity") not in self.data:
            cleaned["quantity"] = 1
        quantity = cleaned.get("quantity")
        if quantity is None or not 1 <= quantity <= most:
            self.errors.pop("quantity", None)
            self.add_error(
                "quantity",
                ngettext(
                    "Only %(most)d can be returned: enter 1.",
                    "Enter a whole number from 1 to %(most)d.",
                    most,
                )
                % {"most": most},
            )

    def requested_line(self) -> RequestedLine | None:
        """What was asked for, as far as it makes sense; None when there is no number of units."""
        if not self.is_bound or "quantity" in self.errors:
            return None
        cleaned = self.cleaned_data
        return RequestedLine(
            fulfillment_line_item_id=self.choice.fulfillment_line_item_id or "",
            quantity=cleaned["quantity"],
            reason_code=cleaned.get("reason", "") if "reason" not in self.errors else "",
            customer_note=cleaned.get("note", ""),
        )


class SendForm(forms.Form):
    """The last page: where to write to, the conditions, and what the page has shown."""

    contact_email = forms.EmailField(
        required=False,
        max_length=254,
        error_messages={"invalid": _("Enter an e-mail address like name@example.com, or nothing.")},
    )
    conditions = forms.BooleanField(
        required=False,
        error_messages={"required": _("Tick the box to confirm the condition of the items.")},
    )
    submission_key = forms.UUIDField()
    quoted_amount = forms.DecimalField(max_digits=14, decimal_places=3)
    quoted_currency = forms.CharField(max_length=3)

    def __init__(self, data: Mapping[str, Any] | None = None, *, has_conditions: bool) -> None:
        super().__init__(data, auto_id="%s")
        self.fields["conditions"].required = has_conditions


class TrackingForm(forms.Form):
    """The parcel that the shopper sent: who carries it, and under which number."""

    carrier = forms.ChoiceField(
        choices=[
            ("", _("Choose a carrier")),
            *((carrier.code, carrier.name) for carrier in KNOWN),
            (OTHER, _("Another carrier")),
        ],
        error_messages={
            "required": _("Choose who carries the parcel."),
            "invalid_choice": _("Choose who carries the parcel."),
        },
    )
    tracking_number = NoteField(
        max_length=80,
        error_messages={
            "required": _("Enter the tracking number on your receipt."),
            "max_length": _("This is too long for a tracking number."),
        },
    )

    def clean_tracking_number(self) -> str:
        number = normalize_tracking_number(self.cleaned_data["tracking_number"])
        if not number:
            raise forms.ValidationError(
                _("A tracking number has 6 to 40 letters and digits, no words and no link.")
            )
        return number


class MessageForm(forms.Form):
    """A message to the shop."""

    body = forms.CharField(
        max_length=Message.LONGEST,
        error_messages={
            "required": _("Write a few words first."),
            "max_length": _("Keep it under %(limit_value)d characters; it has %(show_value)d."),
        },
    )
