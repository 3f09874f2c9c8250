"""Who may see what: grants for orders that a shopper looked up, and pages nobody may keep."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found

from returns_portal.returns.orders import FoundOrder

SESSION_KEY = "granted_orders"
# The address that somebody confirmed in this session: offered again, never to anybody else.
CONFIRMED_EMAIL = "confirmed_email"
LASTS = timedelta(hours=2)
MOST_GRANTS = 20

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


@dataclass(frozen=True, slots=True)
class Grant:
    """The right to see an order until `expires_at`; not verified where nothing could be checked."""

    order_id: str
    legacy_id: int
    verified: bool
    expires_at: datetime


def legacy_id_of(order_id: str) -> int:
    """The number at the end of a Shopify id."""
    return int(order_id.rsplit("/", 1)[-1])


def grant_order(request: HttpRequest, found: FoundOrder, *, now: datetime) -> Grant:
    """Lets this session see the order for two hours, under a new session key.

    A session that is not stored yet gets its key, which nobody can know, when it is.
    """
    grant = Grant(found.order_id, legacy_id_of(found.order_id), found.verified, now + LASTS)
    grants = request.session.get(SESSION_KEY, {})
    grants.pop(str(grant.legacy_id), None)
    grants[str(grant.legacy_id)] = {
        "order_id": grant.order_id,
        "verified": grant.verified,
        "expires_at": grant.expires_at.isoformat(),
    }
    if request.session.session_key:
        request.session.cycle_key()
    request.session[SESSION_KEY] = dict(list(grants.items())[-MOST_GRANTS:])
    return grant


def get_granted_order_or_404(request: HttpRequest, legacy_id: int) -> Grant:
    """This session's grant for the order, perhaps expired; raises Http404 when it never had one."""
    kept = request.session.get(SESSION_KEY, {}).get(str(legacy_id))
    if kept is None:
        raise Http404
    return Grant(
        kept["order_id"], legacy_id, kept["verified"], datetime.fromisoformat(kept["expires_at"])
    )


def private(referrer: str = "same-origin") -> Callable[[View], View]:
    """Marks a view's answers, its 404 too, as nobody's to keep, index or pass on.

    Pages need `same-origin`: every page's foot has a form, and under `no-referrer` browsers send
    forms with `Origin: null`, which the CSRF check rightly refuses. Both tell other sites nothing.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                response = view(request, *args, **kwargs)
            except Http404 as missing:
                response = page_not_found(request, missing)
            response["Cache-Control"] = "no-store"
            response["X-Robots-Tag"] = "noindex, nofollow"
            response.headers.setdefault("Referrer-Policy", referrer)
            patch_vary_headers(response, ["HX-Request"])
            return response

        return guarded  # type: ignore[return-value]  # the same call as the view it wraps

    return decorate


def for_granted_order(view: Callable[..., HttpResponseBase]) -> Callable[..., Any]:
    """Calls `view` with this session's grant; an expired one leads back to the look-up."""

    @private()
    @wraps(view)
    def guarded(request: HttpRequest, legacy_id: int, **kwargs: Any) -> HttpResponseBase:
        grant = get_granted_order_or_404(request, legacy_id)
        if grant.expires_at <= timezone.now():
            messages.info(
                request,
                _("To protect your order, we close it after two hours. Please find it again."),
            )
            return redirect("portal:lookup")
        return view(request, grant, **kwargs)

    return guarded
