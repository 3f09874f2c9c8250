"""The mails' words in the admin: a list of all kinds, and an editor with a preview."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from returns_portal.returns.models import MailText
from staff.admin.base import TypedAdmin
from staff.views import mail_texts


@admin.register(MailText)
class MailTextAdmin(TypedAdmin[MailText]):
    """All kinds of mail, whether or not the shop has words of its own for them."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return mail_texts.mail_list(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        views = {
            "edit": ("", mail_texts.edit),
            "preview": ("preview/", mail_texts.preview),
            "test": ("test/", mail_texts.try_out),
            "reset": ("reset/", mail_texts.reset),
        }
        own = [
            path(
                f"<slug:event>/<slug:language>/{ending}",
                self.admin_site.admin_view(view),
                name=f"returns_mailtext_{name}",
            )
            for name, (ending, view) in views.items()
        ]
        return own + super().get_urls()
