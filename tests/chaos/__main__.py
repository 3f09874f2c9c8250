"""`python -m tests.chaos --approvals 1000 --broker redis`: the run, and its table."""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import requests

from tests.chaos.apart import SceneApart
from tests.chaos.scene import Scene, wait_for_port

# Seconds between two kills: a single process needs some to start before it can be killed at work.
ALONE = (7, 12)
AMONG_OTHERS = (3, 6)
PATIENT = (14, 20)
# So few things left are let alone, or a run of few requests would die more often than it works.
LAST = 8


def main() -> int:
    given = arguments()
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"chaos: {given.approvals} approvals over {given.broker}, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        place = SceneApart if given.apart else Scene
        scene = place(broker=given.broker, folder=Path(folder), postgres=given.postgres)
        try:
            scene.prepare()
            os.environ.update(scene.environment())
            play = run if given.settlement == "shopify" else run_elsewhere
            return play(scene, given, seed)
        finally:
            scene.end()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Approvals under fire.")
    parser.add_argument("--approvals", type=int, help="200 in one process, else 1000")
    parser.add_argument("--broker", choices=["memory", "redis", "rabbitmq"], default="memory")
    parser.add_argument("--seed", type=int)
    parser.add_argument(
        "--settlement", choices=["shopify", "external", "tiktok"], default="shopify"
    )
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rate", type=float, default=1000, help="points Shopify restores a second")
    default = os.environ.get("CHAOS_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")
    parser.add_argument("--apart", action="store_true", help="web and workers in namespaces")
    parser.add_argument("--calm", action="store_true", help="no faults and no deaths: only speed")
    parser.add_argument("--postgres", default=default)
    given = parser.parse_args()
    if given.apart and given.broker == "memory":
        parser.error("Machines apart share a broker: redis or rabbitmq.")
    given.approvals = given.approvals or (200 if given.broker == "memory" else 1000)
    return given


def run(scene: Scene, given: argparse.Namespace, seed: int) -> int:
    # Django reads its settings from the environment that was made just before.
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from tests.chaos import audit, journey, mailbox, mayhem

    started = time.monotonic()
    cast = mayhem.Cast(random.Random(seed))
    box = mailbox.Mailbox()
    controller = mailbox.serve(box, scene.mail_port)
    shop = scene.start_python("-m", "tests.chaos.shop", str(scene.shop_port), stdin=subprocess.PIPE)
    wait_for_port(scene.shop_port)
    call_command("migrate", verbosity=0)
    call_command("load_defaults", verbosity=0)
    scene.start_web()
    mayhem.make_requests(scene, cast, given.approvals)
    call_command("sync_webhooks", verbosity=0)
    if given.apart:
        print(f"journey: {journey.travel(scene)}", flush=True)
    print(f"{time.monotonic() - started:5.0f} s  {given.approvals} requests made", flush=True)

    assert shop.stdin is not None
    shop.stdin.write(f"throttle {given.rate}\n".encode())
    shop.stdin.flush()
    faults = [] if given.calm else mayhem.FAULTS
    requests.post(f"{scene.shop_url}/sandbox/faults", json=faults, timeout=10)
    before = books_of(scene)["calls"]
    workers = [scene.start_worker() for _ in range(1 if scene.memory else given.workers)]
    start_clock(scene)
    began = time.monotonic()
    deadline = began + given.minutes * 60
    staff = threading.Thread(target=mayhem.decide_all, args=(scene, cast))
    staff.start()
    kills = restarts = 0
    left_at_death: Any = None
    while time.monotonic() < deadline:
        time.sleep(cast.random.uniform(*(ALONE if scene.memory else AMONG_OTHERS)))
        left = audit.unfinished()
        if not left and not staff.is_alive():
            break
        # The last ones are let alone, or a run of few requests would never end; and where a busy
        # machine starts workers more slowly than they die, nobody dies before something was done.
        many = staff.is_alive() or sum(left.values()) > given.approvals / 10
        if not given.calm and many and left != left_at_death:
            victim = cast.random.randrange(len(workers))
            scene.kill(workers[victim])
            workers[victim] = scene.start_worker()
            left_at_death, kills = left, kills + 1
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


