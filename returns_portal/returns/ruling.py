"""Asking a policy's rules about an order: its facts as the rules see them, by published version."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, Sum

from returns_portal.returns import snapshots
from returns_portal.returns.eligibility import PolicyTerms, taken_as_delivered_at
from returns_portal.returns.mirror import channel_of
from returns_portal.returns.models import (
    MirroredOrder,
    PolicyRule,
    PolicyVersion,
    ReturnPolicy,
    ReturnReason,
    ReturnRequest,
    ShopperKey,
)
from returns_portal.returns.rules import (
    Decision,
    LineSubject,
    OrderRules,
    OrderSubject,
    Rule,
    RuleBook,
)
from returns_portal.returns.rules.subjects import regions_of
from returns_portal.returns.shoppers import count_orders, find_blocks, keys_of
from returns_portal.returns.workflow import RELEASES_UNITS
from returns_portal.shopify.types import Fulfillment, Order, OrderLine

HUNDRED = Decimal(100)
FULFILLED_BY_TIKTOK = frozenset({"fulfilled by tiktok", "fbt"})


@dataclass(frozen=True, slots=True)
class History:
    """What is known of an order's customer: orders and returns, what they were worth, a block."""

    returns: int = 0
    returned_orders: int = 0
    orders: int = 0
    value: Decimal = Decimal(0)
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """What the shopper has chosen for a line so far."""

    reason: ReturnReason | None = None
    quantity: int | None = None
    answers: tuple[tuple[str, str], ...] | None = None


NOTHING_GIVEN = Given()


@dataclass(frozen=True, slots=True)
class Rulings:
    """Rules narrowed to one order, with the moment and the time zone in which days are counted."""

    rules: OrderRules
    now: datetime
    timezone: ZoneInfo
    taxes_included: bool = False

    def decide(
        self,
        line: OrderLine,
        parcel: Fulfillment | None,
        terms: PolicyTerms,
        given: Given = NOTHING_GIVEN,
    ) -> Decision:
        """What the rules decide for units of `line` in `parcel`, as far as things are chosen."""
        return self.rules.decide(build_line_subject(line, parcel, terms, given, self))


def find_version(policy: ReturnPolicy) -> PolicyVersion | None:
    """The version of the policy that holds now; None where none was ever published."""
    return PolicyVersion.objects.filter(policy=policy).order_by("-number").first()


def draft_rules(policy: ReturnPolicy) -> tuple[Rule, ...]:
    """The rules of the policy's draft that are switched on."""
    rows = PolicyRule.objects.filter(policy=policy, active=True).order_by("priority", "key")
    return tuple(rule_of(row) for row in rows)


def rule_of(row: PolicyRule) -> Rule:
    """The row as a plain rule."""
    return snapshots.load(
        {
            "key": row.key,
            "name": row.name,
            "priority": row.priority,
            "match": row.match,
            "conditions": row.conditions,
            "effects": row.effects,
        },
        Rule,
    )


