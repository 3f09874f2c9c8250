"""A scene on several machines: web and workers in network namespaces of their own.

Two web servers stand behind a balancer; workers stand on two more machines. None sees another's
loopback. What they share (PostgreSQL, the broker, Redis, the shop, the mail server) each reaches
over the wire, at one address outside.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

from tests.chaos.scene import Scene, wait_for_port
from tests.namespaces import ip, within

BRIDGE = "chaos0"
OUTSIDE = "10.93.0.1"
WEB = {"chaos-web-1": "10.93.0.11", "chaos-web-2": "10.93.0.12"}
WORKERS = {"chaos-worker-1": "10.93.0.21", "chaos-worker-2": "10.93.0.22"}
MACHINES = WEB | WORKERS


@dataclass
class SceneApart(Scene):
    """The same run, its processes spread over four machines; needs root."""

    turn: Iterator[str] = field(default_factory=lambda: cycle(WORKERS))

    def environment(self) -> dict[str, str]:
        return super().environment() | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "STATIC_ROOT": str(self.folder / "static"),
            "PHOTO_ROOT": str(self.folder / "photos"),
            "WEB_HOST": "0.0.0.0",  # noqa: S104 - inside its own network
            "WEB_PORT": str(self.web_port),
            "WEB_WORKERS": "1",
        }

    def prepare(self) -> None:
        super().prepare()
        build_network()
        ports = self.shared_ports()
        self.relay(*(f"{OUTSIDE}:{port}=127.0.0.1:{port}" for port in ports))
        for machine in MACHINES:
            self.relay(*(f"127.0.0.1:{port}={OUTSIDE}:{port}" for port in ports), machine=machine)

    def shared_ports(self) -> list[int]:
        broker = urlsplit(self.broker_url()).port or 5672
        postgres = urlsplit(self.postgres).port or 5432
        return sorted({postgres, broker, self.redis_port, self.shop_port, self.mail_port})

    def relay(self, *routes: str, machine: str = "") -> None:
        command = [sys.executable, "-m", "tests.relay", *routes]
        self.start(within(machine, *command) if machine else command)

    def start_web(self) -> None:
        """Two of the documented web servers, and the balancer at the site's own address."""
        assert self.start_python("manage.py", "collectstatic", "--no-input").wait() == 0
        for machine in WEB:
            self.start(within(machine, "sh", "docs/deploy/web.sh"))
        targets = ",".join(f"{address}:{self.web_port}" for address in WEB.values())
        for address in WEB.values():
            wait_for_port(self.web_port, host=address)
        self.relay(f"127.0.0.1:{self.web_port}={targets}")
        wait_for_port(self.web_port)

    def start_worker(self) -> subprocess.Popen[bytes]:
        return self.start(within(next(self.turn), *self.worker_command()))

    def end(self) -> None:
        super().end()
        remove_network()


def build_network() -> None:
    """A bridge, and a machine with one cable to it for each name."""
    remove_network()
    ip("link", "add", BRIDGE, "type", "bridge")
    ip("addr", "add", f"{OUTSIDE}/24", "dev", BRIDGE)
    ip("link", "set", BRIDGE, "up")
    for number, (name, address) in enumerate(MACHINES.items()):
        near, far = f"{BRIDGE}-{number}", "eth0"
        ip("netns", "add", name)
        ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", name)
        ip("link", "set", near, "master", BRIDGE, "up")
        ip("-n", name, "addr", "add", f"{address}/24", "dev", far)
        ip("-n", name, "link", "set", far, "up")
        ip("-n", name, "link", "set", "lo", "up")


def remove_network() -> None:
    """Takes down whatever of it there is."""
    there = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True)
    for name in MACHINES:
        if name in there.stdout.split():
            ip("netns", "delete", name)
    links = subprocess.run(["ip", "-br", "link"], capture_output=True, text=True, check=True)
    if any(line.split()[0] == BRIDGE for line in links.stdout.splitlines()):
        ip("link", "delete", BRIDGE)
