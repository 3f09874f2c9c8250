"""The cache while Redis is gone, and what a process remembers for moments."""

from typing import Any

import pytest
from django.core.cache.backends.redis import RedisCache

from returns_portal.cache import ForgetfulRedisCache, Remembered


@pytest.fixture
def gone() -> ForgetfulRedisCache:
    """A cache in a Redis that nobody runs."""
    return ForgetfulRedisCache("redis://127.0.0.1:9/0", {})


class TestWithoutRedis:
    def test_nothing_is_known_and_nothing_fails(self, gone: ForgetfulRedisCache) -> None:
        gone.set("a", 1)
        assert gone.get("a") is None
        assert gone.get("a", default=7) == 7
        assert gone.get_many(["a"]) == {}
        assert "a" not in gone

    def test_a_lock_is_given(self, gone: ForgetfulRedisCache) -> None:
        assert gone.add("lock", "me", 5)
        assert not gone.delete("lock")

    def test_every_way_to_ask_is_covered(self) -> None:
        asked = {"get", "get_many", "has_key", "set", "add", "touch", "delete"}
        assert asked <= set(vars(ForgetfulRedisCache))
        assert all(hasattr(RedisCache, name) for name in asked)


class TestRemembered:
    @pytest.fixture
    def clock(self, monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[float]:
        settings.REMEMBER_SECONDS = 2.0
        now = [100.0]
        monkeypatch.setattr("returns_portal.cache.time.monotonic", lambda: now[0])
        return now

    def test_lasts_for_a_moment(self, clock: list[float]) -> None:
        answers = iter("abc")
        reading = Remembered(lambda: next(answers))
        assert (reading.recent(), reading.recent()) == ("a", "a")
        clock[0] += 2
        assert reading.recent() == "b"

    def test_is_passed_by_where_it_is_called(self, clock: list[float]) -> None:
        answers = iter("abc")
        reading = Remembered(lambda: next(answers))
        assert (reading.recent(), reading(), reading.recent()) == ("a", "b", "a")

    def test_tells_questions_apart(self, clock: list[float]) -> None:
        reading = Remembered(str.upper)
        assert [reading.recent(word) for word in ("a", "b", "a")] == ["A", "B", "A"]

    def test_keeps_no_failure(self, clock: list[float]) -> None:
        answers = iter([0, 2])
        reading = Remembered(lambda: 4 // next(answers))
        with pytest.raises(ZeroDivisionError):
            reading.recent()
        assert reading.recent() == 2

    def test_does_not_grow_without_end(self, clock: list[float]) -> None:
        reading = Remembered(str)
        for number in range(1000):
            reading.recent(number)
        assert len(reading.kept) <= Remembered.MOST
