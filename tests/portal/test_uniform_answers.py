"""A miss tells nothing of what is wrong: neither by its words nor by the work that it costs."""

import re
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from returns_portal.returns import mirror, orders
from returns_portal.returns.orders import find_order
from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.documents import Document
from returns_portal.shopify.sandbox.seeds import SHOWCASE
from returns_portal.shopify.sandbox.server import SandboxServer

pytestmark = pytest.mark.django_db
execute = ShopifyClient.execute
KNOWN = SHOWCASE[0]
OTHER_CHANNEL = "36444"

# Each form of a page masks the token anew.
TOKEN = re.compile(r'value="[A-Za-z0-9]{64}"')


@pytest.fixture
def shop(sandbox: SandboxServer, now: Any) -> SandboxServer:
    """A shop whose orders the mirror holds, as it does in daily use."""
    call_command("load_defaults", verbosity=0)
    mirror.sync_orders(orders.build_client(), now=now)
    return sandbox


def cost_of_a_miss(shop: SandboxServer, number: str, postcode: str) -> tuple[str, int, int, int]:
    """What the page says, and the queries, Shopify's answers and digests that it took."""
    digests: list[str] = []

    def counted(kind: str, value: str) -> str:
        digests.append(kind)
        return mirror.digest(kind, value)

    asked: list[str] = []

    def heard(client: ShopifyClient, document: Document, *rest: Any, **more: Any) -> Any:
        asked.append(document.name)
        return execute(client, document, *rest, **more)

    with pytest.MonkeyPatch.context() as patch, CaptureQueriesContext(connection) as queries:
        patch.setattr(orders, "digest", counted)
        patch.setattr(ShopifyClient, "execute", heard)
        answer = Client().post("/", {"order_number": number, "postcode_or_email": postcode})
    words = answer.content.decode().replace(number, "").replace(postcode, "")
    spoken = TOKEN.sub("", words)
    assert answer.status_code == 422
    return spoken, len(queries), len(asked), len(digests)


class TestAMiss:
    @pytest.mark.parametrize(
        ("number", "postcode"),
        [
            ("579999999999999999", "08840"),
            (KNOWN.order_number, "99999"),
            (KNOWN.order_number, "*****"),
            (KNOWN.order_number, "nobody@example.com"),
        ],
        ids=["unknown order", "wrong postcode", "masked postcode", "wrong e-mail"],
    )
    def test_of_a_tiktok_number_costs_the_same(
        self, shop: SandboxServer, number: str, postcode: str
    ) -> None:
        usual = cost_of_a_miss(shop, "578888888888888888", "11111")
        assert cost_of_a_miss(shop, number, postcode)[1:] == usual[1:]

    def test_of_another_channels_order_costs_what_an_unknown_name_does(
        self, shop: SandboxServer
    ) -> None:
        usual = cost_of_a_miss(shop, "99999", "60614")
        assert cost_of_a_miss(shop, OTHER_CHANNEL, "60614")[1:] == usual[1:]

    def test_says_the_same(self, shop: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
        unknown = cost_of_a_miss(shop, "579999999999999999", "08840")
        wrong = cost_of_a_miss(shop, KNOWN.order_number, "99999")
        assert unknown[0] == wrong[0]


def test_an_order_that_is_not_mirrored_yet_is_still_found(sandbox: SandboxServer, now: Any) -> None:
    call_command("load_defaults", verbosity=0)
    found = find_order(number=KNOWN.order_number, postcode_or_email=KNOWN.postcode, now=now)
    assert found.verified
