"""What staff allow single orders beyond the policy, as the rules look at it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from returns_portal.prepared import Asked, Prepared
from returns_portal.returns.eligibility import NO_ALLOWANCE, Allowance
from returns_portal.returns.models import OrderException


def exceptions_of(order_id: str) -> QuerySet[OrderException]:
    """All exceptions ever given to the order, newest first."""
    given = OrderException.objects.filter(shopify_order_id=order_id)
    return given.select_related("user", "revoked_by").order_by("-created_at", "-pk")


def find_exception(order_id: str) -> OrderException | None:
    """The exception that counts for the order: the newest one that nobody took back."""
    return STANDING.first(order=order_id)


def find_allowance(order_id: str, *, timezone: ZoneInfo) -> Allowance:
    """The order's exception as plain values; days are those of `timezone`."""
    given = find_exception(order_id)
    if given is None:
        return NO_ALLOWANCE
    until = given.window_until
    last = (until - timedelta(seconds=1)).astimezone(timezone).date() if until else None
    return Allowance(window_until=last, final_sale=given.allows_final_sale)


STANDING = Prepared(
    OrderException.objects.filter(
        shopify_order_id=Asked("order"), revoked_at__isnull=True
    ).order_by("-created_at", "-pk")[:1]
)
