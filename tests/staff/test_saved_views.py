"""Saved views: what a person looks at, kept under a name."""

import pytest
from django.test import Client

from returns_portal.returns.models import SavedView
from tests.returns.factories import request_with_line
from tests.staff.conftest import SignIn
from tests.staff.pages import QUEUE, text

pytestmark = pytest.mark.django_db
VIEWS = f"{QUEUE}views/"


def save(client: Client, name: str = "Japan", **fields: str) -> None:
    query = "tab=all&country=JP&at=after~2026-01-01~1"
    client.post(f"{VIEWS}save/", {"name": name, "query": query, **fields})


class TestSave:
    def test_keeps_tab_and_filters_but_not_the_page(self, viewer: Client) -> None:
        save(viewer)
        view = SavedView.objects.get()
        assert (view.name, view.query, view.shared) == ("Japan", "tab=all&country=JP", False)

    def test_opens_to_the_same_rows(self, viewer: Client) -> None:
        wanted = request_with_line(country="JP")
        request_with_line(country="US")
        save(viewer)
        page = viewer.get(f"{QUEUE}?{SavedView.objects.get().query}")
        assert [row.request for row in page.context["rows"]] == [wanted]

    def test_replaces_ones_own_of_the_same_name(self, viewer: Client) -> None:
        save(viewer)
        save(viewer, shared="on")
        assert SavedView.objects.get().shared

    def test_wants_a_name(self, viewer: Client) -> None:
        save(viewer, name=" ")
        assert not SavedView.objects.exists()


class TestSharing:
    def test_shows_others_only_what_is_everybodys(self, sign_in: SignIn) -> None:
        owner, other = sign_in("view_returnrequest"), sign_in("view_returnrequest")
        save(owner, name="Mine")
        save(owner, name="Ours", shared="on")
        for address in (QUEUE, VIEWS, "/admin/"):
            page = text(other.get(address))
            assert "Ours" in page
            assert "Mine" not in page

    def test_leaves_changing_and_deleting_to_the_owner(self, sign_in: SignIn) -> None:
        owner, other = sign_in("view_returnrequest"), sign_in("view_returnrequest")
        save(owner, shared="on")
        view = SavedView.objects.get()
        assert other.post(f"{VIEWS}{view.pk}/delete/").status_code == 404
        assert other.post(f"{VIEWS}{view.pk}/change/", {"name": "X"}).status_code == 404
        view.refresh_from_db()
        assert view.name == "Japan"


class TestChange:
    def test_renames_shares_and_deletes(self, viewer: Client) -> None:
        save(viewer)
        view = SavedView.objects.get()
        viewer.post(f"{VIEWS}{view.pk}/change/", {"name": "Nippon", "shared": "on"})
        view.refresh_from_db()
        assert (view.name, view.shared) == ("Nippon", True)
        viewer.post(f"{VIEWS}{view.pk}/delete/")
        assert not SavedView.objects.exists()

    def test_refuses_a_name_that_is_taken(self, viewer: Client) -> None:
        save(viewer)
        save(viewer, name="Korea")
        view = SavedView.objects.get(name="Korea")
        viewer.post(f"{VIEWS}{view.pk}/change/", {"name": "Japan"})
        view.refresh_from_db()
        assert view.name == "Korea"

    def test_is_for_those_who_may_see_requests(self, sign_in: SignIn) -> None:
        client = sign_in("view_returnpolicy")
        assert client.get(VIEWS).status_code == 403
        assert client.post(f"{VIEWS}save/", {"name": "A"}).status_code == 403
        assert not SavedView.objects.exists()
