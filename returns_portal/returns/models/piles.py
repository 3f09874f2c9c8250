"""The piles that staff work off, as conditions, and the orders in which they lie."""

from datetime import UTC, datetime

from django.db.models import DateTimeField, F, Index, Q, Value
from django.db.models.functions import Coalesce

from returns_portal.returns.models.indexes import BeginningIndex, WordsIndex
from returns_portal.returns.workflow import FINAL, Status

# Where a request has no deadline it comes after those that have one.
NO_DEADLINE = datetime(9999, 12, 31, tzinfo=UTC)
QUEUE_TIME = Coalesce("due_at", Value(NO_DEADLINE, output_field=DateTimeField()))
NEWEST_FIRST = ["-requested_at", "-id"]
# The piles of the staff's queue; an index serves a pile whose condition is written like its own.
TO_REVIEW = Q(status=Status.REQUESTED.value)
TO_INSPECT = Q(status__in=[Status.APPROVED.value, Status.RECEIVED.value])
WAITING = Q(status=Status.NEEDS_INFO.value)
DONE = Q(status__in=sorted(status.value for status in FINAL))
CLOSED = Q(status=Status.CLOSED.value)
ATTENTION = ~Q(attention="")
TO_CONFIRM = Q(
    settlement="external",
    status__in=[Status.APPROVED.value, Status.RECEIVED.value],
    refunded_at__isnull=True,
)

QUEUE_INDEXES = [
    Index(QUEUE_TIME, F("id"), condition=TO_REVIEW, name="request_to_review"),
    Index(QUEUE_TIME, F("id"), condition=TO_INSPECT, name="request_to_inspect"),
    Index(QUEUE_TIME, F("id"), condition=WAITING, name="request_waiting"),
    Index(QUEUE_TIME, F("id"), condition=ATTENTION, name="request_attention"),
    Index(fields=["id"], condition=TO_CONFIRM, name="request_to_confirm"),
    Index(fields=["id"], condition=TO_INSPECT, name="request_to_compare"),
    Index(fields=["closed_at", "id"], condition=CLOSED, name="request_closed_lately"),
    Index(fields=NEWEST_FIRST, name="request_newest_first"),
    Index(fields=NEWEST_FIRST, condition=DONE, name="request_done"),
    Index(fields=["status", *NEWEST_FIRST], name="request_by_status"),
    Index(fields=["sales_channel", *NEWEST_FIRST], name="request_by_channel"),
    Index(fields=["country", *NEWEST_FIRST], name="request_by_country"),
    Index(fields=["settlement", *NEWEST_FIRST], name="request_by_settlement"),
    Index(fields=["quoted_amount"], name="request_by_amount"),
    Index(
        fields=NEWEST_FIRST,
        condition=Q(identity_verified=False),
        name="request_unverified",
    ),
    Index(fields=NEWEST_FIRST, condition=Q(quote_source="estimate"), name="request_estimated"),
    Index(fields=["decided_at"], name="request_by_decision"),
    Index(fields=["refunded_at"], name="request_by_refund"),
    BeginningIndex("order_name", name="request_by_order_name"),
    Index(
        fields=["tiktok_order_id"],
        opclasses=["varchar_pattern_ops"],
        name="request_by_tiktok_order",
    ),
    BeginningIndex("contact_email", name="request_by_contact"),
    WordsIndex("customer_name", name="request_by_customer"),
]
