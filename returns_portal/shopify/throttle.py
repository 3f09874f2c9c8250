"""Shares Shopify's points among all workers: one bucket, kept in the cache, shoppers first."""

import random
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import BaseCache, cache

from returns_portal.shopify.errors import ShopifyUnavailable

LOCK_SECONDS = 2.0
LOCK_PAUSE = 0.003
# A call that never reported back (its worker was killed) stops counting after this long.
FORGET_AFTER = 40.0
# The share of the bucket that background work leaves to people at a page.
RESERVE = 0.15
KEEP_SECONDS = 600


@dataclass(slots=True)
class Bucket:
    """Shopify's leaky bucket as this program believes it to be; points, and points a second."""

    maximum: float = 1000.0
    rate: float = 50.0
    points: float = 1000.0
    at: float = 0.0
    under_way: dict[str, tuple[float, float]] = field(default_factory=dict)

    def refill(self, now: float) -> None:
        self.points = min(self.maximum, self.points + self.rate * max(0.0, now - self.at))
        self.at = now
        self.under_way = {
            ticket: (cost, since)
            for ticket, (cost, since) in self.under_way.items()
            if now - since < FORGET_AFTER
        }

    def take(self, ticket: str, cost: float, reserve: float, now: float) -> float:
        """Takes `cost` points and answers 0, or answers in how many seconds they may be there."""
        self.refill(now)
        wanted = min(cost, self.maximum - reserve) + reserve
        if self.points < wanted:
            return (wanted - self.points) / self.rate
        self.points -= cost
        self.under_way[ticket] = (cost, now)
        return 0.0

    def correct(self, ticket: str, status: Mapping[str, Any], now: float) -> None:
        """Believes what Shopify said, less the calls that it had not seen when it said so."""
        self.refill(now)
        self.under_way.pop(ticket, None)
        if not status:
            return
        self.maximum = float(status.get("maximumAvailable") or self.maximum)
        self.rate = float(status.get("restoreRate") or self.rate)
        unseen = sum(cost for cost, _since in self.under_way.values())
        left = status.get("currentlyAvailable")
        if left is not None:
            self.points = float(left) - unseen


class SharedLimiter:
    """One shop's bucket for every process that shares the cache.

    Calls with priority "background" leave a reserve, so that a shopper's call goes ahead of
    bulk work. `longest_wait` bounds in seconds how long a call waits for points.
    """

    def __init__(
        self,
        shop: str,
        *,
        store: BaseCache = cache,
        longest_wait: float = 20.0,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._key = f"shopify-points:{shop}"
        self._store = store
        self._longest_wait = longest_wait
        self._clock = clock
        self._sleep = sleep

    def acquire(self, cost: float, priority: str) -> str:
        """Waits for `cost` points and gives a ticket; raises ShopifyUnavailable past the limit."""
        ticket = uuid.uuid4().hex
        deadline = self._clock() + self._longest_wait
        while wait := self._take(ticket, cost, priority):
            if self._clock() + wait > deadline:
                raise ShopifyUnavailable(
                    "Shopify's request limit is used up for now.", retry_after=wait
                )
            # Those who wait for the same points do not all wake at once.
            self._sleep(wait * random.uniform(1.0, 1.2))  # noqa: S311 - spreads, guards nothing
        return ticket

    def report(self, ticket: str, throttle_status: Mapping[str, Any]) -> None:
        """Ends a call: `throttle_status` is Shopify's word, empty when there was none."""
        with self._bucket() as bucket:
            bucket.correct(ticket, throttle_status, self._clock())

    def points(self) -> float:
        """How many points are left, as this program believes; nothing is taken."""
        bucket: Bucket = self._store.get(self._key) or Bucket(at=self._clock())
        bucket.refill(self._clock())
        return bucket.points

    def _take(self, ticket: str, cost: float, priority: str) -> float:
        with self._bucket() as bucket:
            reserve = RESERVE * bucket.maximum if priority == "background" else 0.0
            return bucket.take(ticket, cost, reserve, self._clock())

    @contextmanager
    def _bucket(self) -> Iterator[Bucket]:
        """The bucket, read and written under a lock that a killed process cannot keep."""
        lock = f"{self._key}:lock"
        owner = uuid.uuid4().hex
        while not self._store.add(lock, owner, LOCK_SECONDS):
            self._sleep(LOCK_PAUSE)
        try:
            bucket = self._store.get(self._key) or Bucket(at=self._clock())
            yield bucket
            self._store.set(self._key, bucket, KEEP_SECONDS)
        finally:
            if self._store.get(lock) == owner:
                self._store.delete(lock)
