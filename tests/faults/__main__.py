"""Breaks the portal's world, one part after another, and prints what its users got.

    python -m tests.faults            # needs PostgreSQL (FAULTS_POSTGRES) and redis-server

Each row is a fault, what a user did meanwhile, and what came of it. The run fails when an answer is
wrong, unclear, or something is lost.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from platform import machine

import psycopg
import requests

from returns_portal.shopify.sandbox.seeds import SHOWCASE
from tests.chaos.mailbox import Mailbox, serve
from tests.chaos.scene import Scene, wait_for_port
from tests.faults.shopper import Shopper
from tests.returns.pictures import picture

# apt-get install faketime
FAKETIME = Path("/usr/lib") / f"{machine()}-linux-gnu/faketime/libfaketimeMT.so.1"
SLOW_CLIENTS = 200
SUBMITS = 200
EMAIL = "ada@example.com"


class Wrong(Exception):
    """An answer that a user should not have got."""


@dataclass
class World:
    """The scene with its web server and its mailbox."""

    scene: Scene
    mailbox: Mailbox = field(default_factory=Mailbox)
    made: int = 0
    orders: Iterator[tuple[str, str]] = field(
        default_factory=lambda: iter([(show.order_number, show.postcode) for show in SHOWCASE])
    )

    def start(self) -> None:
        """Tables, first rows, and every process."""
        os.environ |= {"PHOTO_ROOT": str(self.scene.folder / "photos"),
                       "STATIC_ROOT": str(self.scene.folder / "static"),
                       "WEB_HOST": "127.0.0.1", "WEB_PORT": str(self.scene.web_port),
                       "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}  # fmt: skip
        for command in (["migrate"], ["load_defaults"], ["collectstatic", "--no-input"]):
            assert self.scene.start_python("manage.py", *command).wait() == 0, command
        self.scene.start_python(
            "-m", "returns_portal.shopify.sandbox", "--port", str(self.scene.shop_port)
        )
        self.mail = serve(self.mailbox, self.scene.mail_port)
        self.web = self.scene.start(["sh", "docs/deploy/web.sh"])
        self.worker = self.scene.start(supervised(self.scene.worker_command()))
        self.scene.start_python("-m", "celery", "-A", "returns_portal", "beat", "--schedule",
                                str(self.scene.folder / "beat"))  # fmt: skip
        wait_for_port(self.scene.web_port)
        wait_for_port(self.scene.shop_port)

    @property
    def site(self) -> str:
        return f"http://127.0.0.1:{self.scene.web_port}"

    def shopper(self) -> Shopper:
        return Shopper(self.site, *(next(self.orders, None) or self.new_order()))

    def new_order(self) -> tuple[str, str]:
        """An order that the shop has just taken: its number and postcode."""
        self.made += 1
        spec = {"name": f"#{690_000 + self.made}", "zip": "08840",
                "lines": [{"goods": "linen-shirt", "quantity": 1}]}  # fmt: skip
        requests.post(f"{self.scene.shop_url}/sandbox/orders", json=spec, timeout=30)
        return str(690_000 + self.made), "08840"

    def count(self, table: str) -> int:
        with psycopg.connect(self.database) as connection:
            row = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
        return row[0] if row else 0

    @property
    def database(self) -> str:
        return self.scene.database_url().replace("postgres://", "postgresql://")


def expect(answer: requests.Response, *statuses: int) -> requests.Response:
    """Raises Wrong for another status, or for a page without a sentence for its reader."""
    if answer.status_code not in statuses:
        raise Wrong(f"{answer.request.method} {answer.request.url} answered {answer.status_code}")
    if "<h1" not in answer.text and "json" not in answer.headers.get("Content-Type", ""):
        raise Wrong(f"{answer.request.url} answered {answer.status_code} without a page")
    return answer


def wait_for(what: str, test: Callable[[], bool], seconds: float = 40) -> float:
    """Seconds until it is so; raises Wrong when it does not become so."""
    began = time.monotonic()
    while not test():
        if time.monotonic() - began > seconds:
            raise Wrong(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.2)
    return time.monotonic() - began


def slow_headers(world: World) -> str:
    """Clients that begin a request and never end it."""
    hanging = []
    for _client in range(SLOW_CLIENTS):
        client = socket.create_connection(("127.0.0.1", world.scene.web_port))
        client.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        hanging.append(client)
    began = time.monotonic()
    expect(world.shopper().visit(), 200)
    took = time.monotonic() - began
    for client in hanging:
        client.close()
    return f"{SLOW_CLIENTS} hang on; the page came in {took * 1000:.0f} ms"


def submits_at_once(world: World) -> str:
    """The same order, sent from many tabs at once, each with its own key."""
    shopper = world.shopper()
    expect(shopper.find(), 200)
    before = world.count("returns_returnrequest")
    expect(shopper.review(), 200)
    form, path = shopper.submission(EMAIL), f"{shopper.order}submit/"
    cookies = shopper.session.cookies.get_dict()

    def send(number: int) -> int:
        own = form | {"submission_key": f"00000000-0000-4000-8000-{number:012d}"}
        answer = requests.post(
            world.site + path, data=own, cookies=cookies, allow_redirects=False, timeout=60,
            headers={"Referer": world.site},
        )  # fmt: skip
        return answer.status_code

    with ThreadPoolExecutor(SUBMITS) as pool:
        statuses = list(pool.map(send, range(SUBMITS)))
    made = world.count("returns_returnrequest") - before
    wrong = [status for status in statuses if status not in (303, 409, 503)]
    bought = world.count("returns_reservedunit WHERE number <= bought")
    if made != statuses.count(303) or made != bought or wrong:
        raise Wrong(f"{made} made of {bought} bought, {statuses.count(303)} told so; {set(wrong)}")
    told = f"{statuses.count(409)} told that it is taken, {statuses.count(503)} to try again"
    return f"{SUBMITS} sent, {made} made for {bought} units bought, {told}"


def redis_gone(world: World) -> str:
    """Neither counters nor broker: everything a person does still works."""
    redis = next(p for p in world.scene.processes if "redis-server" in str(p.args))
    world.scene.kill(redis)
    shopper = world.shopper()
    expect(shopper.find(), 200)
    expect(shopper.review(), 200)
    expect(shopper.submit(EMAIL), 200)
    expect(requests.get(f"{world.site}/health/ready", timeout=10), 503)
    known = set(world.mailbox.by_id)
    world.scene.start_redis()
    wait_for("ready again", lambda: requests.get(f"{world.site}/health/ready", timeout=10).ok)
    took = wait_for("the mail", lambda: bool(set(world.mailbox.by_id) - known), 90)
    return f"the request was taken; its mail went out {took:.0f} s after Redis came back"


def smtp_down(world: World) -> str:
    """Nobody takes mail for a while: each is sent once, later."""
    before, known = world.count("returns_returnrequest"), set(world.mailbox.by_id)
    world.mail.stop()
    shopper = world.shopper()
    shopper.find()
    shopper.review()
    expect(shopper.submit(EMAIL), 200)
    wait_for("a try", lambda: world.count("returns_operation WHERE last_error <> ''") > 0)
    world.mail = serve(world.mailbox, world.scene.mail_port)
    took = wait_for("the mail", lambda: bool(set(world.mailbox.by_id) - known), 90)
    if world.mailbox.twice or world.count("returns_returnrequest") != before + 1:
        raise Wrong("a mail came twice, or a request was lost")
    return f"the request was taken; its mail went out {took:.0f} s after the server came back"


def database_gone(world: World) -> str:
    """PostgreSQL lets nobody in for some seconds, as while it is restarted."""
    name = world.scene.database
    with psycopg.connect(world.scene.postgres, autocommit=True) as administrator:
        administrator.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
        world.scene.cut_database()
        told = expect(requests.get(world.site, timeout=40), 503)
        expect(requests.get(f"{world.site}/health/ready", timeout=40), 503)
        expect(requests.get(f"{world.site}/health/live", timeout=40), 200)
        administrator.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'.encode())
    took = wait_for("the page", lambda: requests.get(world.site, timeout=10).ok)
    return f"{told.status_code} with a page of words; 200 again after {took:.1f} s"


def disk_full(world: World) -> str:
    """No byte more can be written to files by the web processes, as on a full disk."""
    shopper = world.shopper()
    shopper.find()
    shopper.review()
    page = expect(shopper.submit(EMAIL), 200)
    path = page.url.removeprefix(world.site) + "photos/"
    field_name = read_file_field(expect(shopper.visit(path), 200).text)
    limit_files(world, "0")
    told = expect(shopper.send(path, {}, **{field_name: a_photo()}), 507)
    if "no room left" not in told.text:
        raise Wrong("the page does not say why")
    expect(shopper.visit(page.url.removeprefix(world.site)), 200)
    limit_files(world, "unlimited")
    expect(shopper.send(path, {}, **{field_name: a_photo()}), 200)
    if world.count("returns_photo") != 1:
        raise Wrong("a photo is noted that is not there")
    return f"{told.status_code}, the page says why; nothing half stored; taken once there is room"


def read_file_field(page: str) -> str:
    found = re.search(r'<input[^>]*type="file"[^>]*name="([^"]+)"', page)
    if found is None:
        raise Wrong("no field for photos on the page")
    return found[1]


def a_photo() -> tuple[str, bytes, str]:
    return "photo.jpg", picture(size=(1200, 900)), "image/jpeg"


def limit_files(world: World, size: str) -> None:
    """How large a file the web processes may write."""
    parent = world.web.pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    for process in (str(parent), *children):
        subprocess.run(["prlimit", "--pid", process, f"--fsize={size}:unlimited"], check=True)


def clock_wrong(world: World) -> str:
    """The machines' clocks hours off, each way: web servers first, then the worker."""
    for offset in ("+3h", "-3h"):
        restart_web(world, offset)
        told = expect(requests.get(f"{world.site}/health/ready", timeout=20), 503).json()
        if "the database's clock" not in told["parts"]["clock"]:
            raise Wrong(f"not ready, but not for the clock: {told}")
        expect(world.shopper().find(), 200)
    restart_web(world, "")
    for offset in ("+3h", "-3h"):
        restart_worker(world, offset)
        known = set(world.mailbox.by_id)
        shopper = world.shopper()
        shopper.find()
        shopper.review()
        expect(shopper.submit(EMAIL), 200)
        time.sleep(6)
        if set(world.mailbox.by_id) - known:
            raise Wrong("a worker worked by a wrong clock")
        restart_worker(world, "")
        took = wait_for("the mail", lambda known=known: bool(set(world.mailbox.by_id) - known), 90)
    return (
        "web: not ready, and says by how much; a worker leaves its tasks undone and says so; "
        f"the mail went out {took:.0f} s after its clock was right"
    )


