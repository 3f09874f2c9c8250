"""Roles of the shop's staff, as groups: what each may do, and how permissions reach them.

Migrations give the groups what is new and never take anything away, so a shop may add to its
groups what it likes.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.management import create_permissions

VIEWER = (
    "returns.view_returnrequest",
    "returns.view_returnevent",
    "returns.view_operation",
    "returns.view_difference",
    "returns.view_returnpolicy",
    "returns.view_returnreason",
    "returns.view_conditiongrade",
    "returns.view_reports",
    "returns.view_shopcalendar",
    "returns.view_policyversion",
)
AGENT = (
    *VIEWER,
    "returns.decide_returnrequest",
    "returns.retry_operation",
    "returns.view_personal_data",
    "returns.view_mirroredorder",
)
MANAGER = (
    *AGENT,
    "returns.change_amount_returnrequest",
    "returns.inspect_returnrequest",
    "returns.override_returnrequest",
    "returns.add_returnpolicy",
    "returns.change_returnpolicy",
    "returns.add_shopcalendar",
    "returns.change_shopcalendar",
    "returns.add_returnreason",
    "returns.change_returnreason",
    "returns.add_conditiongrade",
    "returns.change_conditiongrade",
    "returns.add_fix",
    "returns.delete_fix",
)
BENCH = ("returns.inspect_returnrequest",)
# Besides everything of the portal itself.
ADMIN = (
    *MANAGER,
    "auth.add_user",
    "auth.change_user",
    "auth.view_user",
    "auth.add_group",
    "auth.change_group",
    "auth.delete_group",
    "auth.view_group",
    "admin.view_logentry",
)
ROLES: Mapping[str, tuple[str, ...]] = {
    "viewer": VIEWER,
    "agent": AGENT,
    "manager": MANAGER,
    "bench": BENCH,
    "admin": ADMIN,
}


def make_permissions(apps: Any, *labels: str) -> None:
    """Makes the permissions of these apps, as far as a migration has come.

    Django makes them only after the last migration, too late for groups that hold them.
    """
    for label in labels:
        app_config = apps.get_app_config(label)
        # A historical app looks empty to Django without it.
        app_config.models_module = True
        create_permissions(app_config, apps=apps, verbosity=0)
        app_config.models_module = None


def grant(apps: Any, roles: Mapping[str, Iterable[str]]) -> None:
    """Makes the groups that are missing and gives each the permissions named in `roles`.

    The role `admin` gets every permission of the portal itself besides. Raises DoesNotExist for
    a permission that nobody has made.
    """
    groups = apps.get_model("auth", "Group").objects
    permissions = apps.get_model("auth", "Permission").objects
    for role, names in roles.items():
        group, _made = groups.get_or_create(name=role)
        group.permissions.add(*(find_permission(permissions, name) for name in names))
    everything = permissions.filter(content_type__app_label="returns")
    groups.get(name="admin").permissions.add(*everything)


def find_permission(permissions: Any, name: str) -> Any:
    """The permission called, say, returns.view_returnrequest; raises DoesNotExist."""
    label, codename = name.split(".")
    return permissions.get(content_type__app_label=label, codename=codename)
