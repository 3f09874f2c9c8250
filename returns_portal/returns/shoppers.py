"""Who a shopper is across requests, by keyed digests alone, and what the past says of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from returns_portal.returns import identity
from returns_portal.returns.mirror import customer_digest, digest
from returns_portal.returns.models import (
    BlockedShopper,
    MirroredOrder,
    ReturnLineItem,
    ReturnRequest,
    ShopperKey,
)
from returns_portal.returns.workflow import Status

# So many earlier requests, and so many orders, are looked at; more change no signal.
MOST_REQUESTS = 50
MOST_ORDERS = 200
RECENT = timedelta(days=90)
OFTEN = 3
MANY_ORDERS = 4
HIGH_RATE = 50


class Signal(StrEnum):
    """What makes a careful person look twice; none of them decides anything by itself."""

    BLOCKED = "blocked"
    REPEAT_RETURNER = "repeat_returner"
    HIGH_RATE = "high_rate"
    EMPTY_PARCEL = "empty_parcel"
    WRONG_ITEM = "wrong_item"
    NOT_VERIFIED = "not_verified"


@dataclass(frozen=True, slots=True)
class ShopperHistory:
    """What is known of the shopper of a request; `rate` is percent of orders, None without any."""

    earlier: tuple[ReturnRequest, ...]
    orders: int
    rate: int | None
    blocks: tuple[BlockedShopper, ...]
    signals: tuple[Signal, ...]
    known: bool


def keys_of(customer_id: str | None, *emails: str) -> list[tuple[str, str]]:
    """Kind and digest of each thing a shopper can be known again by; relays tell nothing."""
    keys = []
    if customer_id:
        keys.append((ShopperKey.Kind.CUSTOMER.value, customer_digest(customer_id)))
    usable = {
        identity.normalize_email(email)
        for email in emails
        if email and not identity.is_relay_email(email) and not identity.is_masked(email)
    }
    keys += [(ShopperKey.Kind.EMAIL.value, digest("email", email)) for email in sorted(usable)]
    return keys


def note_keys(return_request: ReturnRequest, customer_id: str | None, *emails: str) -> None:
    """Keeps by what the shopper of this request can be known again."""
    ShopperKey.objects.bulk_create(
        [
            ShopperKey(return_request=return_request, kind=kind, digest=value)
            for kind, value in keys_of(customer_id, *emails)
        ],
        ignore_conflicts=True,
    )


def find_blocks(digests: Iterable[str]) -> list[BlockedShopper]:
    """The blocks that hold for any of these digests."""
    standing = BlockedShopper.objects.filter(lifted_at__isnull=True, digest__in=list(digests))
    return list(standing.select_related("blocked_by").order_by("blocked_at"))


def is_blocked(return_request: ReturnRequest) -> bool:
    """Whether a person must look at every request of this shopper."""
    return bool(find_blocks(digests_of(return_request)))


def digests_of(return_request: ReturnRequest) -> list[str]:
    return list(return_request.shopper_keys.values_list("digest", flat=True))


def read_history(return_request: ReturnRequest, *, now: datetime) -> ShopperHistory:
    """The shopper's earlier requests and orders, bounded, and the signals in them."""
    digests = digests_of(return_request)
    earlier = _earlier(return_request, digests)
    orders = count_orders(digests)
    returned = {row.shopify_order_id for row in earlier} | {return_request.shopify_order_id}
    rate = min(100, round(100 * len(returned) / orders)) if orders else None
    blocks = tuple(find_blocks(digests))
    return ShopperHistory(
        earlier=tuple(earlier),
        orders=orders,
        rate=rate,
        blocks=blocks,
        signals=tuple(
            _signals(return_request, earlier, orders, rate, blocked=bool(blocks), now=now)
        ),
        known=bool(digests),
    )


def _earlier(return_request: ReturnRequest, digests: Sequence[str]) -> list[ReturnRequest]:
    """Newest first: other requests of the same order or with one of the same keys."""
    same_shopper = ShopperKey.objects.filter(digest__in=digests).values("return_request_id")
    same_order = ReturnRequest.objects.filter(shopify_order_id=return_request.shopify_order_id)
    ids = set(same_order.values_list("pk", flat=True)[:MOST_REQUESTS])
    if digests:
        newest = same_shopper.order_by("-return_request_id")
        ids |= set(newest.values_list("return_request_id", flat=True)[:MOST_REQUESTS])
    others = ReturnRequest.objects.filter(pk__in=ids - {return_request.pk})
    return list(others.prefetch_related("lines").order_by("-requested_at", "-pk")[:MOST_REQUESTS])


def count_orders(digests: Sequence[str]) -> int:
    """How many mirrored orders carry one of the digests, as far as MOST_ORDERS."""
    if not digests:
        return 0
    by_customer = MirroredOrder.objects.filter(customer_digest__in=digests).values("pk")
    by_email = MirroredOrder.objects.filter(email_digest__in=digests).values("pk")
    return len(by_customer.union(by_email)[:MOST_ORDERS])


def _signals(
    return_request: ReturnRequest,
    earlier: Sequence[ReturnRequest],
    orders: int,
    rate: int | None,
    *,
    blocked: bool,
    now: datetime,
) -> Iterable[Signal]:
    lines = [line for row in earlier for line in row.lines.all()]
    lately = [row for row in earlier if row.requested_at > now - RECENT and _counts(row)]
    if blocked:
        yield Signal.BLOCKED
    if len(lately) >= OFTEN:
        yield Signal.REPEAT_RETURNER
    if rate is not None and rate >= HIGH_RATE and orders >= MANY_ORDERS:
        yield Signal.HIGH_RATE
    if any(_was_missing(line) for line in lines):
        yield Signal.EMPTY_PARCEL
    if any("wrong" in line.condition for line in lines):
        yield Signal.WRONG_ITEM
    if not return_request.identity_verified:
        yield Signal.NOT_VERIFIED


def _counts(row: ReturnRequest) -> bool:
    return row.status not in {Status.CANCELED, Status.EXPIRED}


def _was_missing(line: ReturnLineItem) -> bool:
    """Whether units that were said to come back were not in the parcel."""
    counted = line.received_quantity
    return line.disposition == ReturnLineItem.Disposition.MISSING or (
        counted is not None and counted < line.units_approved
    )
