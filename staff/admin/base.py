"""What the admin's pages have in common: types, and records that nobody may change by hand."""

from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

T = TypeVar("T", bound=Model)

if TYPE_CHECKING:

    class TypedAdmin(admin.ModelAdmin[T]):
        """Django's ModelAdmin with its model's type."""

else:

    class TypedAdmin(admin.ModelAdmin):
        """Django's ModelAdmin, which takes no type parameter at run time."""

        def __class_getitem__(cls, _model: type) -> type:
            return cls


class ListAdmin(TypedAdmin[T]):
    """A list under its plain name, not under an order to select something."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = capfirst(self.model._meta.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})


class ReadOnlyAdmin(ListAdmin[T]):
    """Records that only the portal writes: to be read, never added, changed or deleted."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def badge(level: str, words: Any) -> SafeString:
    """A colored label whose words say the same as its color."""
    return format_html('<span class="badge badge-{}">{}</span>', level, words)
