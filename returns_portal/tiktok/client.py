"""The one door to TikTok's Partner API: signs, sends, and says what is certain about it."""

import json
import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

from returns_portal.tiktok.errors import (
    TikTokError,
    TikTokMisconfigured,
    TikTokNotFound,
    TikTokOutcomeUnknown,
    TikTokProtocolError,
    TikTokRefused,
    TikTokUnavailable,
)
from returns_portal.tiktok.signing import sign_request
from returns_portal.tiktok.tokens import TokenGrant, Vault

logger = logging.getLogger("returns_portal.tiktok")

MAX_ATTEMPTS = 5
FIRST_BACKOFF = 0.5
RATE_LIMITED = frozenset({36009002})
INTERNAL = frozenset({36009003})
# TikTok's number for a wrong time is also that of other parameters: its clock tells which it is.
CLOCK_WRONG = frozenset({36009004})
LATEST = 30.0
TOKEN_REFUSED = frozenset({105000, 105001, 105002})
NOT_ALLOWED = frozenset({105005, 106001, 106002, 106003, 106011})
# The path or the method is not open to this app or in this market.
NOT_OPEN = frozenset({36009009, 36009010})
NOT_FOUND = frozenset({25001002, 11001002})
LONGEST_RETRY_AFTER = 3600.0
Query = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class App:
    """The seller's app at TikTok, and where TikTok answers it."""

    key: str
    secret: str
    base_url: str
    auth_url: str

    def __repr__(self) -> str:
        return f"App({self.key})"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `payload` is None where it was no JSON object."""

    status: int
    headers: Mapping[str, str]
    payload: dict[str, Any] | None

    @property
    def code(self) -> int:
        code = (self.payload or {}).get("code", -1)
        return code if isinstance(code, int) else -1

    @property
    def request_id(self) -> str:
        return str((self.payload or {}).get("request_id", ""))


class TikTokClient:
    """Speaks to one connected shop; safe to share between threads.

    `timeout` is (connect, read) in seconds. `max_wait` bounds the seconds that one call may spend
    on waiting and trying again; only calls that certainly did nothing are tried again.
    """

    def __init__(
        self,
        app: App,
        vault: Vault | None,
        *,
        timeout: tuple[float, float] = (5, 20),
        max_wait: float = 3.0,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._app = app
        self._vault = vault
        self._timeout = timeout
        self._max_wait = max_wait
        self._sleep = sleep
        self._clock = clock
        self._local = threading.local()
        self._skew = 0.0

    def read(self, path: str, query: Query, body: Mapping[str, Any] | None = None) -> Any:
        """Ask for something: GET, or POST where TikTok's searches want a body."""
        return self._call(path, query, body, changes=False)

    def change(self, path: str, query: Query, body: Mapping[str, Any]) -> Any:
        """Change something: raises TikTokOutcomeUnknown where it may have happened unheard."""
        return self._call(path, query, body, changes=True)

    def exchange_code(self, auth_code: str) -> TokenGrant:
        """The first tokens of a shop, for the code that TikTok gave after the seller agreed."""
        return self._grant("get", {"auth_code": auth_code, "grant_type": "authorized_code"})

    def renew(self, refresh_token: str) -> TokenGrant:
        """New tokens for a refresh token."""
        return self._grant(
            "refresh", {"refresh_token": refresh_token, "grant_type": "refresh_token"}
        )

    def read_with_token(self, path: str, access_token: str) -> Any:
        """Ask with a token that no vault holds yet: which shops it opens."""
        answer = self._send(path, {}, None, access_token, changes=False)
        return self._judge(path, answer, changes=False)

    def _call(
        self, path: str, query: Query, body: Mapping[str, Any] | None, *, changes: bool
    ) -> Any:
        waited = 0.0
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                return self._attempt(path, query, body, changes=changes)
            except TikTokUnavailable as error:
                wait = _pause(error, attempt)
                waited += wait
                if attempt == MAX_ATTEMPTS or waited > self._max_wait:
                    raise
            self._sleep(wait)
        raise AssertionError("the last attempt either answers or raises")

    def _attempt(
        self, path: str, query: Query, body: Mapping[str, Any] | None, *, changes: bool
    ) -> Any:
        """One call; a refused token or a wrong clock is mended once, since nothing was done."""
        if self._vault is None:
            raise TikTokMisconfigured("No TikTok shop is connected.")
        token = self._vault.current(self.renew)
        answer = self._send(path, query, body, token, changes=changes)
        if answer.code in CLOCK_WRONG and self._learn_skew(answer):
            answer = self._send(path, query, body, token, changes=changes)
        if answer.code in TOKEN_REFUSED or answer.status == 401:
            token = self._vault.replace(token, self.renew)
            answer = self._send(path, query, body, token, changes=changes)
        return self._judge(path, answer, changes=changes)

    def _send(
        self,
        path: str,
        query: Query,
        body: Mapping[str, Any] | None,
        token: str,
        *,
        changes: bool,
    ) -> Answer:
        raw = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
        signed = dict(query) | {
            "app_key": self._app.key,
            "timestamp": str(int(self._clock() + self._skew)),
        }
        if self._vault is not None:
            signed["shop_cipher"] = self._vault.cipher
        signed["sign"] = sign_request(self._app.secret, path, signed, raw)
        headers = {"Content-Type": "application/json", "x-tts-access-token": token}
        started = self._clock()
        answer = self._transport(
            "GET" if body is None else "POST",
            self._app.base_url + path,
            path,
            changes=changes,
            params=signed,
            data=raw or None,
            headers=headers,
        )
        _log(path, answer, self._clock() - started)
        return answer

    def _grant(self, what: str, form: dict[str, str]) -> TokenGrant:
        path = f"/api/v2/token/{what}"
        params = {"app_key": self._app.key, "app_secret": self._app.secret, **form}
        answer = self._transport(
            "GET", self._app.auth_url + path, path, changes=False, params=params
        )
        if answer.code != 0:
            raise TikTokMisconfigured(
                "TikTok gives no token: check the app's key, then connect the shop again.",
                operation=path,
                code=answer.code,
                request_id=answer.request_id,
            )
        return _read_grant((answer.payload or {}).get("data") or {}, path)

    def _transport(
        self, method: str, url: str, operation: str, *, changes: bool, **how: Any
    ) -> Answer:
        """Send it; addresses carry secrets, so that no exception of the library's goes further."""
        try:
            response = self._connection().request(
                method, url, timeout=self._timeout, allow_redirects=False, **how
            )
        except requests.RequestException as error:
            raise _transport_error(operation, error, changes=changes) from None
        answer = Answer(response.status_code, response.headers, _parse(response.content))
        if answer.status == 429 or answer.code in RATE_LIMITED:
            raise TikTokUnavailable(
                "TikTok asks to slow down.",
                retry_after=_retry_after(answer),
                operation=operation,
                code=answer.code,
                request_id=answer.request_id,
            )
        if answer.status >= 500 or answer.payload is None or answer.code in INTERNAL:
            raise _lost(operation, "TikTok gave no answer that can be read.", changes=changes)
        return answer

    def _judge(self, operation: str, answer: Answer, *, changes: bool) -> Any:
        if answer.code == 0:
            return (answer.payload or {}).get("data") or {}
        said = str((answer.payload or {}).get("message", ""))[:200]
        about: dict[str, Any] = {
            "operation": operation,
            "code": answer.code,
            "request_id": answer.request_id,
        }
        if answer.code in TOKEN_REFUSED | NOT_ALLOWED or answer.status in {401, 403}:
            raise TikTokMisconfigured(
                f"TikTok does not let the portal in ({answer.code}): connect the shop again.",
                **about,
            )
        if answer.code in CLOCK_WRONG and abs(self._skew) > LATEST:
            raise TikTokUnavailable(
                "This machine's clock is wrong: TikTok refuses its calls.", **about
            )
        if answer.code in NOT_OPEN:
            raise TikTokProtocolError(
                f"TikTok does not offer this call to the app: {said} ({answer.code})", **about
            )
        if answer.code in NOT_FOUND:
            raise TikTokNotFound(f"TikTok does not know it: {said}", **about)
        raise TikTokRefused(f"TikTok refused: {said} ({answer.code})", **about)

    def _learn_skew(self, answer: Answer) -> bool:
        """Set the clock by TikTok's own; False where it does not tell, or tells the same."""
        try:
            told = parsedate_to_datetime(answer.headers.get("Date", ""))
        except ValueError:
            return False
        before, self._skew = self._skew, told.timestamp() - self._clock()
        return abs(self._skew - before) > LATEST / 3

    def _connection(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
        session: requests.Session = self._local.session
        return session


def _parse(content: bytes) -> dict[str, Any] | None:
    try:
        payload = json.loads(content)
    except ValueError:
        return None
    return payload if isinstance(payload, dict) else None


def _read_grant(data: Mapping[str, Any], operation: str) -> TokenGrant:
    try:
        return TokenGrant(
            access_token=str(data["access_token"]),
            access_expires_at=_moment(data["access_token_expire_in"]),
            refresh_token=str(data["refresh_token"]),
            refresh_expires_at=_moment(data["refresh_token_expire_in"]),
        )
    except (KeyError, TypeError, ValueError):
        raise TikTokMisconfigured("TikTok's token is incomplete.", operation=operation) from None


def _moment(seconds: Any) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def _pause(error: TikTokUnavailable, attempt: int) -> float:
    backoff: float = error.retry_after or FIRST_BACKOFF * 2 ** (attempt - 1)
    return backoff * random.uniform(1.0, 1.3)  # noqa: S311 - spreads retries, guards nothing


def _retry_after(answer: Answer) -> float | None:
    try:
        seconds = float(answer.headers.get("Retry-After", ""))
    except ValueError:
        return None
    return min(seconds, LONGEST_RETRY_AFTER) if seconds > 0 else None


def _transport_error(
    operation: str, error: requests.RequestException, *, changes: bool
) -> TikTokError:
    if _never_sent(error):
        return TikTokUnavailable(
            "TikTok could not be reached; nothing was done.", operation=operation
        )
    words = (
        "TikTok took too long to answer."
        if isinstance(error, requests.Timeout)
        else "The connection to TikTok broke."
    )
    return _lost(operation, words, changes=changes)


def _lost(operation: str, words: str, *, changes: bool) -> TikTokError:
    kind = TikTokOutcomeUnknown if changes else TikTokUnavailable
    return kind(words, operation=operation)


def _never_sent(error: requests.RequestException) -> bool:
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.ProxyError):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, NewConnectionError)


def _log(operation: str, answer: Answer, seconds: float) -> None:
    extra = {
        "operation": operation,
        "request_id": answer.request_id,
        "status": answer.status,
        "code": answer.code,
        "duration_ms": round(seconds * 1000),
    }
    logger.info("TikTok answered %s", operation, extra=extra)
