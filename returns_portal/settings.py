"""All settings, every value from the environment; a missing or wrong one stops the start."""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

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


# The site
SECRET_KEY = required("SECRET_KEY", "debug-only-" + "0" * 50)
SITE_URL = required("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
SITE_HOST = urlsplit(SITE_URL).hostname or ""
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[SITE_HOST] if SITE_HOST else [])
CSRF_TRUSTED_ORIGINS = [SITE_URL]
TRUSTED_PROXY_HOPS = env.int("TRUSTED_PROXY_HOPS", default=0)

INSTALLED_APPS = [
    "staff.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "returns_portal.returns",
    "portal",
    "staff",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "returns_portal.urls"
WSGI_APPLICATION = "returns_portal.wsgi.application"

TEMPLATES = [
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
    # Nobody waits half a minute for a row that another decision holds.
    DATABASES["default"]["OPTIONS"] = {"options": "-c lock_timeout=5000"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHE_URL = env.str("CACHE_URL", default="locmemcache://")
CACHES = {"default": env.cache_url_config(CACHE_URL)}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
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

# Work in the background
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="memory://localhost/")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 5, "socket_connect_timeout": 2}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "sweep-operations": {
        "task": "returns_portal.returns.tasks.sweep_operations",
        "schedule": env.float("SWEEP_SECONDS", default=15.0),
    },
    "sweep-webhooks": {
        "task": "returns_portal.returns.tasks.sweep_webhooks",
        "schedule": 60.0,
    },
    "send-links": {
        "task": "returns_portal.returns.tasks.send_links",
        "schedule": 60.0,
    },
    "sweep-photos": {
        "task": "returns_portal.returns.tasks.sweep_photos",
        "schedule": crontab(hour=4, minute=7),
    },
    "sync-webhooks": {
        "task": "returns_portal.returns.tasks.sync_webhooks",
        "schedule": 3600.0,
    },
    "reconcile": {
        "task": "returns_portal.returns.tasks.reconcile_requests",
        "schedule": crontab(hour=3, minute=17),
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
# How long a worker may hold an operation; longer than any call to Shopify.
OPERATION_LEASE_SECONDS = env.float("OPERATION_LEASE_SECONDS", default=90.0)

# Channels whose orders the portal serves, by source name; "*" serves every channel.
PORTAL_CHANNELS = env.list("PORTAL_CHANNELS", default=["tiktok"])
PORTAL_NAME = env.str("PORTAL_NAME", default="Returns")

# Language and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
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

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
