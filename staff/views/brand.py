"""The shop's brand in the admin: one form, with a preview of the portal and of a mail."""

from base64 import b64encode
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from returns_portal.returns.branding.brand import (
    Brand,
    build_brand,
    build_css,
    current_brand,
    dark_palette,
    light_palette,
)
from returns_portal.returns.branding.colors import is_color
from returns_portal.returns.models import ShopBrand
from returns_portal.returns.services import apply_words, change_brand
from staff.access import require
from staff.branding import BrandForm, initial_of, ratios_of
from staff.previews import framed_page, shows_frames

VIEW = "returns.view_shopbrand"
CHANGE = "returns.change_shopbrand"
PAGE = "admin/returns/shopbrand/edit.html"
PREVIEW = "admin/returns/shopbrand/preview.html"
LOOKS = {"light": gettext_lazy("Light"), "dark": gettext_lazy("Dark")}


@shows_frames
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest) -> HttpResponse:
    """GET: the brand as it is. POST: the brand from now on."""
    require(request, VIEW)
    row = ShopBrand.objects.defer("logo").first()
    if request.method != "POST":
        return _editor(request, BrandForm(initial=initial_of(row)), row)
    require(request, CHANGE)
    form = BrandForm(request.POST, request.FILES)
    if not form.is_valid():
        return _editor(request, form, row, status=422)
    change_brand(
        words=form.words,
        logo=form.cleaned_logo,
        remove_logo=form.cleaned_data["remove_logo"],
        now=timezone.now(),
    )
    messages.success(request, _("Saved: shoppers see this from now on."))
    return redirect("admin:returns_shopbrand_changelist")


@framed_page
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest) -> HttpResponse:
    """The portal's front page in what is typed, or in what holds; what is wrong is told in it."""
    require(request, VIEW)
    brand, logo, flaws = current_brand(), "", []
    if request.method == "POST":
        form = BrandForm(request.POST, request.FILES)
        if form.is_valid():
            brand, logo = _typed_brand(form)
        flaws = [message for found in form.errors.values() for message in found]
    look = "dark" if request.POST.get("look") == "dark" else "light"
    colors = f"accent={brand.light.accent[1:]}&accent_dark={brand.dark.accent[1:]}"
    context = {
        "tried": brand,
        "logo_src": logo or (brand.logo_url if brand.logo_width else ""),
        "look": look,
        "flaws": flaws,
        "ratios": ratios_of(brand),
        "css_url": f"{reverse('admin:returns_shopbrand_css')}?{colors}",
    }
    return render(request, PREVIEW, context)


@require_safe
def css(request: HttpRequest) -> HttpResponse:
    """The colors of the address as a stylesheet: previews hold no style of their own."""
    require(request, VIEW)
    given = {name: f"#{request.GET.get(name, '')}" for name in ("accent", "accent_dark")}
    brand = Brand(name="")
    if is_color(given["accent"]):
        brand = replace(brand, light=light_palette(given["accent"]))
    if is_color(given["accent_dark"]):
        brand = replace(brand, dark=dark_palette(given["accent_dark"]))
    return HttpResponse(build_css(brand), content_type="text/css; charset=utf-8")


def _typed_brand(form: BrandForm) -> tuple[Brand, str]:
    """The brand of a valid form, unsaved, and its new logo as a data address."""
    row = ShopBrand.objects.defer("logo").first() or ShopBrand()
    apply_words(row, form.words)
    row.changed_at = timezone.now()
    if form.cleaned_data["remove_logo"]:
        row.logo_width = 0
    if form.cleaned_logo is None:
        return build_brand(row), ""
    row.logo_width, row.logo_height = form.cleaned_logo.width, form.cleaned_logo.height
    data = b64encode(form.cleaned_logo.data).decode()
    return build_brand(row), f"data:image/png;base64,{data}"


def _editor(
    request: HttpRequest, form: BrandForm, row: ShopBrand | None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "opts": ShopBrand._meta,
        "title": _("Brand"),
        "form": form,
        "default_name": settings.PORTAL_NAME,
        "has_logo": bool(row and row.logo_width),
        "brand": current_brand(),
        "looks": LOOKS,
        "preview_url": reverse("admin:returns_shopbrand_preview"),
        "may_change": request.user.has_perm(CHANGE),
    }
    return TemplateResponse(request, PAGE, context, status=status)
