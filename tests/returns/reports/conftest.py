"""Shops that live at random, and their books."""

import random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.returns.reports.bazaar import Bazaar
from tests.returns.reports.plain import Plain


@pytest.fixture(params=[1, 2, 3, 4])
def bazaar(request: Any, db: None, settings: Any) -> Bazaar:
    settings.TIME_ZONE = "America/Los_Angeles"
    settings.PORTAL_CHANNELS = ["tiktok"]
    return Bazaar(random.Random(request.param))  # noqa: S311 - dice


@pytest.fixture
def plain(bazaar: Bazaar) -> Plain:
    return Plain(bazaar.orders, ZoneInfo("America/Los_Angeles"), "tiktok")