def run_elsewhere(scene: Scene, given: argparse.Namespace, seed: int) -> int:
    """Decisions where TikTok or a person pays, while both stand-ins fail and workers die."""
    import django

    django.setup()
    from django.core.management import call_command

    from tests.chaos import mailbox, market, mayhem

    by_tiktok = given.settlement == "tiktok"
    box = mailbox.Mailbox()
    controller = mailbox.serve(box, scene.mail_port)
    scene.start_python("-m", "tests.chaos.shop", str(scene.shop_port), stdin=subprocess.PIPE)
    address = f"http://127.0.0.1:{scene.web_port}/webhooks/tiktok/"
    tiktok = ["--port", str(scene.tiktok_port), "--webhooks", address, "--empty"]
    scene.start_python(
        "-m", "returns_portal.tiktok.sandbox", *tiktok, "--payout", "2", "--review", "240"
    )
    wait_for_port(scene.shop_port)
    wait_for_port(scene.tiktok_port)
    call_command("migrate", verbosity=0)
    call_command("load_defaults", verbosity=0)
    call_command("connect_tiktok", code="demo-code")
    scene.start_web()
    place = market.Market(scene, given.settlement, random.Random(seed))
    cast = mayhem.Cast(random.Random(seed))
    if by_tiktok:
        place.begin(given.approvals)
    else:
        market.SalesChannel.objects.create(channel="tiktok", settlement="external")
        mayhem.make_requests(scene, cast, given.approvals)
        for fate in cast.fates.values():
            fate.refunded_elsewhere = False
    requests.post(f"{scene.shop_url}/sandbox/faults", json=mayhem.FAULTS, timeout=10)
    requests.post(f"{place.tiktok}/sandbox/faults", json=market.FAULTS, timeout=10)
    start_clock(scene)
    worker, kills, began = scene.start_worker(), 0, time.monotonic()
    act = place.live if by_tiktok else lambda: mayhem.decide_all(scene, cast)
    people = threading.Thread(target=act)
    people.start()
    while time.monotonic() - began < given.minutes * 60:
        left = watch(place, place.random.uniform(*PATIENT), by_tiktok)
        print(f"{time.monotonic() - began:5.0f} s  {dict(left)}", flush=True)
        if not left and (by_tiktok or not people.is_alive()):
            break
        if sum(left.values()) > max(LAST, given.approvals / 10):
            scene.kill(worker)
            worker, kills = scene.start_worker(), kills + 1
        else:
            requests.delete(f"{scene.shop_url}/sandbox/faults", timeout=10)
            requests.delete(f"{place.tiktok}/sandbox/faults", timeout=10)
    place.stop.set()
    people.join()
    ledger = market.audit(place.books() if by_tiktok else None, books_of(scene), place.booked)
    report(ledger, box, kills=kills, seconds=time.monotonic() - began, twice=box.twice)
    controller.stop()
    return 0 if ledger.faultless and not box.twice else 1


def start_clock(scene: Scene) -> None:
    """Without it nobody takes up what a killed worker had; alone, the worker is its own."""
    if not scene.memory:
        schedule = str(scene.folder / "beat")
        scene.start_python("-m", "celery", "-A", "returns_portal", "beat", "-s", schedule)


def watch(place: Any, seconds: float, by_tiktok: bool) -> Counter[str]:
    """What is left after so many seconds; sooner where nothing is."""
    from tests.chaos import market

    ends = time.monotonic() + seconds
    while True:
        time.sleep(1)
        if not by_tiktok:
            market.confirm_by_hand()
        left = place.left()
        if time.monotonic() > ends or (by_tiktok and not left):
            return Counter(left)


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
