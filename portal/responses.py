"""How forms are answered: on to the next page, or with what is wrong for machines and people."""

import logging
from dataclasses import dataclass

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from returns_portal.returns.policies import NoPolicy
from returns_portal.shopify.errors import ShopifyError

logger = logging.getLogger(__name__)

RETRY_AFTER = "120"
# The page that wants its form back once the language is another: Django's own word for where to go.
LANGUAGE_AGAIN = "next"


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """A sentence about what is wrong, and the id of the field it is about (or of the list)."""

    anchor: str
    message: str


def problems_of(form: BaseForm) -> list[FieldProblem]:
    """What is wrong with the fields of a form, in their order."""
    return [FieldProblem(field.name, str(message)) for field in form for message in field.errors]


def problem_status(request: HttpRequest, status: int) -> int:
    """`status`, or 200 to htmx, which shows nothing of answers from 400 on."""
    return 200 if request.headers.get("HX-Request") == "true" else status


def switches_language(request: HttpRequest) -> bool:
    """Whether the form comes by way of the language switch: it is shown again, nothing is done."""
    return LANGUAGE_AGAIN in request.POST


def see_other(page: str, *of: object) -> HttpResponse:
    """Leads from a form that was taken to the page of that name, which is read (303)."""
    response = redirect(page, *of)
    response.status_code = 303
    return response


def unavailable(request: HttpRequest, error: ShopifyError | NoPolicy) -> HttpResponse:
    """The page that says: not now, nothing is lost, try again."""
    logger.error("The order could not be read: %s", error)
    response = render(request, "portal/unavailable.html", status=problem_status(request, 503))
    response["Retry-After"] = RETRY_AFTER
    return response
