"""The shop's places that keep stock, as Shopify names them, remembered for when it is silent."""

from django.core.cache import cache

from returns_portal.shopify.client import build_client
from returns_portal.shopify.errors import ShopifyError
from returns_portal.shopify.shop import list_locations
from returns_portal.shopify.types import Location

FRESH, LAST_KNOWN = "shopify-locations", "shopify-locations-known"
FRESH_SECONDS, SILENT_SECONDS, KNOWN_SECONDS = 10 * 60, 60, 7 * 24 * 60 * 60


def active_locations() -> tuple[Location, ...]:
    """The active places; those last read while Shopify is silent, none if it never answered."""
    found: tuple[Location, ...] | None = cache.get(FRESH)
    if found is not None:
        return found
    try:
        found = tuple(place for place in list_locations(build_client()) if place.is_active)
    except ShopifyError:
        found = known_locations()
        cache.set(FRESH, found, SILENT_SECONDS)
        return found
    cache.set(FRESH, found, FRESH_SECONDS)
    cache.set(LAST_KNOWN, found, KNOWN_SECONDS)
    return found


def known_locations() -> tuple[Location, ...]:
    """The places as they were last read, without asking Shopify."""
    return cache.get(LAST_KNOWN) or ()


def name_of(location_id: str) -> str:
    """What the shop calls the place, else its id; empty for no place. Asks nobody."""
    names = {place.id: place.name for place in known_locations()}
    return names.get(location_id, location_id)
