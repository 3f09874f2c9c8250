"""Whether this machine's clock is right; all machines have the database's in common.

Leases, deadlines and due times are compared across machines. One whose clock is hours off would
take over work that another has in hand, or let a deadline pass that is still to come.
"""

import time
from threading import Lock

from django.conf import settings
from django.db import connection

# What was found holds for so long: a clock that was right a moment ago is right.
HOLDS_SECONDS = 20


def clock_offset() -> float:
    """Seconds that this clock is ahead of the database's; behind, where below zero.

    A database in a file has no clock of its own: 0. Raises DatabaseError.
    """
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        there = float(cursor.fetchone()[0])
    return time.time() - there


def describe_offset(seconds: float) -> str:
    """What is wrong with such a clock, or nothing where it is within CLOCK_TOLERANCE_SECONDS."""
    tolerance = settings.CLOCK_TOLERANCE_SECONDS
    if not tolerance or abs(seconds) <= tolerance:
        return ""
    direction = "ahead of" if seconds > 0 else "behind"
    return f"{abs(seconds):.0f} s {direction} the database's clock: set the time"


class Watch:
    """Remembers for a moment what is wrong with this process's clock."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked_at = float("-inf")
        self._found = ""

    def look(self) -> str:
        """What is wrong with the clock, or nothing. Raises DatabaseError."""
        if not settings.CLOCK_TOLERANCE_SECONDS:
            return ""
        with self._lock:
            if time.monotonic() - self._asked_at > HOLDS_SECONDS:
                self._found = describe_offset(clock_offset())
                self._asked_at = time.monotonic()
            return self._found
