"""The mails: one an event, in their reader's language, never ahead of the facts."""

from returns_portal.returns.emails.building import build_email
from returns_portal.returns.emails.catalog import EVENTS
from returns_portal.returns.emails.receipts import build_receipt
from returns_portal.returns.emails.truth import NoLongerTrue, NotYetTrue

__all__ = ["EVENTS", "NoLongerTrue", "NotYetTrue", "build_email", "build_receipt"]
