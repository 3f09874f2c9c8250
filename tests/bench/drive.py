"""Sends the requests of a file: over and over by wrk, or once each over kept connections."""

import http.client
import json
import subprocess
import time
from itertools import islice
from pathlib import Path
from statistics import quantiles
from threading import Lock, Thread
from typing import Any

HERE = Path(__file__).resolve().parent


def drive(port: int, path: Path, at: int, seconds: float, *, once: int = 0) -> dict[str, Any]:
    """The figures of `at` connections.

    Requests that can be sent once end with the file; `once` is the status that answers them.
    """
    if once:
        return send_all(port, path, at, right=once)
    threads = str(min(at, 2))
    command = ["wrk", "-t", threads, "-c", str(at), "-d", f"{max(seconds, 1):.0f}s",
               "--timeout", "20s", "-s", str(HERE / "drive.lua"), f"http://127.0.0.1:{port}",
               "--", str(path), threads]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    [line] = [row for row in done.stdout.splitlines() if row.startswith("RESULT ")]
    figures: dict[str, Any] = json.loads(line.removeprefix("RESULT "))
    figures["per_second"] = figures["requests"] / figures["seconds"]
    return figures


def send_all(port: int, path: Path, at: int, *, right: int) -> dict[str, Any]:
    """All requests of the file, shared among `at` connections, one thread a connection."""
    waiting, lock, taken = iter(read(path)), Lock(), []
    wrong = [0]

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while True:
            with lock:
                request = list(islice(waiting, 1))
            if not request:
                return
            began = time.perf_counter()
            connection.request(*request[0])
            answer = connection.getresponse()
            answer.read()
            with lock:
                taken.append(time.perf_counter() - began)
                wrong[0] += answer.status != right

    threads = [Thread(target=work) for _connection in range(at)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    parts = quantiles(taken, n=100, method="inclusive")
    return {
        "requests": len(taken), "seconds": seconds, "per_second": len(taken) / seconds,
        "p50_ms": parts[49] * 1000, "p95_ms": parts[94] * 1000, "p99_ms": parts[98] * 1000,
        "wrong": wrong[0],
    }  # fmt: skip


def read(path: Path) -> list[tuple[str, str, str | None, dict[str, str]]]:
    """The requests of a file as the driver's script reads them."""
    return [read_line(line) for line in path.read_text("utf-8").splitlines()]


def read_line(line: str) -> tuple[str, str, str | None, dict[str, str]]:
    """Method, address, body and headers of one request."""
    method, target, named, body = line.split("\t")
    headers = dict(header.split("=", 1) for header in named.split("|") if header)
    return method, target, body or None, headers
