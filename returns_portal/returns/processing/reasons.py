"""Shopify's own return reasons, read once a day."""

from django.core.cache import cache

from returns_portal.returns.processing.step import NeedsPerson
from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.shop import list_return_reason_definitions

DAY = 24 * 60 * 60
CACHE_KEY = "shopify-return-reasons"
FALLBACKS = ("other", "unknown")


def find_reason_definition(client: ShopifyClient, handle: str) -> str:
    """The id of Shopify's reason with this handle, else of its catch-all, else of its first.

    Raises NeedsPerson when the shop has no reasons at all.
    """
    known: dict[str, str] | None = cache.get(CACHE_KEY)
    if known is None or (handle and handle not in known):
        known = {reason.handle: reason.id for reason in list_return_reason_definitions(client)}
        cache.set(CACHE_KEY, known, DAY)
    for name in (handle, *FALLBACKS):
        if name in known:
            return known[name]
    if not known:
        raise NeedsPerson("Shopify lists no return reasons: check the app's access to returns.")
    return next(iter(known.values()))
