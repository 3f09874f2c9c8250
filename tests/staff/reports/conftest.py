"""A shop with some sales and returns, counted."""

import random
from typing import Any

import pytest

from returns_portal.returns.reports.counting import count_changes
from tests.returns.reports.bazaar import DAYS, START, Bazaar

WHOLE = f"days=custom&start={START:%Y-%m-%d}&end=2026-05-30"
assert DAYS < 150


@pytest.fixture
def bazaar(db: None, settings: Any, now: Any) -> Bazaar:
    settings.PORTAL_CHANNELS = ["tiktok"]
    bazaar = Bazaar(random.Random(7))  # noqa: S311 - dice
    bazaar.live(60)
    count_changes(now=now)
    return bazaar
