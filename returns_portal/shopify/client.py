"""The one door to Shopify's Admin API: sends a document, and says what is certain about it."""

import json
import logging
import os
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol

import requests
from django.conf import settings
from urllib3.exceptions import MaxRetryError, NewConnectionError

from returns_portal.shopify.answers import (
    Answer,
    lost_on_the_way,
    parse_payload,
    read_data,
    retry_after,
)
from returns_portal.shopify.documents import Document
from returns_portal.shopify.errors import (
    ShopifyError,
    ShopifyMisconfigured,
    ShopifyProtocolError,
    ShopifyUnavailable,
)
from returns_portal.shopify.throttle import SharedLimiter
from returns_portal.shopify.tokens import (
    ClientCredentials,
    StaticToken,
    TokenGrant,
    TokenProvider,
)

logger = logging.getLogger("returns_portal.shopify")

DEFAULT_MAX_WAIT = 3.0
MAX_ATTEMPTS = 5
FIRST_BACKOFF = 0.5
USUAL_COST = 50
# Seconds that a token holds where its answer does not say.
USUAL_GRANT = 86_399.0
CHUNK = 64 * 1024
# A document's name and the sizes of its pages: the same ones always cost the same.
CostKey = tuple[str, tuple[Any, ...]]
UNUSABLE_ADDRESS = (
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
)


class Limiter(Protocol):
    """Shares Shopify's points among the program's own calls; `priority` as given to the client."""

    def acquire(self, cost: float, priority: str) -> str:
        """Wait for so many points and give a ticket, or raise `ShopifyUnavailable`."""

    def report(self, ticket: str, throttle_status: Mapping[str, Any]) -> None:
        """End the ticket's call; the status is Shopify's word on the points left, or empty."""


