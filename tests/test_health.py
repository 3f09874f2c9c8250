"""Health: what a load balancer learns, and what it does not."""

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from returns_portal import health


@pytest.fixture
def silent_broker() -> Iterator[str]:
    """An address that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


class TestLive:
    def test_answers_without_touching_the_database(self, client: Client) -> None:
        response = client.get("/health/live")
        assert response.status_code == 200
        assert response.json() == {"status": "ok"}

    def test_is_never_cached(self, client: Client) -> None:
        assert "no-store" in client.get("/health/live").headers["Cache-Control"]

    def test_refuses_posts(self, client: Client) -> None:
        assert client.post("/health/live").status_code == 405


@pytest.mark.django_db
class TestReady:
    def test_says_ok_for_every_part(self, client: Client) -> None:
        response = client.get("/health/ready")
        assert response.json() == {
            "status": "ok",
            "parts": {
                "database": "ok",
                "clock": "ok",
                "migrations": "ok",
                "cache": "ok",
                "broker": "ok",
            },
        }
        assert response.status_code == 200

    def test_names_a_migration_that_was_not_applied(self, client: Client) -> None:
        MigrationRecorder(connection).record_unapplied("sessions", "0001_initial")
        response = client.get("/health/ready")
        assert response.status_code == 503
        assert response.json()["parts"]["migrations"] == "1 not applied: run migrate"

    def test_tells_the_kind_of_a_failure_and_no_secret(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*args: Any, **kwargs: Any) -> None:
            raise OperationalError("password authentication failed for postgres://u:hunter2@db")

        monkeypatch.setattr(connection, "cursor", fail)
        response = client.get("/health/ready")
        assert response.status_code == 503
        assert response.json()["parts"]["database"] == "no answer (OperationalError)"
        assert "hunter2" not in response.content.decode()

    def test_notices_a_cache_that_forgets(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(cache, "get", lambda key: None)
        response = client.get("/health/ready")
        assert response.status_code == 503
        assert response.json()["parts"]["cache"] == "forgets at once"


class TestCheckBroker:
    def test_takes_the_brokers_own_memory_for_reachable(self) -> None:
        health.check_broker("memory://")

    def test_refuses_a_broker_that_is_not_there(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        with pytest.raises(health.NotReady, match="no answer"):
            health.check_broker(f"redis://127.0.0.1:{port}/0")

    def test_does_not_hang_on_a_broker_that_says_nothing(self, silent_broker: str) -> None:
        started = time.monotonic()
        with pytest.raises(health.NotReady, match="no answer"):
            health.check_broker(silent_broker)
        assert time.monotonic() - started < 10
