"""The connected TikTok shop: its tokens under lock and key, and the client that speaks to it."""

import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from returns_portal.returns.models import TikTokShop
from returns_portal.tiktok.client import App, TikTokClient
from returns_portal.tiktok.errors import TikTokMisconfigured, TikTokUnavailable
from returns_portal.tiktok.orders import list_shops
from returns_portal.tiktok.tokens import RENEW_BEFORE, Renewal, Strongbox, TokenGrant

LOCK_SECONDS = 30
LOCK_PAUSE = 0.05
KEPT = (
    "name",
    "region",
    "cipher",
    "access_token",
    "access_expires_at",
    "refresh_token",
    "refresh_expires_at",
    "changed_at",
    "trouble",
)


class StoredVault:
    """A shop's tokens in the database; of many processes one renews, the others wait for it."""

    def __init__(
        self, shop_id: str, cipher: str, *, clock: Callable[[], datetime] = timezone.now
    ) -> None:
        self._shop_id = shop_id
        self._cipher = cipher
        self._clock = clock

    @property
    def cipher(self) -> str:
        return self._cipher

    def current(self, renew: Renewal) -> str:
        """The stored token; renewed first where it expires soon."""
        shop = self._shop()
        if shop.access_expires_at - RENEW_BEFORE > self._clock():
            return strongbox().open(shop.access_token)
        try:
            return self._renewed(shop.access_token, renew)
        except TikTokUnavailable:
            # It is renewed early: what cannot be renewed just now is good for a while yet.
            if shop.access_expires_at <= self._clock():
                raise
            return strongbox().open(shop.access_token)

    def replace(self, refused: str, renew: Renewal) -> str:
        """Another token than the refused one: a colleague's, else a new one."""
        shop = self._shop()
        known = strongbox().open(shop.access_token)
        return known if known != refused else self._renewed(shop.access_token, renew)

    def _renewed(self, sealed: str, renew: Renewal) -> str:
        with _only_one(f"tiktok-token:{self._shop_id}"):
            shop = self._shop()
            if shop.access_token == sealed:
                grant = renew(strongbox().open(shop.refresh_token))
                keep_grant(shop, grant, now=self._clock())
            return strongbox().open(shop.access_token)

    def _shop(self) -> TikTokShop:
        shop = TikTokShop.objects.filter(shop_id=self._shop_id).first()
        if shop is None:
            raise TikTokMisconfigured("The TikTok shop is not connected any more.")
        return shop


@contextmanager
def _only_one(name: str) -> Iterator[None]:
    """A lock that a killed process keeps for half a minute at the most."""
    owner = uuid.uuid4().hex
    deadline = time.monotonic() + LOCK_SECONDS
    while not cache.add(name, owner, LOCK_SECONDS):
        if time.monotonic() > deadline:
            raise TikTokUnavailable("Somebody else renews the token of the TikTok shop.")
        time.sleep(LOCK_PAUSE)
    try:
        yield
    finally:
        if cache.get(name) == owner:
            cache.delete(name)


def strongbox() -> Strongbox:
    """What encrypts tokens, with the keys in the settings."""
    return Strongbox(settings.TIKTOK_TOKEN_KEYS)


def keep_grant(shop: TikTokShop, grant: TokenGrant, *, now: datetime) -> None:
    """Stores granted tokens, encrypted."""
    box = strongbox()
    shop.access_token = box.close(grant.access_token)
    shop.access_expires_at = grant.access_expires_at
    shop.refresh_token = box.close(grant.refresh_token)
    shop.refresh_expires_at = grant.refresh_expires_at
    shop.changed_at = now
    # Reading goes on meanwhile, and notes how far it came.
    shop.save(update_fields=KEPT if shop.pk else None)


def connect_shop(auth_code: str, *, now: datetime, wanted: str = "") -> TikTokShop:
    """Exchanges the code that TikTok gave the seller, and keeps the shop that it opens.

    Of several, that with the id `wanted`: the portal serves one. Raises TikTokError.
    """
    client = _bare_client(os.getpid(), app_of_settings())
    grant = client.exchange_code(auth_code)
    opened = list_shops(client, grant.access_token)
    fitting = [shop for shop in opened if wanted in ("", shop.id)]
    if len(fitting) != 1:
        names = "; ".join(f"{shop.id} {shop.name} ({shop.region})" for shop in opened)
        raise TikTokMisconfigured(
            f"The portal serves one shop, and the code opens: {names or 'none'}. Agree again, and "
            "name one with --shop and the new code."
        )
    found = fitting[0]
    shop = TikTokShop.objects.filter(shop_id=found.id).first() or TikTokShop(shop_id=found.id)
    shop.name, shop.region, shop.cipher, shop.trouble = found.name, found.region, found.cipher, ""
    keep_grant(shop, grant, now=now)
    TikTokShop.objects.exclude(pk=shop.pk).delete()
    return shop


def note_trouble(sentence: str, *, shop_id: str = "") -> None:
    """Keeps what hinders the portal at TikTok, for the set-up page; empty: nothing any more."""
    shops = TikTokShop.objects.filter(shop_id=shop_id) if shop_id else TikTokShop.objects.all()
    shops.exclude(trouble=sentence).update(trouble=sentence)


def app_of_settings() -> App:
    """The app that the settings describe; raises TikTokMisconfigured without one."""
    if not settings.TIKTOK_APP_KEY or not settings.TIKTOK_APP_SECRET:
        raise TikTokMisconfigured("No TikTok app is set up: see docs/tiktok.md.")
    return App(
        settings.TIKTOK_APP_KEY,
        settings.TIKTOK_APP_SECRET,
        settings.TIKTOK_BASE_URL,
        settings.TIKTOK_AUTH_URL,
    )


def is_connected() -> bool:
    """Whether TikTok can be asked at all: an app is set up and a shop let it in."""
    return bool(settings.TIKTOK_APP_KEY) and TikTokShop.objects.exists()


def build_tiktok_client(*, max_wait: float = 3.0) -> TikTokClient:
    """The client of the connected shop; raises TikTokMisconfigured without any."""
    app = app_of_settings()
    shop = TikTokShop.objects.order_by("pk").first()
    if shop is None:
        raise TikTokMisconfigured("No TikTok shop is connected: see docs/tiktok.md.")
    timeout = settings.TIKTOK_TIMEOUT_SECONDS
    return _client(os.getpid(), app, shop.shop_id, shop.cipher, timeout, max_wait)


@lru_cache(maxsize=16)
def _client(
    process_id: int, app: App, shop_id: str, cipher: str, timeout: float, max_wait: float
) -> TikTokClient:
    # A connection must not be shared with a forked process, hence a client for each process.
    del process_id
    vault = StoredVault(shop_id, cipher)
    return TikTokClient(app, vault, timeout=(min(5.0, timeout), timeout), max_wait=max_wait)


@lru_cache(maxsize=4)
def _bare_client(process_id: int, app: App) -> TikTokClient:
    del process_id
    return TikTokClient(app, None)
