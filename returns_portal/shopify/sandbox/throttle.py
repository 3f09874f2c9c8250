"""The bucket of points that Shopify fills at a steady rate and every call draws from."""

import threading
import time
from collections.abc import Callable


class Throttle:
    """A leaky bucket of points, filled at a steady rate; `enforced` says whether it refuses."""

    def __init__(
        self,
        maximum: float = 2000,
        restore: float = 100,
        *,
        enforced: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.maximum, self.restore, self.enforced = maximum, restore, enforced
        self._clock = clock
        self._available = maximum
        self._at = clock()
        self._lock = threading.Lock()

    def take(self, points: float) -> bool:
        """Take the points and say whether there were enough; when not, nothing is taken."""
        with self._lock:
            self._fill()
            if not self.enforced:
                return True
            enough = self._available >= points
            if enough:
                self._available -= points
            return enough

    def status(self) -> dict[str, float]:
        """The throttleStatus of an answer."""
        with self._lock:
            self._fill()
            return {
                "maximumAvailable": float(self.maximum),
                "currentlyAvailable": int(self._available),
                "restoreRate": float(self.restore),
            }

    def _fill(self) -> None:
        now = self._clock()
        gained = (now - self._at) * self.restore
        self._available = min(self.maximum, self._available + gained)
        self._at = now
