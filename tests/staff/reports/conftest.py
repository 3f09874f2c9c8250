"""A shop with some sales and returns, counted once for all tests of a file."""

import copy
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from returns_portal.returns.reports.counting import count_changes
from returns_portal.returns.reports.sheets import SHEETS
from tests.returns.reports.bazaar import DAYS, START, Bazaar
from tests.staff.conftest import SignIn

WHOLE = f"days=custom&start={START:%Y-%m-%d}&end=2026-05-30"
PAGES = [*(reverse("admin:report", args=[key]) for key in SHEETS), reverse("admin:report_fix")]
CHANNELS = ["tiktok"]
assert DAYS < 150


def text_of(response: Any) -> str:
    text: str = response.content.decode()
    return text


@pytest.fixture
def owner(sign_in: SignIn) -> Client:
    return sign_in("view_reports", "view_returnrequest", "add_fix", "delete_fix")


@pytest.fixture(scope="module")
def counted(django_db_setup: None, django_db_blocker: Any) -> Iterator[Bazaar]:
    """The shop as every test of the file finds it: what a test changes is rolled back."""
    whole_file = transaction.atomic()
    with django_db_blocker.unblock(), override_settings(PORTAL_CHANNELS=CHANNELS):
        whole_file.__enter__()
        bazaar = Bazaar(random.Random(7))  # noqa: S311 - dice
        bazaar.live(60)
        count_changes(now=datetime.now(UTC))
    yield bazaar
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        whole_file.__exit__(None, None, None)


@pytest.fixture
def bazaar(counted: Bazaar, db: None, settings: Any) -> Bazaar:
    settings.PORTAL_CHANNELS = CHANNELS
    return copy.deepcopy(counted)
