"""What is remembered: by Redis, which may be gone, and for moments by each process.

What is kept there is never the truth: counters of failed look-ups fall back to this process, points
are counted anew, and locks only spare work that is safe to do twice. While Redis is gone it forgets
everything, and nobody gets an error for it.

What the shop has set (brand, policies, reasons) and how far the mirror follows Shopify is read
again by each process after moments (REMEMBER_SECONDS), and only pages that promise nothing yet
look at what it remembers. So there is nothing to invalidate, and nothing that anybody could forget
to invalidate.
"""

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Generic, ParamSpec, TypeVar

from django.conf import settings
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")


def forgets(answer: Any) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Answers `answer` in place of an error while Redis does not answer."""

    def decorate(method: Callable[P, T]) -> Callable[P, T]:
        @wraps(method)
        def forgiving(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return method(*args, **kwargs)
            except RedisError as error:
                logger.warning("The cache does not answer (%s).", type(error).__name__)
                return kwargs.get("default", answer)  # type: ignore[return-value]

        return forgiving

    return decorate


class ForgetfulRedisCache(RedisCache):
    """Redis where it answers; otherwise a cache that has nothing and takes everything."""

    get = forgets(None)(RedisCache.get)
    get_many = forgets({})(RedisCache.get_many)
    has_key = forgets(False)(RedisCache.has_key)
    set = forgets(None)(RedisCache.set)
    # Whoever asks for a lock gets it: see above for why that is safe.
    add = forgets(True)(RedisCache.add)
    touch = forgets(False)(RedisCache.touch)
    delete = forgets(False)(RedisCache.delete)


class Remembered(Generic[P, T]):
    """A reading whose answers this process keeps for moments; calling it reads anew.

    Its answers are shared among threads and pages: nobody may change them.
    """

    MOST = 256

    def __init__(self, read: Callable[P, T]) -> None:
        self.read = read
        self.kept: dict[tuple[Any, ...], tuple[float, T]] = {}
        wraps(read)(self)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        return self.read(*args, **kwargs)

    def recent(self, *args: P.args, **kwargs: P.kwargs) -> T:
        """The answer of at most REMEMBER_SECONDS ago; what fails is not kept."""
        key, now = (*args, *sorted(kwargs.items())), time.monotonic()
        kept = self.kept.get(key)
        if kept is not None and now - kept[0] < settings.REMEMBER_SECONDS:
            return kept[1]
        answer = self.read(*args, **kwargs)
        if len(self.kept) >= self.MOST:
            self.kept.clear()
        self.kept[key] = (now, answer)
        return answer
