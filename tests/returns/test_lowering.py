"""A refund that failed because Shopify calculates less: the lower amount is paid, once."""

from decimal import Decimal

import pytest

from returns_portal.returns.models import Operation, ReturnRequest
from returns_portal.returns.quotes import quote_open_return
from returns_portal.returns.services import Actor, Refused, accept_lower_amount
from returns_portal.shopify.types import Money
from tests.returns.factories import UserFactory
from tests.returns.shop import Shop

pytestmark = pytest.mark.django_db


def staff() -> Actor:
    return Actor.staff(UserFactory(staff=True))


def failed_refund(shop: Shop) -> Operation:
    """An approval of a cent more than Shopify calculates."""
    row = shop.approve(shop.ask(units=1))
    amount = row.quoted_amount + Decimal("0.01")
    ReturnRequest.objects.filter(pk=row.pk).update(approved_amount=amount)
    shop.work()
    return row.operations.get(kind=Operation.Kind.PROCESS_RETURN)


class TestAcceptLowerAmount:
    def test_pays_what_shopify_calculates_and_writes_it_down(self, shop: Shop) -> None:
        operation = failed_refund(shop)
        assert operation.state == Operation.State.FAILED
        row = operation.return_request
        row.refresh_from_db()
        worth = quote_open_return(row)
        accept_lower_amount(
            operation_id=operation.pk, amount=worth, reason="A cent.", actor=staff(), now=shop.now
        )
        shop.work()
        row.refresh_from_db()
        assert (row.status, row.refunded_amount) == ("closed", worth.amount)
        assert row.attention == ""
        assert row.events.get(kind="amount_changed").message.endswith("A cent.")

    def test_is_no_way_to_pay_more_or_without_a_reason(self, shop: Shop) -> None:
        operation = failed_refund(shop)
        row = operation.return_request
        row.refresh_from_db()
        assert row.approved_amount is not None
        for amount, reason in ((row.approved_amount, "Why not."), (Decimal(1), " ")):
            with pytest.raises(Refused):
                accept_lower_amount(
                    operation_id=operation.pk,
                    amount=Money(amount, row.currency),
                    reason=reason,
                    actor=staff(),
                    now=shop.now,
                )

    def test_is_refused_for_a_step_that_did_not_fail(self, shop: Shop) -> None:
        row = shop.approve(shop.ask(units=1))
        operation = row.operations.get(kind=Operation.Kind.PROCESS_RETURN)
        with pytest.raises(Refused, match="not failed"):
            accept_lower_amount(
                operation_id=operation.pk,
                amount=Money(Decimal(1), row.currency),
                reason="Why not.",
                actor=staff(),
                now=shop.now,
            )
        row.refresh_from_db()
        assert row.approved_amount == row.quoted_amount
