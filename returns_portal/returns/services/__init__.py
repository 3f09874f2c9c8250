"""The only way to change anything: each decision is one short transaction without a network."""

from returns_portal.returns.history import Actor
from returns_portal.returns.quotes import RequestedLine
from returns_portal.returns.services.decisions import approve, cancel, decline
from returns_portal.returns.services.guard import Refused
from returns_portal.returns.services.receipt import Receipt, receive
from returns_portal.returns.services.requesting import NotEligible, Problem, request_return
from returns_portal.returns.services.sending import may_tell_tracking, tell_tracking
from returns_portal.returns.services.settlement import retry_operation

__all__ = [
    "Actor",
    "NotEligible",
    "Problem",
    "Receipt",
    "Refused",
    "RequestedLine",
    "approve",
    "cancel",
    "decline",
    "may_tell_tracking",
    "receive",
    "request_return",
    "retry_operation",
    "tell_tracking",
]
