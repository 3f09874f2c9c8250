"""An aftersale from TikTok's app to the refund: decided once, here; told only what is true."""

from datetime import timedelta
from decimal import Decimal

import pytest
import requests

from returns_portal.returns.models import Aftersale, Operation, Refund, ReturnRequest, SalesChannel
from returns_portal.returns.services import (
    Actor,
    Refused,
    cancel,
    decline,
    warn_of_deadline,
)
from returns_portal.returns.workflow import InvalidTransition
from returns_portal.shopify.sandbox.seeds import SHOWCASE
from tests.tiktok.market import Market, paid

pytestmark = pytest.mark.django_db
BRITISH = 2


def fresh(row: ReturnRequest) -> ReturnRequest:
    row.refresh_from_db()
    return row


class TestBegunInTheApp:
    def test_stands_in_the_queue_by_itself(self, market: Market) -> None:
        case, row = market.begun(units=2, note="Too tight.", photos=2)
        assert (row.status, row.settlement) == ("requested", "tiktok")
        assert row.tiktok_order_id == case["order_id"]
        assert int(row.due_at.timestamp()) == case["seller_next_action_response"][0]["deadline"]
        assert sum(line.quantity for line in row.lines.all()) == 2
        assert row.lines.all()[0].reason.code == "changed-mind"
        aftersale = row.aftersale
        assert (aftersale.note, len(aftersale.media)) == ("Too tight.", 2)
        assert row.quoted_amount == Decimal(case["refund_amount"]["refund_total"])

    def test_is_one_request_however_often_it_is_told(self, market: Market) -> None:
        market.begin()
        market.sync()
        market.poll()
        market.poll()
        assert ReturnRequest.objects.count() == 1

    def test_waits_for_an_order_that_shopify_lacks(self, market: Market) -> None:
        order = market.tiktok.book.orders
        known = next(iter(order))
        order["579999999999999999"] = {**order[known], "id": "579999999999999999"}
        ids = [order[known]["line_items"][0]["id"]]
        market.begin(order_id="579999999999999999", line_ids=ids)
        market.sync()
        assert Aftersale.objects.get().problem == "Shopify does not have this order yet."

    def test_takes_in_every_showcase_order(self, market: Market) -> None:
        for number in range(7):
            market.begin(number)
        market.sync()
        assert ReturnRequest.objects.filter(settlement="tiktok").count() == 7


class TestApproval:
    def test_leads_from_the_app_to_the_refund(self, market: Market) -> None:
        case, row = market.begun()
        market.approve(row)
        assert case["return_status"] == "AWAITING_BUYER_SHIP"
        market.act(case, "ship")
        market.sync()
        assert (
            int(fresh(row).due_at.timestamp())
            == (case["seller_next_action_response"][0]["deadline"])
        )
        market.receive(row)
        assert case["return_status"] == "RETURN_OR_REFUND_REQUEST_SUCCESS"
        assert "refunded" not in market.mails(row)
        assert fresh(row).refunded_at is None
        market.act(case, "pay")
        market.sync()
        market.work()
        assert (fresh(row).status, row.refunded_amount) == ("closed", row.quoted_amount)
        assert market.shop.restocked() == 1
        assert market.money_in_shopify(row) == 0
        assert (paid(market), Refund.objects.get().origin) == (1, "tiktok")

    def test_of_a_refund_alone_puts_nothing_into_stock(self, market: Market) -> None:
        case, row = market.begun(return_type="REFUND")
        market.approve(row)
        market.act(case, "pay")
        market.sync()
        market.work()
        assert fresh(row).status == "closed"
        assert market.shop.restocked() == 0

    @pytest.mark.parametrize("kind", ["timeout", "cut", "error_502", "broken_json"])
    @pytest.mark.parametrize("when", ["before", "after"])
    def test_reaches_tiktok_once_whatever_breaks(
        self, market: Market, kind: str, when: str
    ) -> None:
        case, row = market.begun()
        market.tiktok.faults.add(kind=kind, operation="approve", when=when, times=2, seconds=0.6)
        market.approve(row)
        assert case["return_status"] == "AWAITING_BUYER_SHIP"
        by_seller = [entry for entry in market.tiktok.book.journal if entry["by"] == "SELLER"]
        assert len(by_seller) == 1
        assert row.operations.get(kind="tiktok_approve").state == Operation.State.DONE

    def test_of_a_part_is_an_offer(self, market: Market) -> None:
        case, row = market.begun()
        market.approve(row, (row.quoted_amount / 2).quantize(Decimal("0.01")))
        assert case["return_status"] == "AWAITING_BUYER_RESPONSE"
        market.act(case, "accept")
        market.act(case, "pay")
        market.sync()
        assert fresh(row).refunded_amount == Decimal(case["refund_amount"]["refund_total"])

    def test_of_a_part_that_tiktok_does_not_take_asks_a_person(self, market: Market) -> None:
        case, row = market.begun()
        market.approve(row, Decimal("0.01"))
        assert case["return_status"] == "RETURN_OR_REFUND_REQUEST_PENDING"
        assert "no partial refund" in fresh(row).attention


