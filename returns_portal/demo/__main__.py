"""Starts and stops the demo: the stand-ins, and the site with worker and mailbox."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from types import FrameType, TracebackType

from returns_portal.demo.environment import (
    HOST,
    Demo,
    WrongPort,
    build_environment,
    keep_secret_key,
)
from returns_portal.demo.panel import build_panel

SANDBOX = "returns_portal.shopify.sandbox"
TIKTOK = "returns_portal.tiktok.sandbox"
START_SECONDS = 180
STOP_SECONDS = 10
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class CannotStart(Exception):
    """The demo cannot run, or not go on; `str(error)` is a sentence for the person."""


class Child:
    """A process of the demo's, ended with the `with` block that started it."""

    def __init__(self, name: str, command: list[str], environ: Mapping[str, str]) -> None:
        self.name = name
        self.command = command
        self.environ = environ

    def __enter__(self) -> "Child":
        # A session of its own: Ctrl-C reaches the parent alone, which stops all in order.
        self.process = subprocess.Popen(  # noqa: S603
            self.command, env=self.environ, stdout=subprocess.DEVNULL, start_new_session=True
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def check(self) -> None:
        """Raises CannotStart when the process has ended."""
        code = self.process.poll()
        if code is not None:
            raise CannotStart(f"{self.name} ended by itself (code {code}); see above for why.")


def main() -> int:
    """Run the demo until it is stopped; 0 when a person stopped it, 1 when it could not run."""
    stop_at_first_signal()
    try:
        run(Demo.from_environ(os.environ))
    except (CannotStart, WrongPort) as error:
        sys.stderr.write(f"\n{error}\n")
        return 1
    except KeyboardInterrupt:
        ignore_signals()
        sys.stdout.write("\nThe demo has stopped. What you did is kept for the next time.\n")
    return 0


def run(demo: Demo) -> None:
    """Start all parts, say where they are, and watch them; raises CannotStart."""
    check_ports(demo)
    demo.mail_folder.mkdir(parents=True, exist_ok=True)
    environ = build_environment(demo, os.environ, keep_secret_key(demo))
    with ExitStack() as stack:
        children = [stack.enter_context(child) for child in build_children(demo, environ)]
        wait_for_answers(demo, children)
        sys.stdout.write(build_panel(demo))
        sys.stdout.flush()
        watch(children)


def stop_at_first_signal() -> None:
    """Let the first signal end the demo, and no further one cut its stopping short."""
    asked = False

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        # Nothing with a lock: the next signal may come in the midst of this.
        first, asked = not asked, True
        if first:
            raise KeyboardInterrupt

    for number in STOP_SIGNALS:
        signal.signal(number, handle)


def ignore_signals() -> None:
    """Let nothing disturb the last moments, in which Python's own handlers are gone already."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def check_ports(demo: Demo) -> None:
    """Raises CannotStart when another program holds one of the ports."""
    for part, port in demo.ports().items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                raise CannotStart(
                    f"Port {port}, meant for {part}, cannot be used ({error.strerror}). "
                    f"Stop what runs there or choose another, for instance: "
                    f"make demo PORT={demo.port + 100}"
                ) from error


def build_children(demo: Demo, environ: Mapping[str, str]) -> list[Child]:
    """The processes of the demo, in the order in which they start."""
    child = [sys.executable, "-m", "returns_portal.demo.child", str(os.getpid())]
    sandbox = ["--port", str(demo.sandbox_port), "--state", str(demo.sandbox_state)]
    tiktok = ["--port", str(demo.tiktok_port), "--state", str(demo.tiktok_state)]
    tiktok += ["--webhooks", f"{demo.site_url}/webhooks/tiktok/"]
    return [
        Child("The stand-in for Shopify", [*child, SANDBOX, *sandbox], environ),
        Child("The stand-in for TikTok", [*child, TIKTOK, *tiktok], environ),
        Child("The site", [*child, "returns_portal.demo.site"], environ),
    ]


def wait_for_answers(demo: Demo, children: list[Child]) -> None:
    """Return when every part answers; raises CannotStart after a minute."""
    waiting = {
        demo.sandbox_port: "/sandbox/ledger.json",
        demo.port: "/health/live",
        demo.mailbox_port: "/",
        demo.tiktok_port: "/sandbox/ledger.json",
    }
    deadline = time.monotonic() + START_SECONDS
    while waiting:
        waiting = {port: path for port, path in waiting.items() if not answers(port, path)}
        for child in children:
            child.check()
        if time.monotonic() > deadline:
            raise CannotStart(f"No answer on port {min(waiting)} for {START_SECONDS} seconds.")
        time.sleep(0.1)


def answers(port: int, path: str) -> bool:
    """Say whether a page comes back with 200."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def watch(children: list[Child]) -> None:
    """Look after the children until a signal comes; raises CannotStart when one ends."""
    while True:
        for child in children:
            child.check()
        time.sleep(0.5)


if __name__ == "__main__":
    sys.exit(main())
