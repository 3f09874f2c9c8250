"""The form of a rule: rows of conditions and effects, as many as it takes, without scripts."""

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from returns_portal.returns.models import PolicyRule
from returns_portal.returns.rules import (
    ACTIONS,
    CONDITIONS,
    OPERATORS,
    Condition,
    Effect,
    Kind,
    Match,
    Rule,
)
from returns_portal.returns.rules.actions import check_effect
from returns_portal.returns.rules.conditions import Unreadable, build_test
from staff import rule_wording
from staff.rule_help import TAKE_HINTS, TAKE_LABELS, hint_for

MOST_ROWS = 30
NOTHING = ("", "—")
FIELD_CHOICES = [NOTHING, *((name, rule_wording.FIELDS[name]) for name in CONDITIONS)]
OPERATOR_CHOICES = [(name, words) for name, words in rule_wording.OPERATORS.items()]
ACTION_CHOICES = [NOTHING, *((name, rule_wording.ACTIONS[name]) for name in ACTIONS)]
LISTS = {Kind.WORD, Kind.WORDS, Kind.ANSWER}


class RuleForm(forms.Form):
    """What a rule is called, when it speaks, and whether all or any conditions must hold."""

    name = forms.CharField(label=_lazy("Name"), max_length=120)
    priority = forms.IntegerField(
        label=_lazy("Priority"),
        min_value=0,
        max_value=9999,
        help_text=_lazy("Lower numbers speak first, and settle what they speak of."),
    )
    match = forms.ChoiceField(
        label=_lazy("It holds when"),
        choices=PolicyRule.Match.choices,
        widget=forms.RadioSelect,
    )
    active = forms.BooleanField(label=_lazy("Switched on"), required=False)


class ConditionForm(forms.Form):
    """One condition; a row without a field counts as empty."""

    field = forms.ChoiceField(label=_lazy("What"), choices=FIELD_CHOICES, required=False)
    operator = forms.ChoiceField(label=_lazy("How"), choices=OPERATOR_CHOICES, required=False)
    values = forms.CharField(label=_lazy("Value"), max_length=1000, required=False)
    about = forms.CharField(label=_lazy("Which question"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        name, operator = cleaned.get("field", ""), cleaned.get("operator", "")
        if not name or "operator" not in cleaned or "values" not in cleaned:
            return cleaned
        kind = CONDITIONS[name].kind
        if operator not in OPERATORS[kind]:
            fitting = ", ".join(str(rule_wording.OPERATORS[op]) for op in OPERATORS[kind])
            self.add_error(
                "operator", _("For this, choose one of: %(fitting)s.") % {"fitting": fitting}
            )
            return cleaned
        try:
            build_test(self.condition)
        except Unreadable:
            self.add_error("values", str(hint_for(name)))
        return cleaned

    @property
    def condition(self) -> Condition:
        cleaned = self.cleaned_data
        text = cleaned.get("values", "")
        kind = CONDITIONS[cleaned["field"]].kind
        values = split_words(text) if kind in LISTS else tuple(text.split()[:1])
        return Condition(cleaned["field"], cleaned["operator"], values, cleaned.get("about", ""))


class EffectForm(forms.Form):
    """One effect; a row without an action counts as empty."""

    action = forms.ChoiceField(label=_lazy("What"), choices=ACTION_CHOICES, required=False)
    value = forms.CharField(label=_lazy("Value"), max_length=40, required=False)
    text = forms.CharField(
        label=_lazy("Text"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    choices = forms.CharField(
        label=_lazy("Answers to choose from, with commas"), max_length=500, required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("action"):
            try:
                check_effect(self.effect)
            except Unreadable:
                take = ACTIONS[cleaned["action"]].take
                for field in TAKE_LABELS[take]:
                    if not cleaned.get(field) or len(TAKE_LABELS[take]) == 1:
                        self.add_error(field, str(TAKE_HINTS[take]))
        return cleaned

    @property
    def effect(self) -> Effect:
        cleaned = self.cleaned_data
        return Effect(
            action=cleaned["action"],
            value=cleaned.get("value", "").strip(),
            text=cleaned.get("text", "").strip(),
            choices=split_words(cleaned.get("choices", "")),
        )


def split_words(text: str) -> tuple[str, ...]:
    """Words written with commas between them, each once."""
    return tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))


class RuleEditor:
    """The form of a rule with its rows; unbound when `data` is None."""

    def __init__(
        self,
        rule: Rule | None,
        *,
        active: bool,
        data: Mapping[str, Any] | None,
        example: Rule | None = None,
    ) -> None:
        self.rule = rule
        rule = rule or example
        initial = {"priority": 100, "match": Match.ALL.value, "active": active}
        if rule is not None:
            initial |= {"name": rule.name, "priority": rule.priority, "match": rule.match.value}
        self.head = RuleForm(data, initial=initial)
        conditions = [
            {**_plain(c), "values": ", ".join(c.values)} for c in (rule.conditions if rule else ())
        ]
        effects = [
            {**_plain(e), "choices": ", ".join(e.choices)} for e in (rule.effects if rule else ())
        ]
        self.conditions = _rows(ConditionForm, "condition", conditions, data)
        self.effects = _rows(EffectForm, "effect", effects, data)
        self.complaint = ""

    @property
    def kept_conditions(self) -> list[ConditionForm]:
        return [form for form in self.conditions if form.is_valid() and form.cleaned_data["field"]]

    @property
    def kept_effects(self) -> list[EffectForm]:
        return [form for form in self.effects if form.is_valid() and form.cleaned_data["action"]]

    def is_valid(self) -> bool:
        """Whether all that was filled in can be read, and the rule does something."""
        forms_valid = [form.is_valid() for form in (self.head, *self.conditions, *self.effects)]
        if all(forms_valid) and not self.kept_effects:
            self.complaint = _("Choose at least one thing that the rule does.")
        return all(forms_valid) and not self.complaint

    def build(self) -> Rule:
        """The rule as it was filled in."""
        head = self.head.cleaned_data
        return Rule(
            key=self.rule.key if self.rule else secrets.token_hex(8),
            name=head["name"],
            priority=head["priority"],
            match=Match(head["match"]),
            conditions=tuple(form.condition for form in self.kept_conditions),
            effects=tuple(form.effect for form in self.kept_effects),
        )


def _plain(row: Condition | Effect) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__dataclass_fields__}


def _rows(
    kind: Any, prefix: str, initial: list[dict[str, Any]], data: Mapping[str, Any] | None
) -> list[Any]:
    """The rows that are there, and empty ones to fill in; more where the person asked for them."""
    if data is None:
        count = len(initial) + (1 if initial else 2)
    else:
        count = _number(data.get(f"{prefix}-count"))
        count += 2 if f"more-{prefix}" in data else 0
    rows = []
    for number in range(min(count, MOST_ROWS)):
        start = initial[number] if number < len(initial) else {}
        rows.append(kind(data, prefix=f"{prefix}-{number}", initial=start))
    return rows


def _number(text: Any) -> int:
    return int(text) if str(text or "").isdecimal() else 0


def wants_more(data: Iterable[str]) -> bool:
    """Whether the person asked for more rows instead of saving."""
    return bool({"more-condition", "more-effect"} & set(data))
