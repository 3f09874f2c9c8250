"""Withdrawals from contracts: taken as declared, whatever the shop knows of the order."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from returns_portal.cache import Remembered
from returns_portal.celery import app
from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.models import ReturnRequest, Withdrawal, WithdrawalRules
from returns_portal.returns.services.guard import lock_request
from returns_portal.returns.services.requesting import RMA_ALPHABET
from returns_portal.returns.wording.withdrawals import STATEMENT

CARRY_OUT = "returns_portal.returns.tasks.carry_out_withdrawals"
TRY_AGAIN = timedelta(minutes=5)


@Remembered
def withdrawal_rules() -> WithdrawalRules:
    """The shop's rules; the usual ones, unsaved, where it has set none."""
    return WithdrawalRules.objects.filter(pk=1).first() or WithdrawalRules(pk=1)


def offers_withdrawal(country: str) -> bool:
    """Whether orders to this country (ISO code) come with the right of withdrawal."""
    rules = withdrawal_rules.recent()
    return rules.active and country in rules.countries


def word_declaration(wish: Mapping[str, str]) -> str:
    """The declaration that these details (order, goods, name, email) make, in the shop's words."""
    text = withdrawal_rules().statement.strip() or str(STATEMENT)
    goods = wish["goods"] or _("all goods of the order")
    for name, value in {**wish, "goods": goods}.items():
        text = text.replace("{" + name + "}", value)
    return text


def hash_of(text: str) -> str:
    """The SHA-256 of a declaration's exact text, in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def declare_withdrawal(
    *,
    text: str,
    order_number: str,
    postcode: str,
    name: str,
    email: str,
    language: str,
    key: str,
    now: datetime,
    looks_for_order: bool = True,
    mails_receipt: bool = True,
) -> Withdrawal:
    """Takes the declaration down; the same `key` gives the same one again.

    Looking for the order and mailing the receipt come after it, and never hold it up. Of too many
    from one place neither is done by itself: staff see them.
    """
    outcome = Withdrawal.Outcome.WAITING if looks_for_order else Withdrawal.Outcome.UNMATCHED
    made, new = Withdrawal.objects.get_or_create(
        token=key,
        defaults={
            "reference": "WD-" + "".join(secrets.choice(RMA_ALPHABET) for _position in range(8)),
            "order_number": order_number,
            "postcode": postcode,
            "name": name,
            "email": email,
            "text": text,
            "sha256": hash_of(text),
            "language": language,
            "received_at": now,
            "try_at": now,
            "outcome": outcome,
            "mailed_at": None if mails_receipt else now,
        },
    )

    def publish() -> None:
        app.send_task(CARRY_OUT)

    if new:
        transaction.on_commit(publish, robust=True)
    return made


def unfinished_withdrawals(now: datetime) -> QuerySet[Withdrawal]:
    """Those whose receipt is not mailed or whose order was not looked for, and may be now."""
    open_still = Q(mailed_at__isnull=True) | Q(outcome=Withdrawal.Outcome.WAITING)
    return Withdrawal.objects.filter(open_still, try_at__lte=now).order_by("try_at")


def claim_withdrawal(withdrawal: Withdrawal, *, now: datetime) -> bool:
    """Takes it for this worker by compare-and-set; it is tried again when nothing comes of it."""
    held = Withdrawal.objects.filter(pk=withdrawal.pk, try_at=withdrawal.try_at)
    return bool(held.update(try_at=now + TRY_AGAIN))


@transaction.atomic
def note_withdrawal(
    withdrawal: Withdrawal,
    outcome: Withdrawal.Outcome,
    return_request: ReturnRequest | None,
    *,
    now: datetime,
) -> None:
    """Notes what came of it; the return it concerns tells staff that a legal right is used."""
    Withdrawal.objects.filter(pk=withdrawal.pk).update(
        outcome=outcome, return_request=return_request
    )
    if return_request is None:
        return
    locked = lock_request(return_request.pk)
    sentence = _(
        "Withdrawal %(reference)s was declared: the right of withdrawal goes before the shop's "
        "own rules."
    ) % {"reference": withdrawal.reference}
    ReturnRequest.objects.filter(pk=locked.pk).update(attention=sentence)
    record_event(locked, "withdrawal", actor=Actor.shopper(), now=now, message=sentence)
