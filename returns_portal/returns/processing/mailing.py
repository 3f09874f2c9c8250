"""Sends the mail that an event owes."""

from returns_portal.returns.emails import build_email
from returns_portal.returns.outbox import finish, mark_sent
from returns_portal.returns.processing.step import Step


def send_email(step: Step) -> None:
    """Sends the mail about the event named by the operation's part."""
    message = build_email(step.request, step.operation.part)
    mark_sent(step.operation, now=step.clock())
    message.send()
    finish(step.operation, now=step.clock())