def digest_of(terms: PolicyTerms, rules: Sequence[Rule]) -> str:
    """Tells one content of a policy from another."""
    content = json.dumps([snapshots.dump(terms), snapshots.dump(tuple(rules))], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def book_of(version: PolicyVersion) -> RuleBook:
    """The version's rules, read once for as long as this process lives."""
    return _book(version.digest, json.dumps(version.rules))


@lru_cache(maxsize=64)
def _book(_digest: str, rules: str) -> RuleBook:
    return RuleBook(snapshots.load(json.loads(rules), tuple[Rule, ...]))


def build_rulings(
    book: RuleBook, order: Order, history: History, *, now: datetime, timezone: ZoneInfo
) -> Rulings:
    """The rules of `book` narrowed to the order."""
    subject = build_order_subject(order, history, now=now, timezone=timezone)
    return Rulings(book.for_order(subject), now, timezone, order.taxes_included)


def build_order_subject(
    order: Order, history: History, *, now: datetime, timezone: ZoneInfo
) -> OrderSubject:
    """The order as rules see it; texts in lower case."""
    tags = _folded(order.tags)
    today = now.astimezone(timezone).date()
    ordered = order.created_at.astimezone(timezone).date()
    return OrderSubject(
        country=order.country.casefold() or None,
        regions=regions_of(order.country) if order.country else None,
        channel=channel_of(order).casefold(),
        currency=order.currency.casefold(),
        order_value=order.total.amount,
        discount_percent=_discount_percent(order),
        order_tags=tags,
        ordered_on=ordered,
        requested_on=today,
        days_since_order=(today - ordered).days,
        fulfilled_by_tiktok=not FULFILLED_BY_TIKTOK.isdisjoint(tags),
        customer_returns=history.returns,
        customer_return_rate=_rate(history),
        customer_return_value=history.value,
        first_return=history.returns == 0,
        blocked=history.blocked,
    )


def _discount_percent(order: Order) -> Decimal | None:
    """The share of the price that discounts took off, in percent."""
    if order.discounts is None:
        return None
    before = order.total.amount + order.discounts.amount
    return order.discounts.amount * HUNDRED / before if before else Decimal(0)


def _rate(history: History) -> Decimal | None:
    """How many of the customer's orders came back, wholly or in part, in percent."""
    if not history.orders:
        return None
    return min(HUNDRED, Decimal(history.returned_orders) * HUNDRED / history.orders)


def build_line_subject(
    line: OrderLine,
    parcel: Fulfillment | None,
    terms: PolicyTerms,
    given: Given,
    rulings: Rulings,
) -> LineSubject:
    """The line as rules see it; texts in lower case."""
    reason, tags = given.reason, _folded(line.product_tags)
    # As the window counts: a right that ends so many days after delivery has not ended, nor begun
    # to, because a carrier forgot to report it.
    delivered = taken_as_delivered_at(parcel, terms) if parcel else None
    return LineSubject(
        days_since_delivery=_days_since(delivered, rulings),
        days_since_fulfillment=_days_since(parcel.created_at if parcel else None, rulings),
        line_value=line.before_tax.amount + line.tax.amount,
        line_discount_percent=_line_discount(line, rulings.taxes_included),
        product_title=line.title.casefold(),
        product_tags=tags,
        product_type=line.product_type.casefold(),
        vendor=line.vendor.casefold(),
        sku=line.sku.casefold(),
        category=_category_words(line.category) or None,
        final_sale=not tags.isdisjoint(_folded(terms.final_sale_tags)),
        reason=reason.code if reason else None,
        reason_heading=reason.parent.code if reason and reason.parent else None,
        fault=reason.fault if reason else None,
        quantity=given.quantity,
        answers=given.answers,
    )


def _category_words(path: str) -> frozenset[str]:
    """The path in Shopify's taxonomy, and every step of it: a rule may name any of them."""
    steps = [step.strip() for step in path.split(">")]
    return _folded(word for word in (path, *steps) if word)


def _line_discount(line: OrderLine, taxes_included: bool) -> Decimal | None:
    """The share of the line's price that discounts took off, in percent."""
    if line.full_price is None:
        return None
    full = line.full_price.amount
    paid = line.before_tax.amount + (line.tax.amount if taxes_included else 0)
    return max(Decimal(0), (full - paid) * HUNDRED / full) if full else Decimal(0)


def _days_since(moment: datetime | None, rulings: Rulings) -> int | None:
    if moment is None:
        return None
    today = rulings.now.astimezone(rulings.timezone).date()
    return (today - moment.astimezone(rulings.timezone).date()).days


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)


def read_history(order: Order, *, before: datetime | None = None) -> History:
    """What the portal knows of the order's customer, by digest; nothing of an unknown guest.

    With `before`, only the returns that were asked for until then.
    """
    digests = _digests_of(order)
    if not digests:
        return History()
    ended = [status.value for status in RELEASES_UNITS]
    keys = ShopperKey.objects.filter(digest__in=digests).values("return_request")
    requests = ReturnRequest.objects.filter(pk__in=keys).exclude(status__in=ended)
    if before is not None:
        requests = requests.filter(requested_at__lt=before)
    totals = requests.aggregate(
        returns=Count("pk"),
        orders=Count("shopify_order_id", distinct=True),
        value=Sum("quoted_amount", filter=Q(currency=order.currency)),
    )
    return History(
        returns=totals["returns"],
        returned_orders=totals["orders"],
        orders=count_orders(digests),
        value=Decimal(totals["value"] or 0),
        blocked=bool(find_blocks(digests)),
    )


def _digests_of(order: Order) -> list[str]:
    """By what the customer is known again; the mirror keeps digests of what its orders lack."""
    told = {value for _kind, value in keys_of(order.customer_id, order.email)}
    mirrored = MirroredOrder.objects.filter(shopify_id=order.id)
    for pair in mirrored.values_list("customer_digest", "email_digest"):
        told.update(value for value in pair if value)
    return sorted(told)
