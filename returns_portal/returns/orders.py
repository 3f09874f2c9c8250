"""Reading orders for shoppers and staff: found by what people know, from Shopify or the mirror."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from returns_portal.returns import identity
from returns_portal.returns.eligibility import (
    Facts,
    PolicyTerms,
    Verdict,
    judge,
    objection,
    window_ends_at,
)
from returns_portal.returns.mirror import digest, is_served, mirror_order, read_snapshot
from returns_portal.returns.models import MirroredOrder, ReturnPolicy
from returns_portal.returns.policies import build_terms, get_policy
from returns_portal.returns.reservations import bought_units, free_units
from returns_portal.shopify.client import build_client
from returns_portal.shopify.errors import ShopifyUnavailable
from returns_portal.shopify.orders import find_orders, get_returnable_order
from returns_portal.shopify.types import Fulfillment, FulfillmentLine, Order, OrderLine


class OrderNotFound(Exception):
    """No order with these details that the portal serves: which detail is wrong is never told."""


class ReturnIdGiven(OrderNotFound):
    """A TikTok return id was typed in place of the order id."""


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """An order whose holder may see it; not verified where the order held nothing to check."""

    order_id: str
    verified: bool


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """An order with what may be returned of it: units free by fulfillment line item id.

    `in_shopify` is the same before requests are taken off; `fresh` is False when Shopify did not
    answer and the mirror spoke instead.
    """

    order: Order
    returnable: Mapping[str, int]
    in_shopify: Mapping[str, int]
    policy: ReturnPolicy
    terms: PolicyTerms
    fresh: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """Units of one order line in one parcel (or not sent yet), with the rules' verdicts."""

    key: str
    line: OrderLine
    fulfillment: Fulfillment | None
    fulfillment_line_item_id: str | None
    quantity: int
    returnable: int
    verdicts: tuple[Verdict, ...]
    window_ends_at: datetime | None

    @property
    def objection(self) -> Verdict | None:
        return objection(self.verdicts)

    @property
    def eligible(self) -> bool:
        return self.objection is None


def find_order(*, number: str, postcode_or_email: str, now: datetime) -> FoundOrder:
    """The served order that both details fit.

    The mirror answers first; every kind of miss then costs one search in Shopify, so that misses
    look and take alike. Raises OrderNotFound (ReturnIdGiven for a TikTok return id), and
    ShopifyError when only Shopify could have told.
    """
    wanted = identity.normalize_order_number(number)
    if identity.is_return_id(wanted):
        raise ReturnIdGiven
    if not wanted or not postcode_or_email.strip():
        raise OrderNotFound
    mirrored = MirroredOrder.objects.filter(numbers__number=wanted).order_by("-shopify_updated_at")
    found = _first_match(list(mirrored), wanted, postcode_or_email)
    if found is None:
        orders = find_orders(build_client(), wanted)
        fresh = [mirror_order(order, now=now) for order in orders]
        found = _first_match(fresh, wanted, postcode_or_email)
    if found is None:
        raise OrderNotFound
    return found


def _first_match(orders: list[MirroredOrder], number: str, typed: str) -> FoundOrder | None:
    for order in orders:
        if is_served(order.sales_channel) and (match := _match(order, number, typed)):
            return match
    return None


def _match(order: MirroredOrder, number: str, typed: str) -> FoundOrder | None:
    postcode, email = identity.credentials(typed, order.snapshot["country"])
    if postcode and order.postcode_digest == digest("postcode", postcode):
        return FoundOrder(order.shopify_id, verified=True)
    if email and order.email_digest == digest("email", email):
        return FoundOrder(order.shopify_id, verified=True)
    # Where the channel hides every detail, TikTok's long order id is the only key there is.
    nothing_to_check = order.postcode_masked and not order.email_digest
    if nothing_to_check and number == order.tiktok_order_id:
        return FoundOrder(order.shopify_id, verified=False)
    return None


