"""Exceptions for single orders: given by staff with a reason, taken back, told in the history."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import formats
from django.utils.translation import gettext as _

from returns_portal.returns.exceptions import exceptions_of
from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.models import MirroredOrder, OrderException, ReturnRequest
from returns_portal.returns.orders import shop_timezone
from returns_portal.returns.services.guard import Refused


@dataclass(frozen=True, slots=True)
class WantedException:
    """What an order shall be allowed: a last day for returns, or final-sale items, or both."""

    last_day: date | None
    final_sale: bool
    reason: str


@transaction.atomic
def give_exception(
    *, order_id: str, wanted: WantedException, actor: Actor, now: datetime
) -> OrderException:
    """Gives the order this exception in place of one it may have; holds for the shopper as well.

    Raises Refused without a reason, when it allows nothing, and for a day that is over.
    """
    order = MirroredOrder.objects.select_for_update().filter(shopify_id=order_id).first()
    if order is None:
        raise Refused(_("The portal does not know this order."))
    refuse_nonsense(wanted, now)
    _end_standing(order_id, actor, now)
    given = OrderException.objects.create(
        shopify_order_id=order_id,
        order_name=order.name,
        window_until=_end_of(wanted.last_day) if wanted.last_day else None,
        allows_final_sale=wanted.final_sale,
        reason=wanted.reason.strip(),
        user_id=actor.user_id,
        created_at=now,
    )
    _tell(order_id, "exception_given", describe(wanted), actor, now)
    return given


@transaction.atomic
def take_back_exception(*, order_id: str, reason: str, actor: Actor, now: datetime) -> None:
    """Lets the policy hold for the order again; requests already made stay as they are.

    Raises Refused when no exception stands.
    """
    MirroredOrder.objects.select_for_update().filter(shopify_id=order_id).first()
    if not _end_standing(order_id, actor, now):
        raise Refused(_("This order has no exception that could be taken back."))
    _tell(order_id, "exception_taken_back", reason.strip()[:500], actor, now)


def refuse_nonsense(wanted: WantedException, now: datetime) -> None:
    """Raises Refused for an exception that says nothing, or not why."""
    if not wanted.reason.strip():
        raise Refused(_("Say why: whoever looks next reads it."))
    if wanted.last_day is None and not wanted.final_sale:
        raise Refused(_("Give a last day for returns, or allow final-sale items."))
    if wanted.last_day and _end_of(wanted.last_day) <= now:
        raise Refused(_("Give a last day that is not over yet."))


def describe(wanted: WantedException) -> str:
    """The exception in words, for the history."""
    words = []
    if wanted.last_day:
        day = formats.date_format(wanted.last_day, "DATE_FORMAT")
        words.append(_("May be returned until %(date)s.") % {"date": day})
    if wanted.final_sale:
        words.append(_("Final-sale items may be returned."))
    return " ".join([*words, wanted.reason.strip()])


def _end_standing(order_id: str, actor: Actor, now: datetime) -> int:
    standing = exceptions_of(order_id).filter(revoked_at__isnull=True)
    return standing.update(revoked_at=now, revoked_by_id=actor.user_id)


def _tell(order_id: str, kind: str, words: str, actor: Actor, now: datetime) -> None:
    """Writes it into the history of every request of the order."""
    for return_request in ReturnRequest.objects.filter(shopify_order_id=order_id):
        record_event(return_request, kind, actor=actor, now=now, message=words)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=shop_timezone())
