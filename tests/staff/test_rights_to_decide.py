"""Who may decide, and what happens to everybody else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from returns_portal.returns.models import ReturnRequest
from tests.returns.factories import ReturnRequestFactory, request_with_line
from tests.staff.conftest import SignIn
from tests.staff.deciding import approval, approved_for_receipt, receipt, state_of
from tests.staff.pages import url

pytestmark = pytest.mark.django_db


class TestRights:
    """Who may not decide gets 403, and nothing changes."""

    FORMS: dict[str, tuple[Callable[[], ReturnRequest], Callable[[ReturnRequest], Any]]] = {
        "approve": (request_with_line, approval),
        "decline": (request_with_line, lambda _item: {"reason": "Worn."}),
        "receive": (approved_for_receipt, receipt),
    }

    @pytest.mark.parametrize("part", FORMS)
    @pytest.mark.parametrize(
        "permissions",
        [
            (),
            ("view_returnrequest",),
            ("decide_returnrequest",),
            ("view_returnrequest", "change_returnrequest", "delete_returnrequest"),
        ],
    )
    def test_to_decide_need_both_permissions(
        self, sign_in: SignIn, part: str, permissions: tuple[str, ...]
    ) -> None:
        make, form = self.FORMS[part]
        item = make()
        before = state_of(item)
        client = sign_in(*permissions)
        assert client.get(url(item, part)).status_code == 403
        assert client.post(url(item, part), form(item)).status_code == 403
        assert state_of(item) == before

    @pytest.mark.parametrize("part", FORMS)
    def test_are_nobody_s_without_a_sign_in(self, part: str) -> None:
        make, form = self.FORMS[part]
        item = make()
        before = state_of(item)
        assert Client().post(url(item, part), form(item)).status_code == 302
        assert state_of(item) == before

    @pytest.mark.parametrize("part", FORMS)
    def test_are_not_lent_to_another_site(self, reviewer: Client, part: str) -> None:
        make, form = self.FORMS[part]
        item = make()
        before = state_of(item)
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = reviewer.cookies
        assert strict.post(url(item, part), form(item)).status_code == 403
        assert state_of(item) == before

    @pytest.mark.parametrize("part", FORMS)
    def test_end_where_the_request_does_not_exist(self, reviewer: Client, part: str) -> None:
        missing = ReturnRequestFactory.build(pk=999_999)
        answer: HttpResponse = reviewer.post(url(missing, part), {})
        assert answer.status_code == 404
