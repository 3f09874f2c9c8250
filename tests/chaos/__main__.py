"""`python -m tests.chaos --approvals 1000 --broker redis`: the run, and its table."""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import requests

from tests.chaos.scene import Scene, wait_for_port

# Seconds between two kills: a single process needs some to start before it can be killed at work.
ALONE = (7, 12)
AMONG_OTHERS = (3, 6)


def main() -> int:
    given = arguments()
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"chaos: {given.approvals} approvals over {given.broker}, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        scene = Scene(broker=given.broker, folder=Path(folder), postgres=given.postgres)
        try:
            scene.prepare()
            os.environ.update(scene.environment())
            return run(scene, given, seed)
        finally:
            scene.end()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Approvals under fire.")
    parser.add_argument("--approvals", type=int, help="200 in one process, else 1000")
    parser.add_argument("--broker", choices=["memory", "redis", "rabbitmq"], default="memory")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rate", type=float, default=1000, help="points Shopify restores a second")
    default = os.environ.get("CHAOS_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")
    parser.add_argument("--calm", action="store_true", help="no faults and no deaths: only speed")
    parser.add_argument("--postgres", default=default)
    given = parser.parse_args()
    given.approvals = given.approvals or (200 if given.broker == "memory" else 1000)
    return given


def run(scene: Scene, given: argparse.Namespace, seed: int) -> int:
    # Django reads its settings from the environment that was made just before.
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from tests.chaos import audit, mailbox, mayhem

    started = time.monotonic()
    cast = mayhem.Cast(random.Random(seed))
    box = mailbox.Mailbox()
    controller = mailbox.serve(box, scene.mail_port)
    shop = scene.start_python("-m", "tests.chaos.shop", str(scene.shop_port), stdin=subprocess.PIPE)
    wait_for_port(scene.shop_port)
    call_command("migrate", verbosity=0)
    call_command("load_defaults", verbosity=0)
    serving = f"--listen=127.0.0.1:{scene.web_port}"
    scene.start_python("-m", "waitress", serving, "returns_portal.wsgi:application")
    wait_for_port(scene.web_port)
    mayhem.make_requests(scene, cast, given.approvals)
    call_command("sync_webhooks", verbosity=0)
    print(f"{time.monotonic() - started:5.0f} s  {given.approvals} requests made", flush=True)

    assert shop.stdin is not None
    shop.stdin.write(f"throttle {given.rate}\n".encode())
    shop.stdin.flush()
    faults = [] if given.calm else mayhem.FAULTS
    requests.post(f"{scene.shop_url}/sandbox/faults", json=faults, timeout=10)
    before = books_of(scene)["calls"]
    workers = [scene.start_worker() for _ in range(1 if scene.memory else given.workers)]
    if not scene.memory:
        schedule = str(scene.folder / "beat")
        scene.start_python("-m", "celery", "-A", "returns_portal", "beat", "-s", schedule)
    began = time.monotonic()
    deadline = began + given.minutes * 60
    staff = threading.Thread(target=mayhem.decide_all, args=(scene, cast))
    staff.start()
    kills = restarts = 0
    while time.monotonic() < deadline:
        time.sleep(cast.random.uniform(*(ALONE if scene.memory else AMONG_OTHERS)))
        left = audit.unfinished()
        if not left and not staff.is_alive():
            break
        # The last ones are let alone, or a run of few requests would never end.
        if not given.calm and (staff.is_alive() or sum(left.values()) > given.approvals / 10):
            victim = cast.random.randrange(len(workers))
            scene.kill(workers[victim])
            workers[victim] = scene.start_worker()
            kills += 1
        if not given.calm and not restarts and not staff.is_alive():
            scene.restart_broker()
            scene.cut_database()
            connection.close()
            restarts += 1
        print(f"{time.monotonic() - started:5.0f} s  {dict(left)}", flush=True)
    staff.join()
    seconds = time.monotonic() - began
    requests.delete(f"{scene.shop_url}/sandbox/faults", timeout=10)
    books = books_of(scene)
    tally = audit.count(books, box, cast)
    report(tally, box, kills=kills, restarts=restarts, seconds=seconds)
    report_points(before, books["calls"], rate=given.rate, seconds=seconds, wanted=tally.wanted)
    call_command("reconcile")
    controller.stop()
    return 0 if tally.faultless else 1


def books_of(scene: Scene) -> dict[str, Any]:
    books: dict[str, Any] = requests.get(f"{scene.shop_url}/sandbox/ledger.json", timeout=60).json()
    return books


def report_points(
    before: dict[str, Any], after: dict[str, Any], *, rate: float, seconds: float, wanted: int
) -> None:
    """How well Shopify's points were used: of what it restored, and by request."""
    points = after["points"] - before["points"]
    calls = sum(after["by_operation"].values()) - sum(before["by_operation"].values())
    throttled = after["by_outcome"].get("throttled", 0)
    print(f"{'calls to Shopify':>20}  {calls}, {throttled / max(calls, 1):.1%} throttled")
    print(f"{'points':>20}  {points}, {points / max(wanted, 1):.0f} a request")
    print(f"{'of those restored':>20}  {points / (rate * seconds):.0%}")


def report(tally: Any, box: Any, **facts: Any) -> None:
    print()
    for name, value in vars(tally).items():
        print(f"{name.replace('_', ' '):>20}  {value}")
    print(f"{'mails sent anew':>20}  {box.resent} with the Message-ID of the first")
    for name, value in facts.items():
        print(f"{name:>20}  {value:.0f}")


if __name__ == "__main__":
    sys.exit(main())
