"""Rules in plain words: what they ask, what they do, and what was wrong with what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from returns_portal.returns.rules import Condition, Effect, Match, Rule, Spoken

Words = str | Promise
FIELDS: dict[str, Words] = {
    "country": _lazy("Country"),
    "regions": _lazy("Region"),
    "channel": _lazy("Sales channel"),
    "currency": _lazy("Currency"),
    "order_value": _lazy("Value of the order"),
    "discount_percent": _lazy("Discount on the order in percent"),
    "order_tags": _lazy("Tags of the order"),
    "ordered_on": _lazy("Day of the order"),
    "requested_on": _lazy("Day of the request"),
    "days_since_order": _lazy("Days since the order"),
    "days_since_fulfillment": _lazy("Days since dispatch"),
    "days_since_delivery": _lazy("Days since delivery"),
    "fulfilled_by_tiktok": _lazy("Fulfilled by TikTok"),
    "line_value": _lazy("Value of the item (all units)"),
    "line_discount_percent": _lazy("Discount on the item in percent"),
    "product_title": _lazy("Product"),
    "product_tags": _lazy("Tags of the product"),
    "product_type": _lazy("Product type"),
    "category": _lazy("Category in Shopify (any step of its path)"),
    "vendor": _lazy("Vendor"),
    "sku": _lazy("SKU"),
    "final_sale": _lazy("Final sale"),
    "reason": _lazy("Reason"),
    "reason_heading": _lazy("Heading of the reason"),
    "fault": _lazy("Whose fault it is"),
    "answers": _lazy("Answer to a question"),
    "quantity": _lazy("Units to return"),
    "customer_returns": _lazy("Returns of the customer so far"),
    "customer_return_rate": _lazy("Share of the customer's orders returned, in percent"),
    "customer_return_value": _lazy("Value of the customer's returns so far"),
    "first_return": _lazy("First return of the customer"),
    "blocked": _lazy("Customer is blocked"),
}
OPERATORS: dict[str, Words] = {
    "one_of": _lazy("is one of"),
    "none_of": _lazy("is none of"),
    "like": _lazy("is like"),
    "at_least": _lazy("is at least"),
    "at_most": _lazy("is at most"),
    "more_than": _lazy("is more than"),
    "less_than": _lazy("is less than"),
    "is": _lazy("is"),
    "from": _lazy("is on or after"),
    "until": _lazy("is on or before"),
}
SENTENCES: dict[str, Words] = {
    "one_of": _lazy("%(field)s: one of %(values)s"),
    "none_of": _lazy("%(field)s: none of %(values)s"),
    "like": _lazy("%(field)s: like %(values)s"),
    "at_least": _lazy("%(field)s: at least %(values)s"),
    "at_most": _lazy("%(field)s: at most %(values)s"),
    "more_than": _lazy("%(field)s: more than %(values)s"),
    "less_than": _lazy("%(field)s: less than %(values)s"),
    "is": _lazy("%(field)s: %(values)s"),
    "from": _lazy("%(field)s: on or after %(values)s"),
    "until": _lazy("%(field)s: on or before %(values)s"),
}
ACTIONS: dict[str, Words] = {
    "eligible": _lazy("May be returned, even after the window or in a final sale"),
    "not_eligible": _lazy("May not be returned, and why"),
    "window_days": _lazy("Return window in days"),
    "window_until": _lazy("Return window lasts at least until a day"),
    "restocking_fee": _lazy("Restocking fee in percent"),
    "return_shipping_fee": _lazy("Fee for the parcel"),
    "waive_fees": _lazy("No fees"),
    "offer_outcome": _lazy("Offer an outcome"),
    "remove_outcome": _lazy("Take an outcome away"),
    "store_credit_bonus": _lazy("Bonus on store credit in percent"),
    "keep_item_up_to": _lazy("The item may be kept up to an amount"),
    "require_photo": _lazy("A photo is required"),
    "require_comment": _lazy("A comment is required"),
    "ask_question": _lazy("Ask a question"),
    "instructions": _lazy("Instructions, one step a line"),
    "return_address": _lazy("Address to return to"),
    "auto_approve_up_to": _lazy("Approve at once up to an amount"),
    "send_to_review": _lazy("A person decides"),
    "four_eyes": _lazy("Two people approve"),
    "refund_on": _lazy("When the refund comes"),
    "restock": _lazy("Back into stock or not"),
}
DOES: dict[str, Words] = {
    "eligible": _lazy("May be returned."),
    "not_eligible": _lazy("May not be returned: “%(text)s”"),
    "window_days": _lazy("The return window is %(value)s days."),
    "window_until": _lazy("The return window lasts at least until %(value)s."),
    "restocking_fee": _lazy("The restocking fee is %(value)s %%."),
    "return_shipping_fee": _lazy("The parcel costs %(value)s."),
    "waive_fees": _lazy("There are no fees."),
    "offer_outcome": _lazy("Offered as well: %(value)s."),
    "remove_outcome": _lazy("Not offered: %(value)s."),
    "store_credit_bonus": _lazy("Store credit gets a bonus of %(value)s %%."),
    "keep_item_up_to": _lazy("The item may be kept up to a value of %(value)s."),
    "require_photo": _lazy("A photo is required."),
    "require_comment": _lazy("A comment is required."),
    "ask_question": _lazy("The shopper is asked: “%(text)s” (%(choices)s)"),
    "instructions": _lazy("Instructions of its own: “%(text)s”"),
    "return_address": _lazy("It goes back to: “%(text)s”"),
    "auto_approve_up_to": _lazy("It is approved at once up to %(value)s."),
    "send_to_review": _lazy("A person decides about it."),
    "four_eyes": _lazy("Two people approve it."),
    "refund_on": _lazy("The refund comes on %(value)s."),
    "restock": _lazy("Back into stock: %(value)s."),
}
FLAGS: dict[str, Words] = {"yes": _lazy("yes"), "no": _lazy("no")}
FAULTS: dict[str, Words] = {
    "shopper": _lazy("the shopper's"),
    "shop": _lazy("the shop's"),
    "carrier": _lazy("the carrier's"),
}
OUTCOME_WORDS: dict[str, Words] = {
    "original_payment": _lazy("the original payment"),
    "store_credit": _lazy("store credit"),
    "keep_item": _lazy("keeping the item"),
}
MOMENT_WORDS: dict[str, Words] = {
    "approval": _lazy("approval"),
    "receipt": _lazy("receipt of the parcel"),
}
REGION_WORDS: dict[str, Words] = {
    "eu": _lazy("European Union"),
    "eea": _lazy("European Economic Area"),
    "uk": _lazy("United Kingdom"),
    "north-america": _lazy("North America"),
    "southeast-asia": _lazy("Southeast Asia"),
    "latin-america": _lazy("Latin America"),
}
VALUE_WORDS: dict[str, Words] = {**OUTCOME_WORDS, **MOMENT_WORDS, **FLAGS}
MATCHES: dict[Match, Words] = {
    Match.ALL: _lazy("If all of these hold:"),
    Match.ANY: _lazy("If any of these holds:"),
}


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule as people read it."""

    name: str
    head: str
    conditions: tuple[str, ...]
    effects: tuple[str, ...]


