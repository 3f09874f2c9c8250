"""Reading an HTTP answer of Shopify's: the data in it, or the error that a caller can act on."""

import json
import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from returns_portal.shopify.documents import Document
from returns_portal.shopify.errors import (
    ShopifyError,
    ShopifyMisconfigured,
    ShopifyNotFound,
    ShopifyOutcomeUnknown,
    ShopifyProtocolError,
    ShopifyUnavailable,
)

logger = logging.getLogger("returns_portal.shopify")

NOTHING_DONE = {
    "BAD_REQUEST",
    "IDEMPOTENCY_KEY_PARAMETER_MISMATCH",
    "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED",
    "INVALID_FIELD_ARGUMENTS",
    "INVALID_GLOBAL_ID",
    "INVALID_VARIABLE",
    "MAX_COST_EXCEEDED",
    "GRAPHQL_VALIDATION_FAILED",
}
SERVER_FAULTS = {"INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE", "TIMEOUT"}
NOT_FOUND = {"NOT_FOUND", "RESOURCE_NOT_FOUND"}
DENIED = {"ACCESS_DENIED", "SHOP_INACTIVE", "UNAUTHORIZED"}
LONGEST_ASKED = 3600.0
PERSONAL_FIELDS = {"customer", "customerLocale", "email", "phone", "shippingAddress"}


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; `payload` is None where the body is not a JSON object."""

    status: int
    headers: Mapping[str, str]
    payload: dict[str, Any] | None

    @property
    def request_id(self) -> str:
        return self.headers.get("X-Request-Id", "")

    @property
    def cost(self) -> dict[str, Any]:
        """What Shopify charged for the call; empty where it does not say."""
        return _dict(_dict((self.payload or {}).get("extensions")).get("cost"))

    @property
    def throttle_status(self) -> dict[str, float]:
        """Shopify's word on the points left: what of it is a number."""
        status = _dict(self.cost.get("throttleStatus"))
        numbers = {name: _number(value) for name, value in status.items()}
        return {name: number for name, number in numbers.items() if number is not None}


@dataclass(frozen=True, slots=True)
class _Problem:
    code: str
    message: str
    path: tuple[str, ...]
    located: bool = False

    @property
    def came_while_running(self) -> bool:
        """Whether it names a field that ran, or, unlike what validation finds, no place at all."""
        return bool(self.path) or not self.located

    @property
    def is_vague(self) -> bool:
        """Whether it says nothing but that something went wrong."""
        return not (self.code or self.path or self.located)


def parse_payload(body: bytes) -> dict[str, Any] | None:
    """Read a JSON object, decimals kept exact; None for anything else."""
    try:
        payload = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None
    return payload if isinstance(payload, dict) else None


def read_data(document: Document, answer: Answer) -> dict[str, Any]:
    """Give the data of an answer; it holds the document's root field, which may be null.

    Raises the `ShopifyError` that says what is certain about the call.
    """
    _check_status(document, answer)
    payload = answer.payload
    if payload is None:
        raise _lost(document, answer, "Shopify's answer could not be read.")
    data = payload.get("data")
    problems = _problems(payload.get("errors"))
    if problems:
        _check_problems(document, answer, data, problems)
    if not isinstance(data, dict) or document.root_field not in data:
        raise _lost(document, answer, "Shopify's answer was incomplete.")
    return data


def lost_on_the_way(document: Document, message: str) -> ShopifyError:
    """Name what is known when a request went out and no answer came back."""
    return _lost(document, None, message)


def retry_after(answer: Answer) -> float | None:
    """Give the seconds that Shopify asks to wait, by header or by what the call costs.

    A header that asks for longer than an hour is not obeyed to the end.
    """
    asked = _number(answer.headers.get("Retry-After"))
    if asked is not None:
        return min(asked, LONGEST_ASKED)
    cost = answer.cost
    status = _dict(cost.get("throttleStatus"))
    needed = _number(cost.get("requestedQueryCost"))
    available = _number(status.get("currentlyAvailable"))
    rate = _number(status.get("restoreRate"))
    if needed is None or available is None or not rate:
        return None
    return min(max(0.0, (needed - available) / rate), LONGEST_ASKED)


def _check_status(document: Document, answer: Answer) -> None:
    status = answer.status
    if 200 <= status < 300:
        return
    if status in (423, 429, 430):
        raise ShopifyUnavailable(
            "Shopify is busy or the shop is locked; nothing was done.",
            retry_after=retry_after(answer),
            **_about(document, answer),
        )
    if status == 408 or status >= 500:
        message = f"Shopify failed to answer properly (HTTP {status})."
        raise _lost(document, answer, message, wait=retry_after(answer))
    if status in _STATUS_SENTENCES or status < 400:
        sentence = _STATUS_SENTENCES.get(status, _STATUS_SENTENCES[404])
        raise ShopifyMisconfigured(sentence, **_about(document, answer))
    raise ShopifyProtocolError(
        f"Shopify did not understand the request (HTTP {status}).", **_about(document, answer)
    )


