"""Reading orders for shoppers and staff: found by what people know, from Shopify or the mirror."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from returns_portal.cache import Remembered
from returns_portal.returns import identity, snapshots
from returns_portal.returns.eligibility import (
    NO_ALLOWANCE,
    Allowance,
    Facts,
    PolicyTerms,
    Verdict,
    allow_more,
    judge,
    objection,
    window_ends_at,
    without_tiktok,
)
from returns_portal.returns.exceptions import find_allowance
from returns_portal.returns.mirror import (
    TIKTOK_SOURCE,
    channel_of,
    digest,
    find_mirrored,
    find_recent,
    is_served,
    mirror_order,
    read_snapshot,
)
from returns_portal.returns.models import MirroredOrder, PolicyVersion, ReturnPolicy
from returns_portal.returns.outcomes import ORIGINAL_PAYMENT, offered_outcomes, offers_others
from returns_portal.returns.policies import build_terms, get_policy
from returns_portal.returns.reservations import bought_units, free_units
from returns_portal.returns.rules import NO_DECISION, Decision, overruled, terms_under
from returns_portal.returns.ruling import (
    NOTHING_GIVEN,
    Given,
    Rulings,
    book_of,
    build_rulings,
    find_version,
    read_history,
)
from returns_portal.shopify.client import build_client
from returns_portal.shopify.errors import ShopifyUnavailable
from returns_portal.shopify.orders import find_order_ids, get_order, get_returnable_order
from returns_portal.shopify.types import Fulfillment, FulfillmentLine, Order, OrderLine

FindPolicy = Callable[[str], tuple[ReturnPolicy, PolicyVersion | None, PolicyTerms]]


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
    rulings: Rulings | None = None
    version_number: int | None = None
    allowance: Allowance = NO_ALLOWANCE

    def decide(
        self, line: OrderLine, parcel: Fulfillment, given: Given = NOTHING_GIVEN
    ) -> Decision:
        """What the policy's rules decide for units of `line`, as far as things are chosen."""
        if self.rulings is None:
            return NO_DECISION
        return self.rulings.decide(line, parcel, self.terms, given)


@dataclass(frozen=True, slots=True)
class Choice:
    """Units of one order line in one parcel (or not sent yet), with the rules' verdicts.

    `only_for` are the codes of reasons for which rules allow what they refuse otherwise, and
    `may_want_photo` says whether they want a photo for any reason; reasoned.py finds both.
    """

    key: str
    line: OrderLine
    fulfillment: Fulfillment | None
    fulfillment_line_item_id: str | None
    quantity: int
    returnable: int
    verdicts: tuple[Verdict, ...]
    window_ends_at: datetime | None
    outcomes: tuple[str, ...] = (ORIGINAL_PAYMENT,)
    decision: Decision = NO_DECISION
    only_for: tuple[str, ...] = ()
    may_want_photo: bool = False

    @property
    def objection(self) -> Verdict | None:
        return objection(self.verdicts)

    @property
    def eligible(self) -> bool:
        return self.objection is None

    @property
    def selectable(self) -> bool:
        """Whether it can be chosen: at once, or for a reason yet to be given."""
        return self.eligible or bool(self.only_for)


def find_order(*, number: str, postcode_or_email: str, now: datetime) -> FoundOrder:
    """The served order that both details fit.

    The mirror answers first; every kind of miss then costs the same searches in Shopify and the
    same digests, so that misses look and take alike. Only an order that the mirror does not have
    is read there. Raises OrderNotFound (ReturnIdGiven for a TikTok return id), and
    ShopifyError when only Shopify could have told.
    """
    wanted = identity.normalize_order_number(number)
    if identity.is_return_id(wanted):
        raise ReturnIdGiven
    if not wanted or not postcode_or_email.strip():
        raise OrderNotFound
    query = MirroredOrder.objects.filter(numbers__number=wanted).order_by("-shopify_updated_at")
    mirrored = list(query)
    found = _first_match(mirrored, wanted, postcode_or_email)
    if found is None:
        known = {order.shopify_id for order in mirrored}
        client = build_client()
        ids = [key for key in find_order_ids(client, wanted) if key not in known]
        fresh = [mirror_order(get_order(client, key), now=now) for key in ids]
        found = _first_match(fresh, wanted, postcode_or_email)
    if found is None:
        raise OrderNotFound
    return found


