"""Decline: the shopper reads why, and nothing else happens."""

import pytest
from django.test import Client

from tests.returns.factories import request_with_line
from tests.staff.deciding import state_of
from tests.staff.pages import get, messages, text, url

pytestmark = pytest.mark.django_db


class TestDecline:
    def test_shows_the_form_and_changes_nothing(self, reviewer: Client) -> None:
        item = request_with_line()
        before = state_of(item)
        page = get(reviewer, item, "decline")
        assert "Reason, as the shopper will read it" in page
        assert 'maxlength="1000"' in page
        assert state_of(item) == before

    def test_declines_with_the_reason_that_the_shopper_reads(self, reviewer: Client) -> None:
        item = request_with_line()
        answer = reviewer.post(url(item, "decline"), {"reason": " Worn. "}, follow=True)
        item.refresh_from_db()
        assert (item.status, item.decline_reason) == ("declined", "Worn.")
        assert list(item.operations.values_list("kind", "part")) == [("send_email", "declined")]
        assert messages(answer)[0].endswith("declined: the shopper is told why.")

    @pytest.mark.parametrize("reason", ["", "   ", "x" * 1001])
    def test_asks_again_for_a_reason_that_is_missing_or_too_long(
        self, reviewer: Client, reason: str
    ) -> None:
        item = request_with_line()
        before = state_of(item)
        answer = reviewer.post(url(item, "decline"), {"reason": reason})
        assert answer.status_code == 200
        assert "errorlist" in text(answer)
        assert state_of(item) == before

    def test_takes_a_reason_of_a_thousand_characters(self, reviewer: Client) -> None:
        item = request_with_line()
        reviewer.post(url(item, "decline"), {"reason": "x" * 1000})
        assert state_of(item)["reason"] == "x" * 1000

    def test_escapes_the_reason_on_the_screen(self, reviewer: Client) -> None:
        item = request_with_line(declined=True, decline_reason="<img src=x onerror=alert(1)>")
        assert "<img src=x" not in get(reviewer, item)

    @pytest.mark.parametrize("trait", ["approved", "canceled", "refunded"])
    def test_refuses_what_was_decided_otherwise(self, reviewer: Client, trait: str) -> None:
        item = request_with_line(**{trait: True})
        before = state_of(item)
        answer = reviewer.post(url(item, "decline"), {"reason": "Worn."}, follow=True)
        assert "cannot be declined" in messages(answer)[0]
        assert state_of(item) == before
