"""The production web server: loaded once, its workers forked, and replaced when they die."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.chaos.scene import free_port

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 60


class Serving:
    """A server of two workers, at a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        given = {
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
            "WEB_HOST": "127.0.0.1",
            "WEB_PORT": str(self.port),
            "WEB_WORKERS": "2",
            "LOG_LEVEL": "ERROR",
        }
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        self.process = subprocess.Popen(
            ["sh", "docs/deploy/web.sh"],
            cwd=ROOT, env={**os.environ, "PATH": path, **given}, start_new_session=True,
        )  # fmt: skip

    def workers(self) -> set[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return {int(child) for child in children.read_text("utf-8").split()}

    def answers(self) -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/health/live", timeout=10).ok
        except requests.ConnectionError:
            return False


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    server = Serving(tmp_path_factory.mktemp("server"))
    try:
        wait_for(server.answers)
        yield server
    finally:
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait(SECONDS)


def wait_for(test: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not test():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def inherited(pid: int) -> int:
    """Kilobytes that a process shares with the one that it was forked from."""
    rows = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("Shared_Dirty:"))


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="Linux tells it here.")
@pytest.mark.xdist_group("server")
class TestTheServer:
    def test_shares_what_it_loaded_among_its_workers(self, serving: Serving) -> None:
        wait_for(lambda: len(serving.workers()) == 2)
        # Django alone is 20 MB; a worker that loads the portal for itself shares none of it.
        assert all(inherited(pid) > 20_000 for pid in serving.workers())

    def test_replaces_a_worker_that_dies(self, serving: Serving) -> None:
        wait_for(lambda: len(serving.workers()) == 2)
        victim = min(serving.workers())
        os.kill(victim, signal.SIGKILL)
        wait_for(lambda: victim not in serving.workers() and len(serving.workers()) == 2)
        wait_for(serving.answers)


class TestLoading:
    def test_has_every_page_compiled_before_the_workers_are_forked(self) -> None:
        code = (
            "from returns_portal import server; server.load();"
            "from django.template import engines; pages = engines['jinja2'].env;"
            "print(len(pages.cache) == len(pages.list_templates()) > 30)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        )  # fmt: skip
        assert done.stdout.split() == ["True"]
