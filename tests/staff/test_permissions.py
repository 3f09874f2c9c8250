"""Who may do what: every address of the admin, by role and method, and what denials change.

The table is `permissions.txt`. A new address without a row fails here: add the row that the
failure prints, once its codes are what they should be.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import Settings

from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.models import Parcel
from staff.decision import Comparison
from tests.returns.factories import (
    OperationFactory,
    ReturnPolicyFactory,
    ReturnReasonFactory,
    UserFactory,
    request_with_line,
    utc_now,
)

TABLE = Path(__file__).with_name("permissions.txt")
ROLES = ("anonymous", "viewer", "agent", "manager", "bench", "admin")
METHODS = ("get", "post")
DENIED = frozenset({401, 403, 404, 405})
WRITES = re.compile(r"^\s*(INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+\"?(\w+)", re.IGNORECASE)
# Signing in and out, and what was last seen, is no change of the shop's.
UNWATCHED = frozenset({"django_session", "axes_accessattempt"})
UUID = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class Address:
    """A pattern of the admin: its name, and one address that fits it."""

    name: str
    url: str


def admin_patterns() -> Iterator[tuple[str, str]]:
    """Name (or the route where there is none) and route of every pattern below /admin/."""
    root = next(
        pattern
        for pattern in get_resolver().url_patterns
        if isinstance(pattern, URLResolver) and pattern.namespace == "admin"
    )
    yield from walk(root.url_patterns, "/admin/")


def walk(patterns: list[Any], before: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield pattern.name or route, route
        else:
            yield from walk(pattern.url_patterns, route)


@pytest.fixture
def world(db: None) -> dict[str, str]:
    """One of everything, and by which values the routes' placeholders are filled."""
    item = request_with_line(
        approved=True, policy=ReturnPolicyFactory(), customer_name="Dana", attention=""
    )
    ReturnReasonFactory()
    UserFactory()
    record_event(item, "approved", actor=Actor.system(), now=utc_now())
    operation = OperationFactory(return_request=item, failed=True)
    parcel = Parcel.objects.create(return_request=item, received_at=utc_now())
    keys = {"returnrequest": item.pk, "operation": operation.pk, "parcels": parcel.pk}
    keys["bench"] = item.pk
    for model in apps.get_models():
        first = model._default_manager.first()
        if first is not None and model._meta.model_name not in keys:
            keys[str(model._meta.model_name)] = first.pk
    return {name: str(key) for name, key in keys.items()}


def addresses(world: dict[str, str]) -> list[Address]:
    return sorted(
        {Address(name, fill(route, world)) for name, route in admin_patterns()},
        key=lambda address: (address.name, address.url),
    )


def fill(route: str, world: dict[str, str]) -> str:
    """The route with its placeholders filled, by the model that stands before each."""
    parts = re.sub(r"^\^|\$$", "", route).replace("(?P<url>.*)$", "nowhere")
    parts = re.sub(r"\(\?P<app_label>[^)]*\)", "returns", parts).rstrip("$")
    segments = parts.split("/")
    filled = [
        re.sub(r"<[^>]+>", lambda found, at=at: value(found[0], segments[:at], world), segment)
        for at, segment in enumerate(segments)
    ]
    return "/".join(filled)


def value(placeholder: str, before: list[str], world: dict[str, str]) -> str:
    if placeholder.startswith("<uuid:"):
        return UUID
    near = [segment for segment in reversed(before) if segment in world]
    named_by_key = ("<id>", "<int:", "<path:object_id", "<path:content")
    if placeholder.startswith(named_by_key) or "pk" in placeholder:
        return world[near[0]] if near else "1"
    return "x" if placeholder.startswith(("<str:", "<slug:", "<path:")) else "1"


def sign_in_as(role: str) -> Client:
    client = Client(raise_request_exception=False)
    if role != "anonymous":
        user = UserFactory(staff=True)
        user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
    return client


@dataclass(slots=True)
class Watch:
    """Notes every statement that writes."""

    written: list[str]

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = WRITES.match(sql)
        if found and found[2] not in UNWATCHED:
            self.written.append(sql[:120])
        return execute(sql, params, many, context)


def ask(client: Client, method: str, url: str) -> tuple[int, list[str]]:
    """The code of the answer and what was written for it; all of it is taken back."""
    return ask_with(client, method, url, {})


def ask_with(client: Client, method: str, url: str, form: dict[str, str]) -> tuple[int, list[str]]:
    """As `ask`, with a form."""
    watch = Watch([])
    with transaction.atomic(), connection.execute_wrapper(watch):
        code = getattr(client, method)(url, form).status_code
        transaction.set_rollback(True)
    return code, watch.written


def read_table() -> dict[str, dict[str, str]]:
    header, *rows = [
        line.split() for line in TABLE.read_text("utf-8").splitlines() if line and line[0] != "#"
    ]
    return {row[0]: dict(zip(header[1:], row[1:], strict=True)) for row in rows}


def measure(role: str, world: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """The codes for a role, by address, as in the table; and denials that wrote something."""
    client, codes, wrong = sign_in_as(role), {}, []
    signed_in = {name: morsel.value for name, morsel in client.cookies.items()}
    for address in addresses(world):
        cells = []
        for method in METHODS:
            # Some address may have signed the person out.
            for name, cookie in signed_in.items():
                client.cookies[name] = cookie
            code, written = ask(client, method, address.url)
            cells.append(str(code))
            if code in DENIED and written:
                wrong.append(f"{method} {address.name} as {role}: {written}")
            if role == "anonymous" and written:
                wrong.append(f"{method} {address.name} as a stranger: {written}")
        codes[address.name] = "/".join(cells)
    return codes, wrong


def digest() -> dict[str, list[Any]]:
    """All rows of the shop's own tables."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values_list())
        for model in apps.get_models()
        if model._meta.app_label in {"returns", "auth", "otp_totp", "otp_static"}
        and model._meta.managed
    }


@pytest.fixture(autouse=True)
def quick(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody outside is asked."""
    monkeypatch.setattr("staff.views.setup.REMOTE", ())
    monkeypatch.setattr("staff.decision.compare_with_shopify", no_comparison)
    settings.SHOPIFY_TIMEOUT_SECONDS = 0.2


def no_comparison(*_args: Any, **_kwargs: Any) -> Any:
    return Comparison(None, "unknown", "Not asked.")


class TestTable:
    @pytest.mark.parametrize("role", ROLES)
    def test_says_what_each_role_gets_at_every_address_and_denials_change_nothing(
        self, role: str, world: dict[str, str]
    ) -> None:
        before = digest()
        known = read_table()
        codes, wrong = measure(role, world)
        missing = [name for name in codes if name not in known]
        assert not missing, f"Add rows for: {missing}"
        other = {
            name: f"{codes[name]} instead of {known[name][role]}"
            for name in codes
            if codes[name] != known[name][role]
        }
        assert other == {}
        assert wrong == []
        after = digest()
        after["auth.User"] = before["auth.User"]
        assert after == before

    def test_names_no_address_that_is_gone(self, world: dict[str, str]) -> None:
        assert set(read_table()) == {address.name for address in addresses(world)}

    def test_lets_the_bench_see_the_bench_and_nothing_else_of_the_shop(self) -> None:
        open_to_bench = {
            name for name, codes in read_table().items() if codes["bench"].startswith("200")
        }
        assert {name for name in open_to_bench if name.startswith("returns_")} == set()

    def test_lets_no_stranger_in(self) -> None:
        let_in = {name for name, codes in read_table().items() if "200" in codes["anonymous"]}
        assert let_in == {"login"}
