"""Putting the shop's own words in place of the shipped ones, and taking them back."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import override

from returns_portal.returns.emails import EVENTS
from returns_portal.returns.emails.texts import MailWords, find_flaws, shipped_words
from returns_portal.returns.models import MailText
from returns_portal.returns.services.guard import Refused


@transaction.atomic
def write_mail_text(
    *, event: str, language: str, words: MailWords, user: User, now: datetime
) -> MailText | None:
    """Uses `words` for the mails about `event` in `language` from now on.

    Words that are the shipped ones are kept nowhere: None. Raises Refused for words that cannot
    be used, and KeyError for an event that is none.
    """
    with override(language):
        shipped = shipped_words(event)
    if flaws := find_flaws(event, words):
        raise Refused(" ".join(sentence for found in flaws.values() for sentence in found))
    if (words.subject.strip(), words.paragraphs) == (shipped.subject, shipped.paragraphs):
        reset_mail_text(event=event, language=language)
        return None
    own, _created = MailText.objects.update_or_create(
        event=event,
        language=language,
        defaults={
            "subject": words.subject.strip(),
            "body": "\n\n".join(words.paragraphs),
            "changed_at": now,
            "changed_by": user,
        },
    )
    return own


def reset_mail_text(*, event: str, language: str) -> bool:
    """Goes back to the shipped words; False when they were in use already."""
    if event not in EVENTS:
        raise KeyError(event)
    deleted, _rows = MailText.objects.filter(event=event, language=language).delete()
    return bool(deleted)
