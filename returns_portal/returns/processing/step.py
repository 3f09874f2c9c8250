"""What every step in Shopify needs: the claimed operation, the gateway and a clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from returns_portal.returns.channels.tiktok_shop import build_tiktok_client
from returns_portal.returns.models import Operation, ReturnRequest
from returns_portal.shopify.client import ShopifyClient, build_client
from returns_portal.tiktok.client import TikTokClient

# Seconds that one call may wait for Shopify's points before the worker turns to other work.
LONGEST_WAIT = 10.0
Clock = Callable[[], datetime]


class NeedsPerson(Exception):
    """A person must look before the step can go on; the text is a sentence for staff."""


class NotYet(Exception):
    """What the step waits for has not happened; it looks again later."""


@dataclass(frozen=True, slots=True)
class Step:
    """An operation under this worker's lease."""

    operation: Operation
    clock: Clock

    @property
    def client(self) -> ShopifyClient:
        """The gateway, whose calls wait behind those of people at a page."""
        return build_client(max_wait=LONGEST_WAIT, priority="background")

    @property
    def tiktok(self) -> TikTokClient:
        """The gateway to TikTok; raises TikTokMisconfigured where no shop is connected."""
        return build_tiktok_client(max_wait=LONGEST_WAIT)

    @property
    def request(self) -> ReturnRequest:
        return self.operation.return_request
