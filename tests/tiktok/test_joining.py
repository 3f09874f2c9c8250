"""What the shopper asked here and what the buyer began in the app become one, and are paid once."""

from typing import Any

import pytest

from returns_portal.returns.models import Aftersale, MirroredOrder, ReturnRequest, SalesChannel
from returns_portal.returns.services import Actor, Refused, confirm_external_refund
from returns_portal.shopify.types import Money
from returns_portal.tiktok.sandbox import api, moves
from returns_portal.tiktok.sandbox.book import Book
from tests.tiktok.market import Market, paid

pytestmark = pytest.mark.django_db


def fresh(row: ReturnRequest) -> ReturnRequest:
    return ReturnRequest.objects.get(pk=row.pk)


def settled_by(settlement: str) -> None:
    SalesChannel.objects.create(channel="tiktok", settlement=settlement)


class TestApprovedToBeRefundedByHand:
    @pytest.fixture
    def approved(self, market: Market) -> ReturnRequest:
        settled_by("external")
        row = market.shop.approve(market.shop.ask(units=2))
        market.work()
        return fresh(row)

    def test_is_decided_again_once_the_buyer_begins_it_in_the_app(
        self, market: Market, approved: ReturnRequest
    ) -> None:
        market.begin(units=2)
        market.sync()
        assert (fresh(approved).settlement, fresh(approved).status) == ("tiktok", "requested")
        assert "refund nothing by hand" in fresh(approved).attention
        with pytest.raises(Refused):
            confirm(approved, market)

    def test_takes_tiktoks_refund_for_the_one_made_by_hand(
        self, market: Market, approved: ReturnRequest
    ) -> None:
        case = market.begin(units=2)
        market.act(case, "refund")
        market.act(case, "pay")
        market.sync()
        market.work()
        assert fresh(approved).status == "closed"
        assert approved.refunds.get().reference == case["return_id"]
        assert (market.shop.restocked(), paid(market)) == (2, 1)

    def test_stays_paid_where_a_person_confirmed_it_before(
        self, market: Market, approved: ReturnRequest
    ) -> None:
        confirm(approved, market)
        market.begin(units=2)
        market.sync()
        assert fresh(approved).settlement == "external"
        assert "by another request" in Aftersale.objects.get().problem


def confirm(row: ReturnRequest, market: Market) -> None:
    confirm_external_refund(
        request_id=row.pk,
        amount=Money(row.quoted_amount, row.currency),
        reference="SC-1",
        actor=Actor.system(),
        now=market.shop.now,
    )


class TestOrderWithoutTikToksNumber:
    def test_is_known_by_tiktoks_own_link_to_shopify(self, market: Market) -> None:
        settled_by("tiktok")
        row = market.shop.ask(units=1)
        order_id = row.tiktok_order_id
        ReturnRequest.objects.filter(pk=row.pk).update(tiktok_order_id="")
        MirroredOrder.objects.update(tiktok_order_id="")
        market.work()
        assert fresh(row).tiktok_order_id == order_id


class TestCompletedOrder:
    def test_sends_the_shopper_to_tiktok_at_once(self, market: Market) -> None:
        settled_by("tiktok")
        row = market.shop.ask(units=1)
        ReturnRequest.objects.filter(pk=row.pk).update(contact_email="shopper@example.com")
        market.tiktok.book.orders[row.tiktok_order_id]["status"] = "COMPLETED"
        market.work()
        assert "takes no return of it any more" in fresh(row).attention
        assert "tiktok_completed" in market.mails(row)
        assert "tiktok_action_needed" not in market.mails(row)


class TestOtherCurrency:
    def test_is_left_to_a_person(self, market: Market) -> None:
        case = market.begin()
        case["refund_amount"]["currency"] = "EUR"
        market.sync()
        assert "pays in EUR" in Aftersale.objects.get().problem
        assert not ReturnRequest.objects.exists()


class TestCanceledOrder:
    """TikTok pays back what it canceled: the portal must not pay it again unseen."""

    def cancel(self, market: Market, order_id: str) -> dict[str, Any]:
        book = market.tiktok.book
        book.orders[order_id]["status"] = "AWAITING_COLLECTION"
        with book.change():
            return moves.cancel_order(book, order_id, "package_lost")

    def test_is_told_on_the_request_once(self, market: Market) -> None:
        row = market.shop.ask(units=1)
        made = self.cancel(market, row.tiktok_order_id)
        for _ in range(2):
            market.cancellations(row.tiktok_order_id)
        assert made["cancel_id"] in fresh(row).attention
        assert row.events.filter(kind="attention").count() == 1

    def test_that_only_waits_says_nothing(self, market: Market) -> None:
        row = market.shop.ask(units=1)
        book = market.tiktok.book
        book.orders[row.tiktok_order_id]["status"] = "ON_HOLD"
        with book.change():
            moves.cancel_order(book, row.tiktok_order_id, "no_need", role="BUYER")
        market.cancellations(row.tiktok_order_id)
        assert fresh(row).attention == ""


class TestReturnBegunHereThatTikToksSearchDoesNotListYet:
    """TikTok's search lags behind what was begun: it is waited for, and begun no second time."""

    @pytest.mark.parametrize("lost", [False, True])
    def test_is_found_later(
        self, market: Market, monkeypatch: pytest.MonkeyPatch, *, lost: bool
    ) -> None:
        settled_by("tiktok")
        row = market.shop.ask(units=1)
        market.work()
        search, hidden = api.search, [5]

        def lag(book: Book, query: dict[str, str], body: dict[str, Any], key: str) -> Any:
            hidden[0] -= bool(book.aftersales)
            return {"return_orders": []} if hidden[0] > 0 else search(book, query, body, key)

        def eligible(book: Book, query: dict[str, str], body: dict[str, Any], key: str) -> Any:
            return {"sku_eligibility": []} if book.aftersales else begin(book, query, body, key)

        begin = api.eligibility
        stand_ins = {"search": lag, "eligibility": eligible}
        calls = [(m, p, n, stand_ins.get(n, c)) for m, p, n, c in api.CALLS]
        monkeypatch.setattr(api, "CALLS", tuple(calls))
        if lost:
            market.tiktok.faults.add(kind="cut", operation="create", when="after", times=1)
        market.approve(fresh(row))
        for _ in range(3):
            market.work()
        assert len(market.tiktok.book.aftersales) == 1
        assert row.operations.get(kind="tiktok_create").state == "done"
        assert Aftersale.objects.get().return_request == row
