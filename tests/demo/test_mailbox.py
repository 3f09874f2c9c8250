"""The mailbox: what a person and the browser tests read of the e-mails sent."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection

from returns_portal.demo.mailbox import Mailbox, read_mails

FILES = "django.core.mail.backends.filebased.EmailBackend"


def send(folder: Path, subject: str, *, text: str = "Hello", html: str = "") -> None:
    """Send an e-mail the way the site does in the demo."""
    connection = get_connection(FILES, file_path=str(folder))
    message = EmailMultiAlternatives(
        subject, text, "Shop <shop@example.com>", ["ada@example.org"], connection=connection
    )
    if html:
        message.attach_alternative(html, "text/html")
    message.send()


def get(folder: Path, path: str) -> tuple[str, dict[str, str], str]:
    """Status, headers and body of a page of the mailbox."""
    seen: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]]) -> None:
        seen.update(status=status, headers=dict(headers))

    mailbox = Mailbox(folder, "http://127.0.0.1:8000")
    body = b"".join(mailbox({"PATH_INFO": path}, start_response)).decode()
    return seen["status"], seen["headers"], body


class TestReadMails:
    def test_finds_none_in_an_empty_folder(self, tmp_path: Path) -> None:
        assert read_mails(tmp_path) == []

    def test_reads_both_parts_of_an_email(self, tmp_path: Path) -> None:
        send(tmp_path, "Größe zurück", text="Déjà vu\n-- \nend", html="<p>Déjà vu</p>")
        (mail,) = read_mails(tmp_path)
        assert mail.subject == "Größe zurück"
        assert mail.to == "ada@example.org"
        assert mail.text.split() == ["Déjà", "vu", "--", "end"]
        assert mail.html.strip() == "<p>Déjà vu</p>"

    def test_puts_the_newest_first(self, tmp_path: Path) -> None:
        for subject in ("first", "second", "third"):
            send(tmp_path, subject)
        assert [mail.subject for mail in read_mails(tmp_path)] == ["third", "second", "first"]

    def test_tells_apart_the_emails_of_one_connection(self, tmp_path: Path) -> None:
        connection = get_connection(FILES, file_path=str(tmp_path))
        messages = [
            EmailMultiAlternatives(subject, "x", "a@example.com", ["b@example.com"])
            for subject in ("first", "second")
        ]
        connection.send_messages(messages)
        mails = read_mails(tmp_path)
        assert [mail.subject for mail in mails] == ["second", "first"]
        assert len({mail.key for mail in mails}) == 2


class TestMailbox:
    def test_says_so_when_there_is_nothing(self, tmp_path: Path) -> None:
        status, _, body = get(tmp_path, "/")
        assert status == "200 OK"
        assert "No e-mail yet" in body

    def test_lists_emails_and_links_to_each(self, tmp_path: Path) -> None:
        send(tmp_path, "Your return")
        (mail,) = read_mails(tmp_path)
        _, _, body = get(tmp_path, "/")
        assert f'href="/messages/{mail.key}/"' in body
        assert "Your return" in body

    def test_escapes_what_strangers_wrote(self, tmp_path: Path) -> None:
        send(tmp_path, "<script>alert(1)</script>", text="<img src=x onerror=alert(1)>")
        (mail,) = read_mails(tmp_path)
        pages = get(tmp_path, "/")[2] + get(tmp_path, f"/messages/{mail.key}/")[2]
        assert "<script" not in pages
        assert "<img" not in pages
        assert "&lt;script&gt;" in pages

    def test_makes_links_of_the_text_clickable(self, tmp_path: Path) -> None:
        send(tmp_path, "Your return", text="See http://127.0.0.1:8000/returns/abc/")
        (mail,) = read_mails(tmp_path)
        assert (
            'href="http://127.0.0.1:8000/returns/abc/"'
            in get(tmp_path, f"/messages/{mail.key}/")[2]
        )

    def test_shows_html_in_a_box_without_script(self, tmp_path: Path) -> None:
        send(tmp_path, "Your return", html='<a href="http://127.0.0.1:8000/">open</a>')
        (mail,) = read_mails(tmp_path)
        _, headers, body = get(tmp_path, f"/messages/{mail.key}/html")
        assert headers["Content-Security-Policy"].startswith("sandbox ")
        assert "allow-scripts" not in headers["Content-Security-Policy"]
        assert '<base target="_blank">' in body

    @pytest.mark.parametrize(
        "path", ["/nothing", "/messages/nothing/", "/messages/../../secret-key/", "/messages/"]
    )
    def test_answers_404_to_what_is_not_there(self, tmp_path: Path, path: str) -> None:
        assert get(tmp_path, path)[0] == "404 Not Found"

    def test_gives_programs_the_same_as_json(self, tmp_path: Path) -> None:
        send(tmp_path, "Your return", text="Hello")
        _, headers, body = get(tmp_path, "/messages.json")
        assert headers["Content-Type"] == "application/json"
        assert [row["subject"] for row in json.loads(body)] == ["Your return"]
