"""Where the goods go: the place that staff chose, who moves stock, and places Shopify refuses."""

from typing import Any

import pytest

from returns_portal.returns.channels.settlement import restocker_of
from returns_portal.returns.locations import active_locations, name_of
from returns_portal.returns.models import DeskSettings, Operation, ReturnRequest, SalesChannel
from returns_portal.returns.services import (
    Actor,
    Decision,
    LineDecision,
    Placement,
    Refused,
    approve,
    place_goods,
    retry_operation,
)
from returns_portal.shopify.types import Money
from tests.returns.factories import UserFactory
from tests.returns.shop import Shop

pytestmark = pytest.mark.django_db


def place_called(shop: Shop, name: str) -> str:
    places = shop.server.state.all("Location")
    return next(str(place.doc["id"]) for place in places if place.doc["name"] == name)


def approve_into(shop: Shop, row: ReturnRequest, location_id: str) -> None:
    lines = tuple(
        LineDecision(line.pk, line.quantity, disposition="RESTOCKED", location_id=location_id)
        for line in row.lines.all()
    )
    approve(
        request_id=row.pk,
        amount=Money(row.quoted_amount, row.currency),
        actor=Actor.system(),
        now=shop.now,
        decision=Decision(lines),
    )
    shop.work()
    row.refresh_from_db()


def stock_moves(shop: Shop) -> dict[str, int]:
    return {level["location"]: level["delta"] for level in shop.ledger()["stock"] if level["delta"]}


def desk(restocked_by: str) -> None:
    DeskSettings.objects.update_or_create(pk=1, defaults={"restocked_by": restocked_by})


class TestPlace:
    def test_is_where_it_was_shipped_from_unless_staff_say_otherwise(self, shop: Shop) -> None:
        shop.approve(shop.ask(units=1))
        shop.work()
        assert stock_moves(shop) == {"Main warehouse": 1}

    def test_is_the_one_that_staff_chose(self, shop: Shop) -> None:
        row = shop.ask(units=1)
        approve_into(shop, row, place_called(shop, "Returns center"))
        assert stock_moves(shop) == {"Returns center": 1}
        assert row.status == "closed"

    def test_is_the_shop_s_one_place_where_it_has_set_one(self, shop: Shop, settings: Any) -> None:
        settings.SHOPIFY_LOCATION_ID = place_called(shop, "Returns center")
        shop.approve(shop.ask(units=1))
        shop.work()
        assert stock_moves(shop) == {"Returns center": 1}


class TestRefusedPlace:
    def test_is_told_while_the_money_goes_its_way(self, shop: Shop) -> None:
        row = shop.ask(units=1)
        approve_into(shop, row, place_called(shop, "Old store"))
        assert row.refunded_amount == row.quoted_amount
        assert shop.restocked() == 0
        assert "Location is not active. Choose another." in row.attention
        assert row.events.filter(kind="place_refused").count() == 1
        assert row.operations.get(kind="restock").state == Operation.State.FAILED
        assert row.status == "approved"

    def test_ends_with_another_place_and_moves_stock_once(self, shop: Shop) -> None:
        row = shop.ask(units=1)
        approve_into(shop, row, place_called(shop, "Old store"))
        active_locations()
        place_goods(
            operation_id=row.operations.get(kind="restock").pk,
            places={
                row.lines.get().pk: Placement("RESTOCKED", place_called(shop, "Main warehouse"))
            },
            actor=Actor.staff(UserFactory(staff=True)),
            now=shop.now,
        )
        shop.work()
        row.refresh_from_db()
        assert (row.status, row.attention) == ("closed", "")
        assert stock_moves(shop) == {"Main warehouse": 1}
        told = row.events.get(kind="place_changed").message
        assert told.endswith("(Main warehouse)")
        assert row.refunds.count() == 1

    def test_is_refused_again_when_nothing_was_changed(self, shop: Shop) -> None:
        row = shop.ask(units=1)
        approve_into(shop, row, place_called(shop, "Old store"))
        step = row.operations.get(kind="restock")
        retry_operation(operation_id=step.pk, actor=Actor.system(), now=shop.now)
        shop.work()
        row.refresh_from_db()
        assert "Location is not active." in row.attention

    def test_cannot_be_changed_where_nothing_failed(self, shop: Shop) -> None:
        row = shop.ask(units=1)
        shop.approve(row)
        shop.work()
        step = row.operations.get(kind="process_return")
        with pytest.raises(Refused):
            place_goods(operation_id=step.pk, places={}, actor=Actor.system(), now=shop.now)


class TestWhoRestocks:
    @pytest.mark.parametrize("restocked_by", ["connector", "nobody"])
    def test_is_not_the_portal_where_the_desk_says_so(self, shop: Shop, restocked_by: str) -> None:
        desk(restocked_by)
        row = shop.ask(units=2)
        shop.approve(row)
        shop.work()
        row.refresh_from_db()
        assert (row.status, row.refunded_amount) == ("closed", row.quoted_amount)
        assert shop.restocked() == 0
        assert not row.operations.filter(kind="restock").exists()

    def test_leaves_the_goods_for_another_app_untold(self, shop: Shop) -> None:
        desk("connector")
        row = shop.ask(units=1)
        shop.approve(row)
        shop.work()
        [made] = shop.order(row.shopify_order_id)["returns"]
        assert made["dispositions"] == []

    def test_may_be_another_on_one_channel(self) -> None:
        SalesChannel.objects.create(channel="tiktok", restocked_by="connector")
        assert (restocker_of("tiktok"), restocker_of("web")) == ("connector", "portal")
        desk("nobody")
        assert restocker_of("tiktok") == "nobody"


class TestLocations:
    def test_are_the_active_ones_by_their_names(self, shop: Shop) -> None:
        assert [place.name for place in active_locations()] == ["Main warehouse", "Returns center"]
        assert name_of(place_called(shop, "Main warehouse")) == "Main warehouse"

    def test_are_asked_for_once(self, shop: Shop, settings: Any) -> None:
        found = active_locations()
        settings.SHOPIFY_BASE_URL = "http://127.0.0.1:9"
        assert active_locations() == found

    def test_are_none_while_shopify_has_never_answered(self, settings: Any) -> None:
        settings.SHOPIFY_BASE_URL = "http://127.0.0.1:9"
        assert active_locations() == ()
