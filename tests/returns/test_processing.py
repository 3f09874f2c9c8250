"""Carrying out an approval against a shop that fails: one return, one refund, one restock."""

from decimal import Decimal
from typing import Any

import pytest
import requests
from django.core.mail import EmailMessage

from returns_portal.returns.models import Operation, ReturnRequest
from returns_portal.returns.processing import carry_out, opening, paying, work_off
from returns_portal.returns.services import (
    Actor,
    retry_operation,
)
from returns_portal.shopify.sandbox.seeds import SHOWCASE
from tests.returns.shop import MOMENT, Shop

pytestmark = pytest.mark.django_db
MUTATIONS = ("returnCreate", "returnProcess")


def assert_settled_once(shop: Shop, row: ReturnRequest) -> None:
    """One return, closed; one refund of the approved amount, paid; each unit back in stock once."""
    row.refresh_from_db()
    order = shop.order(row.shopify_order_id)
    paid = [t for refund in order["refunds"] for t in refund["transactions"]]
    assert [made["status"] for made in order["returns"]] == ["CLOSED"]
    assert sum(Decimal(t["amount"]) for t in paid if t["status"] == "SUCCESS") == row.quoted_amount
    assert len([t for t in paid if t["status"] == "SUCCESS"]) == 1
    assert shop.restocked() == sum(line.quantity for line in row.lines.all())
    assert (row.status, row.refunded_amount) == ("closed", row.quoted_amount)
    assert not row.operations.exclude(state=Operation.State.DONE).exists()


def subjects_to(row: ReturnRequest) -> list[str]:
    return list(row.operations.filter(kind="send_email").values_list("part", flat=True))


class TestApproval:
    def test_refunds_and_restocks_exactly_what_was_quoted(self, shop: Shop) -> None:
        row = shop.approve(shop.ask())
        shop.work()
        assert_settled_once(shop, row)

    def test_mails_each_step_once(self, shop: Shop, mailoutbox: list[EmailMessage]) -> None:
        row = shop.approve(shop.ask())
        shop.work()
        assert sorted(subjects_to(row)) == ["approved", "refunded", "requested"]
        assert len(mailoutbox) == 3
        assert {tuple(mail.to) for mail in mailoutbox} == {("shopper@example.com",)}

    @pytest.mark.parametrize("showcase", SHOWCASE, ids=lambda show: show.what)
    def test_pays_every_kind_of_order_what_was_quoted(self, shop: Shop, showcase: Any) -> None:
        shop.number, shop.postcode = showcase.order_number, showcase.postcode
        row = shop.approve(shop.ask())
        shop.work()
        assert_settled_once(shop, row)

    def test_delivered_twice_by_the_broker_changes_nothing(self, shop: Shop) -> None:
        row = shop.approve(shop.ask())
        shop.work()
        for operation in row.operations.all():
            carry_out(operation.pk, clock=lambda: shop.now)
        assert_settled_once(shop, row)

    def test_names_the_request_in_shopify(self, shop: Shop) -> None:
        row = shop.approve(shop.ask())
        shop.work()
        row.refresh_from_db()
        assert shop.order(row.shopify_order_id)["refunds"][0]["return_id"] == row.shopify_return_id


class TestWorkOff:
    def test_carries_out_all_that_a_broker_lost(self, shop: Shop) -> None:
        row = shop.approve(shop.ask())
        work_off(clock=lambda: shop.now, until=shop.now + MOMENT)
        assert_settled_once(shop, row)

    def test_ends_with_its_shift(self, shop: Shop) -> None:
        shop.approve(shop.ask())
        assert work_off(clock=lambda: shop.now, until=shop.now) == 0


