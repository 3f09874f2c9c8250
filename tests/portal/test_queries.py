"""How many queries a shopper's page asks, and that what is remembered never decides."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import Client

from returns_portal.returns.branding.brand import current_brand
from returns_portal.returns.mirror import synced_until
from returns_portal.returns.models import Photo, ReturnPolicy, ReverseDelivery, ShopBrand
from returns_portal.returns.orders import policy_in_force
from returns_portal.returns.policies import list_reasons
from returns_portal.returns.services.withdrawing import withdrawal_rules
from tests.bench.scenes import mirror_orders, open_session
from tests.returns.factories import RefundFactory, ReturnLineItemFactory, request_with_line

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)
REMEMBERED = (current_brand, policy_in_force, list_reasons, synced_until, withdrawal_rules)


@pytest.fixture(autouse=True)
def long_memory(settings: Any) -> Iterator[None]:
    """A process that remembers as in production, only longer; nothing from other tests."""
    settings.REMEMBER_SECONDS = 1000.0
    forget()
    yield
    forget()


def forget() -> None:
    for reading in REMEMBERED:
        reading.kept.clear()


@pytest.fixture
def items(client: Client) -> str:
    """The address of an order's items, open to the client."""
    call_command("load_defaults", verbosity=0)
    [order] = mirror_orders(1, NOW)
    _name, _equals, key = open_session(order.id, NOW).partition("=")
    client.cookies[django_settings.SESSION_COOKIE_NAME] = key
    return f"/orders/{order.id.rsplit('/', 1)[1]}/"


def test_items_ask_five(client: Client, items: str, django_assert_max_num_queries: Any) -> None:
    assert client.get(items).status_code == 200
    with django_assert_max_num_queries(5):
        client.get(items)


def test_a_status_asks_four_whatever_the_return_has(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    row = request_with_line(approved=True)
    client.get(f"/returns/{row.token}/")
    for line in ReturnLineItemFactory.create_batch(10, return_request=row):
        Photo.objects.create(
            line=line, file="a.jpg", thumbnail="b.jpg", mime_type="image/jpeg", size=1, width=1,
            height=1, sha256="0" * 64, uploaded_at=NOW,
        )  # fmt: skip
    ReverseDelivery.objects.create(
        return_request=row, carrier="ups", tracking_number="1Z9", sent_at=NOW, changed_at=NOW
    )
    RefundFactory(return_request=row, state="pending")
    with django_assert_max_num_queries(4):
        page = client.get(f"/returns/{row.token}/").content.decode()
    assert "1Z9" in page
    assert page.count('width="72" height="72"') == 10
    assert "On its way" in page


def test_a_new_brand_shows_once_the_moment_is_over(client: Client, settings: Any) -> None:
    row = request_with_line()
    page = f"/returns/{row.token}/"
    client.get(page)
    ShopBrand.objects.update_or_create(pk=1, defaults={"name": "Fresh Linen", "changed_at": NOW})
    assert "Fresh Linen" not in client.get(page).content.decode()
    settings.REMEMBER_SECONDS = 0.0
    assert "Fresh Linen" in client.get(page).content.decode()


def test_what_staff_published_just_now_decides(client: Client, items: str) -> None:
    """The page that takes a request judges by the policy of now, whatever is remembered."""
    assert 'name="choose-' in client.get(items).content.decode()
    ReturnPolicy.objects.update(return_window_days=0)
    page = client.post(f"{items}review/").content.decode()
    assert 'name="choose-' not in page
