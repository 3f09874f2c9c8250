"""Sends the mail that an event owes."""

from smtplib import SMTPDataError, SMTPRecipientsRefused

from django.core.mail import EmailMultiAlternatives

from returns_portal.returns.emails import NoLongerTrue, NotYetTrue, build_email
from returns_portal.returns.models import ReturnRequest
from returns_portal.returns.outbox import finish, mark_sent, skip
from returns_portal.returns.processing.step import NeedsPerson, NotYet, Step
from returns_portal.returns.services.contact import note_unreachable

PERMANENT = 500


def send_email(step: Step) -> None:
    """Sends the mail about the event named by the operation's part.

    A mail that is ahead of the facts waits; one that was overtaken by them is not needed. An
    address that its server refuses for good is never tried again.
    """
    try:
        message = build_email(step.request, step.operation.part)
    except NotYetTrue as early:
        raise NotYet(str(early)) from early
    except NoLongerTrue as overtaken:
        skip(step.operation, now=step.clock(), reason=str(overtaken))
        return
    if is_unreachable(step.request, message):
        skip(step.operation, now=step.clock(), reason="No mail reaches the shopper's address.")
        return
    mark_sent(step.operation, now=step.clock())
    try:
        message.send()
    except SMTPRecipientsRefused as refusal:
        file_refusal(step, message, refusal)
    except SMTPDataError as error:
        if error.smtp_code < PERMANENT:
            raise
        raise NeedsPerson(f"The mail server does not take this mail: {error}") from error
    else:
        finish(step.operation, now=step.clock())


def is_unreachable(return_request: ReturnRequest, message: EmailMultiAlternatives) -> bool:
    """Whether the mail would go to an address that refused one before."""
    refused = return_request.contact_undeliverable_at is not None
    return refused and message.to == [return_request.contact_email]


def file_refusal(
    step: Step, message: EmailMultiAlternatives, refusal: SMTPRecipientsRefused
) -> None:
    """A refusal for now is tried again later; one for good marks the shopper's address."""
    answers = list(refusal.recipients.values())
    if any(code < PERMANENT for code, _words in answers):
        raise refusal
    answer = " ".join(f"{code} {_decode(words)}" for code, words in answers)
    if message.to != [step.request.contact_email]:
        raise NeedsPerson(f"The mail server refuses the address of staff: {answer}") from refusal
    note_unreachable(
        step.operation, email=step.request.contact_email, answer=answer, now=step.clock()
    )


def _decode(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words