class TestFaults:
    @pytest.mark.parametrize("operation", MUTATIONS)
    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize(
        "kind", ["timeout", "error_500", "error_502", "error_503", "cut", "broken_json", "html"]
    )
    def test_around_the_commit_end_in_one_refund(
        self, shop: Shop, kind: str, when: str, operation: str
    ) -> None:
        row = shop.approve(shop.ask())
        shop.server.faults.add(kind=kind, operation=operation, when=when, times=2, seconds=0.4)
        shop.work()
        assert_settled_once(shop, row)

    @pytest.mark.parametrize("kind", ["throttled", "http_429", "error_503", "broken_json"])
    def test_of_reading_only_delay(self, shop: Shop, kind: str) -> None:
        row = shop.approve(shop.ask())
        shop.server.faults.add(kind=kind, when="before", probability=0.5, times=6)
        shop.work(rounds=30)
        assert_settled_once(shop, row)

    def test_of_an_hour_lose_nothing(self, shop: Shop, settings: Any) -> None:
        row = shop.approve(shop.ask())
        settings.SHOPIFY_BASE_URL = "http://127.0.0.1:9"
        shop.work(rounds=80)
        assert not row.operations.filter(state=Operation.State.FAILED).exists()
        settings.SHOPIFY_BASE_URL = shop.server.url
        shop.work()
        assert_settled_once(shop, row)

    @pytest.mark.parametrize("last_words", ["return_opened", "return_processed"])
    def test_between_shopifys_answer_and_our_writing_it_down_are_read_back(
        self, shop: Shop, last_words: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Killed(BaseException):
            pass

        def die(*args: object, **kwargs: object) -> None:
            raise Killed

        room = opening if last_words == "return_opened" else paying
        row = shop.approve(shop.ask())
        with monkeypatch.context() as patch:
            patch.setattr(room, last_words, die)
            with pytest.raises(Killed):
                shop.work()
        shop.work()
        assert_settled_once(shop, row)

    def test_of_a_revoked_token_ask_a_person_and_go_on_after_a_retry(
        self, shop: Shop, settings: Any
    ) -> None:
        row = shop.approve(shop.ask())
        settings.SHOPIFY_ACCESS_TOKEN = "revoked"
        shop.work()
        failed = row.operations.get(state=Operation.State.FAILED)
        row.refresh_from_db()
        assert row.attention
        assert "revoked" not in failed.last_error
        settings.SHOPIFY_ACCESS_TOKEN = "sandbox-access-token"
        retry_operation(operation_id=failed.pk, actor=Actor.system(), now=shop.now)
        shop.work()
        assert_settled_once(shop, row)


class TestMoney:
    def test_on_its_way_is_not_called_refunded(self, shop: Shop) -> None:
        row = shop.approve(shop.ask())
        shop.server.faults.add(kind="refund_pending", operation="returnProcess", times=1)
        shop.work()
        row.refresh_from_db()
        assert (row.status, row.refunded_at) == ("approved", None)
        assert "refunded" not in subjects_to(row)
        requests.post(f"{shop.server.url}/sandbox/refunds/settle", json={}, timeout=5)
        shop.work()
        assert_settled_once(shop, row)
        assert "refunded" in subjects_to(row)

    def test_that_failed_is_told_and_paid_once_after_a_retry(self, shop: Shop) -> None:
        row = shop.approve(shop.ask())
        shop.server.faults.add(kind="refund_failure", operation="returnProcess", times=1)
        shop.work()
        failed = row.operations.get(state=Operation.State.FAILED)
        row.refresh_from_db()
        assert row.refunded_at is None
        assert "No money has moved" in failed.last_error
        shop.server.faults.add(
            kind="timeout", operation="refundCreate", when="after", times=1, seconds=0.4
        )
        retry_operation(operation_id=failed.pk, actor=Actor.system(), now=shop.now)
        shop.work()
        assert_settled_once(shop, row)

    def test_of_zero_is_restocked_without_a_payment(self, shop: Shop) -> None:
        order = requests.post(
            f"{shop.server.url}/sandbox/orders", json=FREE_ORDER, timeout=5
        ).json()
        shop.number, shop.postcode = order["name"], "08840"
        row = shop.approve(shop.ask(units=1))
        shop.work()
        row.refresh_from_db()
        assert (row.status, row.refunded_amount) == ("closed", 0)
        assert shop.order(row.shopify_order_id)["refunds"] == []
        assert shop.restocked() == 1


class TestElsewhere:
    def back_office(self, shop: Shop, row: ReturnRequest, what: str, **body: object) -> None:
        number = row.shopify_order_id.rsplit("/", 1)[-1]
        answer = requests.post(
            f"{shop.server.url}/sandbox/orders/{number}/{what}", json=body, timeout=5
        )
        assert answer.status_code == 201, answer.text

    def test_a_refund_before_approval_is_attached_not_repeated(self, shop: Shop) -> None:
        row = shop.ask()
        self.back_office(shop, row, "refund")
        shop.approve(row)
        shop.work()
        row.refresh_from_db()
        order = shop.order(row.shopify_order_id)
        assert len(order["refunds"]) == 1
        assert row.refunded_elsewhere
        assert "Refunded elsewhere" in row.attention
        assert row.refunds.get().origin == "elsewhere"

    def test_a_refund_between_opening_and_paying_is_attached_not_repeated(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = shop.approve(shop.ask())
        first = row.operations.get(kind="create_return")
        carry_out(first.pk, clock=lambda: shop.now)
        self.back_office(shop, row, "refund")
        shop.work()
        row.refresh_from_db()
        paid = [t for r in shop.order(row.shopify_order_id)["refunds"] for t in r["transactions"]]
        assert len(paid) == 1
        assert row.refunded_elsewhere

    def test_a_refund_between_our_look_and_our_payment_is_attached_not_repeated(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = shop.approve(shop.ask())
        pay = paying.send_process

        def refund_first(*args: Any, **values: Any) -> Any:
            monkeypatch.setattr(paying, "send_process", pay)
            self.back_office(shop, row, "refund")
            return pay(*args, **values)

        monkeypatch.setattr(paying, "send_process", refund_first)
        shop.work()
        row.refresh_from_db()
        assert len(shop.order(row.shopify_order_id)["refunds"]) == 1
        assert (row.status, row.refunded_elsewhere) == ("closed", True)

    def test_a_return_opened_by_somebody_is_adopted(self, shop: Shop) -> None:
        shop.number, shop.postcode = SHOWCASE[6].order_number, SHOWCASE[6].postcode
        row = shop.ask(units=1)
        self.back_office(shop, row, "return", quantity=1)
        shop.approve(row)
        shop.work()
        assert_settled_once(shop, row)


FREE_ORDER = {
    "name": "#90001",
    "zip": "08840",
    "lines": [{"goods": "linen-shirt", "price": "0", "quantity": 1}],
    "fulfillments": [{"delivered": 3}],
}
