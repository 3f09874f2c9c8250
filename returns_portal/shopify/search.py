"""Search terms in Shopify's syntax, built so that no value can step out of its quotes."""

from collections.abc import Iterable
from datetime import UTC, datetime


def quote(value: str) -> str:
    """Give the value as a quoted term; backslashes and double quotes are escaped."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def field_is(field: str, value: str) -> str:
    """Build the filter `field:"value"`."""
    return f"{field}:{quote(value)}"


def any_of(terms: Iterable[str]) -> str:
    """Join terms of which one must hold."""
    return " OR ".join(terms)


def updated_since(moment: datetime) -> str:
    """Build the filter for what changed at `moment` (with a time zone) or later."""
    stamp = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"updated_at:>='{stamp}'"
