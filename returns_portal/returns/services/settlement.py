"""Writing down what the outside world did: the return opened, the money moved, the goods placed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.models import Operation, Refund, ReturnLineItem, ReturnRequest
from returns_portal.returns.outbox import finish, owe, retry, skip_followers
from returns_portal.returns.payouts import parts_of
from returns_portal.returns.services.guard import Refused, lock_request, move, owe_email
from returns_portal.returns.workflow import Action, Status
from returns_portal.shopify import types as shopify

MOVED = frozenset({"SUCCESS"})
NOT_MOVED = frozenset({"FAILURE", "ERROR"})
# Words to the shopper and news of a parcel may come after the end.
NOT_WAITED_FOR = (Operation.Kind.SEND_EMAIL, Operation.Kind.ANNOUNCE_PARCEL)
CONFIRM_AFTER = timedelta(seconds=30)
STORE_CREDIT_GATEWAY = "shopify_store_credit"
# How a sentence about goods that could not be placed begins.
NOT_IN_STOCK = "The goods are not in stock yet"
# What stands behind the RMA in the note of a refund for items that the shopper keeps.
KEPT = " kept"


@transaction.atomic
def return_opened(
    operation: Operation, opened: shopify.OpenedReturn | shopify.Return, *, now: datetime
) -> None:
    """The return exists in Shopify: made by the portal, or found there and adopted."""
    return_request = lock_request(operation.return_request_id)
    ReturnRequest.objects.filter(pk=return_request.pk).update(shopify_return_id=opened.id)
    note_line_ids(return_request, opened)
    record_event(
        return_request,
        "return_opened",
        actor=Actor.shopify(),
        now=now,
        message=f"Return {opened.name} is open in Shopify.",
    )
    finish(operation, now=now)


def note_line_ids(
    return_request: ReturnRequest, opened: shopify.OpenedReturn | shopify.Return
) -> None:
    """Keeps the ids by which units are processed; none where a line stands for it only in parts.

    Somebody may have opened the return by hand, with two lines for units of one parcel line.
    """
    ids = {line.fulfillment_line_item_id: line.id for line in opened.lines}
    quantities = {line.id: line.quantity for line in opened.lines}
    for line in return_request.lines.all():
        line_id = ids.get(line.fulfillment_line_item_id, "")
        whole = quantities.get(line_id) == line.units_approved
        line.shopify_return_line_id = line_id if whole else ""
        line.save(update_fields=["shopify_return_line_id"])


@transaction.atomic
def return_processed(
    operation: Operation,
    processed: shopify.ProcessedReturn | shopify.Return,
    *,
    origin: Refund.Origin,
    restock_owed: bool,
    now: datetime,
) -> None:
    """The return is processed: its refunds are noted, and what is still missing is owed."""
    return_request = lock_request(operation.return_request_id)
    for refund in processed.refunds:
        note_refund(return_request, refund, origin=origin, now=now)
    note_settlement(return_request, now=now)
    if not is_paid(return_request, Refund.Part.RETURNED) and pays_through_shopify(return_request):
        confirm_at = now + CONFIRM_AFTER
        owe(return_request, Operation.Kind.CONFIRM_REFUND, now=now, due_at=confirm_at)
    last = operation
    if restock_owed:
        last = owe(return_request, Operation.Kind.RESTOCK, now=now, after=operation)
    if processed.status != "CLOSED":
        owe(return_request, Operation.Kind.CLOSE_RETURN, now=now, after=last)
    if origin == Refund.Origin.PORTAL and return_request.bonus_amount:
        owe(return_request, Operation.Kind.GRANT_BONUS, now=now, after=operation)
    finish(operation, now=now)
    close_when_complete(return_request, now=now)


@transaction.atomic
def kept_refunded(
    operation: Operation, refunds: Sequence[shopify.Refund], *, now: datetime
) -> None:
    """What the shopper keeps is refunded, or on its way: then its arrival is waited for."""
    return_request = lock_request(operation.return_request_id)
    for refund in refunds:
        note_refund(return_request, refund, origin=Refund.Origin.PORTAL, now=now)
    note_settlement(return_request, now=now)
    if not is_paid(return_request, Refund.Part.KEPT):
        owe(
            return_request,
            Operation.Kind.CONFIRM_REFUND,
            part=Refund.Part.KEPT,
            now=now,
            due_at=now + CONFIRM_AFTER,
        )
    finish(operation, now=now)
    close_when_complete(return_request, now=now)


@transaction.atomic
def refunds_confirmed(
    operation: Operation, refunds: Sequence[shopify.Refund], *, now: datetime
) -> bool:
    """Notes what became of the request's money; True, and the operation done, when it moved."""
    return_request = lock_request(operation.return_request_id)
    for refund in refunds:
        note_refund(return_request, refund, origin=Refund.Origin.PORTAL, now=now)
    note_settlement(return_request, now=now)
    part = Refund.Part(operation.part or Refund.Part.RETURNED)
    if return_request.refunded_at is None and not is_paid(return_request, part):
        return False
    finish(operation, now=now)
    close_when_complete(return_request, now=now)
    return True


