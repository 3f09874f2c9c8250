"""Guessing order numbers and postcodes must not pay: failed look-ups are counted and limited."""

import hashlib
import logging
import math
import time
from functools import cache

from django.conf import settings
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from returns_portal.returns.identity import normalize_order_number

logger = logging.getLogger(__name__)

PER_ADDRESS = RateLimitItemPerMinute(30, 10, namespace="lookup-address")
PER_ORDER = RateLimitItemPerMinute(10, 10, namespace="lookup-order")
LINKS_PER_ADDRESS = RateLimitItemPerHour(10, 1, namespace="links-address")
LINKS_PER_EMAIL = RateLimitItemPerHour(3, 1, namespace="links-email")
WITHDRAWALS = RateLimitItemPerHour(20, 1, namespace="withdrawals-address")
RECEIPTS_PER_EMAIL = RateLimitItemPerHour(5, 1, namespace="receipts-email")
# So many failures of one address, and a limit on the order number holds for it too. Below,
# it does not: others' guesses must not lock a shopper out of their own order.
SUSPICIOUS = 5


def seconds_to_wait(address: str, number: str) -> int:
    """How long this address must wait before it may look up this order number; 0 is not at all."""
    failures = _failures(PER_ADDRESS, address)
    if failures >= PER_ADDRESS.amount:
        return _until_free(PER_ADDRESS, address)
    if failures >= SUSPICIOUS and _failures(PER_ORDER, order_key(number)) >= PER_ORDER.amount:
        return _until_free(PER_ORDER, order_key(number))
    return 0


def record_failure(address: str, number: str) -> None:
    """Counts a failed look-up against the address and against the order number."""
    for item, key in ((PER_ADDRESS, address), (PER_ORDER, order_key(number))):
        try:
            get_limiter().hit(item, key)
        except StorageError:
            _warn()
            get_local_limiter().hit(item, key)


def take(item: RateLimitItem, key: str) -> bool:
    """Counts one more of what `item` limits; False when `key` had all that it may have."""
    try:
        return get_limiter().hit(item, key)
    except StorageError:
        _warn()
        return get_local_limiter().hit(item, key)


def order_key(number: str) -> str:
    """The order number as counted: however it was typed, of bounded length, not readable."""
    return hashlib.sha256(normalize_order_number(number).encode()).hexdigest()


@cache
def get_limiter() -> MovingWindowRateLimiter:
    """Counts where all processes can see them: in Redis when CACHE_URL names it, else in memory."""
    if settings.CACHE_URL.startswith("redis"):
        address = settings.CACHE_URL.replace("rediscache://", "redis://", 1)
        return MovingWindowRateLimiter(storage_from_string(address, wrap_exceptions=True))
    return get_local_limiter()


@cache
def get_local_limiter() -> MovingWindowRateLimiter:
    """Counts of this process alone."""
    return MovingWindowRateLimiter(MemoryStorage())


def _failures(item: RateLimitItem, key: str) -> int:
    return item.amount - _stats(item, key)[1]


def _until_free(item: RateLimitItem, key: str) -> int:
    return max(1, math.ceil(_stats(item, key)[0] - time.time()))


def _stats(item: RateLimitItem, key: str) -> tuple[float, int]:
    """When the oldest counted failure is forgotten, and how many more may happen until then."""
    try:
        stats = get_limiter().get_window_stats(item, key)
    except StorageError:
        _warn()
        stats = get_local_limiter().get_window_stats(item, key)
    return stats.reset_time, stats.remaining


def _warn() -> None:
    logger.warning("Failed look-ups are counted in this process only: Redis does not answer.")
