"""Faults on order: what goes wrong, for which operation, how often."""

import random
import threading
from dataclasses import dataclass, fields
from typing import Any

KINDS = frozenset(
    [
        "timeout",
        "error_500",
        "error_502",
        "error_503",
        "http_429",
        "throttled",
        "slow",
        "cut",
        "broken_json",
        "html",
        "refund_pending",
        "refund_failure",
        "returns_late",
        "latency",
        "duplicate",
        "reorder",
        "drop",
        "delay",
    ]
)
WHENS = ("before", "after")
WEBHOOK_KINDS = frozenset({"duplicate", "reorder", "drop", "delay"})


@dataclass
class Fault:
    """One thing that goes wrong, for as many times as it has left."""

    kind: str
    operation: str | None = None
    when: str = "after"
    probability: float = 1.0
    times: int | None = None
    seconds: float = 1.0
    reads: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(sorted(KINDS))}")
        if self.when not in WHENS:
            raise ValueError("when must be before or after")
        if not 0 <= self.probability <= 1:
            raise ValueError("probability must be between 0 and 1")

    def concerns(self, names: list[str]) -> bool:
        """Whether the fault is meant for an operation with one of these names."""
        return self.operation is None or self.operation in names


class Faults:
    """The faults in force; each is drawn with its probability until its times are used up."""

    def __init__(self, seed: int = 0) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._random = random.Random(seed)  # noqa: S311

    def add(
        self,
        *,
        kind: str,
        operation: str | None = None,
        when: str = "after",
        probability: float = 1.0,
        times: int | None = None,
        seconds: float = 1.0,
        reads: int | None = None,
    ) -> Fault:
        """Put a fault in force; raises ValueError when it is none."""
        fault = Fault(kind, operation, when, probability, times, seconds, reads)
        with self._lock:
            self._faults.append(fault)
        return fault

    def replace(self, rows: list[dict[str, Any]]) -> None:
        """Put exactly these faults in force; raises ValueError when one of them is none."""
        known = {field.name for field in fields(Fault)}
        for row in rows:
            if not isinstance(row, dict) or not set(row) <= known or "kind" not in row:
                raise ValueError(f"a fault has kind and may have {', '.join(sorted(known))}")
        made = [Fault(**row) for row in rows]
        with self._lock:
            self._faults = made

    def clear(self) -> None:
        """Let everything go well again."""
        with self._lock:
            self._faults = []

    def draw(self, names: list[str], kinds: frozenset[str] | None = None) -> list[Fault]:
        """The faults that strike an operation with these names now."""
        with self._lock:
            return [fault for fault in self._faults if self._strikes(fault, names, kinds)]

    def _strikes(self, fault: Fault, names: list[str], kinds: frozenset[str] | None) -> bool:
        wanted = fault.kind in kinds if kinds is not None else fault.kind not in WEBHOOK_KINDS
        if not wanted or fault.times == 0 or not fault.concerns(names):
            return False
        if fault.probability < 1 and self._random.random() >= fault.probability:
            return False
        if fault.times is not None:
            fault.times -= 1
        return True
