"""Puts a mail together: words, facts and frame, as text and as HTML for real mail programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language, get_language_bidi, override

from returns_portal.returns.branding.brand import current_brand
from returns_portal.returns.emails.blocks import BLOCKS, Rendered, render_block
from returns_portal.returns.emails.catalog import EVENTS
from returns_portal.returns.emails.facts import MailFacts, load_facts
from returns_portal.returns.emails.texts import PLACEHOLDER, MailWords, get_words
from returns_portal.returns.emails.truth import check_truth
from returns_portal.returns.emails.words import WORDS
from returns_portal.returns.links import build_contact_link, status_url
from returns_portal.returns.models import ReturnRequest

PREHEADER = 110
LINE_BREAK = SafeString("<br>")
INLINER = css_inline.CSSInliner(load_remote_stylesheets=False)
TALK = frozenset({"message", "needs_info", "reminder_to_answer"})


@dataclass(frozen=True, slots=True)
class MailParts:
    """A mail before it is addressed."""

    subject: str
    text: str
    html: str


def build_email(return_request: ReturnRequest, event: str) -> EmailMultiAlternatives:
    """The mail about `event` to the request's contact address: text and HTML, ready to send.

    What follows a dash in `event` tells one of many of its kind: "links-3".

    The same request and event always carry the same Message-ID. Raises KeyError for an unknown
    event, NotYetTrue while it has not happened, NoLongerTrue once it was overtaken.
    """
    name, _dash, number = event.partition("-")
    to_staff = EVENTS[name].to_staff
    check_truth(return_request, name)
    with override(settings.LANGUAGE_CODE if to_staff else return_request.language):
        facts = load_facts(return_request, name, number, timezone.now())
        parts = build_parts(name, get_words(name), facts)
    message = EmailMultiAlternatives(
        subject=parts.subject,
        body=parts.text,
        to=[settings.STAFF_EMAIL if to_staff else return_request.contact_email],
        headers={
            "Message-ID": f"<{return_request.rma_number}.{event}@{settings.SITE_HOST}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    message.attach_alternative(parts.html, "text/html")
    return message


def build_parts(name: str, words: MailWords, facts: MailFacts) -> MailParts:
    """Subject, text and HTML of the mail `name` in `words`, in the active language."""
    subject = " ".join(fill(words.subject, facts).split())
    heading, *rest = words.paragraphs or [subject]
    content = [part for part in (_render(paragraph, facts) for paragraph in rest) if part.text]
    plain = [part.text for part in content]
    context = {**_frame(name, facts), "heading": fill(heading, facts)}
    text = render_to_string("emails/frame.txt", {**context, "paragraphs": plain})
    html = draw_html(
        subject=subject,
        plain=plain,
        content=[mark_safe(part.html) for part in content],  # noqa: S308 - escaped below  # nosec B308 B703
        **context,
    )
    return MailParts(subject, text.strip() + "\n", html)


def draw_html(
    *, subject: str, plain: Sequence[str], content: Sequence[SafeString], **frame: Any
) -> str:
    """`content` in the frame of every mail, in the active language, its styles written inline.

    The first of `plain` is what a mailbox shows beside the subject. `frame` has the brand, the
    heading, the button, and what the foot tells.
    """
    context = {
        **frame,
        "language": get_language() or settings.LANGUAGE_CODE,
        "direction": "rtl" if get_language_bidi() else "ltr",
        "subject": subject,
        "preheader": Truncator(" ".join(" ".join(plain).split())).chars(PREHEADER),
        "content": content,
    }
    return INLINER.inline(render_to_string("emails/frame.html", context))


def fill(text: str, facts: MailFacts) -> str:
    """`text` with its placeholders filled; what is no placeholder of ours stays as it is."""

    def value(found: "Any") -> str:
        word = WORDS.get(found[1])
        return word.fill(facts) if word else str(found[0])

    return PLACEHOLDER.sub(value, text).strip()


def _render(paragraph: str, facts: MailFacts) -> Rendered:
    alone = PLACEHOLDER.fullmatch(paragraph)
    if alone and alone[1] in BLOCKS:
        return render_block(alone[1], facts)
    text = fill(paragraph, facts)
    return Rendered(text, format_html("<p>{}</p>", _lines(text)) if text else "")


def _lines(text: str) -> SafeString:
    """The lines of a paragraph, escaped, with the addresses in it to tap on."""
    linked = ((mark_safe(urlize(line, autoescape=True)),) for line in text.split("\n"))  # noqa: S308  # nosec
    return format_html_join(LINE_BREAK, "{}", linked)


def _frame(name: str, facts: MailFacts) -> dict[str, Any]:
    event = EVENTS[name]
    return {
        "brand": current_brand(),
        "event": event,
        "return_request": facts.return_request,
        "button_label": event.button,
        "button_url": _button_url(name, facts.return_request),
    }


def _button_url(name: str, return_request: ReturnRequest) -> str:
    if EVENTS[name].to_staff:
        page = reverse("admin:returns_returnrequest_change", args=[return_request.pk])
        return f"{settings.SITE_URL}{page}#messages"
    if name == "confirm_email":
        return build_contact_link(return_request)
    if name in TALK:
        return settings.SITE_URL + reverse("portal:messages", args=[return_request.token])
    return status_url(return_request)