_STATUS_SENTENCES = {
    401: "Shopify refuses the access token: check the app's credentials.",
    402: "The shop is frozen in Shopify: its plan is unpaid.",
    403: "Shopify refuses access: check the app's permissions and that it is installed.",
    404: "No shop answers at this address: check the shop's domain and the API version.",
}


def _check_problems(
    document: Document, answer: Answer, data: Any, problems: tuple[_Problem, ...]
) -> None:
    has_result = isinstance(data, dict) and data.get(document.root_field) is not None
    if has_result and not document.is_mutation and all(map(_is_tolerable, problems)):
        extra = {"operation": document.name, "request_id": answer.request_id}
        logger.warning("Shopify withholds personal data from the app", extra=extra)
        return
    raise _error_of(document, answer, data, has_result, problems)


def _error_of(
    document: Document,
    answer: Answer,
    data: Any,
    has_result: bool,
    problems: tuple[_Problem, ...],
) -> ShopifyError:
    codes = {problem.code for problem in problems}
    about = _about(document, answer) | {"codes": tuple(sorted(codes - {""}))}
    if document.is_mutation and _may_have_run(data, has_result, problems):
        return ShopifyOutcomeUnknown(_MAY_HAVE_RUN, **about)
    if "THROTTLED" in codes:
        wait = retry_after(answer)
        message = "Shopify is busy: too many requests at once."
        return ShopifyUnavailable(message, retry_after=wait, **about)
    if codes & SERVER_FAULTS or all(problem.is_vague for problem in problems):
        return ShopifyUnavailable("Shopify had a fault of its own.", **about)
    if codes & DENIED:
        return ShopifyMisconfigured(_denial(problems), **about)
    if codes & NOT_FOUND:
        return ShopifyNotFound("Shopify does not know this id.", **about)
    named = ", ".join(about["codes"]) or "no code given"
    return ShopifyProtocolError(f"Shopify did not accept the request ({named}).", **about)


_MAY_HAVE_RUN = "Shopify reported a fault, but may have carried the request out."


def _may_have_run(data: Any, has_result: bool, problems: tuple[_Problem, ...]) -> bool:
    codes = {problem.code for problem in problems}
    if has_result or codes & SERVER_FAULTS or "IDEMPOTENCY_CONCURRENT_REQUEST" in codes:
        return True
    if "THROTTLED" in codes:
        return data is not None
    known = NOTHING_DONE | NOT_FOUND | DENIED
    return any(problem.came_while_running and problem.code not in known for problem in problems)


def _is_tolerable(problem: _Problem) -> bool:
    # Without approval for protected customer data these fields, and only these, come back null.
    personal = not problem.path or bool(PERSONAL_FIELDS.intersection(problem.path))
    return problem.code == "ACCESS_DENIED" and personal


def _denial(problems: tuple[_Problem, ...]) -> str:
    # Shopify's own sentence names the missing scope and nothing personal.
    said = next((problem.message for problem in problems if problem.code in DENIED), "")
    return f"Shopify denies the app access: {said[:300]}"


def _problems(errors: Any) -> tuple[_Problem, ...]:
    if not errors:
        return ()
    listed = errors if isinstance(errors, list) else [errors]
    return tuple(_problem(error) for error in listed)


def _problem(error: Any) -> _Problem:
    if not isinstance(error, dict):
        return _Problem(code=_code_in(str(error)), message=str(error), path=())
    message = str(error.get("message") or "")
    code = str(_dict(error.get("extensions")).get("code") or "").upper()
    steps = error.get("path")
    path = tuple(str(step) for step in steps) if isinstance(steps, list) else ()
    located = bool(error.get("locations"))
    return _Problem(code or _code_in(message), message, path, located)


def _code_in(message: str) -> str:
    spoken = message.upper()
    if spoken.strip(". ") == "THROTTLED":
        return "THROTTLED"
    return "IDEMPOTENCY_CONCURRENT_REQUEST" if "IDEMPOTENCY_CONCURRENT" in spoken else ""


def _lost(
    document: Document, answer: Answer | None, message: str, wait: float | None = None
) -> ShopifyError:
    about = _about(document, answer)
    if document.is_mutation:
        return ShopifyOutcomeUnknown(f"{message} The request may have been carried out.", **about)
    return ShopifyUnavailable(message, retry_after=wait, **about)


def _about(document: Document, answer: Answer | None) -> dict[str, Any]:
    request_id = answer.request_id if answer else ""
    return {"operation": document.name, "request_id": request_id}


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) and number >= 0 else None
