"""Trying a draft on past requests and orders: what it would decide otherwise, and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from returns_portal.returns import snapshots
from returns_portal.returns.eligibility import PolicyTerms
from returns_portal.returns.mirror import read_snapshot
from returns_portal.returns.models import (
    DryRun,
    MirroredOrder,
    ReturnLineItem,
    ReturnPolicy,
    ReturnRequest,
)
from returns_portal.returns.orders import (
    Choice,
    OrderFacts,
    build_choices,
    judge_again,
    shop_timezone,
)
from returns_portal.returns.policies import NoPolicy, build_terms, get_policy
from returns_portal.returns.reservations import bought_units
from returns_portal.returns.rules import Decision, RuleBook, terms_under
from returns_portal.returns.ruling import (
    Given,
    Rulings,
    book_of,
    build_rulings,
    draft_rules,
    find_version,
    read_history,
)
from returns_portal.returns.services.publishing import draft_digest
from returns_portal.returns.wording import explain, last_day
from returns_portal.shopify.types import Order

# The newest requests and orders of the policy's countries, so many of each; a merchant looks at
# no more examples than that.
MOST_SEEN, MOST_TRIED, MOST_EXAMPLES, BATCH = 5000, 500, 200, 50
# How long after its delivery an order is looked at: most returns are asked for by then.
ASKED_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Difference:
    """What changes for an item: before, after, and which rules speak for it.

    `request` is the number of the past request, empty for an order tried as if it came back.
    """

    order: str
    item: str
    before: str
    after: str
    why: str
    request: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """Terms and rules, as they hold or as they are drafted."""

    terms: PolicyTerms
    book: RuleBook


def start_trial(*, policy_id: int, now: datetime) -> DryRun:
    """Begins a dry run of the draft, to be carried out in portions; raises Unreadable."""
    policy = ReturnPolicy.objects.get(pk=policy_id)
    RuleBook(draft_rules(policy))
    orders, requests = MirroredOrder.objects.count(), ReturnRequest.objects.count()
    return DryRun.objects.create(
        policy=policy,
        digest=draft_digest(policy),
        started_at=now,
        requests_left=True,
        to_try=min(orders, MOST_SEEN) + min(requests, MOST_SEEN),
    )


@transaction.atomic
def go_on_trying(*, trial_id: int, now: datetime) -> DryRun:
    """Tries the draft on the next portion: past requests first, then orders; nothing once done."""
    trial = DryRun.objects.select_for_update().get(pk=trial_id)
    if trial.state == DryRun.State.DONE:
        return trial
    held, drafted = what_holds(trial.policy), what_is_drafted(trial.policy)
    if trial.requests_left:
        _try_requests(trial, held, drafted)
    if not trial.requests_left:
        _try_orders(trial, held, drafted)
    trial.save()
    return trial


def _try_requests(trial: DryRun, held: Side, drafted: Side) -> None:
    portion = next_requests(trial.after)
    for row, order in portion:
        if order and _covered_by(trial.policy, order):
            trial.requests_tried += 1
            found = list(compare_request(trial.policy, row, order, held, drafted))
            _count(trial, found, room=MOST_EXAMPLES // 2)
        trial.after, trial.requests_seen = row.pk, trial.requests_seen + 1
    enough = trial.requests_tried >= MOST_TRIED or trial.requests_seen >= MOST_SEEN
    if len(portion) < BATCH or enough:
        trial.requests_left, trial.after = False, 0


def _try_orders(trial: DryRun, held: Side, drafted: Side) -> None:
    portion = _next_orders(trial.after)
    for row in portion:
        order = read_snapshot(row)
        if _covered_by(trial.policy, order):
            _count(trial, list(compare(trial.policy, order, held, drafted)), room=MOST_EXAMPLES)
        trial.after, trial.seen = row.pk, trial.seen + 1
    enough = trial.tried - trial.requests_tried >= MOST_TRIED or trial.seen >= MOST_SEEN
    if len(portion) < BATCH or enough:
        trial.state = DryRun.State.DONE


def _count(trial: DryRun, found: Sequence[Difference], *, room: int) -> None:
    """Counts what was tried, and keeps its differences while there is room for examples."""
    trial.tried += 1
    trial.changed += bool(found)
    left = max(0, room - len(trial.examples))
    trial.examples += [snapshots.dump(item) for item in found[:left]]


def next_requests(after: int) -> list[tuple[ReturnRequest, Order | None]]:
    """The next requests, the newest first, each with its order as far as it is mirrored."""
    requests = ReturnRequest.objects.order_by("-pk").prefetch_related("lines__reason__parent")
    if after:
        requests = requests.filter(pk__lt=after)
    rows = list(requests[:BATCH])
    mirrored = MirroredOrder.objects.filter(shopify_id__in={row.shopify_order_id for row in rows})
    orders = {row.shopify_id: read_snapshot(row) for row in mirrored}
    return [(row, orders.get(row.shopify_order_id)) for row in rows]


def _next_orders(after: int) -> list[MirroredOrder]:
    orders = MirroredOrder.objects.order_by("-pk")
    if after:
        orders = orders.filter(pk__lt=after)
    return list(orders[:BATCH])


def _covered_by(policy: ReturnPolicy, order: Order) -> bool:
    """Whether the policy is asked about the order: it covers its country, and a parcel was sent."""
    try:
        return bool(order.fulfillments) and get_policy(order.country).pk == policy.pk
    except NoPolicy:
        return False


def what_holds(policy: ReturnPolicy) -> Side:
    """The published version; the draft's terms without rules where nothing was published."""
    version = find_version(policy)
    if version is None:
        return Side(build_terms(policy), RuleBook(()))
    return Side(snapshots.load(version.terms, PolicyTerms), book_of(version))


