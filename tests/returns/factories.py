"""Rows for tests, each with what makes it valid."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import factory
from django.contrib.auth import get_user_model
from factory.django import DjangoModelFactory

from returns_portal.returns import snapshots
from returns_portal.returns.models import (
    Operation,
    Refund,
    ReturnLineItem,
    ReturnPolicy,
    ReturnReason,
    ReturnRequest,
)
from returns_portal.returns.policies import build_terms
from returns_portal.returns.workflow import Status


def utc_now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = get_user_model()

    class Params:
        staff = factory.Trait(is_staff=True)
        admin = factory.Trait(is_staff=True, is_superuser=True)

    username = factory.Sequence(lambda n: f"user{n}")
    first_name = "Robin"
    last_name = factory.Sequence(lambda n: f"Field {n}")


class ReturnPolicyFactory(DjangoModelFactory):
    class Meta:
        model = ReturnPolicy
        django_get_or_create = ("name",)

    class Params:
        paid_on_receipt = factory.Trait(refund_on="receipt", name="Paid on receipt")

    name = "Everywhere"
    countries: list[str] = []
    return_window_days = 30
    final_sale_tags = ["final-sale"]
    conditions = "Unused, with tags and packaging."
    instructions = "Pack the item.\nSend it with the label from the TikTok app."
    return_address = "Returns\n1 Warehouse Way\nEdison NJ 08837"


class ReturnReasonFactory(DjangoModelFactory):
    class Meta:
        model = ReturnReason
        django_get_or_create = ("code",)

    class Params:
        shops_fault = factory.Trait(
            code="damaged", label="Arrived damaged", fault="shop", waives_fees=True
        )

    code = "too-small"
    label = "Too small"
    shopify_handle = "too-small"


class ReturnRequestFactory(DjangoModelFactory):
    """A request that waits for a decision; its traits are later moments of its life."""

    class Meta:
        model = ReturnRequest

    class Params:
        approved = factory.Trait(
            status=Status.APPROVED, approved_amount=Decimal("24.49"), decided_at=utc_now()
        )
        declined = factory.Trait(
            status=Status.DECLINED, decline_reason="The item was worn.", decided_at=utc_now()
        )
        canceled = factory.Trait(status=Status.CANCELED, closed_at=utc_now())
        refunded = factory.Trait(
            status=Status.CLOSED,
            approved_amount=Decimal("24.49"),
            refunded_amount=Decimal("24.49"),
            decided_at=utc_now(),
            refunded_at=utc_now(),
            closed_at=utc_now(),
        )

    rma_number = factory.Sequence(lambda n: f"RMA-TEST{n:04}")
    token = factory.Sequence(lambda n: f"token-{n:04}-of-a-request")
    submission_key = factory.LazyFunction(uuid.uuid4)
    status = Status.REQUESTED
    shopify_order_id = factory.Sequence(lambda n: f"gid://shopify/Order/{9000 + n}")
    order_name = factory.Sequence(lambda n: f"#{9000 + n}")
    tiktok_order_id = factory.Sequence(lambda n: f"5770921262192{n:05}")
    sales_channel = "tiktok"
    country = "US"
    contact_email = "shopper@example.com"
    policy = factory.SubFactory(ReturnPolicyFactory)
    policy_terms = factory.LazyAttribute(lambda row: snapshots.dump(build_terms(row.policy)))
    requested_at = factory.LazyFunction(utc_now)
    due_at = factory.LazyAttribute(lambda row: row.requested_at + timedelta(hours=48))
    window_ends_at = factory.LazyAttribute(lambda row: row.requested_at + timedelta(days=14))
    send_by = factory.LazyAttribute(lambda row: row.requested_at + timedelta(days=14))
    currency = "USD"
    quoted_amount = Decimal("24.49")
    quote_source = "shopify"


class ReturnLineItemFactory(DjangoModelFactory):
    class Meta:
        model = ReturnLineItem

    return_request = factory.SubFactory(ReturnRequestFactory)
    line_item_id = factory.Sequence(lambda n: f"gid://shopify/LineItem/{7000 + n}")
    fulfillment_line_item_id = factory.Sequence(
        lambda n: f"gid://shopify/FulfillmentLineItem/{8000 + n}"
    )
    title = "Linen shirt"
    variant_title = "M / sand"
    sku = "LIN-M-SAND"
    quantity = 1
    reason = factory.SubFactory(ReturnReasonFactory)
    subtotal = Decimal("24.49")
    tax = Decimal(0)


class OperationFactory(DjangoModelFactory):
    class Meta:
        model = Operation

    class Params:
        failed = factory.Trait(state="failed", attempts=3, last_error="Shopify refused: no.")
        done = factory.Trait(state="done", attempts=1)

    return_request = factory.SubFactory(ReturnRequestFactory, approved=True)
    kind = Operation.Kind.CREATE_RETURN
    due_at = factory.LazyFunction(utc_now)
    created_at = factory.LazyFunction(utc_now)


class RefundFactory(DjangoModelFactory):
    class Meta:
        model = Refund

    return_request = factory.SubFactory(ReturnRequestFactory, approved=True)
    shopify_id = factory.Sequence(lambda n: f"gid://shopify/Refund/{6000 + n}")
    amount = Decimal("24.49")
    currency = "USD"
    state = "succeeded"
    created_at = factory.LazyFunction(utc_now)


def request_with_line(**values: Any) -> ReturnRequest:
    """A request with one line; traits and columns as in ReturnRequestFactory."""
    return_request: ReturnRequest = ReturnRequestFactory(**values)
    ReturnLineItemFactory(return_request=return_request)
    return return_request
