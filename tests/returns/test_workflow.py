"""What may follow what."""

import pytest

from returns_portal.returns.workflow import (
    Action,
    InvalidTransition,
    Status,
    next_status,
)

ALLOWED = {
    (Status.REQUESTED, Action.APPROVE): Status.APPROVED,
    (Status.REQUESTED, Action.DECLINE): Status.DECLINED,
    (Status.REQUESTED, Action.CANCEL): Status.CANCELED,
    (Status.REQUESTED, Action.ASK): Status.NEEDS_INFO,
    (Status.REQUESTED, Action.EXPIRE): Status.EXPIRED,
    (Status.NEEDS_INFO, Action.ANSWER): Status.REQUESTED,
    (Status.NEEDS_INFO, Action.DECLINE): Status.DECLINED,
    (Status.NEEDS_INFO, Action.CANCEL): Status.CANCELED,
    (Status.NEEDS_INFO, Action.EXPIRE): Status.EXPIRED,
    (Status.APPROVED, Action.RECEIVE): Status.RECEIVED,
    (Status.APPROVED, Action.CLOSE): Status.CLOSED,
    (Status.APPROVED, Action.CANCEL): Status.CANCELED,
    (Status.APPROVED, Action.EXPIRE): Status.EXPIRED,
    (Status.RECEIVED, Action.CLOSE): Status.CLOSED,
    (Status.RECEIVED, Action.UNRECEIVE): Status.APPROVED,
    (Status.APPROVED, Action.WITHDRAW): Status.DECLINED,
    (Status.RECEIVED, Action.WITHDRAW): Status.DECLINED,
    (Status.APPROVED, Action.ABANDON): Status.CANCELED,
    (Status.RECEIVED, Action.ABANDON): Status.CANCELED,
    (Status.NEEDS_INFO, Action.REOPEN): Status.APPROVED,
    (Status.DECLINED, Action.REOPEN): Status.APPROVED,
    (Status.CANCELED, Action.REOPEN): Status.APPROVED,
    (Status.EXPIRED, Action.REOPEN): Status.APPROVED,
    (Status.APPROVED, Action.RECONSIDER): Status.REQUESTED,
    (Status.RECEIVED, Action.RECONSIDER): Status.REQUESTED,
    (Status.DECLINED, Action.RECONSIDER): Status.REQUESTED,
    (Status.CANCELED, Action.RECONSIDER): Status.REQUESTED,
    (Status.EXPIRED, Action.RECONSIDER): Status.REQUESTED,
}


class TestNextStatus:
    @pytest.mark.parametrize("status", Status)
    @pytest.mark.parametrize("action", Action)
    def test_allows_these_moves_and_no_other(self, status: Status, action: Action) -> None:
        if (status, action) in ALLOWED:
            assert next_status(action, status) is ALLOWED[status, action]
        else:
            waits = status == Status.NEEDS_INFO
            standing = "waits for the shopper" if waits else f"is {status}"
            with pytest.raises(InvalidTransition, match=f"that {standing} cannot be"):
                next_status(action, status)
