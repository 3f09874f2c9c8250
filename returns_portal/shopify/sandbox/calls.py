"""What was asked of the sandbox, so that people and tests can look."""

import threading
from collections import Counter, deque
from dataclasses import asdict, dataclass
from typing import Any

KEPT = 1000


@dataclass(frozen=True)
class Call:
    """One GraphQL request as it went."""

    operation: str
    fields: tuple[str, ...]
    at: str
    milliseconds: float
    cost: int
    outcome: str


class Calls:
    """The last calls, and how many there were of each operation."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._recent: deque[Call] = deque(maxlen=KEPT)
        self._counts: Counter[str] = Counter()
        self._outcomes: Counter[str] = Counter()
        self._points = 0

    def add(self, call: Call) -> None:
        """Remember a call."""
        with self._lock:
            self._recent.append(call)
            self._counts[call.operation] += 1
            self._outcomes[call.outcome] += 1
            self._points += call.cost

    @property
    def recent(self) -> list[Call]:
        """The last calls, the newest first."""
        with self._lock:
            return list(reversed(self._recent))

    def count(self, operation: str) -> int:
        """How often an operation was called."""
        with self._lock:
            return self._counts[operation]

    @property
    def points(self) -> int:
        """All points spent."""
        with self._lock:
            return self._points

    def clear(self) -> None:
        """Forget all calls."""
        with self._lock:
            self._recent.clear()
            self._counts.clear()
            self._outcomes.clear()
            self._points = 0

    def report(self) -> dict[str, Any]:
        """Counts, points and the last calls, ready for JSON."""
        with self._lock:
            recent = [asdict(call) for call in self._recent]
            return {
                "by_operation": dict(self._counts),
                "by_outcome": dict(self._outcomes),
                "points": self._points,
                "recent": recent,
            }