class ShopifyClient:
    """Speaks to one shop; safe to share between threads, each keeps its own connection.

    `timeout` is (connect, read) in seconds. `max_wait` bounds the seconds that one call may spend
    on waiting and trying again; only calls that certainly did nothing are tried again.
    """

    def __init__(
        self,
        base_url: str,
        api_version: str,
        tokens: TokenProvider,
        *,
        timeout: tuple[float, float] = (5, 30),
        session: requests.Session | None = None,
        max_wait: float = DEFAULT_MAX_WAIT,
        priority: str = "interactive",
        limiter: Limiter | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._origin = base_url.rstrip("/")
        self._root = self._origin + "/admin"
        self._version = api_version
        self._tokens = tokens
        self._timeout = timeout
        self._session = session
        self._max_wait = max_wait
        self._priority = priority
        self._limiter = limiter
        self._sleep = sleep
        self._clock = clock
        self._local = threading.local()
        self._costs: dict[CostKey, float] = {}
        # The version that the last answer came from; empty before the first.
        self.served_version = ""

    def execute(
        self, document: Document, variables: Mapping[str, Any], *, max_wait: float | None = None
    ) -> dict[str, Any]:
        """Send a document and give its data; raises a `ShopifyError` that says what is certain.

        `max_wait` (seconds) takes the place of the client's own for this call.
        """
        budget = self._max_wait if max_wait is None else max_wait
        started, waited = self._clock(), 0.0
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                return self._attempt(document, variables)
            except ShopifyUnavailable as error:
                wait = _pause(error, attempt)
                waited += wait
                spent = max(waited, self._clock() - started + wait)
                if attempt == MAX_ATTEMPTS or spent > budget:
                    raise
            self._sleep(wait)
        raise AssertionError("the last attempt either answers or raises")

    def download(self, url: str) -> Iterator[bytes]:
        """Give the lines of a file that Shopify wrote, as they come; no token goes along.

        Raises `ShopifyUnavailable` where the file cannot be read to its end, and
        `ShopifyProtocolError` for an address that is neither secure nor the shop's own.
        """
        if not url.startswith(("https://", f"{self._origin}/")):
            raise ShopifyProtocolError("Shopify's file has an address that is not secure.")
        try:
            with requests.get(url, stream=True, timeout=self._timeout) as response:
                if response.status_code != 200:
                    message = f"Shopify's file cannot be read (HTTP {response.status_code})."
                    raise ShopifyUnavailable(message)
                yield from filter(None, response.iter_lines(chunk_size=CHUNK))
        except requests.RequestException:
            raise ShopifyUnavailable("Shopify's file could not be read to its end.") from None

    def _attempt(self, document: Document, variables: Mapping[str, Any]) -> dict[str, Any]:
        key = _cost_key(document, variables)
        with self._points(key) as status:
            started = self._clock()
            answer = self._send(document, variables)
            self._learn_cost(key, answer)
            self.served_version = answer.headers.get("X-Shopify-API-Version", "")
            _log(document, answer, self._clock() - started, self._version)
            status |= answer.throttle_status
        return read_data(document, answer)

    @contextmanager
    def _points(self, key: CostKey) -> Iterator[dict[str, Any]]:
        """Hold the points of one call; what the call learns of the bucket goes into the dict."""
        status: dict[str, Any] = {}
        if self._limiter is None:
            yield status
            return
        ticket = self._limiter.acquire(self._expected_cost(key), self._priority)
        try:
            yield status
        finally:
            self._limiter.report(ticket, status)

    def _expected_cost(self, key: CostKey) -> float:
        """What Shopify asked for these very sizes, else at most for others of the document."""
        known = self._costs.get(key)
        if known is not None:
            return known
        others = [cost for (name, _sizes), cost in list(self._costs.items()) if name == key[0]]
        return max(others, default=float(USUAL_COST))

    def _send(self, document: Document, variables: Mapping[str, Any]) -> Answer:
        """Post the document; a refused token is renewed once, since a 401 did nothing."""
        body = json.dumps({"query": document.text, "variables": variables}).encode()
        token = self._tokens.current(self._request_token)
        answer = self._post_document(document, body, token)
        if answer.status != 401:
            return answer
        fresh = self._tokens.renew(token, self._request_token)
        return self._post_document(document, body, fresh) if fresh else answer

    def _post_document(self, document: Document, body: bytes, token: str) -> Answer:
        url = f"{self._root}/api/{self._version}/graphql.json"
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "X-Shopify-Access-Token": token,
        }
        try:
            return self._post(url, body, headers)
        except requests.RequestException as error:
            raise _transport_error(document, error) from None

    def _post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        response = self._connection().post(
            url, data=body, headers=headers, timeout=self._timeout, allow_redirects=False
        )
        return Answer(response.status_code, response.headers, parse_payload(response.content))

    def _connection(self) -> requests.Session:
        if self._session is not None:
            return self._session
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
        session: requests.Session = self._local.session
        return session

    def _request_token(self, form: dict[str, str]) -> TokenGrant:
        """Ask for a token; whatever fails here, nothing was done in the shop."""
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        try:
            answer = self._post(
                f"{self._root}/oauth/access_token", json.dumps(form).encode(), headers
            )
        except requests.RequestException:
            raise ShopifyUnavailable("Shopify could not be asked for an access token.") from None
        return _read_grant(answer)

    def _learn_cost(self, key: CostKey, answer: Answer) -> None:
        requested = answer.cost.get("requestedQueryCost")
        if isinstance(requested, int | float | Decimal):
            self._costs[key] = float(requested)


@lru_cache(maxsize=8)
def _tokens_for(
    base_url: str, access_token: str, client_id: str, client_secret: str
) -> TokenProvider:
    if access_token:
        return StaticToken(access_token)
    if client_id and client_secret:
        return ClientCredentials(client_id, client_secret)
    raise ShopifyMisconfigured("No access to Shopify is set up: give a token or an id and secret.")


@lru_cache(maxsize=16)
def _cached_client(
    process_id: int,
    base_url: str,
    api_version: str,
    credentials: tuple[str, str, str],
    read_timeout: float,
    max_wait: float,
    priority: str,
) -> ShopifyClient:
    # A connection must not be shared with a forked process, hence a client for each process.
    del process_id
    if not base_url:
        raise ShopifyMisconfigured("No Shopify shop is set up: give its address.")
    return ShopifyClient(
        base_url,
        api_version,
        _tokens_for(base_url, *credentials),
        timeout=(min(5.0, read_timeout), read_timeout),
        max_wait=max_wait,
        priority=priority,
        limiter=SharedLimiter(base_url, longest_wait=max_wait),
    )


