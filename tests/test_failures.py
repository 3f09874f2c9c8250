"""What a failure that no view could mend looks like from outside."""

import errno
import sqlite3
from typing import Any

import psycopg
import pytest
from django.db import DataError, InterfaceError, OperationalError
from django.test import Client

from portal.views import lookup


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def sqlite_full() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorname = "SQLITE_FULL"
    return error


@pytest.fixture
def fail(client: Client, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The answer to a visitor of the first page while `error` comes up in it."""
    client.raise_request_exception = False

    def fail(error: Exception) -> Any:
        def raise_it(_policies: object) -> None:
            raise error

        monkeypatch.setattr(lookup, "summarize", raise_it)
        return client.get("/")

    return fail


@pytest.mark.django_db
class TestAFailure:
    @pytest.mark.parametrize(
        "error",
        [
            OSError(errno.ENOSPC, "No space left on device"),
            OSError(errno.EDQUOT, "Disk quota exceeded"),
            caused(OperationalError("full"), psycopg.errors.DiskFull("full")),
            caused(OperationalError("full"), sqlite_full()),
        ],
        ids=["disk", "quota", "postgresql", "sqlite"],
    )
    def test_for_want_of_room_says_that_nothing_was_kept(self, fail: Any, error: Exception) -> None:
        answer = fail(error)
        assert answer.status_code == 507
        assert "no room left" in answer.content.decode()
        assert int(answer["Retry-After"]) > 0

    @pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed")])
    def test_of_the_database_passes(self, fail: Any, error: Exception) -> None:
        answer = fail(error)
        assert answer.status_code == 503
        assert int(answer["Retry-After"]) > 0
        assert "Something went wrong" in answer.content.decode()

    @pytest.mark.parametrize(
        "error", [RuntimeError("bug"), DataError("bug"), FileNotFoundError(errno.ENOENT, "gone")]
    )
    def test_of_ours_is_a_500(self, fail: Any, error: Exception) -> None:
        answer = fail(error)
        assert answer.status_code == 500
        assert "no room left" not in answer.content.decode()

    def test_shows_nothing_of_the_inside(self, fail: Any) -> None:
        assert "s3cret" not in fail(RuntimeError("s3cret")).content.decode()
