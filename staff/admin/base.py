"""What the admin's pages have in common: types, and records that nobody may change by hand."""

from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

T = TypeVar("T", bound=Model)
LONGEST_VALUE = 200

if TYPE_CHECKING:

    class TypedAdmin(admin.ModelAdmin[T]):
        """Django's ModelAdmin with its model's type."""

else:

    class TypedAdmin(admin.ModelAdmin):
        """Django's ModelAdmin, which takes no type parameter at run time."""

        def __class_getitem__(cls, _model: type) -> type:
            return cls


class ListAdmin(TypedAdmin[T]):
    """A list under its plain name, not under an order to select something.

    What is changed is logged with the old and the new value.
    """

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> list[Any]:
        """Django's, with old and new beside the name of each changed field."""
        if add or not form.changed_data:
            return list(super().construct_change_message(request, form, formsets, add))
        changes = [told_change(form, name) for name in form.changed_data]
        return [{"changed": {"fields": changes}}]

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


def told_change(form: Any, name: str) -> str:
    """A changed field in words: what it is called, what it was and what it is."""
    field = form.fields[name]
    label = capfirst(str(field.label or name))
    old, new = field.prepare_value(form[name].initial), form.cleaned_data.get(name)
    return f"{label}: {shown_value(old)} → {shown_value(field.prepare_value(new))}"


def shown_value(value: Any) -> str:
    """A value for the log: short, and a word where there is none."""
    words = str(value).strip() if value not in (None, "", []) else str(_("nothing"))
    return words if len(words) <= LONGEST_VALUE else f"{words[: LONGEST_VALUE - 1]}…"


def badge(level: str, words: Any) -> SafeString:
    """A colored label whose words say the same as its color."""
    return format_html('<span class="badge badge-{}">{}</span>', level, words)
