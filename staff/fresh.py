"""Fresh sign-ins: a person who moves much money has proved who they are a moment ago."""

from datetime import datetime, timedelta
from decimal import Decimal
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from returns_portal.shopify.types import Money
from staff.pages import is_htmx

PROVED_AT = "proved_at"


def note_proof(request: HttpRequest, *, now: datetime) -> None:
    """Notes in the session that the person has just proved who they are."""
    request.session[PROVED_AT] = now.isoformat()


def is_fresh(request: HttpRequest, *, now: datetime) -> bool:
    """Whether the person proved who they are within the last FRESH_SIGN_IN_MINUTES."""
    proved_at = request.session.get(PROVED_AT)
    if not proved_at:
        return False
    return now - datetime.fromisoformat(proved_at) < proof_holds()


def proof_holds() -> timedelta:
    return timedelta(minutes=settings.FRESH_SIGN_IN_MINUTES)


def needs_fresh_sign_in(request: HttpRequest, *amounts: Money, now: datetime) -> bool:
    """Whether so much money needs a proof that this person has not given lately.

    Several amounts count by currency, each sum against FRESH_SIGN_IN_AMOUNT.
    """
    if is_fresh(request, now=now):
        return False
    sums: dict[str, Decimal] = {}
    for money in amounts:
        sums[money.currency] = sums.get(money.currency, Decimal(0)) + money.amount
    return any(total > settings.FRESH_SIGN_IN_AMOUNT for total in sums.values())


def ask_for_proof(request: HttpRequest, next_url: str) -> HttpResponse:
    """To the page where the person proves who they are, and then on to `next_url`."""
    url = f"{reverse('admin:prove')}?{urlencode({'next': next_url})}"
    if is_htmx(request):
        # htmx would swap the page into the place of a fragment.
        return HttpResponseClientRedirect(url)
    return redirect(url)
