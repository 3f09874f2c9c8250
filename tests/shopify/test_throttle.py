"""Sharing Shopify's points: nobody over-draws, shoppers go ahead, the dead are forgotten."""

import threading
from collections.abc import Iterator

import pytest
from django.core.cache.backends.locmem import LocMemCache

from returns_portal.shopify.errors import ShopifyUnavailable
from returns_portal.shopify.throttle import FORGET_AFTER, SharedLimiter

FULL = {"maximumAvailable": 1000.0, "currentlyAvailable": 1000.0, "restoreRate": 50.0}


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def read(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def store() -> Iterator[LocMemCache]:
    cache = LocMemCache("throttle-tests", {})
    cache.clear()
    yield cache
    cache.clear()


@pytest.fixture
def limiter(store: LocMemCache, time: Time) -> SharedLimiter:
    return SharedLimiter("shop", store=store, clock=time.read, sleep=time.sleep)


class TestAcquire:
    def test_takes_points_without_waiting_while_there_are_some(
        self, limiter: SharedLimiter, time: Time
    ) -> None:
        for _ in range(10):
            limiter.acquire(100, "interactive")
        assert time.now == 1000.0

    def test_waits_as_long_as_shopify_needs_to_restore_them(
        self, limiter: SharedLimiter, time: Time
    ) -> None:
        limiter.acquire(1000, "interactive")
        limiter.acquire(100, "interactive")
        assert 2.0 <= time.now - 1000.0 <= 2.0 * 1.2 + 0.1

    def test_leaves_a_reserve_to_shoppers(self, limiter: SharedLimiter, time: Time) -> None:
        limiter.acquire(850, "background")
        started = time.now
        limiter.acquire(100, "interactive")
        assert time.now == started
        limiter.acquire(10, "background")
        assert time.now > started

    def test_says_when_to_come_back_rather_than_wait_for_ever(
        self, store: LocMemCache, time: Time
    ) -> None:
        limiter = SharedLimiter(
            "shop", store=store, clock=time.read, sleep=time.sleep, longest_wait=1
        )
        limiter.acquire(1000, "interactive")
        with pytest.raises(ShopifyUnavailable) as refused:
            limiter.acquire(500, "interactive")
        assert refused.value.retry_after == pytest.approx(10)

    def test_lets_a_call_through_that_costs_more_than_the_bucket_holds(
        self, limiter: SharedLimiter, time: Time
    ) -> None:
        limiter.acquire(5000, "background")
        assert time.now == 1000.0

    def test_never_gives_out_more_than_there_is_to_many_at_once(self, store: LocMemCache) -> None:
        still = Time()
        limiter = SharedLimiter(
            "shop", store=store, clock=still.read, sleep=lambda _s: None, longest_wait=0
        )
        taken: list[str] = []

        def take() -> None:
            try:
                taken.append(limiter.acquire(100, "interactive"))
            except ShopifyUnavailable:
                return

        threads = [threading.Thread(target=take) for _ in range(30)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(taken) == 10


class TestReport:
    def test_believes_shopify_about_what_is_left(self, limiter: SharedLimiter, time: Time) -> None:
        ticket = limiter.acquire(900, "interactive")
        limiter.report(ticket, FULL | {"currentlyAvailable": 990.0})
        limiter.acquire(900, "interactive")
        assert time.now == 1000.0

    def test_takes_off_what_shopify_has_not_seen_yet(
        self, limiter: SharedLimiter, time: Time
    ) -> None:
        first = limiter.acquire(100, "interactive")
        limiter.acquire(600, "interactive")
        limiter.report(first, FULL | {"currentlyAvailable": 900.0})
        limiter.acquire(400, "interactive")
        assert time.now > 1000.0

    def test_forgets_calls_of_workers_that_were_killed(
        self, limiter: SharedLimiter, time: Time
    ) -> None:
        limiter.acquire(900, "interactive")
        time.now += FORGET_AFTER + 1
        ticket = limiter.acquire(1, "interactive")
        limiter.report(ticket, FULL)
        before = time.now
        limiter.acquire(1000, "interactive")
        assert time.now == before
