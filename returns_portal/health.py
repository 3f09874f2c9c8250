"""Health for load balancers and monitors: `live` says the process answers, `ready` that it works.

What is wrong is told by the kind of the error alone; addresses and passwords stay inside.
"""

import uuid
from collections.abc import Callable

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from returns_portal.celery import app
from returns_portal.clock_offset import clock_offset, describe_offset

BROKER_SECONDS = 2
BROKER_PATIENCE = {"socket_timeout": 2, "socket_connect_timeout": 2}


class NotReady(Exception):
    """A part that the portal needs does not work; `str(error)` says how, without secrets."""


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Database, clock, migrations, cache and broker work: 200; else 503 and what does not."""
    parts = {name: describe(check) for name, check in CHECKS.items()}
    healthy = all(state == "ok" for state in parts.values())
    body = {"status": "ok" if healthy else "unavailable", "parts": parts}
    return JsonResponse(body, status=200 if healthy else 503)


def describe(check: Callable[[], None]) -> str:
    """`ok`, or what the check found wrong."""
    try:
        check()
    except NotReady as error:
        return str(error)
    return "ok"


def check_database() -> None:
    """The database answers; raises NotReady."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        raise NotReady(f"no answer ({type(error).__name__})") from error


def check_clock() -> None:
    """This machine and the database agree what time it is; raises NotReady."""
    try:
        wrong = describe_offset(clock_offset())
    except DatabaseError as error:
        raise NotReady(f"not known ({type(error).__name__})") from error
    if wrong:
        raise NotReady(wrong)


def check_migrations() -> None:
    """The database has the tables of this version; raises NotReady."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        raise NotReady(f"not known ({type(error).__name__})") from error
    if missing:
        raise NotReady(f"{len(missing)} not applied: run migrate")


def check_cache() -> None:
    """The cache gives back what it was given; raises NotReady."""
    key, value = f"health:{uuid.uuid4()}", "here"
    try:
        cache.set(key, value, timeout=10)
        kept = cache.get(key)
    except (RedisError, OSError) as error:
        raise NotReady(f"no answer ({type(error).__name__})") from error
    if kept != value:
        raise NotReady("forgets at once")


def check_broker(url: str | None = None) -> None:
    """The broker, else the one at `url`, takes a connection within seconds; raises NotReady."""
    with app.connection_for_write(url, transport_options=BROKER_PATIENCE) as broker:
        failures: tuple[type[BaseException], ...] = (
            OperationalError,
            OSError,
            *broker.connection_errors,
            *broker.channel_errors,
        )
        try:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_SECONDS)
        except failures as error:
            raise NotReady(f"no answer ({type(error).__name__})") from error


CHECKS: dict[str, Callable[[], None]] = {
    "database": check_database,
    "clock": check_clock,
    "migrations": check_migrations,
    "cache": check_cache,
    "broker": check_broker,
}
