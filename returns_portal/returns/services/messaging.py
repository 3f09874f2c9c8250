"""The thread of a return: written, mirrored by mail to the other side, marked as read."""

import re
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from returns_portal.returns.history import Actor
from returns_portal.returns.models import Message, Operation, ReturnEvent, ReturnRequest
from returns_portal.returns.outbox import owe
from returns_portal.returns.services.guard import Refused, lock_request, move, owe_email
from returns_portal.returns.workflow import Action, Status

MOST_AN_HOUR = 20
# Control characters but the line break, and the ones that turn the direction of what follows.
UNWANTED = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]+")


def clean_body(typed: str) -> str:
    """The text with plain line breaks, at most one line empty in a row, and nothing invisible."""
    text = UNWANTED.sub(" ", typed.replace("\r\n", "\n").replace("\r", "\n"))
    lines = [line.rstrip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


@transaction.atomic
def write_message(*, request_id: int, body: str, actor: Actor, now: datetime) -> Message:
    """Adds a message of the shopper or of staff, and owes the other side a mail about it.

    What the shopper writes while the shop waits for an answer is that answer. The same words
    again within a minute are taken for a second click. Raises Refused for an
    empty or too long text, and to a shopper who writes very often.
    """
    return_request = lock_request(request_id)
    text = clean_body(body)
    if not text:
        raise Refused(_("Write a few words first."))
    if len(text) > Message.LONGEST:
        raise Refused(_("Keep it under %(count)d characters.") % {"count": Message.LONGEST})
    by_shopper = actor.kind == ReturnEvent.ActorKind.SHOPPER
    author = Message.Author.SHOPPER if by_shopper else Message.Author.STAFF
    mine = Message.objects.filter(return_request=return_request, author=author)
    if again := mine.filter(body=text, created_at__gt=now - timedelta(minutes=1)).first():
        return again
    if by_shopper and mine.filter(created_at__gt=now - timedelta(hours=1)).count() >= MOST_AN_HOUR:
        raise Refused(_("You wrote very often. Please wait for the shop's answer."))
    message = Message.objects.create(
        return_request=return_request,
        author=author,
        user_id=actor.user_id,
        body=text,
        created_at=now,
    )
    _owe_mirror(return_request, message, now)
    if by_shopper and return_request.status == Status.NEEDS_INFO:
        move(return_request, Action.ANSWER, actor=actor, now=now)
    return message


def _owe_mirror(return_request: ReturnRequest, message: Message, now: datetime) -> None:
    if message.author == Message.Author.STAFF:
        owe_email(return_request, f"message-{message.pk}", now=now)
    elif settings.STAFF_EMAIL:
        owe(return_request, Operation.Kind.SEND_EMAIL, part=f"note-{message.pk}", now=now)


def mark_read(*, request_id: int, author: str, now: datetime) -> int:
    """Notes that the other side has seen all messages of `author`; returns how many were new."""
    unread = Message.objects.filter(
        return_request_id=request_id, author=author, read_at__isnull=True
    )
    return unread.update(read_at=now)
