"""The only way to change anything: each decision is one short transaction without a network."""

from returns_portal.returns.history import Actor
from returns_portal.returns.quotes import RequestedLine
from returns_portal.returns.services.changing import (
    change_request,
    choices_for_change,
    facts_for_change,
)
from returns_portal.returns.services.decisions import approve, cancel, decline
from returns_portal.returns.services.guard import Refused
from returns_portal.returns.services.links import (
    answer_wishes,
    ask_for_links,
    renew_link,
    revoke_order_links,
)
from returns_portal.returns.services.messaging import mark_read, write_message
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
from returns_portal.returns.services.sending import may_tell_tracking, tell_tracking
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
    "answer_wishes",
    "approve",
    "ask_for_links",
    "cancel",
    "change_request",
    "choices_for_change",
    "decline",
    "drop_uploads",
    "facts_for_change",
    "find_uploads",
    "keep_uploads",
    "lacks_photo",
    "mark_read",
    "may_tell_tracking",
    "receive",
    "renew_link",
    "request_return",
    "retry_operation",
    "revoke_order_links",
    "sweep_files",
    "sweep_uploads",
    "tell_tracking",
    "write_message",
]
