"""The only way to change anything: each decision is one short transaction without a network."""

from returns_portal.returns.history import Actor
from returns_portal.returns.quotes import RequestedLine
from returns_portal.returns.services.decisions import approve, cancel, decline
from returns_portal.returns.services.guard import Refused
from returns_portal.returns.services.photos import (
    MOST_PHOTOS,
    add_photos,
    drop_uploads,
    find_uploads,
    keep_uploads,
    lacks_photo,
    sweep_files,
    sweep_uploads,
)
from returns_portal.returns.services.receipt import Receipt, receive
from returns_portal.returns.services.requesting import NotEligible, Problem, request_return
from returns_portal.returns.services.settlement import retry_operation

__all__ = [
    "MOST_PHOTOS",
    "Actor",
    "NotEligible",
    "Problem",
    "Receipt",
    "Refused",
    "RequestedLine",
    "add_photos",
    "approve",
    "cancel",
    "decline",
    "drop_uploads",
    "find_uploads",
    "keep_uploads",
    "lacks_photo",
    "receive",
    "request_return",
    "retry_operation",
    "sweep_files",
    "sweep_uploads",
]
