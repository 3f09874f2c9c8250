"""Reads TikTok's aftersales, by webhook and by polling, and lets requests follow them."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q

from returns_portal.returns.channels.aftersales import ENDED, REFUND_TYPES, STAGES
from returns_portal.returns.mirror import mirror_order
from returns_portal.returns.models import Aftersale, MirroredOrder, ReturnRequest, TikTokShop
from returns_portal.returns.orders import read_order
from returns_portal.returns.policies import NoPolicy
from returns_portal.returns.services.aftersales import (
    attach_request,
    note_aftersale,
    note_cancellation,
)
from returns_portal.returns.services.following import follow
from returns_portal.returns.services.guard import SPOILT
from returns_portal.shopify.client import build_client
from returns_portal.shopify.errors import ShopifyError
from returns_portal.shopify.orders import find_orders
from returns_portal.tiktok.client import TikTokClient
from returns_portal.tiktok.errors import (
    TikTokError,
    TikTokNotFound,
    TikTokProtocolError,
    TikTokRefused,
)
from returns_portal.tiktok.orders import get_order, list_cancellations
from returns_portal.tiktok.returns import (
    get_aftersale,
    iterate_changed,
    list_of_order,
    list_records,
)
from returns_portal.tiktok.types import AftersaleFacts, Record

logger = logging.getLogger(__name__)

# TikTok's clock counts seconds, and its search may lag behind: the last minutes are read again.
OVERLAP = timedelta(minutes=10)
FIRST_READING = timedelta(days=30)
# An aftersale that nobody heard of for so long is read again, whatever got lost.
STALE = timedelta(hours=6)
# A rejection that no ruling turned around in so long is an end.
GIVEN_UP = timedelta(days=90)
AT_ONCE = 200
NO_ORDER = "Shopify does not have this order yet."
OVER = tuple(status for status, stage in STAGES.items() if stage in ENDED)


def sync_changed(client: TikTokClient, *, now: datetime) -> int:
    """Takes in all that changed since the last reading; returns how many. Raises TikTokError.

    One that cannot be taken in keeps none of the others, and is read again the next time. What
    breaks off half-way goes on where it stopped.
    """
    shop = TikTokShop.objects.order_by("pk").first()
    since = now - FIRST_READING
    if shop is not None and shop.read_until is not None:
        since = shop.read_until - OVERLAP
    count, put_off, reached = 0, False, since
    try:
        for page in iterate_changed(client, since):
            for return_id in page.unread:
                logger.error("Aftersale %s has a shape that nobody knows.", return_id)
            for facts in page.aftersales:
                put_off = not _try(client, facts, now) or put_off
                reached = reached if put_off else facts.updated_at
            count += len(page.aftersales)
        reached = reached if put_off else now
    finally:
        _note_reached(shop, reached)
    _read_forgotten(client, now)
    return count


def _note_reached(shop: TikTokShop | None, reached: datetime) -> None:
    if shop is not None and (shop.read_until is None or reached > shop.read_until):
        TikTokShop.objects.filter(pk=shop.pk).update(read_until=reached)


def _try(client: TikTokClient, facts: AftersaleFacts, now: datetime) -> bool:
    try:
        take_in(client, facts, now=now)
    except TikTokError as error:
        logger.warning("Aftersale %s is put off: %s", facts.return_id, error)
        return False
    except SPOILT:
        logger.exception("Aftersale %s could not be taken in.", facts.return_id)
        return False
    return True


def _read_forgotten(client: TikTokClient, now: datetime) -> None:
    for return_id in _forgotten(now):
        try:
            sync_one(client, return_id, now=now)
        except TikTokError as error:
            logger.warning("Aftersale %s is put off: %s", return_id, error)


def _forgotten(now: datetime) -> Iterator[str]:
    """Open aftersales that were not read for long, or for which no request stands yet."""
    young = Q(created_at__gt=now - timedelta(days=1), synced_at__lt=now - timedelta(minutes=1))
    lonely = Q(return_request=None) & (young | Q(synced_at__lt=now - timedelta(hours=1)))
    old = Q(synced_at__lt=now - STALE)
    found = Aftersale.objects.filter(lonely | old, updated_at__gt=now - GIVEN_UP)
    found = found.exclude(status__in=OVER).order_by("synced_at")
    yield from found.values_list("return_id", flat=True)[:AT_ONCE]


def sync_order(client: TikTokClient, order_id: str, *, now: datetime) -> None:
    """Takes in the aftersales of one of TikTok's orders."""
    for facts in list_of_order(client, order_id):
        take_in(client, facts, now=now)


def sync_cancellations(client: TikTokClient, order_id: str, *, now: datetime) -> None:
    """TikTok canceled an order: nothing of it may be paid by the portal without a look."""
    for cancellation in list_cancellations(client, order_id):
        if cancellation.is_complete:
            note_cancellation(cancellation, now=now)


def sync_one(client: TikTokClient, return_id: str, *, now: datetime) -> Aftersale:
    """Reads one aftersale as it is now, and lets its request follow."""
    return take_in(client, get_aftersale(client, return_id), now=now)


def take_in(client: TikTokClient, facts: AftersaleFacts, *, now: datetime) -> Aftersale:
    """Keeps an aftersale, gives it a request where it has none, and lets that follow."""
    known = Aftersale.objects.filter(return_id=facts.return_id).first()
    changed = known is None or facts.updated_at > known.updated_at
    records = _records(client, facts.return_id) if changed else ()
    aftersale = note_aftersale(facts, records=records, now=now)
    if aftersale.return_request_id is None and facts.return_type in REFUND_TYPES:
        _attach(client, aftersale, now=now)
    follow(aftersale.pk, now=now)
    aftersale.refresh_from_db()
    return aftersale


def _records(client: TikTokClient, return_id: str) -> tuple[Record, ...]:
    """What people said; nothing where TikTok does not let it be read: the rest goes on."""
    try:
        return list_records(client, return_id)
    except (TikTokRefused, TikTokProtocolError) as error:
        logger.warning("What was said of aftersale %s is not read: %s", return_id, error)
        return ()


def _attach(client: TikTokClient, aftersale: Aftersale, *, now: datetime) -> None:
    """Opens or finds the request; while Shopify lacks the order it is tried again later."""
    try:
        shopify_id = find_shopify_order(aftersale.order_id, now=now)
        if shopify_id is None:
            Aftersale.objects.filter(pk=aftersale.pk).update(problem=NO_ORDER)
            return
        order = read_order(shopify_id, now=now)
    except (ShopifyError, NoPolicy) as error:
        Aftersale.objects.filter(pk=aftersale.pk).update(problem=str(error))
        return
    attach_request(aftersale, order, by_tiktok=_is_by_tiktok(client, aftersale), now=now)


def _is_by_tiktok(client: TikTokClient, aftersale: Aftersale) -> bool:
    try:
        return get_order(client, aftersale.order_id).is_fulfilled_by_tiktok
    except TikTokNotFound:
        return False


def find_shopify_order(tiktok_id: str, *, now: datetime) -> str | None:
    """Shopify's id of TikTok's order: from the mirror, else from Shopify itself."""
    known = MirroredOrder.objects.filter(numbers__number=tiktok_id).first()
    if known is None:
        asked = ReturnRequest.objects.filter(tiktok_order_id=tiktok_id).first()
        if asked is not None:
            return asked.shopify_order_id
        fresh = [mirror_order(order, now=now) for order in find_orders(build_client(), tiktok_id)]
        known = next(iter(fresh), None)
    return known.shopify_id if known else None