ReasonWords = Mapping[str, Mapping[str, Words]]
NO_REASONS: ReasonWords = {}


def tell_rule(rule: Rule, reasons: ReasonWords = NO_REASONS) -> RuleText:
    """The rule in plain words; `reasons` are the shop's words for codes, by field."""
    head = str(MATCHES[rule.match]) if rule.conditions else _("Always:")
    return RuleText(
        name=rule.name,
        head=head,
        conditions=tuple(tell_condition(condition, reasons) for condition in rule.conditions),
        effects=tuple(tell_effect(effect) for effect in rule.effects),
    )


def tell_condition(condition: Condition, reasons: ReasonWords = NO_REASONS) -> str:
    """The condition as a line; one that this version does not know by its bare names."""
    field = str(FIELDS.get(condition.field, condition.field))
    if condition.about:
        field = _("Answer to “%(question)s”") % {"question": condition.about}
    sentence = SENTENCES.get(condition.operator, "%(field)s: %(values)s")
    known = {"regions": REGION_WORDS, "fault": FAULTS, **reasons}.get(condition.field, {})
    values = [str(known.get(value, _as_day(value))) for value in condition.values]
    return str(sentence) % {"field": field, "values": ", ".join(values)}


def _as_day(value: str) -> str:
    """A day as people write it; anything else as it is."""
    try:
        return formats.date_format(date.fromisoformat(value), "DATE_FORMAT")
    except ValueError:
        return value


def tell_effect(effect: Effect) -> str:
    """What the effect does, as a sentence."""
    sentence = str(DOES.get(effect.action, effect.action))
    return sentence % {
        "value": VALUE_WORDS.get(effect.value, _as_day(effect.value)),
        "text": effect.text,
        "choices": ", ".join(effect.choices),
    }


@dataclass(frozen=True, slots=True)
class SpokenText:
    """A line of a trace: which rule said what, and whether another had settled it before."""

    rule: str
    sentence: str
    overruled: str


def tell_trace(trace: tuple[Spoken, ...]) -> list[SpokenText]:
    """Everything that rules said of a line, in the order in which they spoke."""
    return [
        SpokenText(
            rule=spoken.name,
            sentence=tell_effect(spoken.effect),
            overruled=(
                _("Overruled by “%(name)s”.") % {"name": spoken.overruled_by}
                if spoken.overruled_by
                else ""
            ),
        )
        for spoken in trace
    ]
