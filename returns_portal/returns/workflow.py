"""What may follow what: the statuses of a return request and the moves between them."""

from enum import StrEnum


class Status(StrEnum):
    REQUESTED = "requested"
    NEEDS_INFO = "needs_info"
    APPROVED = "approved"
    DECLINED = "declined"
    CANCELED = "canceled"
    RECEIVED = "received"
    CLOSED = "closed"
    EXPIRED = "expired"


class Action(StrEnum):
    APPROVE = "approve"
    DECLINE = "decline"
    CANCEL = "cancel"
    RECEIVE = "receive"
    CLOSE = "close"
    ASK = "ask"
    ANSWER = "answer"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"
    ABANDON = "abandon"
    REOPEN = "reopen"
    RECONSIDER = "reconsider"
    UNRECEIVE = "unreceive"


TRANSITIONS: dict[Action, dict[Status, Status]] = {
    Action.APPROVE: {Status.REQUESTED: Status.APPROVED},
    Action.ASK: {Status.REQUESTED: Status.NEEDS_INFO},
    Action.DECLINE: {Status.REQUESTED: Status.DECLINED, Status.NEEDS_INFO: Status.DECLINED},
    Action.ANSWER: {Status.NEEDS_INFO: Status.REQUESTED},
    Action.CANCEL: {
        Status.REQUESTED: Status.CANCELED,
        Status.NEEDS_INFO: Status.CANCELED,
        Status.APPROVED: Status.CANCELED,
    },
    Action.RECEIVE: {Status.APPROVED: Status.RECEIVED},
    # The bench noted a parcel by mistake, and no money has moved yet.
    Action.UNRECEIVE: {Status.RECEIVED: Status.APPROVED},
    Action.CLOSE: {Status.APPROVED: Status.CLOSED, Status.RECEIVED: Status.CLOSED},
    Action.EXPIRE: {
        Status.REQUESTED: Status.EXPIRED,
        Status.NEEDS_INFO: Status.EXPIRED,
        Status.APPROVED: Status.EXPIRED,
    },
    # What a marketplace may still turn around: a parcel refused, a buyer who gave up, a ruling.
    Action.WITHDRAW: {Status.APPROVED: Status.DECLINED, Status.RECEIVED: Status.DECLINED},
    Action.ABANDON: {Status.APPROVED: Status.CANCELED, Status.RECEIVED: Status.CANCELED},
    Action.REOPEN: {
        Status.NEEDS_INFO: Status.APPROVED,
        Status.DECLINED: Status.APPROVED,
        Status.CANCELED: Status.APPROVED,
        Status.EXPIRED: Status.APPROVED,
    },
    # The marketplace asks once more: the buyer took no offer, or asked again.
    Action.RECONSIDER: {
        Status.APPROVED: Status.REQUESTED,
        Status.RECEIVED: Status.REQUESTED,
        Status.DECLINED: Status.REQUESTED,
        Status.CANCELED: Status.REQUESTED,
        Status.EXPIRED: Status.REQUESTED,
    },
}

FINAL = frozenset({Status.DECLINED, Status.CANCELED, Status.CLOSED, Status.EXPIRED})
UNDECIDED = frozenset({Status.REQUESTED, Status.NEEDS_INFO})
# A declined, canceled or expired request gives its units back to the shopper.
RELEASES_UNITS = frozenset({Status.DECLINED, Status.CANCELED, Status.EXPIRED})


class InvalidTransition(Exception):
    """The request cannot take this action in its present status."""

    def __init__(self, action: Action, status: Status) -> None:
        self.action = action
        self.status = status
        super().__init__(f"A request that {STANDINGS[status]} cannot be {PARTICIPLES[action]}.")


STANDINGS: dict[Status, str] = {
    status: "waits for the shopper" if status == Status.NEEDS_INFO else f"is {status}"
    for status in Status
}
PARTICIPLES: dict[Action, str] = {
    Action.APPROVE: "approved",
    Action.DECLINE: "declined",
    Action.CANCEL: "canceled",
    Action.RECEIVE: "received",
    Action.UNRECEIVE: "taken back",
    Action.CLOSE: "closed",
    Action.ASK: "asked",
    Action.ANSWER: "answered",
    Action.EXPIRE: "expired",
    Action.WITHDRAW: "withdrawn",
    Action.ABANDON: "abandoned",
    Action.REOPEN: "reopened",
    Action.RECONSIDER: "reconsidered",
}


def next_status(action: Action, status: Status) -> Status:
    """The status that `action` leads to from `status`; raises InvalidTransition."""
    try:
        return TRANSITIONS[action][status]
    except KeyError:
        raise InvalidTransition(action, status) from None
