"""A demo of the tests' own: the real processes, on free ports, with its state in a given folder."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90
STOP_SECONDS = 30


@dataclass(frozen=True, slots=True)
class RunningDemo:
    """A demo that answers; `panel` is what it printed until then.

    `ended` is set when the demo and all that it started are gone.
    """

    port: int
    process: subprocess.Popen[str]
    panel: str
    ended: threading.Event

    @property
    def site_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it the way a person or a service manager does; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)


def find_free_ports() -> int:
    """The first of three neighboring ports that nobody uses now."""
    while True:
        # Below the ports that the system hands out for connections, which come and go.
        port = random.randrange(20_000, 32_000)  # noqa: S311 - nothing secret
        if all(is_free(port + step) for step in range(3)):
            return port


def is_free(port: int) -> bool:
    """Say whether the port can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def start(folder: Path, port: int) -> subprocess.Popen[str]:
    """Start the demo as `make demo` does; its output can be read from `stdout`."""
    environ = {**os.environ, "PORT": str(port), "DEMO_DIR": str(folder)}
    return subprocess.Popen(
        [sys.executable, "-m", "returns_portal.demo"],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextmanager
def running_demo(folder: Path) -> Iterator[RunningDemo]:
    """A demo that has printed its panel; ended, with all it started, at the end."""
    port = find_free_ports()
    process = start(folder, port)
    try:
        panel = read_panel(process)
        ended = threading.Event()
        threading.Thread(target=drain, args=(process, ended), daemon=True).start()
        yield RunningDemo(port, process, panel, ended)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(STOP_SECONDS)


def drain(process: subprocess.Popen[str], ended: threading.Event) -> None:
    """Read what else is printed, which must not fill the pipe, until nobody can print more."""
    assert process.stdout
    process.stdout.read()
    ended.set()


def read_panel(process: subprocess.Popen[str]) -> str:
    """What the demo prints up to its panel's last line; fails when it ends before."""
    assert process.stdout
    timer = threading.Timer(START_SECONDS, process.terminate)
    timer.start()
    printed = ""
    for line in process.stdout:
        printed += line
        if "demo-reset" in line:
            break
    timer.cancel()
    if "demo-reset" in printed:
        return printed
    raise AssertionError(f"The demo ended or never came up:\n{printed}")
