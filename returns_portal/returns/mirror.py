"""Keeping the mirror of Shopify's orders: facts in full, personal data as keyed digests."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils.crypto import salted_hmac

from returns_portal.cache import Remembered
from returns_portal.prepared import Asked, Prepared
from returns_portal.returns import identity, snapshots
from returns_portal.returns.models import MirroredOrder, OrderNumber, OrderSync
from returns_portal.shopify.bulk import count_orders_updated_since, read_orders_in_bulk
from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.errors import ShopifyBulkFailed
from returns_portal.shopify.orders import iterate_orders_updated_since, order_numbers
from returns_portal.shopify.types import Order

logger = logging.getLogger(__name__)
Progress = Callable[[int, int | None], None]

# Shopify's search lags behind, and clocks differ: the last minutes are read again.
OVERLAP = timedelta(minutes=10)
FIRST_SYNC = timedelta(days=180)
# While the last sync is no older than this, an order of the mirror is as Shopify has it.
CLOSE_BEHIND = timedelta(minutes=10)
# Since longer ago than this there may be very many orders: they are counted first.
LONG = timedelta(days=1)
LOCK = "sync-orders"
LOCK_SECONDS = 2 * 60 * 60
TIKTOK_SOURCE = "tiktok"
TIKTOK_TAGS = ("tiktokorderid:", "shipped by tiktok")


class SyncUnderWay(Exception):
    """Another run mirrors the orders of a long past; str() is a sentence for staff."""


def channel_of(order: Order) -> str:
    """The sales channel's name; orders that only carry TikTok's marks count as TikTok's."""
    marked = any(tag.casefold().startswith(TIKTOK_TAGS) for tag in order.tags)
    if marked or identity.is_relay_email(order.email):
        return TIKTOK_SOURCE
    return order.source_name


def is_served(sales_channel: str) -> bool:
    """Whether the settings (PORTAL_CHANNELS) let the portal serve orders of this channel."""
    return "*" in settings.PORTAL_CHANNELS or sales_channel in settings.PORTAL_CHANNELS


def tiktok_order_id_of(order: Order) -> str:
    """The TikTok order id that the order carries, or an empty string."""
    ids = sorted(number for number in order_numbers(order) if identity.is_tiktok_order_id(number))
    return ids[0] if ids and channel_of(order) == TIKTOK_SOURCE else ""


def digest(kind: str, value: str) -> str:
    """A keyed digest that tells whether two values are equal without keeping them."""
    return salted_hmac(f"returns.mirror.{kind}", value, algorithm="sha256").hexdigest()


def customer_digest(customer_id: str) -> str:
    """The digest by which orders and requests of one customer in Shopify are known again."""
    return digest("customer", customer_id)


@transaction.atomic
def mirror_order(order: Order, *, now: datetime) -> MirroredOrder:
    """Stores what Shopify said of an order; an older word never replaces a newer one."""
    known = MirroredOrder.objects.filter(shopify_id=order.id).first()
    if known and known.shopify_updated_at > order.updated_at:
        return known
    mirrored, _ = MirroredOrder.objects.update_or_create(
        shopify_id=order.id, defaults=_columns(order, now)
    )
    _replace_numbers(mirrored, {number.upper() for number in order_numbers(order)})
    return mirrored


def sync_orders(
    client: ShopifyClient,
    *,
    now: datetime,
    since: datetime | None = None,
    on_progress: Progress = lambda _count, _total: None,
) -> int:
    """Mirrors every order that changed since the last sync, with overlap, or since `since`.

    Returns how many orders that were; `on_progress` hears after each how many are done, and of
    how many where that is known. Each order is kept as it comes. Raises ShopifyError, and then
    begins at the same moment the next time; SyncUnderWay when another run reads the past.
    """
    count = 0
    start = since or _sync_from(now)
    with only_one(long=now - start > LONG), orders_to_mirror(client, start, now) as (total, orders):
        for order in orders:
            mirror_order(order, now=now)
            count += 1
            on_progress(count, total)
    OrderSync.objects.update_or_create(shop=settings.SHOPIFY_SHOP, defaults={"synced_until": now})
    return count


