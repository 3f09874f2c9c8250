"""Sessions are Django's own but for how they are found: ended and unknown ones are nobody's."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from returns_portal.sessions import SessionStore

pytestmark = pytest.mark.django_db


@pytest.fixture
def key() -> str:
    """The key of a session that Django's own backend has stored."""
    session = db.SessionStore()
    session["seen"] = 3
    session.save()
    assert session.session_key
    return session.session_key


class TestSessionStore:
    def test_reads_what_djangos_own_has_stored_in_one_query(
        self, key: str, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        with django_assert_num_queries(1):
            assert SessionStore(key)["seen"] == 3

    def test_takes_up_nothing_that_has_ended(self, key: str) -> None:
        Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
        session = SessionStore(key)
        assert session.get("seen") is None
        assert session.session_key is None

    def test_lets_nobody_choose_a_key(self) -> None:
        session = SessionStore("chosen-by-a-stranger")
        session["seen"] = 1
        session.save()
        assert session.session_key != "chosen-by-a-stranger"
