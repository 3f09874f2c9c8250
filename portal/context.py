"""What every page of the portal knows without its view saying so."""

from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.utils.functional import SimpleLazyObject

from returns_portal.returns.branding.brand import current_brand


def brand(request: HttpRequest) -> dict[str, object]:
    """The shop's brand as of moments ago, read where a page shows it."""
    return {"brand": SimpleLazyObject(current_brand.recent)}


def csrf(request: HttpRequest) -> dict[str, object]:
    """The field that each form needs, masked once for all forms of a page."""
    return {"csrf_input": SimpleLazyObject(lambda: csrf_input(request))}
