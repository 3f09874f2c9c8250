"""The page after a failure that no view could mend: its kind tells the status and the sentence."""

import errno
import sys

from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

# No byte more fits, or none may be written since the disk has failed.
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
POSTGRESQL_DISK_FULL = "53100"
RETRY_AFTER = "120"


def server_error(request: HttpRequest) -> HttpResponse:
    """507 where nothing more can be stored, 503 while the database is away, 500 for the rest.

    Nothing is half done in any of them: a transaction that fails is taken back. The page asks
    neither database nor cache, which may be what has failed.
    """
    error = sys.exc_info()[1]
    full = is_full(error)
    page = render_to_string("500.html", {"full": full})
    if full:
        return HttpResponse(page, status=507, headers={"Retry-After": RETRY_AFTER})
    if isinstance(error, OperationalError | InterfaceError):
        return HttpResponse(page, status=503, headers={"Retry-After": RETRY_AFTER})
    return HttpResponse(page, status=500)


def is_full(error: BaseException | None) -> bool:
    """Whether files or the database have no room left."""
    if isinstance(error, OSError):
        return error.errno in NO_ROOM
    if isinstance(error, Error):
        cause = error.__cause__
        sqlite = getattr(cause, "sqlite_errorname", "") == "SQLITE_FULL"
        return sqlite or getattr(cause, "sqlstate", "") == POSTGRESQL_DISK_FULL
    return False