@contextmanager
def only_one(*, long: bool) -> Iterator[None]:
    """Keeps a second run from reading the same long past beside the first; short runs may.

    A killed run counts as running for two hours: the next one begins where it began.
    """
    if long and not cache.add(LOCK, True, LOCK_SECONDS):
        raise SyncUnderWay("Another run is mirroring the orders of the past already.")
    try:
        yield
    finally:
        if long:
            cache.delete(LOCK)


@contextmanager
def orders_to_mirror(
    client: ShopifyClient, since: datetime, now: datetime
) -> Iterator[tuple[int | None, Iterator[Order]]]:
    """How many orders changed, where that is known, and they: page by page, many in bulk."""
    with ExitStack() as stack:
        total: int | None = None
        if now - since > LONG:
            total = count_orders_updated_since(client, since)
            if total is None and (bulk := enter_bulk(client, since, stack)):
                yield bulk
                return
        yield total, iterate_orders_updated_since(client, since)


def enter_bulk(
    client: ShopifyClient, since: datetime, stack: ExitStack
) -> tuple[int, Iterator[Order]] | None:
    """Shopify's bulk reading, open as long as `stack`; None where Shopify gives no result."""
    try:
        return stack.enter_context(read_orders_in_bulk(client, since))
    except ShopifyBulkFailed as error:
        logger.warning("Orders are read page by page: %s", error)
        return None


def _sync_from(now: datetime) -> datetime:
    mark = synced_until()
    return mark - OVERLAP if mark else now - FIRST_SYNC


@Remembered
def synced_until() -> datetime | None:
    """Up to when the mirror has what Shopify has; None before the first run."""
    marks = OrderSync.objects.filter(shop=settings.SHOPIFY_SHOP)
    return marks.values_list("synced_until", flat=True).first()


def find_recent(order_id: str, *, now: datetime) -> MirroredOrder | None:
    """The mirrored order, if the mirror followed Shopify closely moments ago."""
    mark = synced_until.recent()
    if mark is None or mark < now - CLOSE_BEHIND:
        return None
    return find_mirrored(order_id)


def find_mirrored(order_id: str) -> MirroredOrder | None:
    """The order as it was mirrored last."""
    return MIRRORED.first(order=order_id)


MIRRORED = Prepared(MirroredOrder.objects.filter(shopify_id=Asked("order")))


def read_snapshot(mirrored: MirroredOrder) -> Order:
    """The order as mirrored, its personal data left empty."""
    return snapshots.load(mirrored.snapshot, Order)


def _columns(order: Order, now: datetime) -> dict[str, object]:
    masked = identity.is_masked(order.postcode)
    postcode = "" if masked else identity.normalize_postcode(order.postcode, order.country)
    unusable = not order.email or identity.is_relay_email(order.email)
    email = "" if unusable else identity.normalize_email(order.email)
    anonymous = replace(order, email="", customer_name="", postcode="", note="")
    return {
        "name": order.name[:80],
        "tiktok_order_id": tiktok_order_id_of(order),
        "sales_channel": channel_of(order)[:40],
        "postcode_digest": digest("postcode", postcode) if postcode else "",
        "postcode_masked": masked,
        "email_digest": digest("email", email) if email else "",
        "customer_digest": customer_digest(order.customer_id) if order.customer_id else "",
        "snapshot": snapshots.dump(anonymous),
        "shopify_updated_at": order.updated_at,
        "synced_at": now,
        "counted": False,
    }


def _replace_numbers(mirrored: MirroredOrder, numbers: Iterable[str]) -> None:
    wanted = set(numbers)
    mirrored.numbers.exclude(number__in=wanted).delete()
    OrderNumber.objects.bulk_create(
        [OrderNumber(order=mirrored, number=number) for number in sorted(wanted)],
        ignore_conflicts=True,
    )
