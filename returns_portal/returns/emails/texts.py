"""The words of a mail: the shop's own or those that ship with the portal, and their rules."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.template import Context, engines
from django.template.backends.django import DjangoTemplates
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from returns_portal.returns.emails.blocks import BLOCKS
from returns_portal.returns.emails.catalog import EVENTS
from returns_portal.returns.models import MailText

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
# What somebody may have meant as a placeholder.
BRACES = re.compile(r"\{+[^{}\n]*\}+")
LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class MailWords:
    """A subject of one line; a body whose paragraphs are parted by empty lines, a heading first."""

    subject: str
    body: str

    @property
    def paragraphs(self) -> list[str]:
        """The paragraphs without the empty ones."""
        parts = re.split(r"\n[ \t]*\n", self.body.replace("\r\n", "\n"))
        return [part.strip() for part in parts if part.strip()]


def shipped_words(name: str) -> MailWords:
    """The words that ship with the portal, in the active language, their placeholders unfilled."""
    engine = engines["django"]
    if not isinstance(engine, DjangoTemplates):
        raise TypeError("Mails are written as Django templates.")
    template = engine.engine.get_template(f"emails/{name}.txt")
    body = template.render(Context(autoescape=False))
    return MailWords(str(EVENTS[name].subject), body.strip())


def get_words(name: str) -> MailWords:
    """The words in force for the mail `name` in the active language: the shop's, else shipped."""
    language = get_language() or settings.LANGUAGE_CODE
    own = MailText.objects.filter(event=name, language=language).first()
    return MailWords(own.subject, own.body) if own else shipped_words(name)


def find_flaws(name: str, words: MailWords) -> dict[str, list[str]]:
    """What keeps `words` from use in the mail `name`: sentences, by "subject" and "body"."""
    flaws = {"subject": _flaws_of_subject(name, words), "body": _flaws_of_body(name, words)}
    return {field: sentences for field, sentences in flaws.items() if sentences}


def _flaws_of_subject(name: str, words: MailWords) -> list[str]:
    subject = words.subject.strip()
    if not subject:
        return [_("Write a subject.")]
    if len(subject) > LONGEST_SUBJECT or "\n" in subject:
        return [_("The subject is one line of at most 200 characters.")]
    blocks = [found for found in PLACEHOLDER.findall(subject) if found in BLOCKS]
    return _unknown(name, subject) + [
        _("%(name)s does not fit into a subject.") % {"name": f"{{{block}}}"} for block in blocks
    ]


def _flaws_of_body(name: str, words: MailWords) -> list[str]:
    if len(words.paragraphs) < 2:
        return [_("Write a heading, an empty line, and at least one paragraph.")]
    if len(words.body) > MailText.LONGEST:
        return [_("Keep it under %(count)d characters.") % {"count": MailText.LONGEST}]
    used = set(PLACEHOLDER.findall(words.body))
    missing = [required for required in EVENTS[name].required if required not in used]
    return [
        *_unknown(name, words.body),
        *(
            _("%(name)s must stand in a paragraph of its own.") % {"name": f"{{{block}}}"}
            for block in _crowded_blocks(words)
        ),
        *(
            _("This mail needs %(name)s: without it the reader misses what matters.")
            % {"name": f"{{{required}}}"}
            for required in missing
        ),
    ]


def _unknown(name: str, text: str) -> list[str]:
    known = {f"{{{placeholder}}}" for placeholder in EVENTS[name].allowed}
    strangers = dict.fromkeys(found for found in BRACES.findall(text) if found not in known)
    return [
        _("%(name)s is no placeholder of this mail. Take one of the list.") % {"name": stranger}
        for stranger in strangers
    ]


def _crowded_blocks(words: MailWords) -> list[str]:
    heading, *rest = words.paragraphs
    parts = [heading, *(part for part in rest if not PLACEHOLDER.fullmatch(part))]
    found = [name for part in parts for name in PLACEHOLDER.findall(part)]
    return [name for name in dict.fromkeys(found) if name in BLOCKS]
