"""Every page of the staff side: the strict policy, nothing inline, and no secret of the shop's."""

import re

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from pytest_django import Settings

from tests.returns.factories import UserFactory
from tests.staff import test_permissions
from tests.staff.test_permissions import addresses

world, quick = test_permissions.world, test_permissions.quick

INLINE = re.compile(
    r"<script(?![^>]*\ssrc=)[^>]*>|<style[\s>]|<[^>]+\sstyle=[\"']|<[^>]+\son[a-z]+=[\"']|"
    r"(?:href|src|action)=[\"']?\s*javascript:",
    re.IGNORECASE,
)
# Data for scripts is no script.
DATA = re.compile(r'<script[^>]*type="application/json"[^>]*>')
SECRETS = {
    "SECRET_KEY": "a-secret-of-the-site-" + "0" * 40,
    "SHOPIFY_ACCESS_TOKEN": "shpat_a-secret-token",
    "SHOPIFY_CLIENT_SECRET": "a-secret-of-the-app",
    "SHOPIFY_WEBHOOK_SECRETS": ["a-secret-for-webhooks"],
    "TIKTOK_APP_SECRET": "a-secret-of-tiktoks",
    "TIKTOK_TOKEN_KEYS": ["QS1zZWNyZXQta2V5LW9mLXRoaXJ0eS10d28tYnl0ZXM="],
    "EMAIL_HOST_PASSWORD": "a-secret-of-the-mailer",
    "METRICS_TOKEN": "a-secret-for-metrics",
}


def administrator() -> Client:
    client = Client(raise_request_exception=False)
    user = UserFactory(admin=True)
    user.groups.add(Group.objects.get(name="admin"))
    client.force_login(user)
    return client


def secrets() -> list[str]:
    return [
        text
        for value in SECRETS.values()
        for text in ([value] if isinstance(value, str) else value)
    ]


@pytest.fixture
def pages(world: dict[str, str], settings: Settings) -> dict[str, str]:
    """Every page that an administrator can open, by address, with its policy in the first line."""
    for name, value in SECRETS.items():
        setattr(settings, name, value)
    client = administrator()
    shown = {}
    for address in addresses(world):
        if "logout" in address.url:
            continue
        response = client.get(address.url)
        if response.get("Content-Type", "").startswith("text/html"):
            policy = response.get("Content-Security-Policy", "")
            shown[address.url] = f"{policy}\n{response.content.decode()}"
    return shown


class TestEveryPage:
    def test_has_the_strict_policy_and_keeps_to_it(self, pages: dict[str, str]) -> None:
        assert len(pages) > 80
        lax, inline = [], []
        for url, page in pages.items():
            policy, _, html = page.partition("\n")
            if (
                "unsafe" in policy
                or "default-src 'none'" not in policy
                or "script-src 'self'" not in policy
            ):
                lax.append(f"{url}: {policy}")
            found = INLINE.search(DATA.sub("", html))
            if found:
                inline.append(f"{url}: {found[0]}")
        assert lax == []
        assert inline == []

    def test_shows_no_secret(self, pages: dict[str, str]) -> None:
        shown = [(url, text) for url, page in pages.items() for text in secrets() if text in page]
        assert shown == []


@pytest.mark.django_db
class TestAPageOfAnError:
    @pytest.mark.parametrize("path", ["/admin/", "/"])
    def test_tells_strangers_nothing_of_the_inside(
        self, path: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_args: object, **_values: object) -> None:
            raise RuntimeError(f"with {' '.join(secrets())} in hand")

        for name, value in SECRETS.items():
            setattr(settings, name, value)
        monkeypatch.setattr("django.contrib.admin.AdminSite.each_context", fail)
        monkeypatch.setattr("portal.views.lookup.summarize", fail)
        client = administrator()
        response = client.get(path)
        page = response.content.decode()
        assert response.status_code == 500
        assert "Traceback" not in page
        assert "RuntimeError" not in page
        assert [text for text in secrets() if text in page] == []
