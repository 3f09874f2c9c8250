"""What the environment says of the database's connections reaches them."""

import ast
import os
import subprocess
import sys

ADDRESS = "postgres://returns@127.0.0.1/returns"


def options(**environ: str) -> dict[str, object]:
    """The options of connections under this environment."""
    code = "from django.conf import settings as s; print(s.DATABASES['default']['OPTIONS'])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "returns_portal.settings", **environ},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, object] = ast.literal_eval(done.stdout)
    return found


class TestConnections:
    def test_keep_what_their_address_asks_for(self) -> None:
        found = options(DATABASE_URL=f"{ADDRESS}?sslmode=require")
        assert found["sslmode"] == "require"
        assert found["options"] == "-c lock_timeout=5000"

    def test_prepare_what_they_send_often_unless_they_must_not(self) -> None:
        assert options(DATABASE_URL=ADDRESS)["prepare_threshold"] == 5
        left = options(DATABASE_URL=ADDRESS, PREPARE_STATEMENTS="false")
        assert left["prepare_threshold"] is None
