"""Lets wapiti and sqlmap attack the documented production server; prints what they found.

    python -m tests.scan [--seconds 120]      # needs PostgreSQL (FAULTS_POSTGRES) and redis-server

As a stranger, as a shopper with an order and a return, and as an administrator: each program crawls
from there and attacks every address and form that it meets, for so many seconds. All of it stays on
this machine. Ends with 1 when something was found.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.faults.__main__ import World, stage
from tests.faults.shopper import Shopper
from tests.reading import read_form

PROGRAMS = Path(__file__).resolve().parents[2] / ".cache/scanners/bin"
MODULES = "sql,timesql,xss,permanentxss,exec,file,crlf,redirect,xxe,upload,csrf,methods,ldap"
# Whoever signs out there attacks no further.
LEFT_ALONE = ("/admin/logout/", "/admin/password_change/", "/i18n/setlang/")
PASSWORD = "long-enough-for-a-scan"


@dataclass(frozen=True, slots=True)
class Attacker:
    """Who attacks, from where, the page to begin at, and the cookies of whoever is signed in."""

    name: str
    address: str
    url: str
    cookies: str = ""


def main() -> int:
    parser = argparse.ArgumentParser(description="wapiti and sqlmap over every form.")
    parser.add_argument("--seconds", type=int, default=120, help="for each program and attacker")
    seconds = parser.parse_args().seconds
    # As behind a proxy: sqlmap comes from another address each time, and is not slowed down.
    os.environ["TRUSTED_PROXY_HOPS"] = "1"
    findings: list[str] = []
    with stage() as world:
        # All are signed in before the first attack: the look-up answers it by slowing people down.
        for attacker in list(attackers(world)):
            for program in (run_sqlmap, run_wapiti):
                tried, found = program(attacker, world.scene.folder, seconds)
                print(
                    f"{attacker.name:14} {program.__name__[4:]:7} {tried}, {len(found)} found",
                    flush=True,
                )
                findings += [f"{attacker.name}: {finding}" for finding in found]
        health = requests.get(f"{world.site}/health/ready", timeout=20).status_code
        failures = count_failures(world)
    print(*findings, f"ready afterwards: {health}; errors in the log: {failures}", sep="\n")
    return int(bool(findings) or health != 200 or failures > 0)


def attackers(world: World) -> Iterator[Attacker]:
    yield Attacker("a stranger", "203.0.113.1", f"{world.site}/")
    buyer = world.shopper()
    buyer.find()
    yield Attacker("a shopper", "203.0.113.2", world.site + buyer.order, cookies_of(buyer.session))
    sender = world.shopper()
    sender.find()
    sender.review()
    page = sender.submit("ada@example.com")
    yield Attacker("a return's own", "203.0.113.3", page.url, cookies_of(sender.session))
    yield Attacker("staff", "203.0.113.4", f"{world.site}/admin/", cookies_of(sign_in(world)))


def sign_in(world: World) -> requests.Session:
    """The session of an administrator who has just signed in."""
    os.environ["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
    made = world.scene.start_python(
        *(
            "manage.py",
            "createsuperuser",
            "--no-input",
            "--username",
            "scan",
            "--email",
            "s@example.com",
        )
    )
    assert made.wait() == 0
    staff = Shopper(world.site, "", "")
    form = read_form(staff.visit("/admin/login/").text, "/admin/login/")
    staff.send("/admin/login/", form | {"username": "scan", "password": PASSWORD})
    assert "sessionid" in staff.session.cookies, "The administrator could not sign in."
    return staff.session


def cookies_of(session: requests.Session) -> str:
    return "; ".join(f"{name}={value}" for name, value in session.cookies.items())


def run_wapiti(attacker: Attacker, folder: Path, seconds: int) -> tuple[str, list[str]]:
    """What wapiti looked at, and what it found."""
    report = folder / "wapiti.json"
    site = "/".join(attacker.url.split("/")[:3])
    command = [
        *(str(PROGRAMS / "wapiti"), "-u", attacker.url, "--scope", "domain", "-m", MODULES),
        *("-f", "json", "-o", str(report), "--flush-session", "--no-bugreport", "-v", "0"),
        *("-H", f"X-Forwarded-For: {attacker.address}"),
        *("--store-session", str(folder), "--max-scan-time", str(seconds // 2)),
        *("--max-attack-time", str(max(seconds // 20, 5))),
        *(part for path in LEFT_ALONE for part in ("-x", site + path)),
    ]
    if attacker.cookies:
        command += ["-C", attacker.cookies]
    report.unlink(missing_ok=True)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=seconds * 4)
    told = json.loads(report.read_text("utf-8"))
    found = [
        f"wapiti: {kind} at {one['method']} {one['path']} ({one['parameter']})"
        for kind, all_of_it in told["vulnerabilities"].items()
        for one in all_of_it
    ]
    pages = told["infos"]["crawled_pages_nbr"]
    return f"{pages} pages", found


def run_sqlmap(attacker: Attacker, folder: Path, seconds: int) -> tuple[str, list[str]]:
    """How many parameters sqlmap tried, and those that let it in."""
    command = [
        *(str(PROGRAMS / "sqlmap"), "-u", attacker.url, "--crawl=2", "--forms", "--batch"),
        *(f"--crawl-exclude={'|'.join(LEFT_ALONE)}", "--dbms=postgresql", "--tamper=xforwardedfor"),
        *(f"--time-limit={seconds}", "--technique=BEU", "--threads=4", "--disable-coloring"),
        f"--headers=X-Forwarded-For: {attacker.address}",
        *(f"--output-dir={folder / 'sqlmap'}", "--flush-session", "--skip=csrfmiddlewaretoken"),
    ]
    if attacker.cookies:
        command.append(f"--cookie={attacker.cookies}")
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=seconds * 4, cwd=folder
    )
    (folder / f"sqlmap-{attacker.name}.log").write_text(done.stdout, "utf-8")
    tried = set(re.findall(r"testing for SQL injection on (.+)", done.stdout))
    found = re.findall(r"(?:parameter '.+?' is vulnerable|is '.+' injectable)", done.stdout)
    return f"{len(tried)} parameters", [f"sqlmap: {line}" for line in found]


def count_failures(world: World) -> int:
    """How many requests ended in an error that nobody foresaw."""
    log = (world.scene.folder / "processes.log").read_text("utf-8", "replace")
    failures = [line for line in log.splitlines() if "Internal Server Error" in line]
    for line in failures[:5]:
        print(line[:3000])
    return len(failures)


if __name__ == "__main__":
    sys.exit(main())
