"""What may be returned and why not: one function a rule, whose verdicts are the line's trace."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from returns_portal.returns.clocks import ClockTerms
from returns_portal.shopify.types import Fulfillment, Order, OrderLine


class Code(StrEnum):
    ORDER_CANCELED = "order_canceled"
    NOT_PAID = "not_paid"
    ALREADY_REFUNDED = "already_refunded"
    NOT_SENT = "not_sent"
    NOTHING_LEFT = "nothing_left"
    GIFT_CARD = "gift_card"
    DIGITAL = "digital"
    TIP = "tip"
    ADDED_AMOUNT = "added_amount"
    FINAL_SALE = "final_sale"
    RETURN_WINDOW = "return_window"
    RULE = "rule"
    OVERRIDDEN = "overridden"


# What no person may overrule: what happened to the order, and what is left of it.
FACTS_OF_THE_ORDER = frozenset(
    {
        Code.ORDER_CANCELED,
        Code.NOT_PAID,
        Code.ALREADY_REFUNDED,
        Code.NOT_SENT,
        Code.NOTHING_LEFT,
    }
)


TIP_TITLE = "tip"


@dataclass(frozen=True, slots=True)
class PolicyTerms:
    """A policy's terms as plain values: what a request is judged by, and keeps.

    `return_shipping_fee` and `keep_item_up_to` are in the order's currency; percentages are 0 to
    100. What has a default was not yet among the terms that older requests keep.
    """

    name: str
    return_window_days: int | None
    window_anchor: str
    transit_days: int
    send_within_days: int
    answer_within_hours: int
    instructions_on: str
    refund_on: str
    final_sale_tags: tuple[str, ...]
    restocking_fee_percent: Decimal
    return_shipping_fee: Decimal
    return_shipping_paid_by: str
    conditions: str
    instructions: str
    return_address: str
    offers_store_credit: bool = False
    store_credit_bonus_percent: Decimal = Decimal(0)
    keep_item_up_to: Decimal | None = None
    outcomes_on_tiktok: bool = False
    clocks: ClockTerms = field(default_factory=ClockTerms)
    window_until: date | None = None


def without_tiktok(terms: PolicyTerms) -> PolicyTerms:
    """The terms for orders of other channels: TikTok makes no label for them, the shop does."""
    if terms.return_shipping_paid_by != "tiktok":
        return terms
    return replace(terms, return_shipping_paid_by="shop", instructions="")


@dataclass(frozen=True, slots=True)
class Allowance:
    """What staff allow one order beyond its policy: a later last day, and final-sale items."""

    window_until: date | None = None
    final_sale: bool = False


NO_ALLOWANCE = Allowance()


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the rules look at for the units of a line in one parcel.

    `fulfillment` is None for units that were not sent yet; `returnable` counts the units that
    neither Shopify nor an open request has given back or promised already.
    """

    order: Order
    line: OrderLine
    fulfillment: Fulfillment | None
    returnable: int
    terms: PolicyTerms
    now: datetime
    timezone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule says; `at` is the date that it turns on, where there is one.

    `words` is the merchant's own sentence for the shopper.
    """

    code: Code
    passed: bool
    at: datetime | None = None
    words: str = ""


def judge_order_not_canceled(facts: Facts) -> Verdict:
    """A canceled order has nothing to return."""
    return Verdict(Code.ORDER_CANCELED, facts.order.canceled_at is None, facts.order.canceled_at)


def judge_paid(facts: Facts) -> Verdict:
    """Only what was paid can be paid back; an order of zero counts as paid."""
    unpaid = facts.order.financial_status in {"PENDING", "AUTHORIZED", "EXPIRED", "VOIDED"}
    return Verdict(Code.NOT_PAID, not (unpaid and facts.order.total))


def judge_not_refunded(facts: Facts) -> Verdict:
    """Money given back already is not given back again."""
    refunded = facts.order.financial_status == "REFUNDED" or facts.line.refundable_quantity == 0
    return Verdict(Code.ALREADY_REFUNDED, not refunded)


def judge_sent(facts: Facts) -> Verdict:
    """Units that were not sent are canceled, not returned."""
    return Verdict(Code.NOT_SENT, facts.fulfillment is not None)


def judge_units_left(facts: Facts) -> Verdict:
    """A unit is returned once."""
    return Verdict(Code.NOTHING_LEFT, facts.fulfillment is None or facts.returnable > 0)


def judge_not_gift_card(facts: Facts) -> Verdict:
    """Gift cards are money."""
    return Verdict(Code.GIFT_CARD, not facts.line.is_gift_card)


def judge_physical(facts: Facts) -> Verdict:
    """What is never shipped cannot be sent back: digital items, tips, amounts added by hand."""
    if facts.line.requires_shipping or facts.line.is_gift_card:
        return Verdict(Code.DIGITAL, passed=True)
    return Verdict(_kind_of_unshipped(facts.line), passed=False)


def _kind_of_unshipped(line: OrderLine) -> Code:
    """What a line is that needs no shipping.

    Shopify marks no line as a tip: it is one of that title without product, SKU and vendor. Any
    other such line is an amount that somebody added. A product deleted since keeps its vendor.
    """
    if line.product_id or line.variant_id or line.sku or line.vendor:
        return Code.DIGITAL
    return Code.TIP if line.title.strip().casefold() == TIP_TITLE else Code.ADDED_AMOUNT


def judge_not_final_sale(facts: Facts) -> Verdict:
    """Products with one of the policy's final-sale tags stay sold; case does not matter."""
    final = {tag.casefold() for tag in facts.terms.final_sale_tags}
    tags = {tag.casefold() for tag in facts.line.product_tags}
    return Verdict(Code.FINAL_SALE, not final & tags)