def with_clock(offset: str) -> dict[str, str]:
    """The environment of a process whose clock is so far off; stopwatches stay right."""
    if not offset:
        return {}
    return {"LD_PRELOAD": str(FAKETIME), "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def restart_web(world: World, offset: str) -> None:
    world.scene.kill(world.web)
    world.web = world.scene.start(["sh", "docs/deploy/web.sh"], with_clock(offset))
    wait_for("the web server", lambda: is_alive(world))


def is_alive(world: World) -> bool:
    try:
        return requests.get(f"{world.site}/health/live", timeout=5).ok
    except requests.ConnectionError:
        return False


def restart_worker(world: World, offset: str) -> None:
    world.scene.kill(world.worker)
    command = supervised(world.scene.worker_command())
    world.worker = world.scene.start(command, with_clock(offset))


def supervised(command: list[str]) -> list[str]:
    """The command as a service manager runs it: started again two seconds after it ended.

    A worker that has work in hand when Redis goes away ends with an error of its library's.
    """
    return ["sh", "-c", 'while :; do "$@" || true; sleep 2; done', "unit", *command]


@contextmanager
def stage() -> Iterator[World]:
    """PostgreSQL, Redis, a shop, the documented web server, a worker, the clock, a mail server."""
    postgres = os.environ.get("FAULTS_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
    with tempfile.TemporaryDirectory() as folder:
        scene = Scene("redis", Path(folder), postgres)
        scene.prepare()
        try:
            world = World(scene)
            world.start()
            yield world
        finally:
            scene.end()


FAULTS: dict[str, Callable[[World], str]] = {
    f"{SLOW_CLIENTS} slow-header clients": slow_headers,
    f"{SUBMITS} submits of one order": submits_at_once,
    "disk full": disk_full,
    "SMTP down": smtp_down,
    "Redis gone": redis_gone,
    "PostgreSQL restarted": database_gone,
    "clocks 3 h off": clock_wrong,
}


def main() -> int:
    """Runs every fault; 1 when one of them got a wrong answer."""
    if not FAKETIME.exists():
        sys.exit("libfaketime is needed: apt-get install faketime")
    failed = 0
    with stage() as world:
        for name, fault in FAULTS.items():
            try:
                told = fault(world)
            except (Wrong, LookupError, requests.RequestException) as error:
                told, failed = f"WRONG: {error}", 1
            print(f"{name:26}{told}", flush=True)
        if failed:
            log = (world.scene.folder / "processes.log").read_text("utf-8", "replace")
            print("\n".join(log.splitlines()[-60:]), file=sys.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(main())