@transaction.atomic
def settled_elsewhere(
    operation: Operation, refunds: Sequence[shopify.Refund], *, now: datetime
) -> None:
    """Somebody refunded these units outside the portal: the refunds are attached, none is paid.

    The shopper is told they are refunded when that money has moved, not sooner.
    """
    return_request = lock_request(operation.return_request_id)
    for refund in refunds:
        note_refund(return_request, refund, origin=Refund.Origin.ELSEWHERE, now=now)
    sentence = "Refunded elsewhere, so the portal paid nothing: " + "; ".join(
        f"{refund.total.amount} {refund.total.currency} in Shopify" for refund in refunds
    )
    if pays_through_shopify(return_request):
        ReturnRequest.objects.filter(pk=return_request.pk).update(
            refunded_elsewhere=True, attention=sentence
        )
    record_event(
        return_request, "refunded_elsewhere", actor=Actor.shopify(), now=now, message=sentence
    )
    skip_followers(operation, now=now)
    note_settlement(return_request, now=now)
    if return_request.refunded_at is None and pays_through_shopify(return_request):
        owe(return_request, Operation.Kind.CONFIRM_REFUND, now=now, due_at=now + CONFIRM_AFTER)
    if return_request.shopify_return_id:
        owe(return_request, Operation.Kind.CLOSE_RETURN, now=now, after=operation)
    finish(operation, now=now)
    close_when_complete(return_request, now=now)


@transaction.atomic
def step_done(operation: Operation, *, message: str, now: datetime) -> None:
    """A step in Shopify is done: notes it, and closes the request if it was the last."""
    return_request = lock_request(operation.return_request_id)
    by_tiktok = operation.kind.startswith("tiktok")
    actor = Actor.tiktok() if by_tiktok else Actor.shopify()
    record_event(return_request, operation.kind, actor=actor, now=now, message=message)
    if operation.kind == Operation.Kind.RESTOCK:
        told = ReturnRequest.objects.filter(attention__startswith=NOT_IN_STOCK)
        told.filter(pk=return_request.pk).update(attention="")
    finish(operation, now=now)
    close_when_complete(return_request, now=now)


@transaction.atomic
def ask_for_attention(operation: Operation, *, sentence: str, now: datetime) -> None:
    """Tells staff, on the request itself, what they must know or do."""
    return_request = lock_request(operation.return_request_id)
    ReturnRequest.objects.filter(pk=return_request.pk).update(attention=sentence)
    record_event(return_request, "attention", actor=Actor.system(), now=now, message=sentence)


@transaction.atomic
def note_refused_place(operation: Operation, *, sentence: str, now: datetime) -> None:
    """Shopify refused a place for the goods: tells staff, while the money goes its way."""
    return_request = lock_request(operation.return_request_id)
    ReturnRequest.objects.filter(pk=return_request.pk).update(attention=sentence)
    record_event(return_request, "place_refused", actor=Actor.shopify(), now=now, message=sentence)


@transaction.atomic
def retry_operation(*, operation_id: int, actor: Actor, now: datetime) -> Operation:
    """Puts a failed operation back to work where it stopped; raises Refused otherwise."""
    operation = Operation.objects.select_related("return_request").get(pk=operation_id)
    if not retry(operation, now=now):
        raise Refused("This step has not failed: there is nothing to try again.")
    ReturnRequest.objects.filter(pk=operation.return_request_id).update(attention="")
    record_event(
        operation.return_request,
        "retried",
        actor=actor,
        now=now,
        message=f"{operation.get_kind_display()}: tried again.",
    )
    operation.refresh_from_db()
    return operation


def pays_through_shopify(return_request: ReturnRequest) -> bool:
    """Whether a refund in Shopify is the shopper's money; elsewhere it is bookkeeping."""
    return return_request.settlement == ReturnRequest.Settlement.SHOPIFY


def refund_state(refund: shopify.Refund | shopify.Payout) -> Refund.State:
    """Paid only when all its transactions succeeded.

    A refund of nothing moved no money; one of money may show its transactions a moment later.
    """
    statuses = {transaction.status for transaction in refund.transactions}
    if statuses & NOT_MOVED or not (statuses or refund.total):
        return Refund.State.FAILED
    if not statuses:
        return Refund.State.PENDING
    return Refund.State.SUCCEEDED if statuses <= MOVED else Refund.State.PENDING


