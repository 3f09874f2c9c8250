"""What every answer says to browsers, and which names the site answers to."""

import pytest
from django.conf import settings as configured
from django.test import Client

from tests.returns.factories import ReturnRequestFactory

pytestmark = pytest.mark.django_db
POLICY = {"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"}


def an_address(name: str) -> str:
    token = ReturnRequestFactory().token
    return {
        "look-up": "/",
        "status": f"/returns/{token}/",
        "nowhere": "/returns/x/y/z/",
        "sign-in": "/admin/login/",
        "metrics": "/metrics",
        "health": "/health/live",
    }[name]


@pytest.mark.parametrize("name", ["look-up", "status", "nowhere", "sign-in", "metrics", "health"])
class TestEveryAnswer:
    def test_keeps_other_sites_scripts_and_devices_out(self, client: Client, name: str) -> None:
        answer = client.get(an_address(name))
        policy = answer["Content-Security-Policy"]
        assert {part.strip() for part in policy.split(";")} >= POLICY
        assert "unsafe" not in policy
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] in {"same-origin", "no-referrer"}
        assert "camera=()" in answer["Permissions-Policy"]

    def test_is_given_to_no_other_name(self, client: Client, name: str) -> None:
        address = an_address(name)
        assert client.get(address, headers={"Host": "evil.example"}).status_code == 400

    def test_does_not_believe_a_forwarded_name(self, client: Client, name: str) -> None:
        answer = client.get(an_address(name), headers={"X-Forwarded-Host": "evil.example"})
        assert "evil.example" not in answer.content.decode()
        assert answer.status_code != 400


class TestCookies:
    def test_are_out_of_reach_for_scripts_and_other_sites(self) -> None:
        assert configured.SESSION_COOKIE_HTTPONLY
        assert configured.CSRF_COOKIE_HTTPONLY
        assert configured.SESSION_COOKIE_SAMESITE == "Lax"
