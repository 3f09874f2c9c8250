"""What staff do with one request: look, decide, talk, and watch the worker finish it."""

from staff.views.agreeing import confirm, lower, withdraw
from staff.views.asking import ask, note, resume
from staff.views.deciding import approve, decline, receive
from staff.views.elsewhere import confirm_refund
from staff.views.marketplace import approve_on_tiktok, offer_on_tiktok, reject_on_tiktok
from staff.views.placing import place
from staff.views.screen import compare, photo, progress, retry, show
from staff.views.shoppers import block
from staff.views.talking import renew_link, write

__all__ = [
    "approve",
    "approve_on_tiktok",
    "ask",
    "block",
    "compare",
    "confirm",
    "confirm_refund",
    "decline",
    "lower",
    "note",
    "offer_on_tiktok",
    "photo",
    "place",
    "progress",
    "receive",
    "reject_on_tiktok",
    "renew_link",
    "resume",
    "retry",
    "show",
    "withdraw",
    "write",
]
