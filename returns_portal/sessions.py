"""Sessions in the database, as Django keeps them, found by a query that is written once."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from returns_portal.prepared import Asked, Prepared


class SessionStore(db.SessionStore):
    """Django's own, whose reading every page with a session waits for."""

    def _get_session_from_db(self) -> Session | None:
        found = SESSION.first(key=self.session_key or "")
        if found is not None and found.expire_date > timezone.now():
            return found
        # Nobody may choose their own key, and what has ended is not taken up again.
        self._session_key = None
        return None


SESSION = Prepared(Session.objects.filter(session_key=Asked("key")))
