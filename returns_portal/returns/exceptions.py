"""What staff allow single orders beyond the policy, as the rules look at it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from returns_portal.returns.eligibility import NO_ALLOWANCE, Allowance
from returns_portal.returns.models import OrderException


def exceptions_of(order_id: str) -> QuerySet[OrderException]:
    """All exceptions ever given to the order, newest first."""
    given = OrderException.objects.filter(shopify_order_id=order_id)
    return given.select_related("user", "revoked_by").order_by("-created_at", "-pk")


def find_exception(order_id: str) -> OrderException | None:
    """The exception that counts for the order: the newest one that nobody took back."""
    return _standing(order_id).first()


def find_allowance(order_id: str, *, timezone: ZoneInfo) -> Allowance:
    """The order's exception as plain values; days are those of `timezone`."""
    given = _standing(order_id).values_list("window_until", "allows_final_sale").first()
    if given is None:
        return NO_ALLOWANCE
    until, final_sale = given
    last = (until - timedelta(seconds=1)).astimezone(timezone).date() if until else None
    return Allowance(window_until=last, final_sale=final_sale)


def _standing(order_id: str) -> QuerySet[OrderException]:
    given = OrderException.objects.filter(shopify_order_id=order_id, revoked_at__isnull=True)
    return given.order_by("-created_at", "-pk")
