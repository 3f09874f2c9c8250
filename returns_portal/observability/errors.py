"""Reports of unexpected errors to whoever speaks Sentry's protocol; switched on by SENTRY_DSN."""

import re
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from returns_portal.observability.logs import EMAIL

try:
    import sentry_sdk
except ImportError:
    sentry_sdk = None  # type: ignore[assignment]

# A token, or a signed link, in the address of a page.
SECRET_PART = re.compile(r"(?<=/)[\w:.-]{20,}")


def start_error_reports(dsn: str, *, environment: str) -> None:
    """Reports errors from now on; raises ImproperlyConfigured without the package."""
    if sentry_sdk is None:
        raise ImproperlyConfigured("SENTRY_DSN is set: install sentry-sdk, or leave it empty.")
    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        before_send=without_people,
        before_breadcrumb=lambda _crumb, _hint: None,
    )


def without_people(event: Any, hint: Any) -> Any:
    """Leaves out the page's address, cookies, headers and user, and what messages tell of them."""
    event.pop("request", None)
    event.pop("user", None)
    for failure in event.get("exception", {}).get("values", []):
        failure["value"] = blot(failure.get("value"))
    for name in ("message", "formatted"):
        if "logentry" in event and name in event["logentry"]:
            event["logentry"][name] = blot(event["logentry"][name])
    if "message" in event:
        event["message"] = blot(event["message"])
    event.get("logentry", {}).pop("params", None)
    return event


def blot(text: object) -> str:
    """The text without e-mail addresses and without the secret parts of addresses of pages."""
    return SECRET_PART.sub("[secret]", EMAIL.sub("[e-mail]", str(text or "")))
