"""What the form of a rule tells whoever fills it in: which fields count, hints, words to pick."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from returns_portal.returns.models import Market, ReturnReason
from returns_portal.returns.rules import ACTIONS, CONDITIONS, OPERATORS, Kind, Take
from returns_portal.returns.rules.actions import MOMENTS, OUTCOMES
from returns_portal.returns.rules.subjects import REGIONS
from staff.rule_wording import FAULTS, FLAGS, MOMENT_WORDS, OUTCOME_WORDS, REGION_WORDS, Words

KIND_HINTS: dict[Kind, Words] = {
    Kind.WORD: _lazy("Enter one or more values, with commas between them."),
    Kind.WORDS: _lazy("Enter one or more values, with commas between them."),
    Kind.ANSWER: _lazy("Enter one or more answers, with commas between them."),
    Kind.NUMBER: _lazy("Enter a number, such as 30 or 49.90."),
    Kind.FLAG: _lazy("Enter yes or no."),
    Kind.DAY: _lazy("Enter a day, such as 2026-12-31."),
}
FIELD_HINTS: dict[str, Words] = {
    "country": _lazy("Two letters, with commas: US, GB, DE."),
    "currency": _lazy("Three letters, with commas: USD, EUR."),
    "order_value": _lazy("An amount in the order's currency, such as 49.90."),
    "line_value": _lazy("An amount in the order's currency, such as 49.90."),
    "customer_return_value": _lazy("An amount in the order's currency, such as 49.90."),
    "product_tags": _lazy("As in Shopify, with commas: final-sale, sample."),
    "order_tags": _lazy("As in Shopify, with commas: wholesale, gift."),
    "product_type": _lazy("As in Shopify, with commas: Shoes, Boots."),
    "category": _lazy("A step of Shopify's category path, such as Shirts."),
    "vendor": _lazy("As in Shopify, with commas."),
    "sku": _lazy("With commas. “Is like” takes a pattern: LIN-* is all that begins with LIN-."),
    "reason": _lazy("Pick below; several are fine."),
    "customer_return_rate": _lazy("From 0 to 100: 50 is every second order."),
    "days_since_delivery": _lazy("Whole days, counted from the day after."),
}
TAKE_HINTS: dict[Take, Words] = {
    Take.NOTHING: "",
    Take.TEXT: _lazy("Write the words that the shopper reads."),
    Take.DAYS: _lazy("Enter a number of days, up to 3650."),
    Take.DAY: _lazy("Enter a day, such as 2026-12-31."),
    Take.PERCENT: _lazy("Enter a percentage from 0 to 100."),
    Take.AMOUNT: _lazy("Enter an amount in the order's currency, such as 25 or 9.90."),
    Take.OUTCOME: _lazy("Pick one: store_credit, keep_item or original_payment."),
    Take.MOMENT: _lazy("Pick one: approval or receipt."),
    Take.FLAG: _lazy("Enter yes or no."),
    Take.QUESTION: _lazy("Write the question, and the answers to choose from."),
}
# The field of an action's row that its value goes into, with the label of that field.
TAKE_LABELS: dict[Take, dict[str, Words]] = {
    Take.NOTHING: {},
    Take.TEXT: {"text": _lazy("Words for the shopper")},
    Take.DAYS: {"value": _lazy("Days")},
    Take.DAY: {"value": _lazy("Day")},
    Take.PERCENT: {"value": _lazy("Percent")},
    Take.AMOUNT: {"value": _lazy("Amount")},
    Take.OUTCOME: {"value": _lazy("Which")},
    Take.MOMENT: {"value": _lazy("When")},
    Take.FLAG: {"value": _lazy("Yes or no")},
    Take.QUESTION: {
        "text": _lazy("Question"),
        "choices": _lazy("Answers to choose from, with commas"),
    },
}
INPUTS = {Kind.DAY: "date", Take.DAY: "date"}


def hint_for(field: str) -> Words:
    """What to write as the value of a condition on `field`."""
    return FIELD_HINTS.get(field, KIND_HINTS[CONDITIONS[field].kind])


def reason_words() -> dict[str, dict[str, str]]:
    """The shop's own words for the codes of its reasons, by the field that asks for them."""
    words: dict[str, dict[str, str]] = {"reason": {}, "reason_heading": {}}
    for reason in ReturnReason.objects.select_related("parent"):
        words["reason"][reason.code] = reason.label
        if reason.parent is not None:
            words["reason_heading"][reason.parent.code] = reason.parent.label
    return words


def build_help() -> dict[str, Any]:
    """All of it as plain data, for the page's script."""
    known = {**reason_words(), "channel": _channels(), **_fixed()}
    return {
        "fields": {name: _field_help(name, known.get(name, {})) for name in CONDITIONS},
        "actions": {
            name: {
                "labels": {key: str(words) for key, words in TAKE_LABELS[kind.take].items()},
                "hint": str(TAKE_HINTS[kind.take]),
                "input": INPUTS.get(kind.take, "text"),
                "words": _pairs(_words_of(kind.take)),
            }
            for name, kind in ACTIONS.items()
        },
    }


def _field_help(name: str, words: Mapping[str, Words]) -> dict[str, Any]:
    kind = CONDITIONS[name].kind
    return {
        "operators": [operator.value for operator in OPERATORS[kind]],
        "hint": str(_("Pick below; several are fine.") if words else hint_for(name)),
        "input": INPUTS.get(kind, "text"),
        "one": kind in {Kind.FLAG, Kind.DAY, Kind.NUMBER},
        "asks_about": kind is Kind.ANSWER,
        "words": _pairs(words),
    }


def _pairs(words: Mapping[str, Words]) -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in words.items()]


def _words_of(take: Take) -> Mapping[str, Words]:
    if take is Take.OUTCOME:
        return {name: OUTCOME_WORDS[name] for name in OUTCOMES}
    if take is Take.MOMENT:
        return {name: MOMENT_WORDS[name] for name in MOMENTS}
    return FLAGS if take is Take.FLAG else {}


def _channels() -> dict[str, str]:
    names = Market.objects.values_list("sales_channel", flat=True).distinct()
    return {name: name for name in sorted(names) if name}


def _fixed() -> dict[str, Mapping[str, Words]]:
    flags = {name: FLAGS for name, field in CONDITIONS.items() if field.kind is Kind.FLAG}
    return {**flags, "fault": FAULTS, "regions": {name: REGION_WORDS[name] for name in REGIONS}}
