"""What may follow what."""

import pytest

from returns_portal.returns.workflow import (
    FINAL,
    Action,
    InvalidTransition,
    Status,
    allowed_actions,
    next_status,
)

ALLOWED = {
    (Status.REQUESTED, Action.APPROVE): Status.APPROVED,
    (Status.REQUESTED, Action.DECLINE): Status.DECLINED,
    (Status.REQUESTED, Action.CANCEL): Status.CANCELED,
    (Status.APPROVED, Action.RECEIVE): Status.RECEIVED,
    (Status.APPROVED, Action.CLOSE): Status.CLOSED,
    (Status.RECEIVED, Action.CLOSE): Status.CLOSED,
}


class TestNextStatus:
    @pytest.mark.parametrize("status", Status)
    @pytest.mark.parametrize("action", Action)
    def test_allows_these_moves_and_no_other(self, status: Status, action: Action) -> None:
        if (status, action) in ALLOWED:
            assert next_status(action, status) is ALLOWED[status, action]
        else:
            with pytest.raises(InvalidTransition, match=f"that is {status} cannot be"):
                next_status(action, status)


class TestAllowedActions:
    @pytest.mark.parametrize("status", sorted(FINAL))
    def test_is_empty_at_the_end(self, status: Status) -> None:
        assert allowed_actions(status) == ()

    def test_lists_what_may_be_done_with_a_new_request(self) -> None:
        assert allowed_actions(Status.REQUESTED) == (
            Action.APPROVE,
            Action.DECLINE,
            Action.CANCEL,
        )
