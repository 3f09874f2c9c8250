"""What every test may use: a sandbox Shopify over real HTTP, time, and settled operations."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import translation

from returns_portal.returns.keeping import COLUMNS
from returns_portal.returns.outbox import due_operations
from returns_portal.returns.processing import carry_out
from returns_portal.shopify import client as shopify_client
from returns_portal.shopify.sandbox.server import SandboxServer
from returns_portal.shopify.sandbox.throttle import Throttle
from returns_portal.tiktok import client as tiktok_client


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Lets tests that commit empty their tables again: SQLite does so by deleting rows."""
    with django_db_blocker.unblock():
        if connection.vendor != "sqlite":
            return
        with connection.cursor() as cursor:
            for table in COLUMNS:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_delete_is_kept")


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def usual_language() -> None:
    """A page leaves its language to whatever comes next; no test may inherit it."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def empty_photo_folder() -> Iterator[None]:
    """Each test begins without photos on the disk, and leaves none behind."""
    yield
    shutil.rmtree(settings.PHOTO_ROOT, ignore_errors=True)


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shop that does not answer is asked again as often as ever, but nobody waits in between."""
    monkeypatch.setattr(shopify_client, "FIRST_BACKOFF", 0.001)
    monkeypatch.setattr(tiktok_client, "FIRST_BACKOFF", 0.001)


@pytest.fixture
def sandbox(settings: Any) -> Iterator[SandboxServer]:
    """A seeded sandbox Shopify on a free port, with the portal pointed at it."""
    with SandboxServer(throttle=Throttle(enforced=False)) as server:
        settings.SHOPIFY_BASE_URL = server.url
        settings.SHOPIFY_ACCESS_TOKEN = "sandbox-access-token"
        settings.SHOPIFY_SHOP = "demo-shop.myshopify.com"
        yield server


@pytest.fixture
def carry_out_all() -> Callable[..., None]:
    """Carries out everything that is due at `at`, and what that leads to, as workers would."""

    def run(at: datetime | None = None) -> None:
        while due := due_operations(at or datetime.now(UTC)):
            for operation_id in due:
                carry_out(operation_id, clock=lambda: at or datetime.now(UTC))

    return run
