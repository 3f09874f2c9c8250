"""The demo as a person runs it: it starts, says where it is, stops, and starts again."""

import json
import signal
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from returns_portal.demo.__main__ import CannotStart, check_ports
from returns_portal.demo.environment import Demo
from tests.demo.running import (
    STOP_SECONDS,
    RunningDemo,
    find_free_ports,
    is_free,
    running_demo,
    start,
)

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(folder: Path) -> Iterator[RunningDemo]:
    with running_demo(folder) as running:
        yield running


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that one demo after the other runs in: only the first begins with nothing."""
    return tmp_path_factory.mktemp("used")


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - loopback
        return str(answer.read().decode())


class TestRunning:
    def test_prints_where_everything_is_and_what_to_type(self, demo: RunningDemo) -> None:
        for port in (demo.port, demo.port + 1, demo.port + 2):
            assert f"http://127.0.0.1:{port}/" in demo.panel
        assert "staff / returns-demo" in demo.panel

    def test_is_ready(self, demo: RunningDemo) -> None:
        parts = json.loads(read(f"{demo.site_url}/health/ready"))["parts"]
        assert set(parts.values()) == {"ok"}

    def test_shows_the_look_up_its_mailbox_and_its_shopify(self, demo: RunningDemo) -> None:
        assert 'name="order_number"' in read(f"{demo.site_url}/")
        assert "No e-mail yet" in read(f"http://127.0.0.1:{demo.port + 2}/")
        assert "orders" in read(f"http://127.0.0.1:{demo.port + 1}/").lower()

    def test_serves_styles_under_names_that_change_with_them(self, demo: RunningDemo) -> None:
        page = read(f"{demo.site_url}/")
        sheets = [part.split('"')[0] for part in page.split('href="') if ".css" in part[:80]]
        assert sheets
        for sheet in sheets:
            assert read(f"{demo.site_url}{sheet}")


class TestStopping:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_ends_everything_and_keeps_the_state(self, used: Path, number: signal.Signals) -> None:
        with running_demo(used) as demo:
            assert demo.stop(number) == 0
            assert all(is_free(demo.port + step) for step in range(3))
        assert (used / "portal.sqlite3").exists()
        assert (used / "shopify.sqlite3").exists()
        with running_demo(used) as again:
            assert 'name="order_number"' in read(f"{again.site_url}/")

    def test_is_not_cut_short_by_a_second_signal(self, used: Path) -> None:
        with running_demo(used) as demo:
            demo.process.send_signal(signal.SIGINT)
            # Until it ends, one signal after the other.
            while demo.process.poll() is None:
                demo.process.send_signal(signal.SIGINT)
            assert demo.process.returncode == 0
            assert all(is_free(demo.port + step) for step in range(3))

    def test_leaves_nothing_behind_when_it_is_killed(self, used: Path) -> None:
        with running_demo(used) as demo:
            demo.stop(signal.SIGKILL)
            # The children hold the other end of its output: the pipe ends when the last one does.
            demo.ended.wait(STOP_SECONDS)
            assert all(is_free(demo.port + step) for step in range(3))


class TestTakenPort:
    def test_ends_with_a_sentence_and_a_code(self, tmp_path: Path) -> None:
        port = find_free_ports()
        with socket.create_server(("127.0.0.1", port + 1)):
            process = start(tmp_path, port)
            printed, _ = process.communicate(timeout=30)
        assert process.returncode == 1
        assert f"Port {port + 1}, meant for the stand-in for Shopify, cannot be used" in printed
        assert "Traceback" not in printed

    def test_is_named_with_a_cure(self, tmp_path: Path) -> None:
        port = find_free_ports()
        with (
            socket.create_server(("127.0.0.1", port)),
            pytest.raises(CannotStart, match=f"make demo PORT={port + 100}"),
        ):
            check_ports(Demo(port, tmp_path))

    def test_is_told_from_a_free_one(self, tmp_path: Path) -> None:
        check_ports(Demo(find_free_ports(), tmp_path))


class TestWrongPort:
    def test_ends_with_a_sentence_and_a_code(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PORT", "http")
        process = start(tmp_path, 0)
        printed, _ = process.communicate(timeout=30)
        assert process.returncode == 1
        assert "PORT must be a number" in printed
