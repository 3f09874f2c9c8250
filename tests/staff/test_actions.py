"""Who may carry out which action of the admin's lists, and that the others change nothing.

The table names every action; a new one without a row fails here.
"""

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, Group
from django.test import RequestFactory
from django.urls import reverse

from tests.returns.factories import UserFactory
from tests.staff.test_permissions import (  # noqa: F401 - `world` and `quick` are fixtures
    ROLES,
    ask_with,
    digest,
    quick,
    sign_in_as,
    world,
)

pytestmark = pytest.mark.django_db
DECIDERS = ("agent", "manager", "admin")
ADMIN = ("admin",)
# Who is offered the action, by list. Whoever is not must not be able to send it either.
TABLE = {
    ("operation", "retry_selected"): DECIDERS,
    ("mirroredorder", "make_links"): DECIDERS,
    ("mirroredorder", "revoke_links"): DECIDERS,
    ("aftersale", "match_again"): DECIDERS,
    ("user", "switch_off_two_factor"): ADMIN,
    ("approvallimit", "delete_selected"): ADMIN,
    ("cannedtext", "delete_selected"): ADMIN,
    ("conditiongrade", "delete_selected"): ADMIN,
    ("group", "delete_selected"): ADMIN,
    ("returnpolicy", "delete_selected"): ADMIN,
    ("returnreason", "delete_selected"): ADMIN,
    ("saleschannel", "delete_selected"): ADMIN,
    ("withdrawalrules", "delete_selected"): ADMIN,
}


def offered() -> dict[tuple[str, str], tuple[str, ...]]:
    """The roles that are offered each action, by model and action."""
    found: dict[tuple[str, str], list[str]] = {}
    for role in ROLES:
        request = RequestFactory().get("/")
        request.user = AnonymousUser()
        if role != "anonymous":
            request.user = UserFactory(staff=True)
            request.user.groups.add(Group.objects.get(name=role))
        for model, model_admin in admin.site._registry.items():
            for name in model_admin.get_actions(request):
                found.setdefault((str(model._meta.model_name), name), []).append(role)
    return {key: tuple(roles) for key, roles in found.items()}


class TestActions:
    def test_are_offered_to_these_roles_and_no_other(self) -> None:
        assert offered() == TABLE

    @pytest.mark.parametrize("role", ROLES)
    def test_change_nothing_when_others_send_them(self, role: str, world: dict[str, str]) -> None:  # noqa: F811
        client, before, wrong = sign_in_as(role), digest(), []
        for (model, action), roles in TABLE.items():
            label = "auth" if model in {"user", "group"} else "returns"
            form = {"action": action, "_selected_action": world.get(model, "1"), "post": "yes"}
            url = reverse(f"admin:{label}_{model}_changelist")
            _code, written = ask_with(client, "post", url, form)
            if role not in roles and written:
                wrong.append(f"{action} of {model} as {role}: {written}")
        assert wrong == []
        after = digest()
        after["auth.User"] = before["auth.User"]
        assert after == before
