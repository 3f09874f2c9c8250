"""Roles: the groups that a new shop finds, and what each of them may do."""

from pathlib import Path

import pytest
from django.contrib.auth.models import Group

from returns_portal.returns.roles import ROLES

pytestmark = pytest.mark.django_db
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "roles.md"


def held_by(role: str) -> set[str]:
    pairs = Group.objects.get(name=role).permissions.values_list(
        "content_type__app_label", "codename"
    )
    return {f"{app_label}.{codename}" for app_label, codename in pairs}


class TestGroups:
    @pytest.mark.parametrize("role", ROLES)
    def test_hold_what_their_role_says(self, role: str) -> None:
        beyond = {name for name in held_by(role) if role == "admin" and "returns." in name}
        assert held_by(role) == set(ROLES[role]) | beyond

    def test_of_the_bench_can_inspect_and_nothing_else(self) -> None:
        assert held_by("bench") == {"returns.inspect_returnrequest"}

    @pytest.mark.parametrize("role", ["viewer", "bench"])
    def test_without_personal_data_stay_without(self, role: str) -> None:
        assert "returns.view_personal_data" not in held_by(role)


class TestDocument:
    @pytest.mark.parametrize("role", ROLES)
    def test_says_of_every_permission_who_holds_it(self, role: str) -> None:
        header, _rule, *rows = [
            [cell.strip().strip("`") for cell in line.strip("|").split("|")]
            for line in DOCUMENT.read_text("utf-8").splitlines()
            if line.startswith("|")
        ]
        column = header.index(role)
        told = {row[1] for row in rows if row[column] == "yes"}
        assert told == set(ROLES[role])
