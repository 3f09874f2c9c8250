"""The queue as a file."""

import csv
from decimal import Decimal
from io import StringIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.returns.factories import ReturnLineItemFactory, ReturnRequestFactory, request_with_line
from tests.staff.conftest import SignIn
from tests.staff.pages import QUEUE

pytestmark = pytest.mark.django_db


def rows(client: Client, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"{QUEUE}export/{query}")
    assert answer.status_code == 200
    sent = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(StringIO(sent)))


class TestExport:
    def test_holds_what_the_queue_shows(self, viewer: Client) -> None:
        wanted = request_with_line(approved=True, country="DE", quoted_amount=Decimal("24.490"))
        request_with_line(country="US")
        (row,) = rows(viewer, "?tab=all&country=DE")
        assert row["RMA"] == wanted.rma_number
        assert Decimal(row["Quoted"]) == Decimal("24.49")
        assert (row["Currency"], row["Country"]) == (wanted.currency, "DE")
        assert "×1" in row["Items"]  # noqa: RUF001

    def test_names_no_person(self, viewer: Client) -> None:
        request_with_line(customer_name="Dana Ives", contact_email="dana@example.com")
        (row,) = rows(viewer)
        assert "dana" not in str(row).lower()

    def test_holds_nothing_that_a_spreadsheet_would_run(self, viewer: Client) -> None:
        item = ReturnRequestFactory()
        ReturnLineItemFactory(return_request=item, title="=HYPERLINK(1)")
        (row,) = rows(viewer)
        assert row["Items"].startswith("'=")

    def test_takes_as_many_queries_for_a_hundred_as_for_ten(self, viewer: Client) -> None:
        counts = []
        for more in (10, 90):
            for _ in range(more):
                request_with_line()
            rows(viewer, "?tab=all")
            with CaptureQueriesContext(connection) as asked:
                rows(viewer, "?tab=all")
            counts.append(len(asked))
        assert counts[0] == counts[1]

    def test_needs_the_right_to_look(self, sign_in: SignIn) -> None:
        assert sign_in("inspect_returnrequest").get(f"{QUEUE}export/").status_code == 403