def note_refund(
    return_request: ReturnRequest,
    refund: shopify.Refund | shopify.Payout,
    *,
    origin: Refund.Origin,
    now: datetime,
) -> None:
    """Keeps the refund's present state and sum; a refund of nothing is not kept."""
    if not refund.total:
        return
    state = refund_state(refund)
    settled = {} if state == Refund.State.PENDING else {"settled_at": now}
    credit = sum((t.amount.amount for t in refund.transactions if is_credit(t)), Decimal(0))
    Refund.objects.update_or_create(
        shopify_id=refund.id,
        # Shopify may count a refund's payments one by one, as they succeed.
        defaults={
            "state": state,
            "amount": refund.total.amount,
            "credit_amount": credit,
            **settled,
        },
        create_defaults={
            "return_request": return_request,
            "amount": refund.total.amount,
            "currency": refund.total.currency,
            "state": state,
            "origin": origin,
            "part": part_of(refund),
            "credit_amount": credit,
            "gateways": ", ".join(sorted({t.gateway for t in refund.transactions}))[:200],
            "created_at": now,
            **settled,
        },
    )


def note_settlement(return_request: ReturnRequest, *, now: datetime) -> None:
    """Marks the request refunded once all that was approved has moved, and mails it."""
    return_request.refresh_from_db()
    if not pays_through_shopify(return_request):
        return
    paid = paid_amount(return_request)
    if return_request.refunded_at or paid is None:
        return
    ReturnRequest.objects.filter(pk=return_request.pk).update(refunded_amount=paid, refunded_at=now)
    return_request.refresh_from_db()
    record_event(
        return_request,
        "refunded",
        actor=Actor.shopify(),
        now=now,
        message=f"{return_request.refunded_amount} {return_request.currency} refunded.",
        shopper_sees=True,
    )
    owe_email(return_request, refund_mail(return_request, paid), now=now)


def refund_mail(return_request: ReturnRequest, paid: Decimal) -> str:
    """The mail that tells of `paid` back: what kind of refund it was."""
    if not paid:
        return "refunded_zero"
    if return_request.refunded_elsewhere:
        return "refunded_elsewhere"
    in_credit = Q(outcome=ReturnLineItem.Outcome.STORE_CREDIT)
    if not return_request.lines.exclude(in_credit).exists():
        return "refunded_store_credit"
    return "refunded_partly" if paid < return_request.quoted_amount else "refunded"


@transaction.atomic
def tell_of_refund(operation: Operation, event: str, *, now: datetime) -> None:
    """Owes the shopper, once, a mail that the refund is late or did not get through."""
    owe_email(lock_request(operation.return_request_id), event, now=now)


def paid_amount(return_request: ReturnRequest) -> Decimal | None:
    """What was paid back, once nothing is on its way and it is all; None until then.

    All is the approved amount; where somebody refunded elsewhere, it is what they chose to pay.
    """
    refunds = list(return_request.refunds.all())
    if any(refund.state == Refund.State.PENDING for refund in refunds):
        return None
    paid = moved(refunds)
    if return_request.refunded_elsewhere:
        return paid or None
    return paid if paid == return_request.approved_amount else None


def is_paid(return_request: ReturnRequest, part: Refund.Part) -> bool:
    """Whether all that was approved for what comes back, or for what is kept, has moved."""
    refunds = [row for row in return_request.refunds.all() if row.part == part]
    parts = parts_of(return_request)
    wanted = parts.kept if part == Refund.Part.KEPT else parts.returned
    on_its_way = any(row.state == Refund.State.PENDING for row in refunds)
    return not on_its_way and moved(refunds) == wanted.amount


def moved(refunds: Sequence[Refund]) -> Decimal:
    """The money that arrived; of a failed refund, the credit in it did."""
    # Added up here: SQLite would add them as floats.
    paid = sum((row.amount for row in refunds if row.state == Refund.State.SUCCEEDED), Decimal(0))
    rest = (row.credit_amount for row in refunds if row.state == Refund.State.FAILED)
    return sum(rest, paid)


def is_credit(transaction: shopify.Transaction | shopify.Movement) -> bool:
    """Whether it gave store credit in place of money."""
    return transaction.gateway == STORE_CREDIT_GATEWAY and transaction.status in MOVED


def part_of(refund: shopify.Refund | shopify.Payout) -> Refund.Part:
    """Whether the refund is for items that come back, or, by its note, for kept ones."""
    return Refund.Part.KEPT if refund.note.endswith(KEPT) else Refund.Part.RETURNED


def close_when_complete(return_request: ReturnRequest, *, now: datetime) -> None:
    """Closes a request whose money has moved and to whom nothing is owed in Shopify any more."""
    return_request.refresh_from_db()
    over = [Operation.State.DONE, Operation.State.SKIPPED]
    owed = return_request.operations.exclude(kind__in=NOT_WAITED_FOR).exclude(state__in=over)
    open_still = return_request.status in {Status.APPROVED, Status.RECEIVED}
    if open_still and return_request.refunded_at and not owed.exists():
        move(return_request, Action.CLOSE, actor=Actor.system(), now=now, closed_at=now)
