"""What the tests of whole returns share."""

from datetime import datetime
from typing import Any

import pytest
from django.core.management import call_command

from returns_portal.returns.processing import step
from returns_portal.shopify.sandbox.server import SandboxServer
from tests.returns.shop import Shop


@pytest.fixture
def shop(
    sandbox: SandboxServer, settings: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> Shop:
    monkeypatch.setattr(step, "LONGEST_WAIT", 0.0)
    call_command("load_defaults", verbosity=0)
    settings.SHOPIFY_TIMEOUT_SECONDS = 0.25
    return Shop(sandbox, now)
