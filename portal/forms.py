"""What a shopper types: the look-up, the choice of each item, and the last page before sending."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.offers import Offer
from portal.questions import Judge, QuestionField, as_it_stands, field_name, read_answers
from portal.reason_chips import draw_reasons
from returns_portal.returns.carriers import KNOWN, OTHER, normalize_tracking_number
from returns_portal.returns.models import Message, PhotoUpload, ReturnReason
from returns_portal.returns.orders import Choice
from returns_portal.returns.outcomes import ORIGINAL_PAYMENT
from returns_portal.returns.policies import ReasonGroup, only_reasons, reasons_by_code
from returns_portal.returns.ruling import Given
from returns_portal.returns.services import RequestedLine, lacks_photo, missing_answers
from returns_portal.returns.wording import explain, shops_words

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
    outcome = forms.CharField(required=False, max_length=20)
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
        judge: Judge = as_it_stands,
    ) -> None:
        self.choice = self.ruled = choice
        self.judge = judge
        self.answer_errors: dict[str, str] = {}
        self.answers_before: tuple[tuple[str, str], ...] = ()
        self.groups = only_reasons(groups, choice.only_for)
        self.reasons = reasons_by_code(self.groups)
        self.kept_photos: list[PhotoUpload] = []
        self.offers: list[Offer] = []
        initial = {"choose": preselected, "quantity": 1, "outcome": choice.outcomes[0]}
        super().__init__(data, auto_id="%s", initial=initial)

    def add_prefix(self, field_name: str) -> str:
        return f"{field_name}-{self.choice.key}"

    @property
    def typed(self) -> dict[str, str]:
        """Units and reason as they stand in the form now."""
        return {name: str(self[name].value() or "") for name in ("quantity", "reason")}

    @property
    def chosen(self) -> bool:
        return bool(self["choose"].value())

    @property
    def may_ask_for_photos(self) -> bool:
        wanted = self.ruled.decision.requires_photo or self.choice.may_want_photo
        return wanted or any(reason.takes_photos for reason in self.reasons.values())

    @property
    def asks_for_photos(self) -> bool:
        reason = self.reasons.get(str(self["reason"].value() or ""))
        return self.rule_wants_photo or (reason is not None and reason.takes_photos)

    @property
    def rule_wants_photo(self) -> bool:
        return self.ruled.decision.requires_photo

    def require_photos(self) -> None:
        """Notes the problem where the reason needs a photo and none is kept."""
        reason = self.reasons.get(str(self["reason"].value() or ""))
        count = len(self.kept_photos)
        missing = self.rule_wants_photo and not count
        if reason and (missing or lacks_photo(reason, count)) and "photos" not in self.errors:
            self.add_error("photos", _("Add a photo that shows what is wrong."))

    @property
    def outcome_label(self) -> str:
        """What is given for it, where there was something to choose from."""
        offered = {offer.outcome: offer.label for offer in self.offers}
        return offered.get(self.cleaned_data.get("outcome", ""), "")

    @property
    def reason_chips(self) -> SafeString:
        """The reasons to choose from; a problem with the reason leads to the first."""
        reason = str(self["reason"].value() or "")
        chosen = reason if reason in self.reasons else ""
        return draw_reasons(self.groups, key=self.choice.key, chosen=chosen)

    @property
    def reason_label(self) -> str:
        return shops_words(self.reasons[self.cleaned_data["reason"]].label)

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
        if reason is not None:
            self._ask_rules(reason, cleaned)
        self._check_outcome(cleaned)
        return cleaned

    def _check_outcome(self, cleaned: dict[str, Any]) -> None:
        """A page without the question, or an answer left out, means the original payment.

        What only the reason opens was not on a page that knew none: it is shown before it counts.
        """
        cleaned["outcome"] = cleaned.get("outcome") or ORIGINAL_PAYMENT
        opened = set(self.ruled.outcomes) - set(self.choice.outcomes)
        unseen = opened and self.add_prefix("outcome") not in self.data
        if unseen or cleaned["outcome"] not in self.ruled.outcomes:
            self.errors.pop("outcome", None)
            self.add_error("outcome", _("Choose what you get for it."))

    def _ask_rules(self, reason: ReturnReason, cleaned: dict[str, Any]) -> None:
        """Judges the item by what was chosen, and notes what the rules still miss."""
        known = Given(reason=reason, quantity=cleaned.get("quantity"))
        self.ruled = self.judge(self.choice, known)
        if answers := self._read_answers():
            self.ruled = self.judge(self.choice, replace(known, answers=answers))
        if self.ruled.objection:
            self.add_error("reason", explain(self.ruled.objection))
        wordless = not cleaned.get("note") and "note" not in self.errors
        if self.ruled.decision.requires_comment and wordless:
            self.add_error("note", _("Tell us in a few words what is the matter."))
        for question in missing_answers(self.ruled.decision, self._read_answers()):
            self.answer_errors[question.label] = str(_("Choose an answer."))

    def show_answers(
        self, reason: ReturnReason, quantity: int, answers: Sequence[Sequence[str]]
    ) -> None:
        """Shows the questions of a line that was asked for before, with their answers."""
        self.answers_before = tuple((label, answer) for label, answer in answers)
        given = Given(reason=reason, quantity=quantity, answers=self.answers_before or None)
        self.ruled = self.judge(self.choice, given)

    def _read_answers(self) -> tuple[tuple[str, str], ...]:
        questions = (*self.choice.decision.questions, *self.ruled.decision.questions)
        return read_answers(dict.fromkeys(questions), self.choice.key, self.data)

    @property
    def questions(self) -> list[QuestionField]:
        """What the rules ask about the item, with the answers so far."""
        answers = dict(self._read_answers() if self.is_bound else self.answers_before)
        return [
            QuestionField(
                name=field_name(question, self.choice.key),
                question=question,
                answer=answers.get(question.label, ""),
                error=self.answer_errors.get(question.label, "") if self.chosen else "",
            )
            for question in self.ruled.decision.questions
        ]

    @property
    def asked_for(self) -> str:
        """What is asked beside reason and units: tells whether the page shows other things."""
        outcomes = [offer.outcome for offer in self.offers]
        names = [asked.name for asked in self.questions]
        return ",".join([*outcomes, *names, *(["photo"] if self.rule_wants_photo else [])])

    @property
    def asks_afresh(self) -> bool:
        """Whether the page that was sent asks for other things than what is chosen now."""
        shown = self.data.get(self.add_prefix("shown"))
        return shown is not None and shown != self.asked_for

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
            outcome=cleaned.get("outcome") or ORIGINAL_PAYMENT,
            answers=self._read_answers(),
        )


class ContactForm(forms.Form):
    """Another address for the mails about a return."""

    contact_email = forms.EmailField(
        max_length=254,
        error_messages={
            "required": _("Enter your e-mail address."),
            "invalid": _("Enter an e-mail address like name@example.com."),
        },
    )


class WithdrawalForm(forms.Form):
    """What a withdrawal needs: which contract, who withdraws, and where the receipt goes."""

    name = NoteField(
        max_length=200,
        error_messages={"required": _("Enter your name."), "max_length": _("This is too long.")},
    )
    order_number = NoteField(
        max_length=200,
        error_messages={
            "required": _("Enter your order number, or describe the order."),
            "max_length": _("This is too long for an order number."),
        },
    )
    email = forms.EmailField(
        max_length=254,
        error_messages={
            "required": _("Enter your e-mail address: the receipt goes there."),
            "invalid": _("Enter an e-mail address like name@example.com."),
            "max_length": _("This is too long for an e-mail address."),
        },
    )
    postcode = NoteField(
        required=False, max_length=40, error_messages={"max_length": _("This is too long.")}
    )
    goods = NoteField(
        required=False, max_length=500, error_messages={"max_length": _("This is too long.")}
    )
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean_key(self) -> UUID:
        """What makes a second press of the button the same declaration."""
        return self.cleaned_data.get("key") or uuid4()

    @property
    def wish(self) -> dict[str, str]:
        """The details as the declaration's words take them."""
        fields = self.cleaned_data
        return {
            "order": fields["order_number"],
            "goods": fields["goods"],
            "name": fields["name"],
            "email": fields["email"],
        }


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
    terms_shown = forms.CharField(required=False)

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
