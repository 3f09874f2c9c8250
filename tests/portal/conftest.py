"""What tests of the shopper's side share: fresh counters, and a door to orders they control."""

import pytest
from pytest_django.fixtures import Settings

from portal import throttle
from portal.views import changing, lookup, ordering
from tests.portal.building import Door, build_line, build_order
from tests.returns.factories import ReturnReasonFactory


@pytest.fixture(autouse=True)
def fresh_counters(settings: Settings) -> None:
    """Counters of this test alone, also where the suite shares a Redis."""
    settings.CACHE_URL = "locmemcache://"
    throttle.get_limiter.cache_clear()
    throttle.get_local_limiter.cache_clear()


@pytest.fixture
def door(db: None, monkeypatch: pytest.MonkeyPatch) -> Door:
    """An order of two shirts and a final-sale scarf, behind the domain's doors."""
    ReturnReasonFactory()
    door = Door(
        build_order(
            build_line(1, title="Linen shirt", quantity=2),
            build_line(2, title="Silk scarf", product_tags=("final-sale",)),
        )
    )
    monkeypatch.setattr(lookup, "find_order", door.find_order)
    monkeypatch.setattr(ordering, "read_order", door.read_order)
    monkeypatch.setattr(ordering, "quote_return", door.quote_return)
    monkeypatch.setattr(changing, "read_order", door.read_order)
    monkeypatch.setattr(changing, "quote_return", door.quote_return)
    return door
