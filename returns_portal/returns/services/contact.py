"""The shopper's address: confirmed by its holder, refused by its server, or given anew."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.identity import is_relay_email, normalize_email
from returns_portal.returns.models import Operation, ReturnRequest
from returns_portal.returns.outbox import skip
from returns_portal.returns.services.guard import Refused, lock_request, owe_email

MOST_CHANGES_A_DAY = 5
UNREACHABLE = "The mail server refuses the shopper's address for good"


def note_known_holder(return_request: ReturnRequest, *, now: datetime) -> bool:
    """Counts the address as confirmed where its holder has confirmed it for another return."""
    email = return_request.contact_email
    if not email or not holds_confirmed(email):
        return False
    ReturnRequest.objects.filter(pk=return_request.pk).update(contact_confirmed_at=now)
    return True


def holds_confirmed(email: str) -> bool:
    """Whether the holder of this address has confirmed it by a link before."""
    same = ReturnRequest.objects.filter(contact_email__iexact=email)
    return same.filter(contact_confirmed_at__isnull=False).exists()


@transaction.atomic
def confirm_contact(*, request_id: int, now: datetime) -> ReturnRequest:
    """Notes that the holder of the return's address confirmed it; all returns of it count so.

    A second time changes nothing.
    """
    return_request = lock_request(request_id)
    if return_request.contact_confirmed_at is None:
        same = ReturnRequest.objects.filter(contact_email__iexact=return_request.contact_email)
        same.filter(contact_confirmed_at__isnull=True).update(contact_confirmed_at=now)
        record_event(
            return_request,
            "contact_confirmed",
            actor=Actor.shopper(),
            now=now,
            shopper_sees=True,
        )
        return_request.refresh_from_db()
    return return_request


@transaction.atomic
def change_contact(*, request_id: int, email: str, actor: Actor, now: datetime) -> ReturnRequest:
    """Writes to another address from now on, and asks that one to confirm itself.

    The same address again asks it again. Raises Refused for an address that no mail reaches, and
    when it was changed too often in a day.
    """
    return_request = lock_request(request_id)
    address = email.strip()
    _check_change(return_request, address, now)
    same = normalize_email(address) == normalize_email(return_request.contact_email)
    return_request.contact_email = address
    return_request.contact_undeliverable_at = None
    if not same:
        return_request.contact_confirmed_at = None
    if return_request.attention.startswith(UNREACHABLE):
        return_request.attention = ""
    return_request.save(
        update_fields=[
            "contact_email",
            "contact_undeliverable_at",
            "contact_confirmed_at",
            "attention",
        ]
    )
    event = record_event(return_request, "contact_changed", actor=actor, now=now, shopper_sees=True)
    if not note_known_holder(return_request, now=now):
        owe_email(return_request, f"confirm_email-{event.pk}", now=now)
    return_request.refresh_from_db()
    return return_request


def _check_change(return_request: ReturnRequest, address: str, now: datetime) -> None:
    if is_relay_email(address):
        raise Refused(_("TikTok passes no mails on to you. Please give an address of your own."))
    changes = return_request.events.filter(kind="contact_changed")
    if changes.filter(occurred_at__gt=now - timedelta(days=1)).count() >= MOST_CHANGES_A_DAY:
        raise Refused(_("The address was changed very often. Please try again tomorrow."))


@transaction.atomic
def note_unreachable(operation: Operation, *, email: str, answer: str, now: datetime) -> None:
    """The address was refused for good: nothing more goes there, and both sides are told.

    `answer` is the mail server's. An address that was replaced meanwhile is left alone.
    """
    return_request = lock_request(operation.return_request_id)
    skip(operation, now=now, reason=f"{UNREACHABLE}: {answer}"[:500])
    if return_request.contact_email != email or return_request.contact_undeliverable_at:
        return
    sentence = f"{UNREACHABLE}. Ask for another one in TikTok's chat; the return goes on without."
    ReturnRequest.objects.filter(pk=return_request.pk).update(
        contact_undeliverable_at=now,
        attention=return_request.attention or sentence,
    )
    record_event(
        return_request,
        "contact_unreachable",
        actor=Actor.system(),
        now=now,
        message=answer[:500],
        shopper_sees=True,
    )
