"""The words of mails: listed, edited with a preview, tried out on oneself, taken back."""

from dataclasses import dataclass
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from returns_portal.returns.emails import EVENTS
from returns_portal.returns.emails.blocks import BLOCKS
from returns_portal.returns.emails.building import MailParts, build_parts, fill
from returns_portal.returns.emails.catalog import MailEvent
from returns_portal.returns.emails.samples import sample_facts
from returns_portal.returns.emails.texts import MailWords, find_flaws, get_words
from returns_portal.returns.emails.words import WORDS
from returns_portal.returns.models import MailText
from returns_portal.returns.services import Refused, reset_mail_text, write_mail_text
from staff.access import require
from staff.previews import LOOKS, chosen_look, framed, send_test, show_mail, shows_frames

VIEW = "returns.view_mailtext"
CHANGE = "returns.change_mailtext"
LIST = "admin/returns/mailtext/list.html"
PAGE = "admin/returns/mailtext/edit.html"


@dataclass(frozen=True, slots=True)
class Row:
    """A kind of mail in the list, with each language's address and whether its words are own."""

    name: str
    event: MailEvent
    languages: list[tuple[str, str, bool]]


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A placeholder in the list beside the text, with what it becomes."""

    written: str
    meaning: str
    example: str
    required: bool


@dataclass(frozen=True, slots=True)
class Text:
    """Which words are edited: of which mail, in which language."""

    name: str
    language: str

    @property
    def event(self) -> MailEvent:
        return EVENTS[self.name]

    def url(self, part: str = "edit") -> str:
        return reverse(f"admin:returns_mailtext_{part}", args=[self.name, self.language])


@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    """All kinds of mail, and which of them the shop has put into words of its own."""
    require(request, VIEW)
    own = set(MailText.objects.values_list("event", "language"))
    rows = [
        Row(
            name,
            event,
            [
                (str(label), Text(name, code).url(), (name, code) in own)
                for code, label in settings.LANGUAGES
            ],
        )
        for name, event in EVENTS.items()
    ]
    return _page(request, LIST, title=_("E-mails"), rows=rows)


@shows_frames
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, event: str, language: str) -> HttpResponse:
    """GET: the words in force. POST: use these words from now on."""
    require(request, VIEW)
    text = get_text_or_404(event, language)
    if request.method != "POST":
        return _editor(request, text, _in_force(text))
    require(request, CHANGE)
    words = _typed(request)
    try:
        write_mail_text(
            event=event,
            language=language,
            words=words,
            user=_person(request),
            now=timezone.now(),
        )
    except Refused:
        return _editor(request, text, words, flaws=find_flaws(event, words))
    messages.success(request, _("Saved: mails use these words from now on."))
    return redirect(text.url())


@framed
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, event: str, language: str) -> HttpResponse:
    """The mail as the shopper would get it, with made-up facts; the typed words in a POST."""
    require(request, VIEW)
    text = get_text_or_404(event, language)
    words = _typed(request) if request.method == "POST" else _in_force(text)
    if flaws := find_flaws(event, words):
        sentences = [sentence for found in flaws.values() for sentence in found]
        return HttpResponse("\n\n".join(sentences), content_type="text/plain; charset=utf-8")
    return show_mail(_sample(text, words), chosen_look(request))


@shows_frames
@require_POST
def try_out(request: HttpRequest, event: str, language: str) -> HttpResponse:
    """Sends the typed words, filled with made-up facts, to the person who asked."""
    require(request, VIEW, CHANGE)
    text, words, person = get_text_or_404(event, language), _typed(request), _person(request)
    flaws = find_flaws(event, words)
    if not flaws:
        _try_out(request, _sample(text, words), person.email)
    return _editor(request, text, words, flaws=flaws)


def _try_out(request: HttpRequest, parts: MailParts, email: str) -> None:
    if not email:
        messages.error(request, _("Your account has no e-mail address: ask for one to be added."))
        return
    try:
        send_test(parts, email)
    except (SMTPException, OSError) as error:
        words = _("The mail server did not take the test: %(error)s")
        messages.error(request, words % {"error": error})
        return
    messages.success(request, _("A test is on its way to %(email)s.") % {"email": email})


@require_POST
def reset(request: HttpRequest, event: str, language: str) -> HttpResponse:
    """Goes back to the shipped words."""
    require(request, VIEW, CHANGE)
    text = get_text_or_404(event, language)
    if reset_mail_text(event=event, language=language):
        messages.success(request, _("The shipped words are in use again."))
    return redirect(text.url())


def get_text_or_404(event: str, language: str) -> Text:
    if event not in EVENTS or language not in dict(settings.LANGUAGES):
        raise Http404
    return Text(event, language)


def _in_force(text: Text) -> MailWords:
    with override(text.language):
        return get_words(text.name)


def _typed(request: HttpRequest) -> MailWords:
    body = request.POST.get("body", "").replace("\r\n", "\n")
    return MailWords(request.POST.get("subject", "").strip(), body.strip())


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):  # only admin_view lets people in here
        raise PermissionDenied
    return request.user


def _sample(text: Text, words: MailWords) -> MailParts:
    with override(text.language):
        return build_parts(text.name, words, sample_facts(text.name, now=timezone.now()))


def _placeholders(text: Text) -> list[Placeholder]:
    with override(text.language):
        facts = sample_facts(text.name, now=timezone.now())
        examples = {
            name: fill(f"{{{name}}}", facts) for name in text.event.allowed if name in WORDS
        }
    meanings = {name: str(word.meaning) for name, word in WORDS.items()}
    meanings |= {name: str(block.meaning) for name, block in BLOCKS.items()}
    return [
        Placeholder(
            f"{{{name}}}",
            meanings[name],
            examples.get(name, ""),
            name in text.event.required,
        )
        for name in text.event.allowed
    ]


def _editor(
    request: HttpRequest,
    text: Text,
    words: MailWords,
    flaws: dict[str, list[str]] | None = None,
) -> HttpResponse:
    own = MailText.objects.filter(event=text.name, language=text.language)
    return _page(
        request,
        PAGE,
        status=422 if flaws else 200,
        title=str(text.event.when),
        text=text,
        words=words,
        flaws=flaws or {},
        own=own.select_related("changed_by").first(),
        placeholders=_placeholders(text),
        looks=LOOKS,
        preview_url=text.url("preview"),
        test_url=text.url("test"),
        reset_url=text.url("reset"),
        languages=[
            (str(label), Text(text.name, code).url(), code == text.language)
            for code, label in settings.LANGUAGES
        ],
        may_change=request.user.has_perm(CHANGE),
    )


def _page(
    request: HttpRequest, template: str, *, status: int = 200, **context: Any
) -> TemplateResponse:
    whole = {**admin.site.each_context(request), "opts": MailText._meta, **context}
    return TemplateResponse(request, template, whole, status=status)
