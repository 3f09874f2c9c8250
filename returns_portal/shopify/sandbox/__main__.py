"""`python -m returns_portal.shopify.sandbox --port 8001 --state FILE`."""

import argparse
import signal
import sys
import threading
from pathlib import Path

from returns_portal.shopify.sandbox.server import SandboxServer


def main() -> None:
    """Run the sandbox until it is told to stop."""
    parser = argparse.ArgumentParser(description="A stand-in Shopify for demos and tests.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--state", type=Path, default=None, help="file that keeps the shop")
    parser.add_argument("--token", default="sandbox-access-token")
    given = parser.parse_args()
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    with SandboxServer(
        host=given.host, port=given.port, state_path=given.state, access_token=given.token
    ) as server:
        sys.stdout.write(f"Sandbox Shopify at {server.url}\n")
        sys.stdout.flush()
        stop.wait()


if __name__ == "__main__":
    main()
