"""What a shopper chose of an order: every item with its verdict, and what is wrong, if anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from portal.forms import LineForm
from portal.offers import build_offers
from portal.questions import Judge, as_it_stands
from portal.responses import FieldProblem
from returns_portal.returns.eligibility import Code
from returns_portal.returns.models import PhotoUpload, ReturnReason
from returns_portal.returns.orders import Choice, OrderFacts
from returns_portal.returns.policies import group_reasons
from returns_portal.returns.services import NotEligible, RequestedLine
from returns_portal.returns.wording import explain, shops_words

FIELDS = ("choose", "quantity", "reason", "outcome", "note")
FIELDS_SHOWN = ("choose", "quantity", "reason", "photos", "outcome", "note")


@dataclass(frozen=True, slots=True)
class Item:
    """One choice as the page shows it; `form` is None where it cannot be returned."""

    choice: Choice
    form: LineForm | None
    verdict: str
    days_left: int | None
    parcel_at: datetime | None
    problem: str = ""


class Selection:
    """The choices of an order with what was ticked and typed; unbound when `data` is None."""

    def __init__(
        self,
        choices: Sequence[Choice],
        reasons: Sequence[ReturnReason],
        data: Mapping[str, Any] | None = None,
        *,
        now: datetime,
        judge: Judge = as_it_stands,
    ) -> None:
        self.choices = tuple(choices)
        self.judge = judge
        self.reasons = tuple(reasons)
        self.data = data
        self.now = now
        self.refusals: dict[str, str] = {}
        self.forms = self._build_forms()

    def _build_forms(self) -> dict[str, LineForm]:
        eligible = [choice for choice in self.choices if choice.selectable]
        return {
            choice.key: LineForm(
                choice,
                group_reasons(self.reasons, choice.line.product_type),
                self.data,
                preselected=len(eligible) == 1,
                judge=self.judge,
            )
            for choice in eligible
        }

    @property
    def items(self) -> list[Item]:
        """All choices, those that can be returned first."""
        items = [self._item(choice) for choice in self.choices]
        return sorted(items, key=lambda item: item.form is None)

    def _item(self, choice: Choice) -> Item:
        parcels = [other for other in self.choices if other.line.id == choice.line.id]
        fulfillment = choice.fulfillment if len(parcels) > 1 else None
        return Item(
            choice=choice,
            form=self.forms.get(choice.key),
            verdict=self._verdict(choice),
            days_left=self._days_left(choice),
            parcel_at=fulfillment.created_at if fulfillment else None,
            problem=self.refusals.get(choice.fulfillment_line_item_id or "", ""),
        )

    def _verdict(self, choice: Choice) -> str:
        """The verdict, with the reasons for which it does not hold."""
        told = verdict_sentence(choice)
        if not choice.only_for:
            return told
        labels = {reason.code: shops_words(reason.label) for reason in self.reasons}
        still = _("You can still return it for: %(reasons)s.") % {
            "reasons": ", ".join(labels[code] for code in choice.only_for)
        }
        return f"{told} {still}"

    def _days_left(self, choice: Choice) -> int | None:
        if not choice.eligible or choice.window_ends_at is None:
            return None
        return (choice.window_ends_at - self.now).days

    @property
    def chosen(self) -> list[LineForm]:
        return [form for form in self.forms.values() if form.chosen]

    def show_photos(self, kept: Mapping[str, list[PhotoUpload]]) -> None:
        """Takes over the photos that were kept for each line."""
        for form in self.forms.values():
            form.kept_photos = kept.get(form.choice.fulfillment_line_item_id or "", [])

    def show_offers(self, facts: OrderFacts) -> None:
        """Puts the net amount of each outcome beside it, where there is more than one."""
        for form in self.forms.values():
            if form.is_bound:
                # What rules make of the reason shows once the form is read.
                form.full_clean()
            form.offers = build_offers(facts, form)

    def require_photos(self) -> None:
        """Notes which chosen items still lack a photo that their reason needs."""
        for form in self.chosen:
            form.require_photos()

    @property
    def file_fields(self) -> str:
        """The names of the fields for files, with commas, for what sends the form without them."""
        return ",".join(form.add_prefix("photos") for form in self.forms.values())

    def is_valid(self) -> bool:
        return not self.problems

    @property
    def problems(self) -> list[FieldProblem]:
        """All that is wrong, in the order of the page; empty for a page not sent yet."""
        if self.data is None:
            return []
        found = [FieldProblem("items", message) for message in self._overall_problems()]
        for form in self.forms.values():
            found += _problems_of(form)
        return found

    def _overall_problems(self) -> list[str]:
        if "" in self.refusals:
            return [self.refusals[""]]
        if self.refusals:
            return list(self.refusals.values())
        if self.strays:
            return self._stray_problems()
        if not self.chosen:
            return [_("Choose at least one item to return.")]
        return []

    @property
    def strays(self) -> set[str]:
        """Keys ticked that this order does not have, or that cannot be returned (any more)."""
        ticked = {name[7:] for name in self.data or () if name.startswith("choose-")}
        return ticked - self.forms.keys()

    def _stray_problems(self) -> list[str]:
        known = [choice for choice in self.choices if choice.key in self.strays]
        if not known:
            return [_("One of the items is not part of this order. Please choose again.")]
        return [f"{choice.line.title}: {verdict_sentence(choice)}" for choice in known]

    def refuse(self, refusal: NotEligible) -> None:
        """Takes over why the request was refused, to be shown at the items it concerns."""
        for problem in refusal.problems:
            self.refusals[problem.fulfillment_line_item_id] = problem.message

    def requested_lines(self) -> list[RequestedLine]:
        """The chosen items; those without a usable number of units are left out."""
        lines = [form.requested_line() for form in self.chosen]
        return [line for line in lines if line is not None]

    def hidden_fields(self) -> list[tuple[str, str]]:
        """The choice as names and values, for the next page to carry."""
        return [
            (form.add_prefix(field), str((self.data or {}).get(form.add_prefix(field), "")))
            for form in self.chosen
            for field in FIELDS
        ] + [(asked.name, asked.answer) for form in self.chosen for asked in form.questions]


def _problems_of(form: LineForm) -> list[FieldProblem]:
    return [
        FieldProblem(form.add_prefix(field), f"{form.choice.line.title}: {message}")
        for field in FIELDS_SHOWN
        for message in form.errors.get(field, ())
    ] + [
        FieldProblem(asked.name, f"{form.choice.line.title}: {asked.question.label}")
        for asked in form.questions
        if asked.error
    ]


def verdict_sentence(choice: Choice) -> str:
    """Why it cannot be returned, or until when it can."""
    window = next((v for v in choice.verdicts if v.code is Code.RETURN_WINDOW), None)
    told = choice.objection or window
    return explain(told) if told else ""
