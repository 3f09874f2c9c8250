"""Access tokens of a connected shop: encrypted at rest, renewed by one process at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from returns_portal.tiktok.errors import TikTokMisconfigured

RENEW_BEFORE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class TokenGrant:
    """Tokens as TikTok grants them, and until when; the tokens never show in a repr."""

    access_token: str = field(repr=False)
    access_expires_at: datetime
    refresh_token: str = field(repr=False)
    refresh_expires_at: datetime


Renewal = Callable[[str], TokenGrant]


class Vault(Protocol):
    """Where a shop's tokens are kept; `renew` exchanges a refresh token for new ones."""

    @property
    def cipher(self) -> str:
        """What names the shop in calls."""

    def current(self, renew: Renewal) -> str:
        """Give a token to try, renewed before it expires."""

    def replace(self, refused: str, renew: Renewal) -> str:
        """Give another token in place of a refused one."""


class Strongbox:
    """Encrypts with the first key, and opens what any of the keys closed: keys can be rotated."""

    def __init__(self, keys: Sequence[str]) -> None:
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys if key])
        except ValueError:
            raise TikTokMisconfigured(
                "TIKTOK_TOKEN_KEYS holds no usable key: see .env.example for how to make one."
            ) from None

    def close(self, text: str) -> str:
        """The text, unreadable without a key."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, closed: str) -> str:
        """The text; raises TikTokMisconfigured where no key fits."""
        try:
            return self._fernet.decrypt(closed.encode()).decode()
        except InvalidToken:
            raise TikTokMisconfigured(
                "No key in TIKTOK_TOKEN_KEYS opens the stored tokens: connect the shop again."
            ) from None