class TestRejection:
    def test_is_told_once_tiktok_has_taken_it(self, market: Market) -> None:
        case, row = market.begun()
        row.contact_email = "shopper@example.com"
        row.save()
        market.reject(row)
        assert case["return_status"] == "REFUND_OR_RETURN_REQUEST_REJECT"
        assert fresh(row).status == "declined"
        assert "declined" in market.mails(row)

    def test_needs_a_reason_of_tiktoks(self, market: Market) -> None:
        case, row = market.begun()
        market.reject(row, reason="made-up")
        assert case["return_status"] == "RETURN_OR_REFUND_REQUEST_PENDING"
        assert "does not list this reason" in fresh(row).attention
        assert row.status == "requested"
        assert "declined" not in market.mails(row)

    def test_is_not_possible_past_tiktok(self, market: Market) -> None:
        _case, row = market.begun()
        with pytest.raises(Refused):
            decline(request_id=row.pk, reason="No.", actor=Actor.system(), now=market.shop.now)
        with pytest.raises(InvalidTransition):
            cancel(request_id=row.pk, actor=Actor.shopper(), now=market.shop.now)

    def test_comes_back_by_a_ruling(self, market: Market) -> None:
        case, row = market.begun()
        market.reject(row)
        market.act(case, "rule")
        market.sync()
        assert fresh(row).status == "approved"
        assert row.lines.all()[0].reserved_units.count() == 1

    def test_of_the_parcel_ends_without_money(self, market: Market) -> None:
        case, row = market.begun()
        market.approve(row)
        market.act(case, "ship")
        market.sync()
        market.reject(fresh(row))
        assert case["return_status"] == "REJECT_RECEIVE_PACKAGE"
        assert (fresh(row).status, row.refunded_at) == ("declined", None)
        assert market.shop.restocked() == 0

    def test_of_a_quick_refunds_parcel_is_refused(self, market: Market) -> None:
        case, row = market.begun(quick=True)
        market.approve(row)
        market.act(case, "ship")
        market.sync()
        with pytest.raises(Refused):
            market.reject(fresh(row))


class TestTikToksOwnDecision:
    def test_is_followed_and_never_paid_again(self, market: Market) -> None:
        case, row = market.begun()
        market.act(case, "refund")
        market.act(case, "pay")
        market.sync()
        market.work()
        assert (fresh(row).status, paid(market)) == ("closed", 1)
        assert market.money_in_shopify(row) == 0
        assert market.shop.restocked() == 1

    def test_that_is_only_success_is_no_refund(self, market: Market) -> None:
        case, row = market.begun()
        market.act(case, "refund")
        market.sync()
        market.work()
        assert (fresh(row).status, row.refunded_at) == ("approved", None)

    def test_that_came_first_leaves_our_approval_without_effect(self, market: Market) -> None:
        case, row = market.begun()
        market.act(case, "refund")
        market.approve(row)
        step = row.operations.get(kind="tiktok_approve")
        assert (step.state, step.sent_at) == (Operation.State.DONE, None)

    def test_to_cancel_by_the_buyer_is_followed(self, market: Market) -> None:
        case, row = market.begun()
        market.approve(row)
        market.act(case, "cancel")
        market.sync()
        assert fresh(row).status == "canceled"

    def test_attaches_what_a_connector_refunded_in_shopify(self, market: Market) -> None:
        case, row = market.begun(6)
        number = row.shopify_order_id.rsplit("/", 1)[-1]
        requests.post(
            f"{market.shop.server.url}/sandbox/orders/{number}/refund", json={}, timeout=5
        )
        market.act(case, "refund")
        market.act(case, "pay")
        market.sync()
        before = market.money_in_shopify(row)
        market.work()
        assert market.money_in_shopify(row) == before
        assert fresh(row).status == "closed"

    def test_in_words_that_nobody_knows_stays_open(self, market: Market) -> None:
        case, row = market.begun()
        case["return_status"] = "SOMETHING_NEW"
        case["update_time"] += 1
        market.sync()
        assert fresh(row).status == "requested"
        assert "SOMETHING_NEW" in row.attention


