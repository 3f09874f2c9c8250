"""Links that open an order without typing, signed and revocable; the links to returns."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.crypto import salted_hmac

from returns_portal.returns.identity import normalize_email
from returns_portal.returns.models import MirroredOrder, ReturnRequest

SALT = "returns.order-link"
CONTACT_SALT = "returns.contact-link"
CONTACT_LASTS = timedelta(days=7)
LASTS = timedelta(days=30)
LINKS_REACH_BACK = timedelta(days=180)


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


def status_url(return_request: ReturnRequest) -> str:
    """The private address of the return's page."""
    return settings.SITE_URL + reverse("portal:status", args=[return_request.token])


def requests_of(email: str, *, now: datetime) -> QuerySet[ReturnRequest]:
    """The requests of half a year with this contact address, newest first."""
    recent = ReturnRequest.objects.filter(requested_at__gt=now - LINKS_REACH_BACK)
    return recent.filter(contact_email__iexact=email).order_by("-requested_at", "-pk")


def build_contact_link(return_request: ReturnRequest) -> str:
    """The address by which the holder of the return's e-mail address confirms it, for a week."""
    signed = signing.dumps([return_request.pk, _digest(return_request)], salt=CONTACT_SALT)
    return settings.SITE_URL + reverse("portal:confirm", args=[signed])


def read_contact_link(signed: str) -> ReturnRequest:
    """The return whose address the link confirms; raises LinkRefused, also once it has another."""
    try:
        pk, digest = signing.loads(signed, salt=CONTACT_SALT, max_age=CONTACT_LASTS)
    except signing.BadSignature:
        raise LinkRefused from None
    return_request = ReturnRequest.objects.filter(pk=pk).exclude(contact_email="").first()
    if return_request is None or _digest(return_request) != digest:
        raise LinkRefused
    return return_request


def _digest(return_request: ReturnRequest) -> str:
    """The address without telling it: links are copied into logs and chats."""
    email = normalize_email(return_request.contact_email)
    return salted_hmac(CONTACT_SALT, email).hexdigest()[:16]


def mask_email(email: str) -> str:
    """Enough of an address to know one's own by: s…r@example.com."""
    local, _at, domain = email.rpartition("@")
    shown = f"{local[0]}…{local[-1]}" if len(local) > 2 else "…"
    return f"{shown}@{domain}"
