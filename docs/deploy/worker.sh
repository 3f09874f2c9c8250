#!/bin/sh
# A worker: as many of these as the work wants, on as many machines as there are.
set -eu
exec celery -A returns_portal.celery worker --pool threads --concurrency "${WORKER_THREADS:-4}" \
    --loglevel WARNING --without-gossip --without-mingle
