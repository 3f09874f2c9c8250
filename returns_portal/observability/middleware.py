"""Gives each request an id that its log lines and its answer carry, and counts and times it."""

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bound_contextvars, clear_contextvars

from returns_portal.observability.metrics import note_request

logger = logging.getLogger("returns_portal.requests")

HEADER = "X-Request-ID"
PLAUSIBLE = re.compile(r"[A-Za-z0-9-]{8,64}")
# Asked every few seconds by machines: counted, not written down.
QUIET = frozenset({"health/live", "health/ready", "metrics"})


class RequestIdMiddleware:
    """Stands first, so that even a refusal is counted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id, began = request_id_of(request), time.perf_counter()
        # A thread that answered somebody else before still knows that request's return.
        clear_contextvars()
        with bound_contextvars(request=request_id):
            response = self.get_response(request)
            note(request, response, time.perf_counter() - began)
        response[HEADER] = request_id
        return response


def request_id_of(request: HttpRequest) -> str:
    """The id that our own proxy gave the request, or a new one."""
    given = request.headers.get(HEADER, "") if settings.TRUSTED_PROXY_HOPS else ""
    return given if PLAUSIBLE.fullmatch(given) else uuid.uuid4().hex


def note(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """Counts the request under its route, which holds no secret, and writes a line."""
    route = request.resolver_match.route if request.resolver_match else "none"
    method = request.method or ""
    note_request(method, route, response.status_code, seconds)
    if route not in QUIET:
        fields = {
            "method": method,
            "route": route,
            "status": response.status_code,
            "duration_ms": round(seconds * 1000),
        }
        logger.info("Answered", extra=fields)
