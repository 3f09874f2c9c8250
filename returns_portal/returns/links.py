"""Links that open an order without typing: signed, expiring, and revocable all at once."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from returns_portal.returns.models import MirroredOrder

SALT = "returns.order-link"
LASTS = timedelta(days=30)


class LinkRefused(Exception):
    """The link is forged, expired or revoked: which of these is never told."""


def build_order_link(order: MirroredOrder) -> str:
    """The whole address that opens the order for whoever holds it, for 30 days."""
    signed = signing.dumps([order.pk, order.link_generation], salt=SALT)
    return settings.SITE_URL + reverse("portal:open", args=[signed])


def read_order_link(signed: str) -> MirroredOrder:
    """The order that a link opens; raises LinkRefused."""
    try:
        pk, generation = signing.loads(signed, salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        raise LinkRefused from None
    order = MirroredOrder.objects.filter(pk=pk, link_generation=generation).first()
    if order is None:
        raise LinkRefused
    return order
