"""What a decision would mail: it is carried out, its mail is built, and nothing of it stays."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from returns_portal.returns.emails import build_email
from returns_portal.returns.models import Operation, ReturnRequest


@dataclass(frozen=True, slots=True)
class MailPreview:
    """A mail as the shopper would get it."""

    to: str
    subject: str
    body: str


def preview_mail(request_id: int, act: Callable[[], object]) -> MailPreview | None:
    """The mail that `act` would owe the shopper, `act` itself undone; None when it owes none.

    Raises whatever `act` raises.
    """
    owed = Operation.objects.filter(
        return_request_id=request_id, kind=Operation.Kind.SEND_EMAIL
    ).order_by("-pk")
    with transaction.atomic():
        known = list(owed.values_list("pk", flat=True))
        act()
        mail = owed.exclude(pk__in=known).first()
        message = _build(request_id, mail.part) if mail else None
        transaction.set_rollback(True)
    return message


def _build(request_id: int, event: str) -> MailPreview:
    message: EmailMultiAlternatives = build_email(ReturnRequest.objects.get(pk=request_id), event)
    return MailPreview(", ".join(message.to), str(message.subject), str(message.body))
