"""How a page says that something went wrong: with a status for machines, a sentence for people."""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from returns_portal.returns.policies import NoPolicy
from returns_portal.shopify.errors import ShopifyError

logger = logging.getLogger(__name__)

RETRY_AFTER = "120"


def problem_status(request: HttpRequest, status: int) -> int:
    """`status`, or 200 to htmx, which shows nothing of answers from 400 on."""
    return 200 if request.headers.get("HX-Request") == "true" else status


def unavailable(request: HttpRequest, error: ShopifyError | NoPolicy) -> HttpResponse:
    """The page that says: not now, nothing is lost, try again."""
    logger.error("The order could not be read: %s", error)
    response = render(request, "portal/unavailable.html", status=problem_status(request, 503))
    response["Retry-After"] = RETRY_AFTER
    return response