def what_is_drafted(policy: ReturnPolicy) -> Side:
    return Side(build_terms(policy), RuleBook(draft_rules(policy)))


def compare(policy: ReturnPolicy, order: Order, held: Side, drafted: Side) -> Iterator[Difference]:
    """The items of the order for which the draft decides otherwise."""
    asked_at = moment_of(order)
    before = judge_under(policy, order, held, now=asked_at)
    after = judge_under(policy, order, drafted, now=asked_at)
    for old, new in zip(before, after, strict=True):
        yield from _difference(old, new, held, drafted, order=order.name)


def compare_request(
    policy: ReturnPolicy, row: ReturnRequest, order: Order, held: Side, drafted: Side
) -> Iterator[Difference]:
    """The items of a past request, with their reasons and quantities, decided otherwise."""
    given = {line.fulfillment_line_item_id: given_then(line) for line in row.lines.all()}
    before = judge_under(policy, order, held, now=row.requested_at, given=given)
    after = judge_under(policy, order, drafted, now=row.requested_at, given=given)
    for old, new in zip(before, after, strict=True):
        yield from _difference(old, new, held, drafted, order=order.name, request=row.rma_number)


def given_then(line: ReturnLineItem) -> Given:
    """What the shopper chose for a line of a past request."""
    answers = tuple((label, answer) for label, answer in line.answers)
    return Given(reason=line.reason, quantity=line.quantity, answers=answers or None)


def _difference(
    old: Choice, new: Choice, held: Side, drafted: Side, *, order: str, request: str = ""
) -> Iterator[Difference]:
    told_before, told_after = describe(old, held.terms), describe(new, drafted.terms)
    if told_before != told_after:
        names = [s.name for s in new.decision.trace if not s.overruled_by]
        names = names or [s.name for s in old.decision.trace if not s.overruled_by]
        why = ", ".join(dict.fromkeys(names))
        yield Difference(order, old.line.title, told_before, told_after, why, request)


def moment_of(order: Order) -> datetime:
    """When the order's shopper might have asked: a week after its last delivery or dispatch."""
    arrivals = [parcel.delivered_at or parcel.created_at for parcel in order.fulfillments]
    return max(arrivals, default=order.created_at) + ASKED_AFTER


def judge_under(
    policy: ReturnPolicy,
    order: Order,
    side: Side,
    *,
    now: datetime,
    given: Mapping[str, Given] | None = None,
) -> tuple[Choice, ...]:
    """The order's items as that side judges them, all units being free.

    With `given`, by fulfillment line item id, only the items in it, as they were asked for.
    """
    facts = _facts_under(policy, order, side, now=now)
    choices = build_choices(facts, now=now)
    if given is None:
        return choices
    return tuple(
        judge_again(facts, choice, chosen, now=now)
        for choice in choices
        if (chosen := given.get(choice.fulfillment_line_item_id or ""))
    )


def _facts_under(policy: ReturnPolicy, order: Order, side: Side, *, now: datetime) -> OrderFacts:
    units = bought_units(order)
    timezone = shop_timezone()
    rulings: Rulings | None = None
    if side.book.rules:
        history = read_history(order, before=now)
        rulings = build_rulings(side.book, order, history, now=now, timezone=timezone)
    return OrderFacts(
        order=order,
        returnable=units,
        in_shopify=units,
        policy=policy,
        terms=side.terms,
        fresh=True,
        rulings=rulings,
    )


def describe(choice: Choice, terms: PolicyTerms) -> str:
    """What a choice comes to, in words that differ whenever the outcome does."""
    if choice.objection:
        return explain(choice.objection)
    ruled = terms_under(choice.decision, terms)
    until = last_day(choice.window_ends_at) if choice.window_ends_at else _("no limit")
    told = [_("Can be returned until %(day)s") % {"day": until}]
    told += _money_details(ruled, choice)
    told += _wishes(choice.decision)
    return "; ".join(told)


def _money_details(terms: PolicyTerms, choice: Choice) -> Iterator[str]:
    if terms.restocking_fee_percent:
        yield _("restocking fee %(percent)s %%") % {"percent": terms.restocking_fee_percent}
    if terms.return_shipping_fee:
        yield _("parcel %(amount)s") % {"amount": terms.return_shipping_fee}
    if terms.refund_on == "receipt":
        yield _("refund when the parcel is here")
    if len(choice.outcomes) > 1:
        yield _("may end as: %(outcomes)s") % {"outcomes": ", ".join(choice.outcomes)}


def _wishes(decision: Decision) -> Iterator[str]:
    """What the rules want besides, in short."""
    wishes = (
        (decision.requires_photo, _("photo")),
        (decision.requires_comment, _("comment")),
        (decision.four_eyes, _("two people approve")),
        (decision.restock is False, _("not back into stock")),
        (decision.instructions or decision.return_address, _("instructions of its own")),
    )
    yield from (words for wanted, words in wishes if wanted)
    yield from (question.label for question in decision.questions)
    if decision.auto_approve_up_to is not None:
        yield _("approved at once up to %(amount)s") % {"amount": decision.auto_approve_up_to}
