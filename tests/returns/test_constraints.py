"""What the database refuses even when the code is wrong."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from returns_portal.returns.models import Operation, Refund, ReturnRequest
from tests.returns.factories import (
    OperationFactory,
    RefundFactory,
    ReturnLineItemFactory,
    ReturnPolicyFactory,
    ReturnRequestFactory,
    request_with_line,
)

pytestmark = pytest.mark.django_db


def second_refund(**values: object) -> Refund:
    return RefundFactory(return_request=RefundFactory(**values).return_request, **values)


def second_operation() -> Operation:
    first = OperationFactory(kind="process_return")
    return OperationFactory(return_request=first.return_request, kind="process_return")


def second_owner_of_a_return() -> ReturnRequest:
    ReturnRequestFactory(shopify_return_id="gid://shopify/Return/1")
    return ReturnRequestFactory(shopify_return_id="gid://shopify/Return/1")


REFUSED: dict[str, Callable[[], object]] = {
    "a second refund of one request": second_refund,
    "a second refund on its way": lambda: second_refund(state="pending"),
    "a refund of nothing": lambda: RefundFactory(amount=Decimal(0)),
    "a negative refund": lambda: RefundFactory(amount=Decimal(-1)),
    "one Shopify refund for two requests": lambda: [
        RefundFactory(shopify_id="gid://shopify/Refund/1") for _ in range(2)
    ],
    "one Shopify return for two requests": second_owner_of_a_return,
    "the same operation twice": second_operation,
    "an operation that runs without a lease": lambda: OperationFactory(state="running"),
    "more refunded than approved": lambda: ReturnRequestFactory(
        refunded=True, refunded_amount=Decimal("24.50")
    ),
    "a refund without an approval": lambda: ReturnRequestFactory(refunded_amount=Decimal(1)),
    "a negative quote": lambda: ReturnRequestFactory(quoted_amount=Decimal("-0.01")),
    "a negative approval": lambda: ReturnRequestFactory(approved_amount=Decimal("-0.01")),
    "an unknown status": lambda: ReturnRequestFactory(status="lost"),
    "a no without a reason": lambda: ReturnRequestFactory(declined=True, decline_reason=""),
    "a line of no units": lambda: ReturnLineItemFactory(quantity=0),
    "more units received than requested": lambda: ReturnLineItemFactory(received_quantity=2),
    "a fee above the price": lambda: ReturnPolicyFactory(name="x", restocking_fee_percent=101),
}


class TestDatabase:
    @pytest.mark.parametrize("attempt", REFUSED.values(), ids=REFUSED)
    def test_refuses(self, attempt: Callable[[], object]) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()

    def test_lets_a_failed_refund_be_followed_by_another(self) -> None:
        failed = RefundFactory(state="failed")
        assert RefundFactory(return_request=failed.return_request).pk

    def test_lets_somebody_refund_elsewhere_what_they_please(self) -> None:
        row = ReturnRequestFactory(
            refunded=True, refunded_amount=Decimal(99), refunded_elsewhere=True
        )
        assert row.pk

    def test_keeps_what_a_request_is_made_of(self) -> None:
        row = request_with_line()
        with pytest.raises(ProtectedError):
            row.delete()
