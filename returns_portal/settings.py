"""All settings, every value from the environment; a missing or wrong one stops the start."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from returns_portal.languages import LANGUAGES as LANGUAGES
from returns_portal.observability.errors import start_error_reports
from returns_portal.observability.logs import build_logging

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)


def required(name: str, debug_default: str) -> str:
    """The value of `name`; outside DEBUG an empty one is refused."""
    value: str = env.str(name, default="")
    if value:
        return value
    if DEBUG:
        return debug_default
    raise ImproperlyConfigured(f"Set {name}: see .env.example for what it means.")


def one_of(name: str, choices: tuple[str, ...]) -> str:
    """The value of `name`, one of `choices`; the first when it is not set."""
    value: str = env.str(name, default="") or choices[0]
    if value not in choices:
        raise ImproperlyConfigured(f"Set {name} to {' or '.join(choices)}, not {value!r}.")
    return value


# The site
SECRET_KEY = required("SECRET_KEY", "debug-only-" + "0" * 50)
SITE_URL = required("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
SITE_HOST = urlsplit(SITE_URL).hostname or ""
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[SITE_HOST] if SITE_HOST else [])
CSRF_TRUSTED_ORIGINS = [SITE_URL]
TRUSTED_PROXY_HOPS = env.int("TRUSTED_PROXY_HOPS", default=0)
PORTAL_NAME = env.str("PORTAL_NAME", default="Returns")

INSTALLED_APPS = [
    "staff.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "returns_portal.returns",
    "portal",
    "staff",
]

MIDDLEWARE = [
    "returns_portal.observability.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "returns_portal.headers.ResourcePolicyMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "returns_portal.languages.StaffLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "returns_portal.urls"
WSGI_APPLICATION = "returns_portal.wsgi.application"

TEMPLATES = [
    # Shoppers' pages, and what is drawn like them.
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "pages"],
        "OPTIONS": {
            "environment": "portal.pages.environment",
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "portal.context.brand",
                "portal.context.csrf",
            ],
        },
    },
    # The admin, and mails.
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.brand",
            ],
        },
    },
]

# Data
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Writers queue at BEGIN instead of failing in the middle of a decision.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    # What the address says of the connection (?sslmode=require) goes before these.
    DATABASES["default"]["OPTIONS"] = {
        # Nobody waits half a minute for a row that another decision holds.
        "options": "-c lock_timeout=5000",
        # A query that a connection sends for the sixth time is planned no more.
        "server_side_binding": True,
        "prepare_threshold": 5 if env.bool("PREPARE_STATEMENTS", default=True) else None,
        **DATABASES["default"].get("OPTIONS", {}),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHE_URL = env.str("CACHE_URL", default="locmemcache://")
CACHES = {"default": env.cache_url_config(CACHE_URL)}
if CACHE_URL.startswith("redis"):
    CACHES["default"] |= {
        "BACKEND": "returns_portal.cache.ForgetfulRedisCache",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
# For so long a process remembers what the shop has set, on pages that promise nothing yet.
REMEMBER_SECONDS = env.float("REMEMBER_SECONDS", default=2.0)
SESSION_ENGINE = "returns_portal.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 12

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Signing in on the staff side
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
STAFF_TWO_FACTOR = one_of("STAFF_TWO_FACTOR", ("optional", "required"))
# Above this amount, in the order's currency, staff prove anew who they are; empty: never.
FRESH_SIGN_IN_AMOUNT = Decimal(env.str("FRESH_SIGN_IN_AMOUNT", default="") or "Infinity")
FRESH_SIGN_IN_MINUTES = env.int("FRESH_SIGN_IN_MINUTES", default=15)
# For so long the bench can undo a receipt before money moves and mail goes out.
BENCH_UNDO_MINUTES = env.int("BENCH_UNDO_MINUTES", default=5)
OTP_TOTP_ISSUER = PORTAL_NAME
AXES_FAILURE_LIMIT = env.int("SIGN_IN_FAILURES", default=5)
AXES_COOLOFF_TIME = timedelta(minutes=env.int("SIGN_IN_LOCKED_MINUTES", default=15))
# A name from one address: a stranger elsewhere can't lock the owner out.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "returns_portal.addresses.sign_in_address"
AXES_LOCKOUT_CALLABLE = "staff.signing_in.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# Work in the background
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="memory://localhost/")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 5, "socket_connect_timeout": 2}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# Once more at once, over a new connection: the old one may have died with its broker. What fails
# then, the sweep finds.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "sweep-operations": {
        "task": "returns_portal.returns.tasks.sweep_operations",
        "schedule": env.float("SWEEP_SECONDS", default=15.0),
    },
    "sweep-bulk-jobs": {
        "task": "returns_portal.returns.tasks.sweep_bulk_jobs",
        "schedule": 30.0,
    },
    "beat": {
        "task": "returns_portal.returns.tasks.beat",
        "schedule": 60.0,
    },
    "sweep-webhooks": {
        "task": "returns_portal.returns.tasks.sweep_webhooks",
        "schedule": 60.0,
    },
    "send-links": {
        "task": "returns_portal.returns.tasks.send_links",
        "schedule": 60.0,
    },
    "carry-out-withdrawals": {
        "task": "returns_portal.returns.tasks.carry_out_withdrawals",
        "schedule": 60.0,
    },
    "keep-clocks": {
        "task": "returns_portal.returns.tasks.keep_clocks",
        "schedule": env.float("KEEP_CLOCKS_SECONDS", default=60.0),
    },
    "sweep-photos": {
        "task": "returns_portal.returns.tasks.sweep_photos",
        "schedule": crontab(hour=4, minute=7),
    },
    "keep-no-longer": {
        "task": "returns_portal.returns.tasks.keep_no_longer",
        "schedule": crontab(hour=2, minute=37),
    },
    "sync-webhooks": {
        "task": "returns_portal.returns.tasks.sync_webhooks",
        "schedule": 3600.0,
    },
    "reconcile": {
        "task": "returns_portal.returns.tasks.reconcile_requests",
        "schedule": crontab(hour=3, minute=17),
    },
    "count-reports": {
        "task": "returns_portal.returns.tasks.count_reports",
        "schedule": env.float("COUNT_REPORTS_SECONDS", default=300.0),
    },
    "send-reports": {
        "task": "returns_portal.returns.tasks.send_reports",
        "schedule": crontab(minute=23),
    },
    "sync-aftersales": {
        "task": "returns_portal.returns.tasks.sync_aftersales",
        "schedule": env.float("TIKTOK_POLL_SECONDS", default=120.0),
    },
    "warn-deadlines": {
        "task": "returns_portal.returns.tasks.warn_deadlines",
        "schedule": 300.0,
    },
    "sync-orders": {
        "task": "returns_portal.returns.tasks.sync_orders",
        "schedule": env.float("SYNC_ORDERS_SECONDS", default=300.0),
    },
}

# E-mail
vars().update(env.email_url_config(required("EMAIL_URL", "consolemail://")))
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = required("DEFAULT_FROM_EMAIL", "Returns <returns@example.com>")
# Where staff are told that a shopper wrote; empty: nowhere but in the admin.
STAFF_EMAIL = env.str("STAFF_EMAIL", default="")

# Shopify
SHOPIFY_SHOP = required("SHOPIFY_SHOP", "demo-shop.myshopify.com")
SHOPIFY_BASE_URL = env.str("SHOPIFY_BASE_URL", default="").rstrip("/") or f"https://{SHOPIFY_SHOP}"
SHOPIFY_API_VERSION = env.str("SHOPIFY_API_VERSION", default="2026-10")
SHOPIFY_ACCESS_TOKEN = env.str("SHOPIFY_ACCESS_TOKEN", default="")
SHOPIFY_CLIENT_ID = env.str("SHOPIFY_CLIENT_ID", default="")
SHOPIFY_CLIENT_SECRET = env.str("SHOPIFY_CLIENT_SECRET", default="")
SHOPIFY_WEBHOOK_SECRETS = env.list("SHOPIFY_WEBHOOK_SECRETS", default=[])
SHOPIFY_LOCATION_ID = env.str("SHOPIFY_LOCATION_ID", default="")
SHOPIFY_TIMEOUT_SECONDS = env.float("SHOPIFY_TIMEOUT_SECONDS", default=30.0)
# How long an answer may be missing before reading Shopify tells what became of a call.
SHOPIFY_SETTLE_SECONDS = env.float("SHOPIFY_SETTLE_SECONDS", default=30.0)
# So far may a machine's clock be from the database's; beyond, it works no more. 0: any.
CLOCK_TOLERANCE_SECONDS = env.float("CLOCK_TOLERANCE_SECONDS", default=30.0)
# How long a worker may hold an operation; longer than any call to Shopify.
OPERATION_LEASE_SECONDS = env.float("OPERATION_LEASE_SECONDS", default=90.0)

# TikTok Shop
TIKTOK_APP_KEY = env.str("TIKTOK_APP_KEY", default="")
TIKTOK_APP_SECRET = env.str("TIKTOK_APP_SECRET", default="")
TIKTOK_SERVICE_ID = env.str("TIKTOK_SERVICE_ID", default="")
TIKTOK_TOKEN_KEYS = env.list("TIKTOK_TOKEN_KEYS", default=[])
TIKTOK_BASE_URL = env.str(
    "TIKTOK_BASE_URL", default="https://open-api.tiktokglobalshop.com"
).rstrip("/")
TIKTOK_AUTH_URL = env.str("TIKTOK_AUTH_URL", default="https://auth.tiktok-shops.com").rstrip("/")
TIKTOK_TIMEOUT_SECONDS = env.float("TIKTOK_TIMEOUT_SECONDS", default=20.0)
# How long an answer may be missing before reading TikTok tells what became of a call.
TIKTOK_SETTLE_SECONDS = env.float("TIKTOK_SETTLE_SECONDS", default=20.0)
TIKTOK_SELLER_CENTER_URL = env.str(
    "TIKTOK_SELLER_CENTER_URL",
    default="https://seller-us.tiktok.com/order/detail?order_no={order_id}",
)

# Channels whose orders the portal serves, by source name; "*" serves every channel.
PORTAL_CHANNELS = env.list("PORTAL_CHANNELS", default=["tiktok"])

# Language and time
LANGUAGE_CODE = "en"
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "templates" / "locale"]

# Files
STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", default="") or BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Photos of shoppers: outside everything that has an address; only views hand them out.
PHOTO_ROOT = Path(env.str("PHOTO_ROOT", default="") or BASE_DIR / "photos")
PHOTO_OPTIONS = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
FILE_UPLOAD_HANDLERS = [
    "returns_portal.uploads.CutOffHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FILES = 60
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "photos": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PHOTO_ROOT, **PHOTO_OPTIONS},
    },
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# Privacy: days after its end that a request keeps the person, its photos, and technical traces.
RETAIN_PERSONAL_DAYS = env.int("RETAIN_PERSONAL_DAYS", default=730)
RETAIN_PHOTOS_DAYS = env.int("RETAIN_PHOTOS_DAYS", default=180)
RETAIN_TRACES_DAYS = env.int("RETAIN_TRACES_DAYS", default=60)

# Safety
SECURE = SITE_URL.startswith("https://")
SECURE_SSL_REDIRECT = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_HOPS else None
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 63_072_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
# Nothing here uses a device or a sensor; a page that does says so itself.
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in (
        "accelerometer", "autoplay", "camera", "display-capture", "fullscreen", "geolocation",
        "gyroscope", "magnetometer", "microphone", "midi", "payment", "usb",
    )
}  # fmt: skip
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
IMAGE_SOURCES = env.list("IMAGE_SOURCES", default=["https://cdn.shopify.com"])
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *IMAGE_SOURCES],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Seen from outside
LOGGING = build_logging(
    env.str("LOG_LEVEL", default="INFO"), as_json=env.str("LOG_FORMAT", default="json") == "json"
)
# Who knows it may read /metrics; empty: nobody.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
if SENTRY_DSN := env.str("SENTRY_DSN", default=""):
    start_error_reports(SENTRY_DSN, environment=SITE_HOST)
