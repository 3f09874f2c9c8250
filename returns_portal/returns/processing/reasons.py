"""Shopify's own return reasons, read once a day."""

from django.core.cache import cache

from returns_portal.returns.processing.step import NeedsPerson
from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.shop import list_return_reason_definitions

DAY = 24 * 60 * 60
CACHE_KEY = "shopify-return-reasons"
FALLBACKS = ("other-reason", "other", "unknown")


def find_reason_definition(client: ShopifyClient, handle: str) -> str:
    """The id of Shopify's reason with this handle, else of its catch-all, else of its first.

    Raises NeedsPerson when the shop has no reasons at all.
    """
    known: dict[str, str] = cache.get(CACHE_KEY) or {}
    if not known or (handle and handle not in known):
        known = _read_definitions(client, {handle, *known})
    for name in (handle, *FALLBACKS):
        if known.get(name):
            return known[name]
    return next(found for found in known.values() if found)


def _read_definitions(client: ShopifyClient, handles: set[str]) -> dict[str, str]:
    """Shopify's ids by handle, empty for handles it does not know: they are not asked for again."""
    read = {reason.handle: reason.id for reason in list_return_reason_definitions(client)}
    if not read:
        raise NeedsPerson("Shopify lists no return reasons: check the app's access to returns.")
    known = dict.fromkeys(sorted(handles), "") | read
    cache.set(CACHE_KEY, known, DAY)
    return known
