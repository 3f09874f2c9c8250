"""The demo's mailbox: a web page of the e-mails that the portal wrote into a folder."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from django.template import Context, Engine

PAGES = Path(__file__).parent / "pages"
# Django's file backend ends every message with a line of these.
END_OF_MESSAGE = b"-" * 79
SHOWN_AT_MOST = 200
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; frame-src 'self'; base-uri 'none'"
)
# The e-mail is a stranger here: no script, no form; its links open beside the mailbox.
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; "
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: http: https:; base-uri 'none'"
)
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail as a person reads it; `key` names it in addresses."""

    key: str
    sender: str
    to: str
    subject: str
    date: datetime
    text: str
    html: str

    @property
    def when(self) -> str:
        """The moment it was sent, by this machine's clock."""
        return f"{self.date:%d %b %Y, %H:%M:%S}"

    def to_json(self) -> dict[str, str]:
        return {
            "key": self.key,
            "to": self.to,
            "subject": self.subject,
            "date": self.date.isoformat(),
            "text": self.text,
            "html": self.html,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """A page to send back."""

    body: bytes
    content_type: str = "text/html; charset=utf-8"
    status: str = "200 OK"
    security: str = PAGE_POLICY


class Mailbox:
    """The WSGI application over the folder of Django's file-based e-mail backend."""

    def __init__(self, folder: Path, site_url: str) -> None:
        self.folder = folder
        self.site_url = site_url
        self.engine = Engine(dirs=[str(PAGES)])

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        answer = self.answer(environ["PATH_INFO"])
        headers = [
            ("Content-Type", answer.content_type),
            ("Content-Length", str(len(answer.body))),
            ("Content-Security-Policy", answer.security),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cache-Control", "no-store"),
        ]
        start_response(answer.status, headers)
        return [answer.body]

    def answer(self, path: str) -> Answer:
        """The page at `path`."""
        match path.strip("/").split("/"):
            case [""]:
                return self.page("list.html", mails=read_mails(self.folder))
            case ["style.css"]:
                return Answer((PAGES / "style.css").read_bytes(), "text/css; charset=utf-8")
            case ["messages.json"]:
                rows = [mail.to_json() for mail in read_mails(self.folder)]
                return Answer(json.dumps(rows).encode(), "application/json")
            case ["messages", key]:
                return self.one(key, lambda mail: self.page("message.html", mail=mail))
            case ["messages", key, "html"]:
                return self.one(key, show_html)
        return self.missing()

    def one(self, key: str, show: Callable[[Mail], Answer]) -> Answer:
        """What `show` makes of the e-mail named `key`, or a page that says it is not there."""
        found = next((mail for mail in read_mails(self.folder) if mail.key == key), None)
        return show(found) if found else self.missing()

    def missing(self) -> Answer:
        return Answer(self.page("missing.html").body, status="404 Not Found")

    def page(self, name: str, **values: object) -> Answer:
        """A page of the mailbox's own."""
        template = self.engine.get_template(name)
        return Answer(template.render(Context({**values, "site_url": self.site_url})).encode())


def show_html(mail: Mail) -> Answer:
    """The e-mail's own HTML, made harmless by its policy."""
    body = f'<!doctype html><base target="_blank">{mail.html}'
    return Answer(body.encode(), security=MAIL_POLICY)


def read_mails(folder: Path) -> list[Mail]:
    """The e-mails in the folder, newest first."""
    files = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    return [mail for path in files[:SHOWN_AT_MOST] for mail in reversed(list(read_file(path)))]


def read_file(path: Path) -> Iterator[Mail]:
    """The e-mails that one connection of the backend wrote, oldest first."""
    parts = path.read_bytes().split(b"\n" + END_OF_MESSAGE + b"\n")
    for number, raw in enumerate(parts):
        if raw.strip():
            yield parse_mail(f"{path.stem}-{number}", raw)


def parse_mail(key: str, raw: bytes) -> Mail:
    """One e-mail out of its bytes; a missing part is an empty text."""
    message = BytesParser(policy=policy.default).parsebytes(raw)
    return Mail(
        key=key,
        sender=str(message["From"] or ""),
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        date=parsedate_to_datetime(str(message["Date"])).astimezone(),
        text=_body(message, "plain"),
        html=_body(message, "html"),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""
