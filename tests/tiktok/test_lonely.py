"""A deadline at TikTok is told to staff, though no request stands for it here."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from returns_portal.returns.models import Aftersale
from returns_portal.returns.processing.lonely import warn_of_lonely
from returns_portal.returns.wording import format_moment
from tests.tiktok.market import Market

pytestmark = pytest.mark.django_db


@pytest.fixture
def deadline(market: Market, settings: Any) -> datetime:
    settings.STAFF_EMAIL = "staff@example.com"
    case = market.begin()
    case["return_type"] = "REPLACEMENT"
    market.sync()
    found = Aftersale.objects.get().deadline
    assert found is not None
    return found


class TestWarning:
    def test_comes_at_24_12_and_4_hours_and_once_each(self, deadline: datetime) -> None:
        told = [
            warn_of_lonely(now=deadline - timedelta(hours=hours))
            for hours in (25, 23, 22, 11, 10, 3, 2)
        ]
        assert told == [0, 1, 0, 1, 0, 1, 0]
        assert len(mail.outbox) == 3

    def test_names_the_return_and_where_to_decide_it(self, deadline: datetime) -> None:
        warn_of_lonely(now=deadline - timedelta(hours=3))
        body = str(mail.outbox[0].body)
        case = Aftersale.objects.get()
        assert case.return_id in body
        assert f"order_no={case.order_id}" in body
        assert "REPLACEMENT is decided in Seller Center alone" in body

    def test_tells_the_time_in_the_shops_zone(self, deadline: datetime, settings: Any) -> None:
        settings.TIME_ZONE = "America/New_York"
        warn_of_lonely(now=deadline - timedelta(hours=3))
        assert f"at this time:\n{format_moment(deadline)}." in mail.outbox[0].body
        assert "UTC" not in mail.outbox[0].body

    def test_is_sent_again_where_the_mail_server_failed(
        self, deadline: datetime, settings: Any
    ) -> None:
        now = deadline - timedelta(hours=3)
        working = settings.EMAIL_BACKEND
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
        assert warn_of_lonely(now=now) == 0
        settings.EMAIL_BACKEND = working
        assert warn_of_lonely(now=now) == 1
