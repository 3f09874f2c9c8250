"""The shop's brand in the admin: one page in place of a list of one."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from returns_portal.returns.models import ShopBrand
from staff.admin.base import TypedAdmin
from staff.views import brand


@admin.register(ShopBrand)
class ShopBrandAdmin(TypedAdmin[ShopBrand]):
    """How the shop presents itself to shoppers."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return brand.edit(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        views = {"preview": brand.preview, "css": brand.css}
        own = [
            path(f"{name}/", self.admin_site.admin_view(view), name=f"returns_shopbrand_{name}")
            for name, view in views.items()
        ]
        return own + super().get_urls()
