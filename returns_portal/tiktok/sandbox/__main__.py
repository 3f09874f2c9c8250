"""`python -m returns_portal.tiktok.sandbox --port 8003 --state FILE --webhooks URL`."""

import argparse
import signal
import sys
import threading
from pathlib import Path

from returns_portal.tiktok.sandbox.server import SandboxTikTok


def main() -> None:
    """Run the stand-in until it is told to stop."""
    parser = argparse.ArgumentParser(description="A stand-in TikTok Shop for demos and tests.")
    parser.add_argument("--port", type=int, default=8003)
    parser.add_argument("--state", type=Path, default=None, help="file that keeps the shop")
    parser.add_argument("--webhooks", default="", help="address that is told of changes")
    parser.add_argument("--payout", type=float, default=6.0, help="seconds until money arrives")
    parser.add_argument("--review", type=float, default=48 * 3600, help="seconds to answer")
    parser.add_argument("--empty", action="store_true", help="without orders")
    given = parser.parse_args()
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    with SandboxTikTok(
        port=given.port,
        state_path=given.state,
        webhook_address=given.webhooks,
        payout_seconds=given.payout,
        review_seconds=given.review,
        seed_orders=not given.empty,
    ) as server:
        sys.stdout.write(f"Sandbox TikTok at {server.url}\n")
        sys.stdout.flush()
        stop.wait()


if __name__ == "__main__":
    main()
