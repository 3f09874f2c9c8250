"""Asking the shopper for information, going on without it, and notes among staff."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from returns_portal.returns.history import Actor
from returns_portal.returns.models import InternalNote, Message, ReturnRequest
from returns_portal.returns.services.guard import Refused, lock_request, move, owe_email
from returns_portal.returns.services.messaging import clean_body
from returns_portal.returns.workflow import Action


@transaction.atomic
def ask_for_information(
    *, request_id: int, body: str, actor: Actor, now: datetime
) -> ReturnRequest:
    """Asks the shopper; the request waits for the answer, by a clock of its own.

    Raises InvalidTransition, and Refused for an empty or too long question.
    """
    return_request = lock_request(request_id)
    text = _checked(body, Message.LONGEST)
    move(return_request, Action.ASK, actor=actor, now=now)
    question = Message.objects.create(
        return_request=return_request,
        author=Message.Author.STAFF,
        user_id=actor.user_id,
        body=text,
        created_at=now,
    )
    owe_email(return_request, f"needs_info-{question.pk}", now=now)
    return return_request


@transaction.atomic
def resume(*, request_id: int, actor: Actor, now: datetime) -> ReturnRequest:
    """Goes on without waiting for an answer any longer; raises InvalidTransition."""
    return_request = lock_request(request_id)
    move(return_request, Action.ANSWER, actor=actor, now=now)
    return return_request


@transaction.atomic
def write_note(*, request_id: int, body: str, actor: Actor, now: datetime) -> InternalNote:
    """Keeps a note that only staff read; raises Refused for an empty or too long one."""
    return_request = lock_request(request_id)
    return InternalNote.objects.create(
        return_request=return_request,
        user_id=actor.user_id,
        body=_checked(body, InternalNote.LONGEST),
        created_at=now,
    )


def _checked(body: str, longest: int) -> str:
    text = clean_body(body)
    if not text:
        raise Refused(_("Write a few words first."))
    if len(text) > longest:
        raise Refused(_("Keep it under %(count)d characters.") % {"count": longest})
    return text
