"""Measures the portal beside a bare Django view, in one run on one machine; prints a table.

    python -m tests.bench [--requests 100000] [--quick] [--only status] [--json file]

Needs PostgreSQL (BENCH_POSTGRES, an address whose user may make databases), redis-server and wrk;
it makes a database and a Redis of its own, and drops both. The web tier runs as documented
(docs/deploy/web.sh, two workers). A stand-in for Shopify answers each call after 50 ms, beside
everything else on the same machine. `--json file` writes all figures.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.drive import drive
from tests.bench.world import World, memory_of

SECRET = "sandbox-client-secret"
BARE = "tests.bench.bare_settings"
CONCURRENCIES = (1, 4, 16)


def main() -> None:
    given = arguments()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        world = World("redis", Path(folder), given.postgres)
        try:
            world.prepare()
            os.environ.update(world.environment())
            figures = run(world, given)
        finally:
            world.end()
    print(table(figures["results"]))
    print(
        f"\nWeb tier of 2 workers: {figures['web_mb']:.0f} MB; a worker: {figures['worker_mb']:.0f} MB"
    )
    counts = (f"{name} {count}" for name, count in figures["queries"].items())
    print(f"Queries: {', '.join(counts)}")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1), "utf-8")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How fast the portal is, beside bare Django.")
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--once", type=int, default=60, help="submits and approvals a connection")
    parser.add_argument("--quick", action="store_true", help="few rows, short: does it all work?")
    parser.add_argument("--only", default="", help="a part of the names of what to measure")
    parser.add_argument("--json", type=Path)
    default = os.environ.get("BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")
    parser.add_argument("--postgres", default=default)
    given = parser.parse_args()
    if given.quick:
        given.requests, given.seconds, given.once = min(given.requests, 5_000), 1, 15
    return given


def run(world: World, given: argparse.Namespace) -> dict[str, Any]:
    """Fills the database, measures everything; all figures."""
    import django

    django.setup()
    from django.core.management import call_command

    from tests.bench import flow
    from tests.load.fill import fill

    say(f"filling in {given.requests} requests")
    for command in ("migrate", "load_defaults"):
        call_command(command, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    fill(given.requests)
    world.open_shop()
    plan, queries, waiting, staff = prepare(world, given)
    world.slow_shop()
    with world.serve(BARE) as (bare_port, _bare), world.serve("returns_portal.settings") as served:
        port, web = served
        results = measure(plan, {"bare": bare_port, "portal": port}, world.folder, given)
        web_mb = memory_of(web.pid)
        flow.forget_webhooks()
        with world.work() as worker:
            say("click to money")
            paid = flow.click_to_money(port, staff, waiting)
            worker_mb = memory_of(worker.pid)
    return {
        "results": [*add_ratios(results), paid],
        "queries": queries, "web_mb": web_mb, "worker_mb": worker_mb,
    }  # fmt: skip


# Name, server, requests, the status of what is sent once (else 0), what it is compared with, and
# at how many connections.
Step = tuple[str, str, list[str], int, str, tuple[int, ...]]


def prepare(world: World, given: argparse.Namespace) -> Any:
    """Every request that is going to be sent, while Shopify answers at once."""
    from tests.bench import flow, scenes
    from tests.load.times import addresses

    say("preparing orders, sessions and forms")
    now = datetime.now(UTC).replace(microsecond=0)
    counter = iter(range(int(time.time()), 10**12))
    mirrored = scenes.mirror_orders(min(1000, given.requests), now)
    cookies = scenes.open_sessions(mirrored, now)
    share, staff = given.once, scenes.staff_cookie()
    orders = scenes.make_orders(world.shop_url, share * 6 + 40, now)
    submits = list(scenes.submits(orders[: share * 3], now))
    waiting = scenes.make_requests(orders[share * 3 :], now)
    approvals = list(scenes.approvals(staff, waiting[: share * 3]))
    alone, all_at = (1,), CONCURRENCIES
    plan: list[Step] = [
        ("bare page", "bare", list(scenes.bare_pages(cookies[mirrored[0].id])), 0, "", all_at),
        ("bare POST", "bare", list(scenes.bare_inserts()), 0, "", all_at),
        ("look-up, hit", "portal", list(scenes.hits(mirrored, counter)), 0, "page", all_at),
        ("look-up, miss", "portal", list(scenes.misses(counter, share * 9)), 422, "", all_at),
        ("items page", "portal", list(scenes.items(mirrored, cookies)), 0, "page", all_at),
        ("status page", "portal", list(scenes.statuses()), 0, "page", all_at),
        ("webhook in", "portal", list(scenes.webhooks(SECRET, counter, share * 100)), 200, "page",
         all_at),
        ("submit", "portal", submits, 303, "POST", all_at),
        ("approve click", "portal", approvals, 302, "", all_at),
    ]  # fmt: skip
    for name, address in addresses().items():
        if name.startswith(("first", "deep", "filter", "search")):
            at = all_at if name == "first page" else alone
            plan.append((f"queue, {name}", "portal", list(scenes.queue(staff, address)), 0, "", at))
    queries = flow.count_queries({step[0]: step[2][-1] for step in plan if step[1] == "portal"
                                  and step[0] in flow.COUNTED})  # fmt: skip
    wanted = [step for step in plan if given.only in step[0] or step[1] == "bare"]
    return wanted, queries, waiting[share * 3 :], staff


def measure(
    plan: list[Step], ports: dict[str, int], folder: Path, given: argparse.Namespace
) -> list[dict[str, Any]]:
    """Each step at each number of connections; what can be sent once is shared among them."""
    results = []
    for name, server, lines, once, against, connections in plan:
        say(name)
        part = len(lines) // len(connections)
        for place, at in enumerate(connections):
            sent = lines[place * part : (place + 1) * part] if once else lines
            path = folder / "requests"
            path.write_text("\n".join(sent) + "\n", "utf-8")
            seconds = given.seconds if len(connections) > 1 else given.seconds / 2
            figures = drive(ports[server], path, at, seconds, once=once)
            results.append({"name": name, "at": at, "against": against, **figures})
    return results


def add_ratios(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each rate as a share of the bare page's or POST's at the same concurrency."""
    rates = {(row["name"], row["at"]): row["per_second"] for row in results}
    for row in results:
        if row["against"]:
            row["ratio"] = row["per_second"] / rates[f"bare {row['against']}", row["at"]]
    return results


def table(results: list[dict[str, Any]]) -> str:
    """One line a figure; `ratio` is to the bare page or POST, `wrong` counts other answers."""
    head = f"{'':34}{'at':>4}{'req/s':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'ratio':>8}{'wrong':>7}"
    rows = [
        f"{row['name']:34}{row['at']:>4}{row['per_second']:>9.0f}{row['p50_ms']:>9.1f}"
        f"{row['p95_ms']:>9.1f}{row['p99_ms']:>9.1f}{ratio_of(row):>8}{row['wrong']:>7}"
        for row in results
    ]
    return "\n".join([head, *rows])


def ratio_of(row: dict[str, Any]) -> str:
    return f"{row['ratio']:.2f}" if "ratio" in row else ""


def say(words: str) -> None:
    sys.stderr.write(f"{words} ...\n")


if __name__ == "__main__":
    main()
