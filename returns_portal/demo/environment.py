"""Where the demo's parts live, and the settings that the site runs with there."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

HOST = "127.0.0.1"
SHOP = "demo-shop.myshopify.com"
STAFF_USER = "staff"
# The site listens on loopback only; a password that is easy to type is the kinder one.
STAFF_PASSWORD = "returns-demo"  # noqa: S105
ACCESS_TOKEN = "sandbox-access-token"  # noqa: S105
TIKTOK_APP_KEY = "sandbox-app-key"
TIKTOK_APP_SECRET = "sandbox-app-secret"  # noqa: S105
WEBHOOK_SECRET = "sandbox-client-secret"  # noqa: S105


class WrongPort(ValueError):
    """The PORT asked for is not one; `str(error)` is a sentence."""


@dataclass(frozen=True, slots=True)
class Demo:
    """Four neighboring ports, and the folder that keeps the state between two runs."""

    port: int
    folder: Path

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Demo":
        """The demo that PORT and DEMO_DIR ask for; raises WrongPort."""
        port = environ.get("PORT") or "8000"
        if not port.isdecimal() or not 1 <= int(port) <= 65532:
            raise WrongPort(f"PORT must be a number from 1 to 65532, not {port!r}.")
        return cls(int(port), Path(environ.get("DEMO_DIR") or ".demo").absolute())

    @property
    def site_url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def sandbox_port(self) -> int:
        return self.port + 1

    @property
    def sandbox_url(self) -> str:
        return f"http://{HOST}:{self.sandbox_port}"

    @property
    def mailbox_port(self) -> int:
        return self.port + 2

    @property
    def mailbox_url(self) -> str:
        return f"http://{HOST}:{self.mailbox_port}"

    @property
    def tiktok_port(self) -> int:
        return self.port + 3

    @property
    def tiktok_url(self) -> str:
        return f"http://{HOST}:{self.tiktok_port}"

    @property
    def tiktok_state(self) -> Path:
        return self.folder / "tiktok.json"

    @property
    def mail_folder(self) -> Path:
        return self.folder / "mail"

    @property
    def sandbox_state(self) -> Path:
        return self.folder / "shopify.sqlite3"

    def ports(self) -> dict[str, int]:
        """The ports by what listens there."""
        return {
            "the portal": self.port,
            "the stand-in for Shopify": self.sandbox_port,
            "the mailbox": self.mailbox_port,
            "the stand-in for TikTok": self.tiktok_port,
        }


def build_environment(demo: Demo, environ: Mapping[str, str], secret_key: str) -> dict[str, str]:
    """The site's whole environment: `environ` with every setting of the demo's put over it."""
    return {
        **environ,
        "DJANGO_SETTINGS_MODULE": "returns_portal.settings",
        "PYTHONUNBUFFERED": "1",
        "PORT": str(demo.port),
        "DEMO_DIR": str(demo.folder),
        "DEBUG": "false",
        "CLOCK_TOLERANCE_SECONDS": "0",
        "SECRET_KEY": secret_key,
        "SITE_URL": demo.site_url,
        "ALLOWED_HOSTS": f"{HOST},localhost",
        "TRUSTED_PROXY_HOPS": "0",
        "DATABASE_URL": f"sqlite:///{quote(str(demo.folder / 'portal.sqlite3'))}",
        "CACHE_URL": "locmemcache://",
        "REMEMBER_SECONDS": "0",
        "PREPARE_STATEMENTS": "true",
        # With a host, or the broker warns that it has none.
        "CELERY_BROKER_URL": "memory://localhost/",
        "SWEEP_SECONDS": "2",
        "SYNC_ORDERS_SECONDS": "30",
        "COUNT_REPORTS_SECONDS": "20",
        "KEEP_CLOCKS_SECONDS": "60",
        "EMAIL_URL": f"filemail:///{quote(str(demo.mail_folder))}",
        "DEFAULT_FROM_EMAIL": "Demo shop returns <returns@demo-shop.example>",
        "STAFF_EMAIL": "staff@demo-shop.example",
        "PORTAL_NAME": "Demo shop returns",
        "SHOPIFY_SHOP": SHOP,
        "SHOPIFY_BASE_URL": demo.sandbox_url,
        "TIKTOK_APP_KEY": TIKTOK_APP_KEY,
        "TIKTOK_APP_SECRET": TIKTOK_APP_SECRET,
        "TIKTOK_BASE_URL": demo.tiktok_url,
        "TIKTOK_AUTH_URL": demo.tiktok_url,
        "TIKTOK_TOKEN_KEYS": token_key(secret_key),
        "TIKTOK_SELLER_CENTER_URL": demo.tiktok_url + "/orders/{order_id}",
        "TIKTOK_SERVICE_ID": "",
        "TIKTOK_TIMEOUT_SECONDS": "10",
        "TIKTOK_SETTLE_SECONDS": "3",
        "TIKTOK_POLL_SECONDS": "20",
        "PORTAL_CHANNELS": "tiktok,web",
        "TIME_ZONE": "UTC",
        "SHOPIFY_ACCESS_TOKEN": ACCESS_TOKEN,
        "SHOPIFY_CLIENT_ID": "",
        "SHOPIFY_CLIENT_SECRET": "",
        "SHOPIFY_WEBHOOK_SECRETS": WEBHOOK_SECRET,
        "SHOPIFY_LOCATION_ID": "",
        "SHOPIFY_SETTLE_SECONDS": "3",
        "IMAGE_SOURCES": demo.sandbox_url,
        "STATIC_ROOT": str(demo.folder / "static"),
        "PHOTO_ROOT": str(demo.folder / "photos"),
        "STAFF_TWO_FACTOR": "optional",
        "FRESH_SIGN_IN_AMOUNT": "",
        "FRESH_SIGN_IN_MINUTES": "15",
        "SIGN_IN_FAILURES": "5",
        "SIGN_IN_LOCKED_MINUTES": "15",
        "BENCH_UNDO_MINUTES": "5",
        "RETAIN_PERSONAL_DAYS": "730",
        "RETAIN_PHOTOS_DAYS": "180",
        "RETAIN_TRACES_DAYS": "60",
        "LOG_LEVEL": "ERROR",
        "LOG_FORMAT": "line",
        "METRICS_TOKEN": "",
        "SENTRY_DSN": "",
    }


def keep_secret_key(demo: Demo) -> str:
    """The demo's secret key, made on the first run so that later runs keep sessions and links."""
    path = demo.folder / "secret-key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), "utf-8")
    return path.read_text("utf-8")


def token_key(secret_key: str) -> str:
    """A key for TikTok's tokens that stays the same as long as the secret key does."""
    return urlsafe_b64encode(sha256(secret_key.encode()).digest()).decode()
