"""The settings of the tests: the project's own, under an environment the tests choose."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "tests-only-" + "0" * 50)
os.environ.setdefault("SITE_URL", "http://testserver")
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
os.environ.setdefault("DATABASE_URL", "sqlite:///tests.sqlite3")
os.environ.setdefault("CACHE_URL", "locmemcache://")
os.environ.setdefault("CELERY_BROKER_URL", "memory://")
os.environ.setdefault("EMAIL_URL", "memorymail://")
os.environ.setdefault("DEFAULT_FROM_EMAIL", "Returns <returns@example.com>")
os.environ.setdefault("SHOPIFY_SHOP", "demo-shop.myshopify.com")
os.environ.setdefault("SHOPIFY_ACCESS_TOKEN", "sandbox-access-token")
os.environ.setdefault("SHOPIFY_WEBHOOK_SECRETS", "new-secret,old-secret")
os.environ["DEBUG"] = "False"
if os.environ["CACHE_URL"].startswith("redis"):
    # Parallel workers must not see or clear each other's counters: a database each.
    server, _, database = os.environ["CACHE_URL"].rpartition("/")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    os.environ["CACHE_URL"] = f"{server}/{int(database) + int(worker)}"

from returns_portal.settings import *  # noqa: F403

PHOTO_ROOT = Path(tempfile.gettempdir()) / f"returns-portal-photos-{os.getpid()}"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "photos": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PHOTO_ROOT, **PHOTO_OPTIONS},  # noqa: F405
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if "sqlite3" in DATABASES["default"]["ENGINE"]:  # noqa: F405
    # A file, as in production: a database in memory locks differently. One for each process.
    _file = Path(tempfile.gettempdir()) / f"returns-portal-tests-{os.getpid()}.sqlite3"
    DATABASES["default"]["TEST"] = {"NAME": _file}  # noqa: F405
    _options = DATABASES["default"]["OPTIONS"]  # noqa: F405
    # A test's database need not outlive a power cut: nobody waits for the disk.
    _options["init_command"] += " PRAGMA synchronous=OFF;"
else:
    DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SHOPIFY_SETTLE_SECONDS = 0.0
# Tests say themselves what time it is.
CLOCK_TOLERANCE_SECONDS = 0.0
REMEMBER_SECONDS = 0.0
