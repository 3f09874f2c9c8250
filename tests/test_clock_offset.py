"""A machine whose clock is wrong: it says so, and keeps its hands off."""

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from returns_portal import celery, clock_offset, health
from returns_portal.returns import tasks
from returns_portal.returns.models import Heartbeat

HOURS = 3 * 3600.0
Set = Callable[[float], None]


@pytest.fixture
def set_offset(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Set:
    """Sets how far ahead this machine is."""
    settings.CLOCK_TOLERANCE_SECONDS = 30.0

    def set_to(seconds: float) -> None:
        monkeypatch.setattr(celery, "watch", clock_offset.Watch())
        for module in (clock_offset, health):
            monkeypatch.setattr(module, "clock_offset", lambda: seconds)

    return set_to


@pytest.mark.django_db
class TestAWrongClock:
    @pytest.mark.parametrize(("seconds", "words"), [(HOURS, "ahead of"), (-HOURS, "behind")])
    def test_makes_a_web_server_not_ready(
        self, client: Client, set_offset: Set, seconds: float, words: str
    ) -> None:
        set_offset(seconds)
        answer = client.get("/health/ready")
        assert answer.status_code == 503
        told = f"10800 s {words} the database's clock: set the time"
        assert answer.json()["parts"]["clock"] == told

    @pytest.mark.parametrize("seconds", [HOURS, -HOURS])
    def test_keeps_a_worker_from_its_tasks(
        self, set_offset: Set, seconds: float, caplog: pytest.LogCaptureFixture
    ) -> None:
        set_offset(seconds)
        with caplog.at_level(logging.ERROR):
            assert tasks.beat() is None
        assert not Heartbeat.objects.exists()
        assert "left undone" in caplog.text

    def test_of_a_few_seconds_is_none(self, client: Client, set_offset: Set) -> None:
        set_offset(timedelta(seconds=20).total_seconds())
        assert client.get("/health/ready").json()["parts"]["clock"] == "ok"
        tasks.beat()
        assert Heartbeat.objects.exists()


@pytest.mark.django_db
class TestTheOffset:
    def test_of_this_machine_is_nearly_none(self) -> None:
        assert abs(clock_offset.clock_offset()) < 5

    @pytest.mark.skipif(connection.vendor != "postgresql", reason="A file has no clock.")
    def test_is_seen_when_the_clock_is_changed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        right = clock_offset.time.time
        monkeypatch.setattr(clock_offset.time, "time", lambda: right() + HOURS)
        assert clock_offset.clock_offset() == pytest.approx(HOURS, abs=5)