def find_orders(*, number: str, now: datetime) -> list[MirroredOrder]:
    """The served orders with this name or TikTok order id, newest first; for staff alone.

    Asks for no second detail: whoever calls this vouches for who may know. Shopify is searched
    where the mirror has none. Raises ShopifyError.
    """
    wanted = identity.normalize_order_number(number)
    if not wanted or identity.is_return_id(wanted):
        return []
    query = MirroredOrder.objects.filter(numbers__number=wanted).order_by("-shopify_updated_at")
    found = list(query[:20])
    if not found:
        client = build_client()
        ids = find_order_ids(client, wanted)
        found = [mirror_order(get_order(client, key), now=now) for key in ids]
    return [order for order in found if is_served(order.sales_channel)]


def _first_match(orders: list[MirroredOrder], number: str, typed: str) -> FoundOrder | None:
    served = [order for order in orders if is_served(order.sales_channel)]
    for order in served:
        if match := _match(order, number, typed):
            return match
    if not served:
        # As long as it takes to compare with an order that there is.
        digest("postcode", identity.normalize_postcode(typed))
    return None


def _match(order: MirroredOrder, number: str, typed: str) -> FoundOrder | None:
    postcode, email = identity.credentials(typed, order.snapshot["country"])
    # One digest, also of nothing: how long it takes must not tell what there was to compare.
    told = digest("email", email) if email else digest("postcode", postcode)
    if (postcode and told == order.postcode_digest) or (email and told == order.email_digest):
        return FoundOrder(order.shopify_id, verified=True)
    # Where the channel hides every detail, TikTok's long order id is the only key there is.
    nothing_to_check = order.postcode_masked and not order.email_digest
    if nothing_to_check and number == order.tiktok_order_id:
        return FoundOrder(order.shopify_id, verified=False)
    return None


def read_order(order_id: str, *, now: datetime, recent_is_enough: bool = False) -> OrderFacts:
    """The order and what may be returned of it now; from the mirror while Shopify is down.

    `recent_is_enough` lets the mirror answer at once while it follows Shopify closely: for pages
    that promise nothing yet. Raises ShopifyNotFound, NoPolicy, and ShopifyUnavailable when the
    mirror lacks the order.
    """
    if recent_is_enough and (mirrored := find_recent(order_id, now=now)):
        return _mirrored_facts(mirrored, policy_in_force.recent, fresh=True, now=now)
    try:
        order, lines = get_returnable_order(build_client(), order_id)
    except ShopifyUnavailable:
        return _read_mirror(order_id, now=now)
    mirror_order(order, now=now)
    in_shopify = dict.fromkeys(bought_units(order), 0)
    in_shopify |= {line.fulfillment_line_item_id: line.quantity for line in lines}
    return _facts(order, in_shopify, policy_in_force, fresh=True, now=now)


def _read_mirror(order_id: str, *, now: datetime) -> OrderFacts:
    mirrored = find_mirrored(order_id)
    if mirrored is None:
        raise ShopifyUnavailable("Shopify does not answer, and this order is not mirrored yet.")
    return _mirrored_facts(mirrored, policy_in_force, fresh=False, now=now)


def _mirrored_facts(
    mirrored: MirroredOrder, find_policy: FindPolicy, *, fresh: bool, now: datetime
) -> OrderFacts:
    """Units as far as the mirror can tell: returns opened elsewhere show when Shopify is asked."""
    order = read_snapshot(mirrored)
    refundable = {line.id: line.refundable_quantity for line in order.lines}
    in_shopify = {
        line.id: min(line.quantity, refundable.get(line.line_item_id, 0))
        for parcel in order.fulfillments
        for line in parcel.lines
    }
    return _facts(order, in_shopify, find_policy, fresh=fresh, now=now)


