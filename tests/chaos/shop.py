"""The shop of a chaos run: a sandbox without orders, whose bucket is opened on a word."""

import sys

from returns_portal.shopify.sandbox.server import SandboxServer
from returns_portal.shopify.sandbox.throttle import Throttle

ENDLESS = 10.0**9


def main() -> None:
    """Serve on the port given; "throttle RATE" on standard input makes points scarce."""
    throttle = Throttle(ENDLESS, ENDLESS)
    with SandboxServer(port=int(sys.argv[1]), seed_orders=False, throttle=throttle):
        for line in sys.stdin:
            word, rate = line.split()
            if word == "throttle":
                throttle.restore = float(rate)
                throttle.maximum = throttle.restore * 20
                throttle._available = throttle.maximum


if __name__ == "__main__":
    main()