class TestRestockSetting:
    @pytest.mark.parametrize(("by", "units"), [("portal", 1), ("nobody", 0), ("connector", 0)])
    def test_says_who_restocks(self, market: Market, by: str, units: int) -> None:
        SalesChannel.objects.create(channel="tiktok", restocked_by=by)
        case, row = market.begun()
        market.act(case, "refund")
        market.act(case, "pay")
        market.sync()
        market.work()
        assert market.shop.restocked() == units
        assert fresh(row).status == "closed"

    def test_leaves_tiktoks_own_stock_alone(self, market: Market) -> None:
        order = market.tiktok.book.orders[market.shop.number]
        order["fulfillment_type"] = "FULFILLMENT_BY_TIKTOK"
        case, row = market.begun()
        market.act(case, "refund")
        market.act(case, "pay")
        market.sync()
        market.work()
        assert market.shop.restocked() == 0
        assert fresh(row).status == "closed"


class TestPortalRequest:
    @pytest.fixture(autouse=True)
    def by_tiktok(self, db: None) -> None:
        SalesChannel.objects.create(channel="tiktok", settlement="tiktok")

    def ask(self, market: Market, number: int = 0) -> ReturnRequest:
        shown = SHOWCASE[number]
        market.shop.number, market.shop.postcode = shown.order_number, shown.postcode
        row = market.shop.ask(units=1)
        market.work()
        return fresh(row)

    def test_tells_how_to_begin_in_the_app_where_only_the_buyer_may(self, market: Market) -> None:
        row = self.ask(market, BRITISH)
        assert "tiktok_action_needed" in market.mails(row)
        with pytest.raises(Refused):
            market.approve(row)
        assert fresh(row).status == "requested"

    def test_is_joined_by_what_the_buyer_begins_in_the_app(self, market: Market) -> None:
        row = self.ask(market, BRITISH)
        case = market.begin(BRITISH)
        market.sync()
        assert market.row_of(case) == row
        assert fresh(row).quoted_amount == Decimal(case["refund_amount"]["refund_total"])
        assert ReturnRequest.objects.count() == 1

    def test_begins_on_tiktok_by_approval_in_the_us(self, market: Market) -> None:
        row = self.ask(market)
        assert "tiktok_action_needed" not in market.mails(row)
        market.approve(row)
        case = next(iter(market.tiktok.book.aftersales.values()))
        assert (case["role"], case["return_status"]) == ("SELLER", "AWAITING_BUYER_SHIP")
        assert market.row_of(case) == row

    def test_begins_once_whatever_breaks(self, market: Market) -> None:
        row = self.ask(market)
        market.tiktok.faults.add(kind="timeout", operation="create", times=2, seconds=0.6)
        market.approve(row)
        assert len(market.tiktok.book.aftersales) == 1
        assert row.operations.get(kind="tiktok_create").state == Operation.State.DONE

    def test_of_a_completed_order_asks_a_person(self, market: Market) -> None:
        row = self.ask(market)
        market.tiktok.book.orders[row.tiktok_order_id]["status"] = "COMPLETED"
        market.approve(row)
        assert "no returns of this order any more" in fresh(row).attention


class TestPortalRequestThatShopifyPays:
    def test_is_left_to_a_person_once_money_is_in_motion(self, market: Market) -> None:
        row = market.shop.approve(market.shop.ask(units=1))
        market.begin()
        market.sync()
        assert "Look into Seller Center" in fresh(row).attention
        assert (row.settlement, Aftersale.objects.get().return_request) == ("shopify", None)

    def test_is_paid_by_tiktok_from_then_on_while_nobody_decided(self, market: Market) -> None:
        row = market.shop.ask(units=1)
        market.begin()
        market.sync()
        assert fresh(row).settlement == "tiktok"


class TestDeadline:
    def test_is_warned_of_at_24_12_and_4_hours(self, market: Market) -> None:
        _case, row = market.begun()
        deadline = row.aftersale.deadline
        assert deadline is not None
        for hours, expected in ((25, False), (23, True), (22, False), (11, True), (3, True)):
            now = deadline - timedelta(hours=hours)
            warned = warn_of_deadline(row.aftersale.pk, staff_email="staff@example.com", now=now)
            assert warned is expected
        assert len([part for part in market.mails(row) if part.startswith("due_soon")]) == 3
