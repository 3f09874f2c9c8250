#!/bin/sh
# The web tier: WEB_WORKERS processes behind one port, answering slow clients without tying anybody up.
set -eu
exec python -m returns_portal.server --interface wsgi --host "${WEB_HOST:-0.0.0.0}" \
    --port "${WEB_PORT:-8000}" --workers "${WEB_WORKERS:-2}" --blocking-threads "${WEB_THREADS:-4}" \
    --backlog 1024 --respawn-failed-workers --no-ws returns_portal.wsgi:application
