"""docs/deploy.md, followed word for word: its shell blocks run in a fresh copy of the project."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import requests
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "deploy.md").read_text("utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", GUIDE, re.DOTALL)
PORT = 8931
NAME = "returns_guide"

pytestmark = [
    pytest.mark.deploy,
    pytest.mark.skipif(
        "postgresql" not in settings.DATABASES["default"]["ENGINE"]
        or not settings.CACHE_URL.startswith("redis"),
        reason="The guide is for PostgreSQL and Redis.",
    ),
]


def blocks(kind: str) -> list[str]:
    return [text for name, text in BLOCKS if name == kind]


@pytest.fixture(scope="module")
def database(django_db_setup: None) -> Iterator[str]:
    """The address of an empty database beside the tests' own."""
    given = connection.settings_dict
    server = f"postgresql://{given['USER']}@{given['HOST']}:{given['PORT'] or 5432}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as administrator:
        administrator.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        administrator.execute(f"CREATE DATABASE {NAME}")
        yield f"{server.replace('postgresql', 'postgres')}/{NAME}"
        administrator.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("guide") / "returns"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    return folder


@pytest.fixture(scope="module")
def environ(database: str, copy: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The guide's settings file with this machine's places, and the names it asks for."""
    folder = tmp_path_factory.mktemp("state")
    [text] = blocks("env")
    text = re.sub(r"(?m)^DATABASE_URL=.*$", f"DATABASE_URL={database}", text)
    text = text.replace("redis://127.0.0.1:6379/1", settings.CACHE_URL)
    text = text.replace("redis://127.0.0.1:6379/0", settings.CACHE_URL)
    text = text.replace("/srv/returns", str(copy)).replace("/var/lib/returns", str(folder))
    text = re.sub(r"(?m)^([A-Z_]+)=(.*)$", r"\1='\2'", text)
    (folder / "returns.env").write_text(text, "utf-8")
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {
        **kept,
        "RETURNS_ENV": str(folder / "returns.env"),
        "FIRST_PASSWORD": "long-enough-for-a-test",
        "BACKUP_FILE": str(folder / "backup.tar"),
        "WEB_HOST": "127.0.0.1",
        "WEB_PORT": str(PORT),
        "CLOCK_FILE": str(folder / "beat"),
    }


def run(script: str, copy: Path, environ: dict[str, str]) -> str:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=copy, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def wait_until_ready(seconds: int = 40) -> None:
    headers = {"Host": "returns.example.com", "X-Forwarded-Proto": "https"}
    url = f"http://127.0.0.1:{PORT}/health/ready"
    deadline = time.monotonic() + seconds
    while True:
        try:
            assert requests.get(url, headers=headers, timeout=5).status_code == 200
        except requests.ConnectionError:
            assert time.monotonic() < deadline, "The portal did not become ready."
            time.sleep(0.2)
        else:
            return


@pytest.mark.xdist_group("deploy")
def test_the_guide_leads_to_a_running_portal_a_backup_and_back(
    copy: Path, environ: dict[str, str]
) -> None:
    install, load, prepare, first_person, check, backup, restore = blocks("sh")
    settled = f'export PATH="$PWD/.venv/bin:$PATH"\n{load}'
    run(install, copy, environ)
    run(f"{settled}\n{prepare}\n{first_person}", copy, environ)
    started = [
        subprocess.Popen(
            ["bash", "-c", f"{settled}\nexec sh docs/deploy/{part}.sh"],
            cwd=copy, env=environ, start_new_session=True,
        )
        for part in ("web", "worker", "clock")
    ]  # fmt: skip
    try:
        wait_until_ready()
        answer = run(f"{settled}\n{check}".replace(":8000", f":{PORT}"), copy, environ)
        assert '"status": "ok"' in answer
        assert all(process.poll() is None for process in started)
        run(f"{settled}\n{backup}", copy, environ)
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGTERM)
        for process in started:
            process.wait(30)
    run(f"{settled}\n{with_people('User.objects.all().delete()')}\n{restore}", copy, environ)
    name = run(f"{settled}\n{with_people('print(User.objects.get().username)')}", copy, environ)
    assert name.strip().endswith("owner")


def with_people(statement: str) -> str:
    code = f"from django.contrib.auth.models import User; {statement}"
    return f'python manage.py shell -v 0 -c "{code}"'


class TestTheOtherWays:
    def test_start_the_same_scripts(self) -> None:
        for part in ("web", "worker", "clock"):
            unit = (ROOT / f"docs/deploy/returns-{part}.service").read_text("utf-8")
            assert f"docs/deploy/{part}.sh" in unit
            assert f"docs/deploy/{part}.sh" in (ROOT / "Procfile").read_text("utf-8")
            image = (ROOT / "compose.yaml").read_text() + (ROOT / "Dockerfile").read_text()
            assert f"docs/deploy/{part}.sh" in image

    @pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd judges its units.")
    @pytest.mark.parametrize("part", ["web", "worker", "clock"])
    def test_by_systemd_are_sound_and_shut_in(self, part: str, tmp_path: Path) -> None:
        unit = tmp_path / f"returns-{part}.service"
        text = (ROOT / "docs/deploy" / unit.name).read_text("utf-8")
        unit.write_text(text.replace("/srv/returns", str(ROOT)), "utf-8")
        sound = ["systemd-analyze", "verify", "--man=no", str(unit)]
        shut_in = ["systemd-analyze", "security", "--offline=yes", "--threshold=45", str(unit)]
        for command in (sound, shut_in):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