def build_client(
    *, max_wait: float = DEFAULT_MAX_WAIT, priority: str = "interactive"
) -> ShopifyClient:
    """Give the client that the settings describe; the same settings share one client and token.

    `max_wait` is in seconds: a few for a page that a shopper waits for, more for a background
    task. Raises `ShopifyMisconfigured` where the settings name no shop or no credentials.
    """
    credentials = (
        str(getattr(settings, "SHOPIFY_ACCESS_TOKEN", "") or ""),
        str(getattr(settings, "SHOPIFY_CLIENT_ID", "") or ""),
        str(getattr(settings, "SHOPIFY_CLIENT_SECRET", "") or ""),
    )
    read_timeout = float(getattr(settings, "SHOPIFY_TIMEOUT_SECONDS", None) or 30)
    base_url, version = str(settings.SHOPIFY_BASE_URL), str(settings.SHOPIFY_API_VERSION)
    return _cached_client(
        os.getpid(), base_url, version, credentials, read_timeout, max_wait, priority
    )


def _cost_key(document: Document, variables: Mapping[str, Any]) -> CostKey:
    return document.name, tuple(variables.get(name) for name in document.sizes)


def _pause(error: ShopifyUnavailable, attempt: int) -> float:
    if error.retry_after is not None:
        return max(error.retry_after, 0.1)
    backoff: float = FIRST_BACKOFF * 2 ** (attempt - 1)
    return backoff * random.uniform(0.8, 1.2)  # noqa: S311 - spreads retries, guards nothing


def _transport_error(document: Document, error: requests.RequestException) -> ShopifyError:
    if _never_sent(error):
        message = "Shopify could not be reached; nothing was done."
        return ShopifyUnavailable(message, operation=document.name)
    if isinstance(error, UNUSABLE_ADDRESS):
        return ShopifyMisconfigured(
            "The shop's address or the token cannot be used: check the settings."
        )
    if isinstance(error, requests.Timeout):
        return lost_on_the_way(document, "Shopify took too long to answer.")
    return lost_on_the_way(document, "The connection to Shopify broke.")


def _never_sent(error: requests.RequestException) -> bool:
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.ProxyError):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, NewConnectionError)


def _read_grant(answer: Answer) -> TokenGrant:
    if answer.status == 429 or answer.status >= 500:
        message = "Shopify could not give an access token just now."
        raise ShopifyUnavailable(message, retry_after=retry_after(answer))
    payload = answer.payload or {}
    token = payload.get("access_token")
    if answer.status != 200 or not isinstance(token, str) or not token:
        message = "Shopify refuses an access token: check the app's id, secret and installation."
        raise ShopifyMisconfigured(message, request_id=answer.request_id)
    try:
        seconds = float(payload.get("expires_in") or USUAL_GRANT)
    except (TypeError, ValueError):
        seconds = USUAL_GRANT
    return TokenGrant(token, seconds)


def _log(document: Document, answer: Answer, seconds: float, asked_version: str) -> None:
    served = answer.headers.get("X-Shopify-API-Version", "")
    extra = {
        "operation": document.name,
        "request_id": answer.request_id,
        "status": answer.status,
        "api_version": served,
        "requested_cost": answer.cost.get("requestedQueryCost"),
        "actual_cost": answer.cost.get("actualQueryCost"),
        "duration_ms": round(seconds * 1000),
    }
    logger.info("Shopify answered %s", document.name, extra=extra)
    if served and served != asked_version:
        logger.warning("Shopify serves %s, not %s", served, asked_version, extra=extra)
    reason = answer.headers.get("X-Shopify-API-Deprecated-Reason")
    if reason:
        logger.warning("%s uses what Shopify is retiring: %s", document.name, reason, extra=extra)
