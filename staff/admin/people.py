"""Who may sign in to the staff side, and what they may do there."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from returns_portal import second_factor

if TYPE_CHECKING:
    TypedUserAdmin = UserAdmin[User]
else:  # Django's class takes no parameter at run time
    TypedUserAdmin = UserAdmin


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


# Whoever sees a device's secret can sign in with it: the sign-in's own pages are enough.
for device in (TOTPDevice, StaticDevice):
    admin.site.unregister(device)
admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class StaffUserAdmin(TypedUserAdmin):
    """Django's own, with boxes to tick and the facts about sign-ins left as they are."""

    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    actions = ("switch_off_two_factor",)
    show_facets = admin.ShowFacets.NEVER

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody is deleted, because history names people: switch them off instead."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Superusers are changed by superusers alone."""
        above = obj is not None and obj.is_superuser and not _is_superuser(request)
        return super().has_change_permission(request, obj) and not above

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Only superusers make superusers, and give single permissions besides the roles."""
        fields = super().get_readonly_fields(request, obj)
        if _is_superuser(request):
            return fields
        return (*fields, "is_superuser", "user_permissions")

    @admin.action(
        description=_lazy("Switch two-factor sign-in off (phone lost)"), permissions=["change"]
    )
    def switch_off_two_factor(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """For people who lost their phone and their recovery codes."""
        allowed = [user for user in people if self.has_change_permission(request, user)]
        for user in allowed:
            second_factor.switch_off(user)
            self.log_change(request, user, _("Two-factor sign-in switched off."))
        names = ", ".join(str(user) for user in allowed)
        words = _("Two-factor sign-in is off for: %(people)s.") % {"people": names}
        self.message_user(request, words, messages.SUCCESS)

    def formfield_for_manytomany(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> "forms.ModelMultipleChoiceField[Any] | None":
        kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(Group)
class StaffGroupAdmin(GroupAdmin):
    """Django's own, with boxes to tick."""

    filter_horizontal = ()

    def formfield_for_manytomany(
        self, db_field: Any, request: HttpRequest | None = None, **kwargs: Any
    ) -> "forms.ModelMultipleChoiceField[Any] | None":
        kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)