def judge_window(facts: Facts) -> Verdict:
    """The request must come before the return window ends."""
    if facts.fulfillment is None:
        return Verdict(Code.RETURN_WINDOW, passed=True)
    ends_at = window_ends_at(facts.order, facts.fulfillment, facts.terms, facts.timezone)
    return Verdict(Code.RETURN_WINDOW, ends_at is None or facts.now < ends_at, ends_at)


RULES: tuple[Callable[[Facts], Verdict], ...] = (
    judge_order_not_canceled,
    # Before whether it was sent: what never is would be promised for its arrival.
    judge_not_gift_card,
    judge_physical,
    judge_sent,
    judge_not_final_sale,
    judge_paid,
    judge_not_refunded,
    judge_units_left,
    judge_window,
)


def judge(facts: Facts) -> tuple[Verdict, ...]:
    """The verdicts of all rules, in the order in which they are told to a shopper."""
    return tuple(rule(facts) for rule in RULES)


def objection(verdicts: tuple[Verdict, ...]) -> Verdict | None:
    """The first verdict against a return that no person overruled; None when there is none."""
    overruled = any(verdict.code is Code.OVERRIDDEN for verdict in verdicts)
    against = (verdict for verdict in verdicts if not verdict.passed)
    return next((v for v in against if not overruled or v.code in FACTS_OF_THE_ORDER), None)


def may_override(verdicts: tuple[Verdict, ...]) -> bool:
    """Whether only the shop's own rules speak against a return, which a person may overrule."""
    against = {verdict.code for verdict in verdicts if not verdict.passed}
    return bool(against) and against.isdisjoint(FACTS_OF_THE_ORDER)


def override(verdicts: tuple[Verdict, ...], reason: str) -> tuple[Verdict, ...]:
    """The verdicts as they were, and that a person overruled those against it, and why."""
    return (*verdicts, Verdict(Code.OVERRIDDEN, passed=True, words=reason))


def allow_more(terms: PolicyTerms, allowance: Allowance) -> PolicyTerms:
    """The terms with what staff allow besides; a later day of the terms themselves stays."""
    days = [day for day in (terms.window_until, allowance.window_until) if day]
    return replace(
        terms,
        window_until=max(days, default=None),
        final_sale_tags=() if allowance.final_sale else terms.final_sale_tags,
    )


def window_ends_at(
    order: Order, fulfillment: Fulfillment, terms: PolicyTerms, timezone: ZoneInfo
) -> datetime | None:
    """When the window closes: midnight, in the shop's time zone, after its last day.

    Counted in calendar days from the policy's anchor. Without a delivery date the parcel counts
    as delivered `transit_days` after dispatch. `window_until` makes a window that ends sooner last
    until that day. None means that there is no limit.
    """
    if terms.return_window_days is None:
        return None
    first_day = _anchor(order, fulfillment, terms).astimezone(timezone).date()
    last_day = first_day + timedelta(days=terms.return_window_days)
    return _end_of(max(last_day, terms.window_until or last_day), timezone)


def _anchor(order: Order, fulfillment: Fulfillment, terms: PolicyTerms) -> datetime:
    if terms.window_anchor == "ordered":
        return order.created_at
    if terms.window_anchor == "fulfilled":
        return fulfillment.created_at
    return taken_as_delivered_at(fulfillment, terms)


def taken_as_delivered_at(fulfillment: Fulfillment, terms: PolicyTerms) -> datetime:
    """When the parcel was delivered; where nobody told, `transit_days` after its dispatch."""
    if fulfillment.delivered_at is not None:
        return fulfillment.delivered_at
    return fulfillment.created_at + timedelta(days=terms.transit_days)


def _end_of(day: date, timezone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=timezone)
