"""What the tests about other holders of the money share."""

from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone

from returns_portal.returns.channels.tiktok_shop import connect_shop
from returns_portal.tiktok.sandbox.server import SandboxTikTok
from tests.returns.conftest import shop
from tests.returns.shop import Shop
from tests.tiktok.market import Market

__all__ = ["shop"]


@pytest.fixture
def tiktok(settings: Any, db: None) -> Iterator[SandboxTikTok]:
    """A seeded stand-in for TikTok on a free port, with the portal connected to it."""
    with SandboxTikTok(payout_seconds=None) as server:
        settings.TIKTOK_APP_KEY = server.app_key
        settings.TIKTOK_APP_SECRET = server.app_secret
        settings.TIKTOK_BASE_URL = settings.TIKTOK_AUTH_URL = server.url
        settings.TIKTOK_TOKEN_KEYS = [Fernet.generate_key().decode()]
        settings.TIKTOK_TIMEOUT_SECONDS = 0.5
        settings.TIKTOK_SETTLE_SECONDS = 0.0
        connect_shop("demo-code", now=timezone.now())
        yield server


@pytest.fixture
def market(shop: Shop, tiktok: SandboxTikTok) -> Market:
    return Market(shop, tiktok)
