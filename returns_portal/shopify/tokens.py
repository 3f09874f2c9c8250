"""Access tokens for the Admin API: one that stands in the settings, or one asked for daily."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

RENEW_BEFORE_EXPIRY = 3600.0


@dataclass(frozen=True, slots=True)
class TokenGrant:
    """A token as granted, and for how many seconds."""

    access_token: str
    expires_in: float


GrantRequest = Callable[[dict[str, str]], TokenGrant]


class TokenProvider(Protocol):
    """Where the client gets its token; `request` carries a form to the shop's token endpoint."""

    def current(self, request: GrantRequest) -> str:
        """Give a token to try."""

    def renew(self, refused: str, request: GrantRequest) -> str | None:
        """Give another token in place of a refused one; None where there is no other."""


class StaticToken:
    """A token that does not expire, as apps made in the shop's own admin have."""

    def __init__(self, token: str) -> None:
        self._token = token

    def current(self, request: GrantRequest) -> str:
        return self._token

    def renew(self, refused: str, request: GrantRequest) -> str | None:
        return None


class ClientCredentials:
    """A token asked for with the app's id and secret; good for a day, renewed an hour before."""

    def __init__(
        self, client_id: str, client_secret: str, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._form = {
            "client_id": client_id,
            "client_secret": client_secret,
            "grant_type": "client_credentials",
        }
        self._clock = clock
        self._lock = Lock()
        self._token = ""
        self._renew_at = 0.0

    def current(self, request: GrantRequest) -> str:
        with self._lock:
            if not self._token or self._clock() >= self._renew_at:
                self._ask(request)
            return self._token

    def renew(self, refused: str, request: GrantRequest) -> str | None:
        with self._lock:
            if self._token == refused:
                self._ask(request)
            return self._token

    def _ask(self, request: GrantRequest) -> None:
        grant = request(self._form)
        self._token = grant.access_token
        lead = min(RENEW_BEFORE_EXPIRY, grant.expires_in / 10)
        self._renew_at = self._clock() + grant.expires_in - lead