def _facts(
    order: Order,
    in_shopify: Mapping[str, int],
    find_policy: FindPolicy,
    *,
    fresh: bool,
    now: datetime,
) -> OrderFacts:
    policy, version, terms = find_policy(order.country)
    if channel_of(order) != TIKTOK_SOURCE:
        terms = without_tiktok(terms)
    allowance = find_allowance(order.id, timezone=shop_timezone())
    return OrderFacts(
        order=order,
        returnable=free_units(order, in_shopify),
        in_shopify=in_shopify,
        policy=policy,
        terms=allow_more(terms, allowance),
        fresh=fresh,
        rulings=rulings_of(version, order, now=now),
        version_number=version.number if version else None,
        allowance=allowance,
    )


@Remembered
def policy_in_force(country: str) -> tuple[ReturnPolicy, PolicyVersion | None, PolicyTerms]:
    """The policy for orders to `country`, its published version and terms; raises NoPolicy.

    Never what is remembered where a request is made: what staff published a moment ago holds.
    """
    policy = get_policy(country)
    version = find_version(policy)
    terms = snapshots.load(version.terms, PolicyTerms) if version else build_terms(policy)
    return policy, version, terms


def rulings_of(version: PolicyVersion | None, order: Order, *, now: datetime) -> Rulings | None:
    """The version's rules about this order, its customer's history included; None without rules."""
    if version is None or not version.rules:
        return None
    history = read_history(order)
    return build_rulings(book_of(version), order, history, now=now, timezone=shop_timezone())


def build_choices(facts: OrderFacts, *, now: datetime) -> tuple[Choice, ...]:
    """Every unit of the order, grouped by line and parcel, each with its verdicts."""
    choices = tuple(
        choice for line in facts.order.lines for choice in _choices_of_line(facts, line, now)
    )
    if facts.rulings is not None or not offers_others(facts.order, facts.terms):
        return choices
    return tuple(
        replace(choice, outcomes=offered_outcomes(facts.order, choice.line, facts.terms))
        for choice in choices
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
    choice = _plain_choice(facts, line, parcel, sent, returnable, now)
    return judge_again(facts, choice, NOTHING_GIVEN, now=now)


def judge_again(facts: OrderFacts, choice: Choice, given: Given, *, now: datetime) -> Choice:
    """The choice as the policy's rules see it, once the shopper has chosen a reason and more."""
    parcel = choice.fulfillment
    if facts.rulings is None or parcel is None:
        return choice
    decision = facts.decide(choice.line, parcel, given)
    ruled = replace(facts, terms=_ruled_terms(facts, decision))
    verdicts = judge(_judged(ruled, choice.line, parcel, choice.returnable, now))
    outcomes: tuple[str, ...] = (ORIGINAL_PAYMENT,)
    if offers_others(facts.order, ruled.terms):
        outcomes = offered_outcomes(facts.order, choice.line, ruled.terms)
    return replace(
        choice,
        verdicts=overruled(decision, verdicts),
        window_ends_at=window_ends_at(facts.order, parcel, ruled.terms, shop_timezone()),
        # Whatever rules take away, something is left to be given.
        outcomes=tuple(name for name in outcomes if name not in decision.removed) or outcomes[:1],
        decision=decision,
    )


def _ruled_terms(facts: OrderFacts, decision: Decision) -> PolicyTerms:
    """What the rules make of the terms; what staff allow the order outlasts them."""
    return allow_more(terms_under(decision, facts.terms), facts.allowance)


def _plain_choice(
    facts: OrderFacts,
    line: OrderLine,
    parcel: Fulfillment,
    sent: FulfillmentLine,
    returnable: int,
    now: datetime,
) -> Choice:
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
