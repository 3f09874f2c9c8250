"""What may follow what: the statuses of a return request and the moves between them."""

from enum import StrEnum


class Status(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    DECLINED = "declined"
    CANCELED = "canceled"
    RECEIVED = "received"
    CLOSED = "closed"


class Action(StrEnum):
    APPROVE = "approve"
    DECLINE = "decline"
    CANCEL = "cancel"
    RECEIVE = "receive"
    CLOSE = "close"


TRANSITIONS: dict[Action, dict[Status, Status]] = {
    Action.APPROVE: {Status.REQUESTED: Status.APPROVED},
    Action.DECLINE: {Status.REQUESTED: Status.DECLINED},
    Action.CANCEL: {Status.REQUESTED: Status.CANCELED},
    Action.RECEIVE: {Status.APPROVED: Status.RECEIVED},
    Action.CLOSE: {Status.APPROVED: Status.CLOSED, Status.RECEIVED: Status.CLOSED},
}

FINAL = frozenset({Status.DECLINED, Status.CANCELED, Status.CLOSED})
# A declined or canceled request gives its units back to the shopper.
RELEASES_UNITS = frozenset({Status.DECLINED, Status.CANCELED})


class InvalidTransition(Exception):
    """The request cannot take this action in its present status."""

    def __init__(self, action: Action, status: Status) -> None:
        self.action = action
        self.status = status
        super().__init__(f"A request that is {status} cannot be {PARTICIPLES[action]}.")


PARTICIPLES: dict[Action, str] = {
    Action.APPROVE: "approved",
    Action.DECLINE: "declined",
    Action.CANCEL: "canceled",
    Action.RECEIVE: "received",
    Action.CLOSE: "closed",
}


def next_status(action: Action, status: Status) -> Status:
    """The status that `action` leads to from `status`; raises InvalidTransition."""
    try:
        return TRANSITIONS[action][status]
    except KeyError:
        raise InvalidTransition(action, status) from None


def allowed_actions(status: Status) -> tuple[Action, ...]:
    """What a person may do with a request in `status`, in the order of TRANSITIONS."""
    return tuple(action for action, moves in TRANSITIONS.items() if status in moves)
