"""A Shopify that is slower, terser or laxer than usual: still one return, one refund, one place."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import requests

from returns_portal.returns.models import Operation, Refund, ReturnRequest
from returns_portal.returns.processing import opening, paying, restocking
from returns_portal.returns.processing.paying import Untouched
from returns_portal.returns.processing.restocking import is_placed, missing_dispositions, placements
from returns_portal.returns.processing.step import Step
from returns_portal.returns.refund_amounts import Quote, paid_apart
from returns_portal.returns.services import Actor, retry_operation
from returns_portal.returns.services.settlement import note_refund, refund_state
from returns_portal.shopify.errors import (
    ShopifyOutcomeUnknown,
    ShopifyProtocolError,
    ShopifyRefused,
    UserError,
)
from returns_portal.shopify.returns import NO_OUTCOME
from returns_portal.shopify.sandbox.backoffice import make_refund
from returns_portal.shopify.types import (
    CalculatedLine,
    Disposition,
    Money,
    Movement,
    Payout,
    ReverseLine,
    SuggestedOutcome,
)
from tests.returns.shop import Shop
from tests.returns.test_processing import assert_settled_once

pytestmark = pytest.mark.django_db
State = Operation.State
REQUEST_IN_SHOPIFY = """mutation Ask($input: ReturnRequestInput!) {
  returnRequest(input: $input) { return { id } userErrors { message } }
}"""


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def failed(row: ReturnRequest) -> Operation:
    return row.operations.get(state=State.FAILED)


def retry(shop: Shop, row: ReturnRequest) -> None:
    retry_operation(operation_id=failed(row).pk, actor=Actor.system(), now=shop.now)
    shop.work()
    row.refresh_from_db()


def ask_for_one_of_several(shop: Shop) -> ReturnRequest:
    """One unit of a line of which more would be taken back."""
    spec = {"lines": [{"title": "Socks", "price": "9.99", "quantity": 3}], "zip": "08840"}
    made = requests.post(f"{shop.server.url}/sandbox/orders", json=spec, timeout=5).json()
    row = shop.ask_for(made["id"], 1)
    assert row is not None
    return row


def assert_one_return_paid_once(shop: Shop, row: ReturnRequest) -> None:
    """Of goods that are in no stock."""
    row.refresh_from_db()
    order = shop.order(row.shopify_order_id)
    assert [made["status"] for made in order["returns"]] == ["CLOSED"]
    paid = [Decimal(t["amount"]) for made in order["refunds"] for t in made["transactions"]]
    assert paid == [row.quoted_amount]
    assert (row.status, row.refunded_amount) == ("closed", row.quoted_amount)


class TestReturnThatOrdersShowLate:
    @pytest.fixture
    def row(self, shop: Shop) -> ReturnRequest:
        row = shop.approve(ask_for_one_of_several(shop))
        shop.server.faults.add(kind="error_502", operation="returnCreate", when="after", times=1)
        return row

    @pytest.mark.parametrize("reads", [2, 3, 8])
    def test_is_waited_for_and_not_opened_twice(
        self, shop: Shop, row: ReturnRequest, reads: int
    ) -> None:
        shop.server.faults.add(kind="returns_late", operation="OrderReturns", times=reads)
        shop.work(rounds=16)
        assert_one_return_paid_once(shop, row)

    def test_is_looked_for_by_a_person_in_the_end(
        self, shop: Shop, row: ReturnRequest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(opening, "LOOKS", 3)
        shop.server.faults.add(kind="returns_late", operation="OrderReturns")
        shop.work(rounds=16)
        assert row.rma_number in failed(row).last_error
        shop.server.faults.clear()
        retry(shop, row)
        assert_one_return_paid_once(shop, row)

    def test_that_never_was_is_opened(self, shop: Shop) -> None:
        row = shop.approve(ask_for_one_of_several(shop))
        shop.server.faults.add(kind="error_502", operation="returnCreate", when="before", times=2)
        shop.work()
        assert_one_return_paid_once(shop, row)


class TestReturnThatTheShopperRequestedInShopify:
    @pytest.mark.parametrize("lost", [False, True], ids=["answered", "answer lost"])
    def test_is_approved_there_and_settled(self, shop: Shop, lost: bool) -> None:
        row = shop.ask(units=1)
        reason = shop.server.state.all("ReturnReasonDefinition")[0].doc["id"]
        line = {
            "fulfillmentLineItemId": row.lines.get().fulfillment_line_item_id,
            "quantity": 1,
            "returnReasonDefinitionId": reason,
        }
        given = {"orderId": row.shopify_order_id, "returnLineItems": [line]}
        requests.post(
            f"{shop.server.url}/admin/api/2026-10/graphql.json",
            json={"query": REQUEST_IN_SHOPIFY, "variables": {"input": given}},
            headers={"X-Shopify-Access-Token": "sandbox-access-token"},
            timeout=5,
        )
        shop.approve(row)
        if lost:
            field = "returnApproveRequest"
            shop.server.faults.add(kind="error_502", operation=field, when="after", times=1)
        shop.work()
        assert_settled_once(shop, row)


class TestRefundByHandOfOtherUnits:
    """Shopify would pay as well: three were bought, one was asked for, one refunded by hand."""

    @pytest.fixture
    def row(self, shop: Shop) -> ReturnRequest:
        row = ask_for_one_of_several(shop)
        make_refund(shop.server.state, row.shopify_order_id, 1)
        shop.approve(row)
        shop.work()
        row.refresh_from_db()
        return row

    def test_makes_the_portal_ask_before_it_pays(self, shop: Shop, row: ReturnRequest) -> None:
        assert "refunded the same items" in row.attention
        assert "Nothing was paid" in failed(row).last_error
        assert len(shop.order(row.shopify_order_id)["refunds"]) == 1

    def test_lets_a_person_pay_all_the_same(self, shop: Shop, row: ReturnRequest) -> None:
        retry(shop, row)
        assert (row.status, row.refunded_amount) == ("closed", row.quoted_amount)
        assert len(shop.order(row.shopify_order_id)["refunds"]) == 2


class TestRefund:
    def payout(self, total: str, *statuses: str) -> Payout:
        movements = tuple(
            Movement(f"gid://shopify/OrderTransaction/{n}", "REFUND", status, "card", usd("5"), "")
            for n, status in enumerate(statuses)
        )
        return Payout("gid://shopify/Refund/1", None, "", usd(total), movements)

    def test_without_transactions_yet_is_on_its_way(self) -> None:
        assert refund_state(self.payout("10")) == Refund.State.PENDING

    def test_of_nothing_moved_no_money(self) -> None:
        assert refund_state(self.payout("0")) == Refund.State.FAILED

    def test_in_a_state_never_heard_of_is_on_its_way(self) -> None:
        assert refund_state(self.payout("10", "SUCCESS", "SOMETHING_NEW")) == Refund.State.PENDING

    def test_whose_payments_count_one_by_one_is_kept_whole(self, shop: Shop) -> None:
        row = shop.ask()
        for payout in (
            self.payout("5", "SUCCESS", "PENDING"),
            self.payout("10", "SUCCESS", "SUCCESS"),
        ):
            note_refund(row, payout, origin=Refund.Origin.PORTAL, now=shop.now)
        kept = Refund.objects.get()
        assert (kept.amount, kept.state) == (Decimal(10), Refund.State.SUCCEEDED)


class TestQuote:
    def test_never_exceeds_what_is_left_of_the_payments(self) -> None:
        line = CalculatedLine("f", 3, usd("10.01"), usd("0"), usd("0"))
        quote = Quote((line,), usd("0"), usd("10.01"), "shopify")
        capped = paid_apart(quote, {"f": "original_payment"}, Decimal(0), most=usd("10.00"))
        assert capped.refund == usd("10.00")
        assert capped.parts is not None
        assert capped.parts.original == usd("10.00")


class TestPlaces:
    @pytest.fixture
    def step(self, shop: Shop) -> Step:
        row = shop.approve(shop.ask(units=1))
        return Step(row.operations.get(kind="process_return"), lambda: shop.now)

    def reverse(self, step: Step, number: int, quantity: int, *placed: int) -> ReverseLine:
        return ReverseLine(
            id=f"r{number}",
            reverse_fulfillment_order_id="o1",
            fulfillment_line_item_id=step.request.lines.get().fulfillment_line_item_id,
            quantity=quantity,
            dispositions=tuple(Disposition("RESTOCKED", count, None) for count in placed),
        )

    def test_count_each_unit_once_over_several_reverse_lines(self, step: Step) -> None:
        lines = [self.reverse(step, 1, 1), self.reverse(step, 2, 1)]
        assert [item.quantity for _, item in missing_dispositions(step, lines)] == [1]

    def test_count_what_is_placed_on_any_of_them(self, step: Step) -> None:
        lines = [self.reverse(step, 1, 1), self.reverse(step, 2, 1, 1)]
        assert list(missing_dispositions(step, lines)) == []

    def test_wait_where_two_return_lines_share_the_item(self, step: Step) -> None:
        assert placements(step, [self.reverse(step, 1, 1)], {}) == {}

    def test_are_not_known_while_shopify_does_not_name_the_item(self, step: Step) -> None:
        nameless = replace(self.reverse(step, 1, 1), fulfillment_line_item_id="")
        assert not is_placed(step, [nameless])
        assert is_placed(step, [replace(nameless, dispositions=(Disposition("MISSING", 1, None),))])

    @pytest.mark.parametrize("field", [(), ("input", "returnLineItems", "0", "dispositions", "0")])
    def test_that_shopify_refuses_do_not_hold_up_the_money(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch, field: tuple[str, ...]
    ) -> None:
        sends = paying.send_process

        def refuse_places(client: Any, **given: Any) -> Any:
            if any(line.dispositions for line in given["lines"]):
                error = UserError("INVALID", field, "Location is not active")
                raise ShopifyRefused("Location is not active", user_errors=(error,))
            return sends(client, **given)

        monkeypatch.setattr(paying, "send_process", refuse_places)
        row = shop.approve(shop.ask())
        shop.work()
        row.refresh_from_db()
        assert row.refunded_amount == row.quoted_amount
        # Placed afterwards after all, nothing is left to be told.
        assert row.attention == ""


class TestCloseWithoutAnAnswer:
    def test_ends_where_the_return_is_closed(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        closes = restocking.close_return

        def close_and_say_nothing(*given: Any) -> Any:
            closes(*given)
            raise ShopifyOutcomeUnknown("Shopify gave neither a result nor an objection.")

        monkeypatch.setattr(restocking, "close_return", close_and_say_nothing)
        monkeypatch.setattr(paying, "placements", lambda *_: {})
        row = shop.approve(shop.ask())
        shop.work()
        assert_settled_once(shop, row)


class TestShopifyThatCalculatesNothing:
    def test_is_tried_a_few_times_and_then_told_in_words(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def say_nothing(*_: Any) -> SuggestedOutcome:
            raise ShopifyProtocolError(NO_OUTCOME)

        monkeypatch.setattr(paying, "look", lambda _step: None)
        monkeypatch.setattr(paying, "suggest_outcome", say_nothing)
        row = shop.approve(shop.ask())
        shop.work()
        assert failed(row).last_error == NO_OUTCOME
        assert failed(row).attempts > 1

    def test_in_another_currency_is_not_paid(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        looks = paying.look

        def look_in_euros(step: Step) -> Untouched | None:
            found = looks(step)
            assert found is not None
            amount = Money(found.outcome.amount.amount, "EUR")
            return replace(found, outcome=replace(found.outcome, amount=amount))

        monkeypatch.setattr(paying, "look", look_in_euros)
        row = shop.approve(shop.ask())
        shop.work()
        assert "EUR" in failed(row).last_error
