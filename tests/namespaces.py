"""Network namespaces: machines of their own, as far as the network is concerned. They need root."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def ip(*arguments: str) -> None:
    """Raises CalledProcessError."""
    subprocess.run(["ip", *arguments], check=True)


def within(name: str, *command: str) -> list[str]:
    """The command, to be run inside the namespace."""
    return ["ip", "netns", "exec", name, *command]


@contextmanager
def namespace(name: str) -> Iterator[str]:
    """A network with nothing but a loopback of its own; gone at the end."""
    if os.geteuid() != 0:
        sys.exit("Network namespaces need root.")
    ip("netns", "add", name)
    try:
        ip("-n", name, "link", "set", "lo", "up")
        yield name
    finally:
        ip("netns", "delete", name)
