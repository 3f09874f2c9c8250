"""Who pays back is a channel's setting, frozen with the request."""

from datetime import timedelta
from decimal import Decimal

import pytest

from returns_portal.returns.models import Operation, Refund, ReturnRequest, SalesChannel
from returns_portal.returns.services import Actor, Refused, confirm_external_refund
from returns_portal.shopify.types import Money
from tests.returns.shop import Shop

pytestmark = pytest.mark.django_db


def set_channel(settlement: str, **values: object) -> None:
    SalesChannel.objects.update_or_create(
        channel="tiktok", defaults={"settlement": settlement, **values}
    )


def confirm(row: ReturnRequest, shop: Shop, **changes: object) -> ReturnRequest:
    amount = Money(row.quoted_amount, row.currency)
    given = {"amount": amount, "reference": "SC-4711", **changes}
    return confirm_external_refund(request_id=row.pk, actor=Actor.system(), now=shop.now, **given)


def mails(row: ReturnRequest) -> list[str]:
    parts = row.operations.filter(kind="send_email", state=Operation.State.DONE)
    return sorted(parts.values_list("part", flat=True))


def money_in_shopify(shop: Shop, row: ReturnRequest) -> Decimal:
    refunds = shop.order(row.shopify_order_id)["refunds"]
    amounts = [Decimal(t["amount"]) for refund in refunds for t in refund["transactions"]]
    return sum(amounts, Decimal(0))


class TestSetting:
    def test_is_shopify_where_nobody_said_otherwise(self, shop: Shop) -> None:
        assert shop.ask().settlement == "shopify"

    def test_is_frozen_with_the_request(self, shop: Shop) -> None:
        set_channel("external")
        row = shop.ask()
        set_channel("shopify")
        row.refresh_from_db()
        assert row.settlement == "external"


class TestExternalSettlement:
    @pytest.fixture
    def approved(self, shop: Shop) -> ReturnRequest:
        set_channel("external", confirm_within_hours=30)
        row = shop.approve(shop.ask())
        self.approved_at = shop.now
        shop.work()
        row.refresh_from_db()
        return row

    def test_restocks_and_closes_in_shopify_without_moving_money(
        self, shop: Shop, approved: ReturnRequest
    ) -> None:
        order = shop.order(approved.shopify_order_id)
        assert [made["status"] for made in order["returns"]] == ["CLOSED"]
        assert shop.restocked() == 2
        assert money_in_shopify(shop, approved) == 0

    def test_leaves_a_task_with_a_deadline_and_tells_nobody_refunded(
        self, approved: ReturnRequest
    ) -> None:
        assert (approved.status, approved.refunded_at) == ("approved", None)
        assert approved.due_at == self.approved_at + timedelta(hours=30)
        assert mails(approved) == ["approved", "requested"]

    def test_tells_refunded_once_a_person_confirmed_it(
        self, shop: Shop, approved: ReturnRequest
    ) -> None:
        confirm(approved, shop)
        shop.work()
        approved.refresh_from_db()
        assert (approved.status, approved.refunded_amount) == ("closed", approved.quoted_amount)
        assert mails(approved) == ["approved", "refunded", "requested"]
        refund = Refund.objects.get(return_request=approved)
        assert (refund.origin, refund.reference) == ("external", "SC-4711")
        assert money_in_shopify(shop, approved) == 0

    def test_takes_the_same_confirmation_twice_as_one(
        self, shop: Shop, approved: ReturnRequest
    ) -> None:
        confirm(approved, shop)
        confirm(approved, shop)
        assert Refund.objects.filter(return_request=approved).count() == 1

    def test_refuses_a_second_refund(self, shop: Shop, approved: ReturnRequest) -> None:
        confirm(approved, shop)
        with pytest.raises(Refused):
            confirm(approved, shop, reference="SC-4712")

    @pytest.mark.parametrize("amount", ["0", "-1", "1000"])
    def test_refuses_an_amount_that_was_not_approved(
        self, shop: Shop, approved: ReturnRequest, amount: str
    ) -> None:
        with pytest.raises(Refused):
            confirm(approved, shop, amount=Money(Decimal(amount), approved.currency))

    def test_refuses_a_confirmation_without_reference(
        self, shop: Shop, approved: ReturnRequest
    ) -> None:
        with pytest.raises(Refused):
            confirm(approved, shop, reference="  ")

    def test_waits_for_shopify_where_a_person_is_faster(self, shop: Shop) -> None:
        set_channel("external")
        row = shop.approve(shop.ask())
        confirm(row, shop)
        row.refresh_from_db()
        assert row.status == "approved"
        shop.work()
        row.refresh_from_db()
        assert row.status == "closed"

    def test_is_not_for_requests_that_shopify_pays(self, shop: Shop) -> None:
        row = shop.approve(shop.ask())
        with pytest.raises(Refused):
            confirm(row, shop)

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_restocks_once_however_the_call_fails(self, shop: Shop, when: str) -> None:
        set_channel("external")
        row = shop.approve(shop.ask())
        shop.server.faults.add(
            kind="timeout", operation="returnProcess", when=when, times=2, seconds=0.4
        )
        shop.work()
        assert shop.restocked() == 2
        assert money_in_shopify(shop, row) == 0
