"""Keeping the mirror of Shopify's orders: facts in full, personal data as keyed digests."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from returns_portal.returns import identity, snapshots
from returns_portal.returns.models import MirroredOrder, OrderNumber, OrderSync
from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.orders import iterate_orders_updated_since, order_numbers
from returns_portal.shopify.types import Order

# Shopify's search lags behind, and clocks differ: the last minutes are read again.
OVERLAP = timedelta(minutes=10)
FIRST_SYNC = timedelta(days=180)
TIKTOK_SOURCE = "tiktok"
TIKTOK_TAGS = ("tiktokorderid:", "shipped by tiktok")


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
    on_progress: Callable[[int], None] = lambda _count: None,
) -> int:
    """Mirrors every order that changed since the last sync, with overlap, or since `since`.

    Returns how many orders that were; `on_progress` hears the count after each. Raises
    ShopifyError, and then begins at the same moment the next time.
    """
    count = 0
    for order in iterate_orders_updated_since(client, since or _synced_until(now)):
        mirror_order(order, now=now)
        count += 1
        on_progress(count)
    OrderSync.objects.update_or_create(shop=settings.SHOPIFY_SHOP, defaults={"synced_until": now})
    return count


def _synced_until(now: datetime) -> datetime:
    mark = OrderSync.objects.filter(shop=settings.SHOPIFY_SHOP).first()
    return mark.synced_until - OVERLAP if mark else now - FIRST_SYNC


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
        "snapshot": snapshots.dump(anonymous),
        "shopify_updated_at": order.updated_at,
        "synced_at": now,
    }


def _replace_numbers(mirrored: MirroredOrder, numbers: Iterable[str]) -> None:
    wanted = set(numbers)
    mirrored.numbers.exclude(number__in=wanted).delete()
    OrderNumber.objects.bulk_create(
        [OrderNumber(order=mirrored, number=number) for number in sorted(wanted)],
        ignore_conflicts=True,
    )
