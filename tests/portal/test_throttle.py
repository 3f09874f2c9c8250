"""Counting failures: by the true address, and by the number however it is typed."""

from urllib.parse import urlsplit
from uuid import uuid4

import environ
import pytest
from django.test import RequestFactory
from limits.errors import StorageError
from limits.strategies import MovingWindowRateLimiter
from pytest_django.fixtures import Settings

from portal import throttle
from returns_portal.addresses import client_address

REDIS = environ.Env().str("CACHE_URL", default="")


def address(settings: Settings, hops: int, forwarded: str = "", remote: str = "") -> str:
    settings.TRUSTED_PROXY_HOPS = hops
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote or "10.0.0.1")
    return client_address(request)


class TestClientAddress:
    def test_ignores_the_header_without_proxies(self, settings: Settings) -> None:
        assert address(settings, 0, forwarded="1.2.3.4") == "10.0.0.1"

    def test_takes_what_our_proxy_saw(self, settings: Settings) -> None:
        assert address(settings, 1, forwarded="6.6.6.6, 203.0.113.9") == "203.0.113.9"

    def test_counts_hops_from_the_right(self, settings: Settings) -> None:
        forwarded = "6.6.6.6, 203.0.113.9, 10.0.0.2"
        assert address(settings, 2, forwarded=forwarded) == "203.0.113.9"

    def test_never_reaches_what_the_client_wrote(self, settings: Settings) -> None:
        assert address(settings, 2, forwarded="6.6.6.6") == "10.0.0.1"

    def test_takes_a_whole_ipv6_connection_as_one(self, settings: Settings) -> None:
        one = address(settings, 0, remote="2001:db8:1:2:aaaa::1")
        other = address(settings, 0, remote="2001:db8:1:2:bbbb::2")
        assert one == other == "2001:db8:1:2::/64"

    def test_tells_mapped_ipv4_apart(self, settings: Settings) -> None:
        assert address(settings, 0, remote="::ffff:203.0.113.9") == "203.0.113.9"

    def test_bounds_nonsense(self, settings: Settings) -> None:
        assert len(address(settings, 1, forwarded="x" * 9000)) == 64


class TestSecondsToWait:
    def test_is_zero_before_any_failure(self) -> None:
        assert throttle.seconds_to_wait("a", "1") == 0

    def test_is_zero_one_failure_below_the_limit(self) -> None:
        for number in range(29):
            throttle.record_failure("a", str(number))
        assert throttle.seconds_to_wait("a", "1") == 0

    def test_is_at_most_the_window(self) -> None:
        for number in range(30):
            throttle.record_failure("a", str(number))
        assert 0 < throttle.seconds_to_wait("a", "1") <= 600

    def test_holds_for_a_suspicious_address_at_a_number_under_attack(self) -> None:
        for attacker in range(10):
            throttle.record_failure(f"attacker-{attacker}", "577092126219211281")
        for _failure in range(5):
            throttle.record_failure("a", "other")
        assert throttle.seconds_to_wait("a", "577092126219211281") > 0
        assert throttle.seconds_to_wait("b", "577092126219211281") == 0


class TestStorage:
    def test_is_redis_where_the_cache_is(self, settings: Settings) -> None:
        settings.CACHE_URL = "rediscache://127.0.0.1:1/0"
        storage = throttle.get_limiter().storage
        assert type(storage).__name__ == "RedisStorage"

    @pytest.mark.skipif(not REDIS.startswith("redis"), reason="CACHE_URL names no Redis")
    def test_counts_for_all_processes_in_redis(self, settings: Settings) -> None:
        settings.CACHE_URL = urlsplit(REDIS)._replace(path="/14").geturl()
        address = str(uuid4())
        for number in range(30):
            throttle.record_failure(address, str(number))
        throttle.get_limiter.cache_clear()
        throttle.get_local_limiter.cache_clear()
        assert throttle.seconds_to_wait(address, "1") > 0

    def test_counts_in_memory_while_redis_is_down(
        self, monkeypatch: pytest.MonkeyPatch, settings: Settings
    ) -> None:
        def fail(*_args: object, **_kwargs: object) -> bool:
            raise StorageError(ConnectionError())

        limiter = MovingWindowRateLimiter(throttle.get_local_limiter().storage)
        monkeypatch.setattr(limiter, "hit", fail)
        monkeypatch.setattr(limiter, "get_window_stats", fail)
        monkeypatch.setattr(throttle, "get_limiter", lambda: limiter)
        for number in range(30):
            throttle.record_failure("a", str(number))
        assert throttle.seconds_to_wait("a", "1") > 0