def read_order(order_id: str, *, now: datetime) -> OrderFacts:
    """The order and what may be returned of it now; from the mirror while Shopify is down.

    Raises ShopifyNotFound, NoPolicy, and ShopifyUnavailable when the mirror lacks the order.
    """
    try:
        order, lines = get_returnable_order(build_client(), order_id)
    except ShopifyUnavailable:
        return _read_mirror(order_id)
    mirror_order(order, now=now)
    in_shopify = dict.fromkeys(bought_units(order), 0)
    in_shopify |= {line.fulfillment_line_item_id: line.quantity for line in lines}
    return _facts(order, in_shopify, fresh=True)


def _read_mirror(order_id: str) -> OrderFacts:
    mirrored = MirroredOrder.objects.filter(shopify_id=order_id).first()
    if mirrored is None:
        raise ShopifyUnavailable("Shopify does not answer, and this order is not mirrored yet.")
    order = read_snapshot(mirrored)
    refundable = {line.id: line.refundable_quantity for line in order.lines}
    in_shopify = {
        line.id: min(line.quantity, refundable.get(line.line_item_id, 0))
        for parcel in order.fulfillments
        for line in parcel.lines
    }
    return _facts(order, in_shopify, fresh=False)


def _facts(order: Order, in_shopify: Mapping[str, int], *, fresh: bool) -> OrderFacts:
    policy = get_policy(order.country)
    return OrderFacts(
        order=order,
        returnable=free_units(order, in_shopify),
        in_shopify=in_shopify,
        policy=policy,
        terms=build_terms(policy),
        fresh=fresh,
    )


def build_choices(facts: OrderFacts, *, now: datetime) -> tuple[Choice, ...]:
    """Every unit of the order, grouped by line and parcel, each with its verdicts."""
    return tuple(
        choice for line in facts.order.lines for choice in _choices_of_line(facts, line, now)
    )


def _choices_of_line(facts: OrderFacts, line: OrderLine, now: datetime) -> Iterator[Choice]:
    for parcel in facts.order.fulfillments:
        for sent in parcel.lines:
            if sent.line_item_id == line.id and parcel.status not in {"CANCELLED", "ERROR"}:
                yield _choice(facts, line, parcel, sent, now)
    if line.unfulfilled_quantity:
        yield Choice(
            key=f"line-{digits(line.id)}",
            line=line,
            fulfillment=None,
            fulfillment_line_item_id=None,
            quantity=line.unfulfilled_quantity,
            returnable=0,
            verdicts=judge(_judged(facts, line, None, 0, now)),
            window_ends_at=None,
        )


def _choice(
    facts: OrderFacts, line: OrderLine, parcel: Fulfillment, sent: FulfillmentLine, now: datetime
) -> Choice:
    returnable = facts.returnable.get(sent.id, 0)
    return Choice(
        key=digits(sent.id),
        line=line,
        fulfillment=parcel,
        fulfillment_line_item_id=sent.id,
        quantity=sent.quantity,
        returnable=returnable,
        verdicts=judge(_judged(facts, line, parcel, returnable, now)),
        window_ends_at=window_ends_at(facts.order, parcel, facts.terms, shop_timezone()),
    )


def _judged(
    facts: OrderFacts, line: OrderLine, parcel: Fulfillment | None, returnable: int, now: datetime
) -> Facts:
    return Facts(
        order=facts.order,
        line=line,
        fulfillment=parcel,
        returnable=returnable,
        terms=facts.terms,
        now=now,
        timezone=shop_timezone(),
    )


def digits(shopify_id: str) -> str:
    """The number at the end of a Shopify id, as a string."""
    return shopify_id.rsplit("/", 1)[-1]


def shop_timezone() -> ZoneInfo:
    """The shop's time zone (TIME_ZONE), in which days begin and end."""
    return ZoneInfo(settings.TIME_ZONE)
