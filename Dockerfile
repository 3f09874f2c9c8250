# The same image runs web, worker and clock; compose.yaml and docs/deploy.md say how.
FROM python:3.12-slim-bookworm AS packages
WORKDIR /app
COPY requirements.txt .
RUN python -m venv .venv \
    && .venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt

FROM python:3.12-slim-bookworm
# pg_dump and pg_restore, for backups; of the newest version, with what Debian mended.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 900 --create-home --home-dir /var/lib/returns returns
WORKDIR /app
COPY --from=packages /app/.venv .venv
COPY . .
# Compiled here, since whoever runs it may not write here.
RUN python -m compileall -q manage.py returns_portal portal staff
ENV PATH="/app/.venv/bin:$PATH" PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    STATIC_ROOT=/app/staticfiles PHOTO_ROOT=/var/lib/returns/photos
# The static files do not depend on the settings of a shop: made-up ones do for gathering them.
RUN env SECRET_KEY=made-up SITE_URL=https://example.com EMAIL_URL=memorymail:// \
    DEFAULT_FROM_EMAIL=a@example.com SHOPIFY_SHOP=example.myshopify.com \
    python manage.py collectstatic --no-input \
    && install -d -o returns -g returns -m 700 /var/lib/returns/photos
USER 900
VOLUME /var/lib/returns
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health/live', timeout=2)"]
CMD ["sh", "docs/deploy/web.sh"]
