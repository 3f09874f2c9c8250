"""How many questions to the database each page takes: as many for a hundred rows as for ten."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.models import (
    BulkItem,
    BulkJob,
    InternalNote,
    Message,
    Parcel,
    ReturnRequest,
)
from tests.returns.factories import (
    OperationFactory,
    ReturnReasonFactory,
    UserFactory,
    request_with_line,
    utc_now,
)

pytestmark = pytest.mark.django_db
# The decision screen shows all that is known of a return; more than this is too much for it.
MOST_OF_THE_DECISION = 40


@pytest.fixture
def boss(admin_user: User) -> Client:
    client = Client()
    client.force_login(admin_user)
    return client


def requests(count: int) -> None:
    for _ in range(count):
        request_with_line()


def steps(count: int) -> None:
    for _ in range(count):
        OperationFactory(return_request=request_with_line(), failed=True)


def parcels(count: int) -> None:
    for _ in range(count):
        Parcel.objects.create(return_request=request_with_line(), received_at=utc_now())
        Parcel.objects.create(tracking_number="1Z", received_at=utc_now())


def people(count: int) -> None:
    UserFactory.create_batch(count, staff=True)


def reasons(count: int) -> None:
    ReturnReasonFactory.create_batch(count)


def bulk_items(count: int) -> None:
    job, _new = BulkJob.objects.get_or_create(
        pk=1,
        defaults={
            "action": "approve",
            "user": User.objects.get(username="admin"),
            "created_at": utc_now(),
        },
    )
    for _ in range(count):
        item = request_with_line()
        BulkItem.objects.create(job=job, return_request=item, quoted_amount=item.quoted_amount)


def talk(count: int) -> None:
    item = ReturnRequest.objects.filter(pk=1).first() or request_with_line(pk=1)
    for number in range(count):
        now = utc_now()
        record_event(item, "retried", actor=Actor.system(), now=now)
        Message.objects.create(
            return_request=item, author=Message.Author.SHOPPER, body="Hello", created_at=now
        )
        InternalNote.objects.create(return_request=item, body="Look", created_at=now)
        part = f"message-{item.operations.count()}-{number}"
        OperationFactory(return_request=item, kind="send_email", part=part, done=True)


@pytest.mark.parametrize(
    ("path", "fill"),
    [
        ("/admin/", steps),
        ("/admin/returns/operation/", steps),
        ("/admin/returns/returnevent/", talk),
        ("/admin/returns/returnrequest/1/history/", talk),
        ("/admin/returns/returnrequest/1/change/", talk),
        ("/admin/returns/returnrequest/bulk/", bulk_items),
        ("/admin/returns/returnrequest/bulk/1/", bulk_items),
        ("/admin/bench/", parcels),
        ("/admin/bench/parcels/", parcels),
        ("/admin/auth/user/", people),
        ("/admin/returns/returnreason/", reasons),
        ("/admin/setup/", requests),
    ],
)
def test_a_page_asks_as_often_for_a_hundred_rows_as_for_ten(
    boss: Client, path: str, fill: Callable[[int], None]
) -> None:
    counts = []
    for more in (10, 90):
        fill(more)
        assert boss.get(path).status_code == 200
        with CaptureQueriesContext(connection) as asked:
            boss.get(path)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= MOST_OF_THE_DECISION
