"""The mirror is filled from a shop of many orders, and stays right whatever stops it."""

from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command

from returns_portal.returns import mirror, tasks
from returns_portal.returns.management.commands import sync_orders as command
from returns_portal.returns.mirror import SyncUnderWay, sync_orders
from returns_portal.returns.models import MirroredOrder, OrderSync
from returns_portal.shopify import bulk
from returns_portal.shopify.client import ShopifyClient, build_client
from returns_portal.shopify.documents import DOCUMENTS
from returns_portal.shopify.errors import ShopifyUnavailable
from returns_portal.shopify.sandbox.server import SandboxServer
from returns_portal.shopify.types import Order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "FIRST_PAUSE", 0.01)


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the sandbox's orders count as very many."""
    monkeypatch.setattr(bulk, "MANY", 10)


@pytest.fixture
def client(sandbox: SandboxServer) -> ShopifyClient:
    return build_client()


@pytest.fixture
def dies_after_seven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let somebody press Ctrl-C when the eighth order comes."""
    keep = mirror.mirror_order

    def keep_seven(order: Order, *, now: datetime) -> MirroredOrder:
        if MirroredOrder.objects.count() == 7:
            raise KeyboardInterrupt
        return keep(order, now=now)

    monkeypatch.setattr(mirror, "mirror_order", keep_seven)


def orders_in(shop: SandboxServer) -> set[str]:
    return {node.doc["id"] for node in shop.state.all("Order")}


def mirrored() -> set[str]:
    return set(MirroredOrder.objects.values_list("shopify_id", flat=True))


class TestSyncOrders:
    def test_reads_a_small_shop_page_by_page(
        self, sandbox: SandboxServer, client: ShopifyClient, now: datetime
    ) -> None:
        seen: list[tuple[int, int | None]] = []
        count = sync_orders(client, now=now, on_progress=lambda *told: seen.append(told))
        assert mirrored() == orders_in(sandbox)
        assert seen[-1] == (count, count)
        assert sandbox.calls.count("BulkStart") == 0

    @pytest.mark.usefixtures("many")
    def test_reads_a_large_shop_in_bulk(
        self, sandbox: SandboxServer, client: ShopifyClient, now: datetime
    ) -> None:
        seen: list[tuple[int, int | None]] = []
        count = sync_orders(client, now=now, on_progress=lambda *told: seen.append(told))
        assert mirrored() == orders_in(sandbox)
        assert seen == [(done, count) for done in range(1, count + 1)]
        assert sandbox.calls.count("OrdersUpdatedSince") == 0
        assert OrderSync.objects.get().synced_until == now

    @pytest.mark.usefixtures("many")
    def test_keeps_the_same_whichever_way_it_read(
        self, sandbox: SandboxServer, client: ShopifyClient, now: datetime
    ) -> None:
        sync_orders(client, now=now)
        in_bulk = {row.shopify_id: row.snapshot for row in MirroredOrder.objects.all()}
        MirroredOrder.objects.all().delete()
        long_ago = now - timedelta(days=3650)
        for order in mirror.iterate_orders_updated_since(client, long_ago):
            mirror.mirror_order(order, now=now)
        paged = {row.shopify_id: row.snapshot for row in MirroredOrder.objects.all()}
        assert paged == in_bulk

    @pytest.mark.usefixtures("many")
    def test_pages_from_then_on(
        self, sandbox: SandboxServer, client: ShopifyClient, now: datetime
    ) -> None:
        sync_orders(client, now=now)
        sandbox.calls.clear()
        sync_orders(client, now=now + timedelta(minutes=5))
        asked = {call.operation for call in sandbox.calls.recent}
        assert "OrdersUpdatedSince" in asked
        assert asked.isdisjoint({"OrderIdsUpdatedSince", "BulkStart"})

    @pytest.mark.usefixtures("many")
    def test_pages_where_the_bulk_reading_fails(
        self, sandbox: SandboxServer, client: ShopifyClient, now: datetime
    ) -> None:
        for _ in range(5):
            client.execute(DOCUMENTS["BulkStart"], {"query": bulk.ORDERS_QUERY})
        with sandbox.state.transaction() as draft:
            for row in draft.docs("bulk"):
                draft.edit("bulk", row["id"])["status"] = "RUNNING"
        sync_orders(client, now=now)
        assert mirrored() == orders_in(sandbox)
        assert sandbox.calls.count("OrdersUpdatedSince") > 1

    @pytest.mark.usefixtures("many", "dies_after_seven")
    def test_interrupted_leaves_the_mark_where_it_was(
        self, client: ShopifyClient, now: datetime
    ) -> None:
        with pytest.raises(KeyboardInterrupt):
            sync_orders(client, now=now)
        assert len(mirrored()) == 7
        assert not OrderSync.objects.exists()

    @pytest.mark.usefixtures("many")
    def test_interrupted_is_made_good_by_the_next_run(
        self, sandbox: SandboxServer, client: ShopifyClient, now: datetime
    ) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(mirror, "mirror_order", _interrupt)
            with pytest.raises(KeyboardInterrupt):
                sync_orders(client, now=now)
        sync_orders(client, now=now)
        assert mirrored() == orders_in(sandbox)

    def test_of_a_long_past_runs_once_at_a_time(self, client: ShopifyClient, now: datetime) -> None:
        def again(_count: int, _total: int | None) -> None:
            with pytest.raises(SyncUnderWay):
                sync_orders(client, now=now)

        assert sync_orders(client, now=now, on_progress=again) > 0

    def test_gives_way_to_a_long_run(self, sandbox: SandboxServer) -> None:
        cache.add(mirror.LOCK, True)
        assert tasks.sync_orders() == 0
        assert sandbox.calls.recent == []


def _interrupt(_order: Order, *, now: datetime) -> MirroredOrder:
    raise KeyboardInterrupt


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


class TestCommand:
    @pytest.mark.usefixtures("many")
    def test_moves_a_bar_on_a_terminal(self, sandbox: SandboxServer) -> None:
        out = Terminal()
        call_command("sync_orders", stdout=out)
        total = len(orders_in(sandbox))
        assert f"\r[{'#' * 30}] 100% {total} of {total} orders\n" in out.getvalue()
        assert out.getvalue().endswith(f"{total} orders mirrored.\n")

    def test_writes_plain_lines_elsewhere(
        self, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(command, "LINE_EVERY", 20)
        out = StringIO()
        call_command("sync_orders", "--since", "2020-01-01", stdout=out)
        total = len(orders_in(sandbox))
        assert "\r" not in out.getvalue()
        assert f"20 of {total} orders\n" in out.getvalue()

    @pytest.mark.usefixtures("many", "dies_after_seven", "sandbox")
    def test_stops_on_ctrl_c_with_a_sentence(self) -> None:
        with pytest.raises(CommandError, match="Stopped: 7 orders are mirrored") as caught:
            call_command("sync_orders", stdout=StringIO())
        assert caught.value.returncode == 130

    def test_tells_that_shopify_does_not_answer(
        self, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def down(*_: Any, **__: Any) -> int:
            raise ShopifyUnavailable("Shopify could not be reached; nothing was done.")

        settings.SHOPIFY_ACCESS_TOKEN = "t"
        monkeypatch.setattr(command, "sync_orders", down)
        with pytest.raises(CommandError, match="could not be reached"):
            call_command("sync_orders", stdout=StringIO())

    @pytest.mark.parametrize(
        ("count", "total", "text"),
        [
            (3, None, "3 orders …"),
            (3, 0, "3 orders …"),
            (1, 4, "[#######.......................]  25% 1 of 4 orders"),
            (5, 4, f"[{'#' * 30}] 100% 5 of 4 orders"),
        ],
    )
    def test_says_how_far_it_is(self, count: int, total: int | None, text: str) -> None:
        assert command.progress_text(count, total) == text
