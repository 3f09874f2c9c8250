"""The demo's environment: ports, folders and settings."""

import ast
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from returns_portal.demo.environment import (
    Demo,
    WrongPort,
    build_environment,
    keep_secret_key,
)
from tests.test_house import settings_names

# What a demo need not choose, because any value of the machine's does.
LEFT_TO_SETTINGS = {
    "OPERATION_LEASE_SECONDS",
    "SHOPIFY_API_VERSION",
    "SHOPIFY_TIMEOUT_SECONDS",
}


class TestDemo:
    def test_takes_four_neighboring_ports(self) -> None:
        demo = Demo.from_environ({"PORT": "8300"})
        assert list(demo.ports().values()) == [8300, 8301, 8302, 8303]
        assert demo.site_url == "http://127.0.0.1:8300"

    def test_stands_on_port_8000_unless_told_otherwise(self) -> None:
        assert Demo.from_environ({}).port == 8000

    @pytest.mark.parametrize("port", ["http", "0", "-1", "65534", "80.0", "99999999"])
    def test_refuses_what_is_no_port(self, port: str) -> None:
        with pytest.raises(WrongPort, match="PORT must be a number"):
            Demo.from_environ({"PORT": port})

    def test_keeps_its_state_in_an_absolute_folder(self) -> None:
        assert Demo.from_environ({"DEMO_DIR": "somewhere"}).folder == Path("somewhere").absolute()


class TestBuildEnvironment:
    def test_chooses_every_setting_so_that_a_merchants_env_file_changes_nothing(self) -> None:
        chosen = build_environment(Demo(8300, Path("/demo")), {}, "key")
        assert settings_names() - LEFT_TO_SETTINGS <= set(chosen)

    def test_beats_what_the_shell_had_set(self) -> None:
        environ = {"SHOPIFY_BASE_URL": "https://real.myshopify.com", "HOME": "/home/ada"}
        chosen = build_environment(Demo(8300, Path("/demo")), environ, "key")
        assert chosen["SHOPIFY_BASE_URL"] == "http://127.0.0.1:8301"
        assert chosen["HOME"] == "/home/ada"

    def test_survives_a_folder_with_an_odd_name(self, tmp_path: Path) -> None:
        folder = tmp_path / "my demo + 100%"
        chosen = build_environment(Demo(8300, folder), os.environ, "k" * 60)
        code = (
            "from django.conf import settings as s;"
            "print([str(s.DATABASES['default']['NAME']), s.EMAIL_FILE_PATH])"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], env=chosen, capture_output=True, text=True, check=True
        )
        paths = [Path("/" + path.lstrip("/")) for path in ast.literal_eval(done.stdout)]
        assert paths == [folder / "portal.sqlite3", folder / "mail"]


class TestKeepSecretKey:
    def test_gives_the_same_key_on_the_next_run(self, tmp_path: Path) -> None:
        demo = Demo(8300, tmp_path)
        first = keep_secret_key(demo)
        assert len(first) >= 50
        assert keep_secret_key(demo) == first

    def test_lets_nobody_else_read_it(self, tmp_path: Path) -> None:
        keep_secret_key(Demo(8300, tmp_path))
        assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
