"""Retry: a failed step goes back in line, no other does."""

import pytest
from django.test import Client

from tests.returns.factories import OperationFactory, request_with_line
from tests.staff.conftest import SignIn
from tests.staff.pages import messages, url

pytestmark = pytest.mark.django_db


class TestRetry:
    def test_puts_a_failed_step_back_in_line(self, reviewer: Client) -> None:
        item = request_with_line(approved=True)
        operation = OperationFactory(return_request=item, failed=True)
        answer = reviewer.post(f"/admin/returns/operation/{operation.pk}/retry/", follow=True)
        operation.refresh_from_db()
        assert operation.state == "pending"
        assert answer.redirect_chain == [(url(item), 302)]
        assert messages(answer) == ["Open the return in Shopify: trying again."]

    def test_refuses_a_step_that_did_not_fail(self, reviewer: Client) -> None:
        operation = OperationFactory(done=True)
        answer = reviewer.post(f"/admin/returns/operation/{operation.pk}/retry/", follow=True)
        operation.refresh_from_db()
        assert operation.state == "done"
        assert "has not failed" in messages(answer)[0]

    def test_answers_only_to_a_press(self, reviewer: Client) -> None:
        operation = OperationFactory(failed=True)
        assert reviewer.get(f"/admin/returns/operation/{operation.pk}/retry/").status_code == 405
        operation.refresh_from_db()
        assert operation.state == "failed"

    def test_answers_404_for_a_step_that_is_not_there(self, reviewer: Client) -> None:
        assert reviewer.post("/admin/returns/operation/999999/retry/").status_code == 404

    @pytest.mark.parametrize(
        "permissions", [(), ("view_returnrequest", "decide_returnrequest"), ("retry_operation",)]
    )
    def test_needs_its_own_permission(self, sign_in: SignIn, permissions: tuple[str, ...]) -> None:
        operation = OperationFactory(failed=True)
        address = f"/admin/returns/operation/{operation.pk}/retry/"
        assert sign_in(*permissions).post(address).status_code == 403
        operation.refresh_from_db()
        assert operation.state == "failed"
