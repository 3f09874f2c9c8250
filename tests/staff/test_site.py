"""The front page, the frame around every page, and what the pages load."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from tests.returns.factories import OperationFactory, request_with_line, utc_now
from tests.staff.conftest import SignIn
from tests.staff.pages import QUEUE, text, url

pytestmark = pytest.mark.django_db
INDEX = "/admin/"


class TestFrontPage:
    def test_counts_what_must_be_done(self, viewer: Client) -> None:
        request_with_line(due_at=utc_now() - timedelta(hours=5, minutes=1))
        request_with_line(attention="Look at this.")
        OperationFactory(failed=True)
        piles = viewer.get(INDEX).context["piles"]
        assert [(pile.label, pile.count) for pile in piles] == [
            ("To review", "2"),
            ("To inspect", "1"),
            ("Waiting for the shopper", "0"),
            ("Failed", "1"),
            ("Needs attention", "1"),
        ]
        assert piles[0].note == "the first answer is 5 h late"

    def test_leads_from_each_number_to_the_work_behind_it(self, viewer: Client) -> None:
        request_with_line(attention="Look at this.")
        for pile in viewer.get(INDEX).context["piles"]:
            listed = len(viewer.get(pile.url).context["rows"])
            assert str(listed) == pile.count

    def test_is_calm_when_nothing_waits(self, viewer: Client) -> None:
        piles = viewer.get(INDEX).context["piles"]
        assert {(pile.count, pile.note, pile.level) for pile in piles} == {
            ("0", "nothing waits here", "empty")
        }

    def test_tells_no_numbers_to_those_who_may_not_see_requests(self, sign_in: SignIn) -> None:
        request_with_line()
        assert sign_in("view_returnpolicy").get(INDEX).context["piles"] == []


class TestNavigation:
    def test_holds_only_what_the_person_may_open(self, sign_in: SignIn) -> None:
        page = sign_in("view_returnrequest", "view_returnpolicy").get(INDEX)
        assert [link.label for link in page.context["navigation"]] == ["Returns", "Policies"]

    def test_marks_where_the_person_is(self, viewer: Client) -> None:
        links = viewer.get(QUEUE).context["navigation"]
        assert [(link.label, link.current) for link in links] == [("Returns", True)]

    def test_is_not_there_before_the_sign_in(self) -> None:
        page = text(Client().get("/admin/login/"))
        assert "<h1>Log in</h1>" in page
        assert "top-nav" not in page


class TestPolicyOfContent:
    """Pages work under a policy that allows no inline style, no inline script, no other host."""

    @pytest.fixture
    def pages(self, admin_client: Client) -> dict[str, str]:
        item = request_with_line()
        addresses = [
            INDEX,
            QUEUE,
            url(item),
            url(item, "approve"),
            url(item, "decline"),
            "/admin/returns/returnpolicy/add/",
            "/admin/returns/returnreason/",
            "/admin/returns/operation/",
            "/admin/auth/user/add/",
            "/admin/auth/group/add/",
            "/admin/password_change/",
        ]
        return {address: text(admin_client.get(address)) for address in addresses}

    def test_is_sent_with_every_page(self, viewer: Client) -> None:
        header = viewer.get(QUEUE).headers["Content-Security-Policy"]
        assert "unsafe" not in header
        assert "default-src 'none'" in header

    def test_finds_no_inline_style_script_or_handler(self, pages: dict[str, str]) -> None:
        inline = re.compile(r"<style|\sstyle=|<script(?![^>]*\bsrc=)|\son[a-z]+=|javascript:")
        for address, page in pages.items():
            assert not inline.findall(page), address

    def test_finds_only_our_own_stylesheets(self, pages: dict[str, str]) -> None:
        for address, page in pages.items():
            sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
            own = {"/static/css/tokens.css", "/static/css/admin.css"}
            assert own <= set(sheets), address
            assert not any("admin/css/base" in s or "forms.css" in s for s in sheets), address
