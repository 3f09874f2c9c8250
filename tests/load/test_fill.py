"""The made-up requests: as many as asked for, and such that the pages can show them."""

import pytest
from django.db import connection
from django.test import Client

from returns_portal.returns.management.commands.load_defaults import Command
from returns_portal.returns.models import MirroredOrder, ReturnLineItem, ReturnRequest
from tests.load import fill as filling

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="fills PostgreSQL alone"),
]


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "tidy", lambda: None)  # VACUUM runs in no transaction
    Command().handle(verbosity=0)
    filling.fill(240, events=True)


@pytest.mark.usefixtures("filled")
class TestFill:
    def test_adds_as_many_as_asked_for_and_goes_on_from_there(self) -> None:
        filling.fill(24)
        assert ReturnRequest.objects.count() == MirroredOrder.objects.count() == 264
        assert ReturnLineItem.objects.count() > 264

    def test_leaves_open_only_some_of_the_newest(self) -> None:
        waiting = ReturnRequest.objects.filter(status="requested").order_by("requested_at").first()
        assert waiting
        assert ReturnRequest.objects.filter(requested_at__gt=waiting.requested_at).count() < 20

    def test_makes_requests_that_the_decision_screen_shows(self, admin_client: Client) -> None:
        newest = ReturnRequest.objects.latest("requested_at")
        page = admin_client.get(f"/admin/returns/returnrequest/{newest.pk}/change/")
        assert newest.customer_name in page.content.decode()
