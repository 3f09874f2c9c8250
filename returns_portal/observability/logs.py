"""How log lines look: JSON or plain, with the request and RMA they belong to, without people.

Addresses of pages are never written, since those of returns are secrets; the route is. E-mail
addresses that slip into a message, from an exception of a library for instance, are blotted out.
"""

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
# What the portal's own code adds to a line with `extra`; other attributes are left out.
EXTRAS = (
    "operation", "request_id", "status", "api_version", "requested_cost", "actual_cost",
    "duration_ms", "method", "route",
)  # fmt: skip


def blot_out(
    logger: object, name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replaces e-mail addresses in the texts of a line, and takes off the address of a page."""
    if event.get("logger") == "django.request":
        event["event"] = str(event["event"]).partition(": /")[0]
    for key in ("event", "exception"):
        if isinstance(event.get(key), str):
            event[key] = EMAIL.sub("[e-mail]", event[key])
    return event


def build_logging(level: str, *, as_json: bool) -> dict[str, Any]:
    """Django's LOGGING: one line a record to standard error, for the program's and foreign ones."""
    last: Any = structlog.dev.ConsoleRenderer(colors=False)
    if as_json:
        last = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(allow=EXTRAS),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            blot_out,
        ],
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        # Django writes page addresses into these lines; the middleware's own line has the route.
        "loggers": {"django.request": {"level": "ERROR"}, "django.server": {"level": "ERROR"}},
    }
