"""Handing work to the broker: a connection that died with it is replaced, and nobody waits long."""

from typing import Any

import pytest
from kombu.exceptions import OperationalError
from kombu.messaging import Producer

from returns_portal.celery import app


def break_times(monkeypatch: pytest.MonkeyPatch, times: int) -> list[str]:
    """Breaks so many tries to hand a message over; gives the list that grows with each."""
    publish, sent = Producer._publish, []

    def breaking(self: Producer, *args: Any, **kwargs: Any) -> Any:
        sent.append("tried")
        if len(sent) <= times:
            raise app.connection_for_write().recoverable_connection_errors[0]("closed")
        return publish(self, *args, **kwargs)

    monkeypatch.setattr(Producer, "_publish", breaking)
    return sent


class TestAMessage:
    def test_goes_out_again_over_a_new_connection(self, monkeypatch: pytest.MonkeyPatch) -> None:
        sent = break_times(monkeypatch, 1)
        app.send_task("returns_portal.nothing", args=[1])
        assert sent == ["tried"] * 2

    def test_is_given_up_soon_since_the_sweep_finds_what_it_was_about(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sent = break_times(monkeypatch, 9)
        with pytest.raises(OperationalError):
            app.send_task("returns_portal.nothing", args=[1])
        assert len(sent) <= 3
