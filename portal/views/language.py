"""Switching the language, without losing what a form of the page held."""

from django.http import HttpRequest, HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from portal.responses import LANGUAGE_AGAIN


@require_POST
def switch(request: HttpRequest) -> HttpResponseBase:
    """Takes the language; a page that sent its form along is asked for with that form again (307).

    Such a page names itself. Only addresses of this site are believed; otherwise it goes back to
    where the shopper came from, without the form.
    """
    response = set_language(request)
    again = request.POST.get(LANGUAGE_AGAIN)
    if url_has_allowed_host_and_scheme(again, {request.get_host()}, request.is_secure()):
        response.status_code = 307
    return response
