"""TikTok asks once more, or takes no decision: staff decide anew, and each answer goes out once."""

from decimal import Decimal
from typing import Any

import pytest

from returns_portal.returns.models import Operation, ReturnRequest
from returns_portal.returns.services import Actor, Decision, approve
from returns_portal.shopify.types import Money
from returns_portal.tiktok.sandbox import moves
from returns_portal.tiktok.sandbox.book import Book
from tests.tiktok.market import Market, paid

pytestmark = pytest.mark.django_db
PENDING = "RETURN_OR_REFUND_REQUEST_PENDING"


def fresh(row: ReturnRequest) -> ReturnRequest:
    return ReturnRequest.objects.get(pk=row.pk)


def half(row: ReturnRequest) -> Decimal:
    return (row.quoted_amount / 2).quantize(Decimal("0.01"))


def later(market: Market, seconds: int = 60) -> None:
    """TikTok's clock goes on: its changes are told apart by the second."""
    before = market.tiktok.book.clock
    market.tiktok.book.clock = lambda: before() + seconds


class TestOfferThatTheBuyerRefuses:
    def test_is_decided_again_with_a_step_and_a_key_of_its_own(self, market: Market) -> None:
        case, row = market.begun()
        market.approve(row, half(row))
        later(market)
        market.act(case, "refuse")
        market.sync()
        assert (fresh(row).status, fresh(row).approved_amount) == ("requested", None)
        assert "once more" in fresh(row).attention
        assert int(fresh(row).due_at.timestamp()) == market.deadline(case)
        market.approve(fresh(row))
        assert case["return_status"] == "AWAITING_BUYER_SHIP"
        steps = row.operations.filter(kind="tiktok_approve")
        assert len({step.idempotency_key for step in steps}) == 2
        assert "refunded" not in market.mails(row)

    def test_that_came_before_a_lost_answer_was_looked_for_is_decided_again(
        self, market: Market
    ) -> None:
        """The step must not answer the second question with the key of the first."""
        case, row = market.begun()
        market.tiktok.faults.add(kind="cut", operation="approve", when="after", times=1)
        amount = Money(half(row), row.currency)
        approve(
            request_id=row.pk,
            amount=amount,
            actor=Actor.system(),
            now=market.shop.now,
            decision=Decision(reason="A part."),
        )
        market.shop.work(rounds=1)
        assert case["return_status"] == "AWAITING_BUYER_RESPONSE"
        later(market)
        market.act(case, "refuse")
        market.work()
        market.sync()
        assert (fresh(row).status, fresh(row).approved_amount) == ("requested", None)
        market.approve(fresh(row))
        assert case["return_status"] == "AWAITING_BUYER_SHIP"

    def test_can_be_rejected_then(self, market: Market) -> None:
        case, row = market.begun()
        market.approve(row, half(row))
        later(market)
        market.act(case, "refuse")
        market.sync()
        market.reject(fresh(row))
        assert case["return_status"] == "REFUND_OR_RETURN_REQUEST_REJECT"
        assert fresh(row).status == "declined"

    def test_is_not_taken_for_refused_while_tiktoks_search_lags_behind(
        self, market: Market
    ) -> None:
        case, row = market.begun()
        old = dict(case)
        market.approve(row)
        market.tiktok.book.aftersales[case["return_id"]] = old
        row.aftersale.updated_at = row.aftersale.created_at
        market.sync()
        assert fresh(row).status == "approved"


class TestOfferThatTheBuyerTakes:
    def test_puts_nothing_into_stock_since_the_goods_stay(self, market: Market) -> None:
        case, row = market.begun()
        market.approve(row, half(row))
        market.sync()
        market.act(case, "accept")
        market.act(case, "pay")
        market.sync()
        market.work()
        assert (fresh(row).status, fresh(row).refunded_amount) == ("closed", half(row))
        assert (market.shop.restocked(), paid(market)) == (0, 1)


class TestDecisionThatTikTokRefuses:
    def test_is_decided_again(self, market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
        case, row = market.begun()

        def refuse(*_args: object) -> None:
            raise moves.Refusal(25001030, "not now")

        with monkeypatch.context() as patched:
            patched.setattr(moves, "approve", refuse)
            market.approve(row)
        assert fresh(row).status == "requested"
        assert "not now" in fresh(row).attention
        assert row.operations.get(kind="tiktok_approve").state == Operation.State.SKIPPED
        market.approve(fresh(row))
        assert case["return_status"] == "AWAITING_BUYER_SHIP"

    def test_of_a_parcel_leaves_it_to_be_inspected(
        self, market: Market, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        case, row = market.begun()
        market.approve(row)
        market.act(case, "ship")
        market.sync()
        with monkeypatch.context() as patched:
            patched.setattr(moves, "REJECT_REASONS", {})
            market.reject(fresh(row))
        assert (fresh(row).status, fresh(row).closed_at) == ("approved", None)
        assert row.lines.get().reserved_units.count() == 1
        market.receive(fresh(row))
        assert case["return_status"] == "RETURN_OR_REFUND_REQUEST_SUCCESS"


class TestRejectionThatComesBack:
    def test_tells_the_shopper_of_each_turn(self, market: Market) -> None:
        case, row = market.begun()
        ReturnRequest.objects.filter(pk=row.pk).update(contact_email="shopper@example.com")
        market.reject(fresh(row))
        later(market)
        market.act(case, "rule")
        market.sync()
        market.act(case, "ship")
        market.sync()
        market.reject(fresh(row))
        market.work()
        told = {part for part in market.mails(row) if part.startswith(("appr", "decl"))}
        assert told == {"declined", "approved", "declined-2"}
        assert fresh(row).status == "declined"
        assert fresh(row).refunded_at is None


class TestRefundBeforeAnyParcel:
    def test_tells_staff_that_the_stock_was_raised_unseen(self, market: Market) -> None:
        case, row = market.begun()
        market.act(case, "refund")
        market.act(case, "pay")
        market.sync()
        assert "before any parcel" in fresh(row).attention

    def test_says_nothing_where_the_parcel_was_seen(self, market: Market) -> None:
        case, row = market.begun()
        market.approve(row)
        market.act(case, "ship")
        market.sync()
        market.act(case, "refund")
        market.act(case, "pay")
        market.sync()
        market.work()
        assert fresh(row).attention == ""
        assert market.shop.restocked() == 1


class TestRejectionThatCameTooLate:
    def test_gives_way_to_what_tiktok_decided_just_before(
        self, market: Market, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        case, row = market.begun()
        taken = moves.reject

        def outpaced(book: Book, found: dict[str, Any], given: dict[str, Any]) -> None:
            moves._answered(book, found, moves.AWAITING, by="SYSTEM")
            taken(book, found, given)

        with monkeypatch.context() as patched:
            patched.setattr(moves, "reject", outpaced)
            market.reject(row)
        assert case["return_status"] == "AWAITING_BUYER_SHIP"
        assert fresh(row).status == "approved"
        assert row.lines.get().reserved_units.count() == 1
