"""The shop's colors as a stylesheet, and its logo: for everybody, kept as long as they hold."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

from returns_portal.returns.branding.brand import build_brand, build_css, current_brand
from returns_portal.returns.models import ShopBrand

FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"


def _etag(request: HttpRequest) -> str:
    return f'"{current_brand().version}"'


def _caching(request: HttpRequest, version: str) -> str:
    """Addresses with the version in them never change; others are asked for again."""
    return FOREVER if request.GET.get("v") == version else ASK_AGAIN


@require_safe
@condition(etag_func=_etag)
def css(request: HttpRequest) -> HttpResponse:
    """The accent's custom properties."""
    brand = current_brand()
    response = HttpResponse(build_css(brand), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = _caching(request, brand.version)
    return response


@require_safe
@condition(etag_func=_etag)
def logo(request: HttpRequest) -> HttpResponse:
    """The logo as the portal wrote it anew; raises Http404 without one."""
    row = ShopBrand.objects.first()
    if row is None or not row.logo_width:
        raise Http404
    response = HttpResponse(bytes(row.logo), content_type="image/png")
    response["Cache-Control"] = _caching(request, build_brand(row).version)
    response["Content-Disposition"] = 'inline; filename="logo.png"'
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
