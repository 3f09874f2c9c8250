#!/bin/sh
# The clock: exactly one of these. Its file only remembers when it last rang.
set -eu
exec celery -A returns_portal.celery beat --loglevel WARNING --schedule "${CLOCK_FILE:-/var/lib/returns/beat}"
