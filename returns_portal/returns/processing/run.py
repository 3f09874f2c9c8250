"""Claims an operation, carries it out, and files what came of it."""

import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from structlog.contextvars import bound_contextvars

from returns_portal.returns import outbox
from returns_portal.returns.models import Operation
from returns_portal.returns.processing import marketplace
from returns_portal.returns.processing.bonus import grant_bonus
from returns_portal.returns.processing.keeping import refund_kept
from returns_portal.returns.processing.mailing import send_email
from returns_portal.returns.processing.opening import cancel_opened, open_return
from returns_portal.returns.processing.paying import (
    confirm_refund,
    process_return,
    settle_return,
)
from returns_portal.returns.processing.restocking import close, restock
from returns_portal.returns.processing.sending import announce
from returns_portal.returns.processing.step import Clock, NeedsPerson, NotYet, Step
from returns_portal.returns.refund_amounts import NotPayable
from returns_portal.returns.services.settlement import ask_for_attention
from returns_portal.shopify.errors import (
    ShopifyError,
    ShopifyOutcomeUnknown,
    ShopifyProtocolError,
    ShopifyUnavailable,
)
from returns_portal.tiktok.errors import TikTokError, TikTokOutcomeUnknown, TikTokUnavailable

logger = logging.getLogger(__name__)

HANDLERS: dict[str, Callable[[Step], None]] = {
    Operation.Kind.CREATE_RETURN: open_return,
    Operation.Kind.CANCEL_RETURN: cancel_opened,
    Operation.Kind.PROCESS_RETURN: process_return,
    Operation.Kind.SETTLE_RETURN: settle_return,
    Operation.Kind.CONFIRM_REFUND: confirm_refund,
    Operation.Kind.REFUND_KEPT: refund_kept,
    Operation.Kind.GRANT_BONUS: grant_bonus,
    Operation.Kind.RESTOCK: restock,
    Operation.Kind.CLOSE_RETURN: close,
    Operation.Kind.ANNOUNCE_PARCEL: announce,
    Operation.Kind.TIKTOK_LOOK: marketplace.look_for_aftersale,
    Operation.Kind.TIKTOK_CREATE: marketplace.create_on_tiktok,
    Operation.Kind.TIKTOK_APPROVE: marketplace.approve_on_tiktok,
    Operation.Kind.TIKTOK_REJECT: marketplace.reject_on_tiktok,
    Operation.Kind.TIKTOK_RECEIVE: marketplace.receive_on_tiktok,
    Operation.Kind.SEND_EMAIL: send_email,
}
FORESEEN = (
    ShopifyError,
    TikTokError,
    SMTPException,
    OSError,
    NeedsPerson,
    NotYet,
    NotPayable,
)
LONGEST_BACKOFF = timedelta(minutes=5)
HOUR = timedelta(hours=1)
BANKS_TAKE = timedelta(days=14)
MAIL_ATTEMPTS = 20
PASSING_ATTEMPTS = 4
# Workers at the same list draw from so many of its oldest.
WINDOW = 50


def carry_out(operation_id: int, *, clock: Clock) -> None:
    """Carries out one owed operation if it is this worker's turn; nothing otherwise."""
    operation = outbox.claim(operation_id, now=clock())
    if operation is None:
        return
    rma = operation.return_request.rma_number
    with bound_contextvars(step=operation.kind, step_id=operation.pk, rma=rma):
        try:
            attempt(operation, clock)
        except outbox.LeaseLost:
            logger.warning("The step was taken over by another worker.")
        logger.info("Step attempted", extra={"status": operation.state})


def attempt(operation: Operation, clock: Clock) -> None:
    try:
        if is_worn_out(operation, now=clock()):
            raise NeedsPerson("Tried many times without an answer. Look at Shopify, then retry.")
        HANDLERS[operation.kind](Step(operation, clock))
    except FORESEEN as error:
        file_failure(operation, error, now=clock())


def is_worn_out(operation: Operation, *, now: datetime) -> bool:
    """Whether a person must look now; banks may take days over a refund, Shopify no hours."""
    many = operation.attempts > outbox.MAX_ATTEMPTS
    waits_for_a_bank = operation.kind == Operation.Kind.CONFIRM_REFUND
    return many and not (waits_for_a_bank and now - operation.created_at < BANKS_TAKE)


def file_failure(operation: Operation, error: Exception, *, now: datetime) -> None:
    """Decides what a failure means: look later, try later, or ask a person."""
    wait = backoff(operation.attempts)
    match error:
        case ShopifyOutcomeUnknown():
            settle = max(timedelta(seconds=settings.SHOPIFY_SETTLE_SECONDS), wait)
            outbox.postpone(operation, now=now, until=now + settle, error=str(error), unknown=True)
        case TikTokOutcomeUnknown():
            settle = max(timedelta(seconds=settings.TIKTOK_SETTLE_SECONDS), wait)
            outbox.postpone(operation, now=now, until=now + settle, error=str(error), unknown=True)
        case ShopifyUnavailable() | TikTokUnavailable():
            wait = max(wait, timedelta(seconds=error.retry_after or 0))
            outbox.postpone(operation, now=now, until=now + wait, error=str(error))
        case NotYet():
            wait = HOUR if operation.attempts > outbox.MAX_ATTEMPTS else wait
            outbox.postpone(operation, now=now, until=now + wait, error=str(error))
        case ShopifyProtocolError() if not error.codes and operation.attempts < PASSING_ATTEMPTS:
            # Shopify said neither what is wrong nor where: it may pass by itself.
            outbox.postpone(operation, now=now, until=now + wait, error=str(error))
        case SMTPException() | OSError() if operation.attempts < MAIL_ATTEMPTS:
            outbox.postpone(
                operation, now=now, until=now + wait, error="The mail server did not take the mail."
            )
        case _:
            outbox.fail(operation, now=now, error=str(error))
            ask_for_attention(operation, sentence=str(error), now=now)


def backoff(attempts: int) -> timedelta:
    """One second doubled with each attempt, at most LONGEST_BACKOFF."""
    return min(timedelta(seconds=2 ** min(attempts, 10)), LONGEST_BACKOFF)


def work_off(*, clock: Clock, until: datetime) -> int:
    """Carries out due operations one after another, until none is left or it is `until`.

    What a broker lost, a killed worker left or Shopify put off is found here. Returns how many
    it turned to; of several workers at it, each draws another one.
    """
    count = 0
    while clock() < until and (due := outbox.due_operations(clock(), limit=WINDOW)):
        carry_out(random.choice(due), clock=clock)  # noqa: S311 - spreads workers, guards nothing
        count += 1
    return count
