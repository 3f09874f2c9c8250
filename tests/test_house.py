"""The house itself: settings and their example, layers, lock files, commands."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from returns_portal.celery import app
from returns_portal.demo.site import FIRST_TASKS

ROOT = Path(__file__).resolve().parent.parent
LOCK_FILES = sorted(path.name for path in ROOT.glob("requirements*.txt"))
ENV_READERS = {"env", "one_of", "required"}
# A comment of words, where a setting that is commented out is none.
EXPLAINED = re.compile(r"^# (?![A-Z_]+=)\S", re.MULTILINE)


def settings_names() -> set[str]:
    """The environment variables that settings.py reads."""
    tree = ast.parse((ROOT / "returns_portal" / "settings.py").read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {name for call in calls for name in [read_name(call)] if name}


def read_name(call: ast.Call) -> str:
    """The variable that a call such as env.str("NAME") or required("NAME") reads, or ''."""
    target = call.func.value if isinstance(call.func, ast.Attribute) else call.func
    reads = isinstance(target, ast.Name) and target.id in ENV_READERS and call.args
    first = call.args[0] if reads else None
    name = first.value if isinstance(first, ast.Constant) else ""
    return name if isinstance(name, str) and name.isupper() else ""


def example_names() -> list[str]:
    """The variables that .env.example sets or offers, in its order."""
    text = (ROOT / ".env.example").read_text("utf-8")
    return re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=", text, flags=re.MULTILINE)


def production_environ() -> dict[str, str]:
    """An environment that production could have, made up."""
    return {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "returns_portal.settings",
        "DEBUG": "false",
        "SECRET_KEY": "made-up-" + "0123456789abcdef" * 4,
        "SITE_URL": "https://returns.example.com",
        "DATABASE_URL": "sqlite://:memory:",
        "EMAIL_URL": "memorymail://",
        "DEFAULT_FROM_EMAIL": "returns@example.com",
        "SHOPIFY_SHOP": "example.myshopify.com",
        "SHOPIFY_ACCESS_TOKEN": "made-up",
    }


def load_settings(environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Import the settings in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", "import returns_portal.settings"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


class TestEnvExample:
    def test_names_exactly_what_the_settings_read(self) -> None:
        assert set(example_names()) == settings_names()

    def test_names_nothing_twice(self) -> None:
        assert len(example_names()) == len(set(example_names()))

    def test_explains_every_name(self) -> None:
        text = (ROOT / ".env.example").read_text("utf-8")
        setting = re.compile(r"^(# )?[A-Z_]+=", re.MULTILINE)
        blocks = [block for block in text.split("\n\n") if setting.search(block)]
        bare = [block for block in blocks if not EXPLAINED.search(block)]
        assert len(blocks) > 20
        assert bare == []

    def test_gives_no_secret_away(self) -> None:
        text = (ROOT / ".env.example").read_text("utf-8")
        secret = re.compile(r"^(?:# )?\w*(?:KEY|TOKEN|SECRETS?)=(.+)$", re.MULTILINE)
        assert secret.findall(text) == []


class TestSettings:
    def test_load_in_an_environment_like_productions(self) -> None:
        assert load_settings(production_environ()).returncode == 0

    @pytest.mark.parametrize(
        "name", ["SECRET_KEY", "SITE_URL", "EMAIL_URL", "DEFAULT_FROM_EMAIL", "SHOPIFY_SHOP"]
    )
    def test_refuse_to_start_without(self, name: str) -> None:
        # Set but empty, so that a developer's own .env cannot fill it in.
        loaded = load_settings({**production_environ(), name: ""})
        assert loaded.returncode != 0
        assert f"Set {name}" in loaded.stderr

    def test_mark_cookies_for_https_alone_on_an_https_site(self) -> None:
        code = "from returns_portal.settings import *; print(SESSION_COOKIE_SECURE, DEBUG)"
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=production_environ(),
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.split() == ["True", "False"]


class TestTasks:
    def test_of_the_clock_and_the_demo_exist(self) -> None:
        app.loader.import_default_modules()
        wanted = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
        assert wanted
        assert wanted | set(FIRST_TASKS) <= set(app.tasks)


class TestIcon:
    def test_is_found_where_browsers_look_unasked(self, client: Client) -> None:
        response = client.get("/favicon.ico")
        assert response.status_code == 302
        assert response.headers["Location"].endswith("img/icon.svg")


class TestLayers:
    def test_hold(self) -> None:
        done = subprocess.run(
            [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


class TestLockFiles:
    @pytest.mark.parametrize("name", LOCK_FILES)
    def test_pin_every_package_with_hashes(self, name: str) -> None:
        text = (ROOT / name).read_text("utf-8").replace("\\\n", " ")
        lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
        loose = [line for line in lines if "==" not in line or "--hash=sha256:" not in line]
        assert lines
        assert loose == []

    @pytest.mark.parametrize("name", LOCK_FILES)
    def test_name_no_registry(self, name: str) -> None:
        assert "://" not in (ROOT / name).read_text("utf-8")

    def test_agree_on_every_version(self) -> None:
        pins = {name: read_pins(name) for name in ("requirements.txt", "requirements-dev.txt")}
        assert pins["requirements.txt"] <= pins["requirements-dev.txt"]


def read_pins(name: str) -> set[str]:
    """The pins of a lock file, such as django==5.2.19."""
    return set(re.findall(r"^([\w.-]+==[^ ;\\]+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))


class TestMakefile:
    def test_explains_every_target_that_it_offers(self) -> None:
        text = (ROOT / "Makefile").read_text("utf-8")
        phony = re.search(r"^\.PHONY: (.+)$", text, re.MULTILINE)
        assert phony
        explained = re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE)
        assert sorted(explained) == sorted(phony[1].split())
