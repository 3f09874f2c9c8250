"""What the bench runs beside itself: database, Redis, Shopify's stand-in, web servers, a worker."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.chaos.scene import Scene, free_port, wait_for_port

# How long Shopify takes for each answer, as it does in earnest at best.
SHOPIFY_SECONDS = 0.05


@dataclass
class World(Scene):
    """A shop in production, made for one run: the settings' own defaults wherever there are any."""

    def environment(self) -> dict[str, str]:
        whole = super().environment()
        for shortened in ("SETTLE_SECONDS", "TIMEOUT_SECONDS"):
            del whole[f"SHOPIFY_{shortened}"], whole[f"TIKTOK_{shortened}"]
        del whole["OPERATION_LEASE_SECONDS"], whole["SWEEP_SECONDS"]
        return whole | {
            "PATH": f"{Path(sys.executable).parent}:{whole['PATH']}",
            "ALLOWED_HOSTS": "127.0.0.1,testserver",
            "TRUSTED_PROXY_HOPS": "1",
            "EMAIL_URL": "memorymail://",
            "STATIC_ROOT": str(self.folder / "static"),
            "PHOTO_ROOT": str(self.folder / "photos"),
        }

    def open_shop(self) -> None:
        """Starts Shopify's stand-in, which answers at once until `slow_shop`."""
        self.start_python("-m", "tests.chaos.shop", str(self.shop_port), stdin=subprocess.PIPE)
        wait_for_port(self.shop_port)

    def slow_shop(self) -> None:
        """From now on each answer of Shopify's takes as long as it does in earnest."""
        self._faults([{"kind": "slow", "seconds": SHOPIFY_SECONDS}])

    def _faults(self, faults: list[dict[str, Any]]) -> None:
        answer = requests.post(f"{self.shop_url}/sandbox/faults", json=faults, timeout=10)
        answer.raise_for_status()

    @contextmanager
    def serve(self, settings: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
        """The documented web server with two workers, by its port and process."""
        port = self.web_port if settings == "returns_portal.settings" else free_port()
        address = ["WEB_HOST=127.0.0.1", f"WEB_PORT={port}", "WEB_WORKERS=2"]
        server = self.start(
            ["env", f"DJANGO_SETTINGS_MODULE={settings}", *address, "sh", "docs/deploy/web.sh"]
        )
        try:
            wait_for_port(port)
            wait_for_answer(port)
            yield port, server
        finally:
            self.kill(server)

    @contextmanager
    def work(self) -> Iterator[subprocess.Popen[bytes]]:
        """The documented worker, once it has said that it is ready."""
        from returns_portal.celery import app

        worker = self.start(["sh", "docs/deploy/worker.sh"])
        try:
            deadline = time.monotonic() + 60
            while not app.control.ping(timeout=0.5):
                if time.monotonic() > deadline:
                    raise TimeoutError("The worker does not answer.")
            yield worker
        finally:
            self.kill(worker)


def wait_for_answer(port: int, seconds: float = 60) -> None:
    """Waits until both workers have very likely loaded everything; raises TimeoutError."""
    deadline = time.monotonic() + seconds
    answered = 0
    while answered < 20:
        if time.monotonic() > deadline:
            raise TimeoutError(f"No page comes from port {port}.")
        try:
            requests.get(f"http://127.0.0.1:{port}/health/live", timeout=10)
            answered += 1
        except requests.ConnectionError:
            time.sleep(0.1)


def memory_of(pid: int) -> float:
    """Megabytes that a server and its children hold, shared pages counted once (PSS)."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return pss(pid) + sum(memory_of(int(child)) for child in children)


def pss(pid: int) -> float:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    [line] = [row for row in text.splitlines() if row.startswith("Pss:")]
    return int(line.split()[1]) / 1000
