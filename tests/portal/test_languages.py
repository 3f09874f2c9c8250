"""Every text that shoppers read, in every language; staff read English."""

import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from returns_portal.languages import LANGUAGES
from returns_portal.returns.services.starting import read_defaults
from returns_portal.returns.wording import format_day, format_moment, format_money, shops_words
from returns_portal.returns.wording.defaults import WORDS
from tests.returns.examples import usd
from tests.returns.factories import ReturnReasonFactory, ReturnRequestFactory, UserFactory

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "templates" / "locale"
TRANSLATED = [code for code, _name in LANGUAGES if code != "en"]
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


def catalog(code: str, folder: Path = LOCALE) -> Catalog:
    with (folder / code / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=code)


def texts(message: Any) -> list[str]:
    return list(message.string) if isinstance(message.string, list | tuple) else [message.string]


def ids(message: Any) -> list[str]:
    return list(message.id) if isinstance(message.id, list | tuple) else [message.id]


@pytest.mark.parametrize("code", TRANSLATED)
class TestCatalogs:
    def test_leave_nothing_untranslated_and_nothing_in_doubt(self, code: str) -> None:
        left = [m.id for m in catalog(code) if m.id and (m.fuzzy or not all(texts(m)))]
        assert left == []

    def test_keep_every_placeholder(self, code: str) -> None:
        def names(text: str) -> set[str]:
            return {named or braced for named, braced in PLACEHOLDER.findall(text)}

        for message in catalog(code):
            known = set().union(*(names(text) for text in ids(message)))
            for text in texts(message):
                assert names(text) <= known, message.id
            # The last form is the one for many: it says how many.
            assert message.id == "" or names(texts(message)[-1]) == names(ids(message)[-1])

    def test_are_compiled_as_they_are_written(self, code: str) -> None:
        compiled = BytesIO()
        write_mo(compiled, catalog(code))
        with (LOCALE / code / "LC_MESSAGES" / "django.mo").open("rb") as file:
            shipped = file.read()
        assert translations(shipped) == translations(compiled.getvalue())


def translations(content: bytes) -> dict[Any, str]:
    from gettext import GNUTranslations

    known = dict(GNUTranslations(BytesIO(content))._catalog)  # type: ignore[attr-defined]
    known.pop("", None)
    return known


class TestGathering:
    def test_finds_no_text_that_the_catalogs_lack(self, tmp_path: Path) -> None:
        """What `make messages` would gather now is what the catalogs hold."""
        if not shutil.which("xgettext"):
            pytest.skip("gettext is not installed")
        for room in ("portal", "staff", "returns_portal", "templates", "tests/returns"):
            shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("*.pyc"))
        for file in ("manage.py", "Makefile"):
            shutil.copy(ROOT / file, tmp_path / file)
        subprocess.run(
            ["make", "--no-print-directory", "messages", f"BIN={Path(sys.executable).parent}",
             "VENV=venv", "--old-file=venv/installed-dev"],
            cwd=tmp_path, check=True, capture_output=True,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "returns_portal.settings"},
        )  # fmt: skip
        for code in ("de", "ja"):
            gathered = {str(m.id) for m in catalog(code, tmp_path / "templates" / "locale")}
            assert gathered == {str(m.id) for m in catalog(code)}


class TestDefaults:
    def test_are_all_named_for_translation(self) -> None:
        shipped = {row["label"] for row in read_defaults("reasons")}
        for row in read_defaults("policies"):
            for part in ("conditions", "instructions"):
                shipped |= {line for line in row.get(part, "").splitlines() if line}
        assert set(WORDS) == shipped

    def test_are_read_in_the_readers_language_while_a_shop_left_them_as_they_were(self) -> None:
        with override("de"):
            assert shops_words("It is too small") != "It is too small"
            assert shops_words("It bites") == "It bites"
            assert shops_words("") == ""


@pytest.mark.django_db
class TestChoosing:
    @pytest.mark.parametrize("code", TRANSLATED)
    def test_follows_the_browser(self, client: Client, code: str) -> None:
        page = client.get("/", headers={"Accept-Language": code}).content.decode()
        assert f'<html lang="{code}"' in page
        assert "Find my order" not in page

    def test_can_be_done_by_hand_and_lasts(self, client: Client) -> None:
        answer = client.post(reverse("set_language"), {"language": "fr"})
        assert answer.status_code == 302
        assert '<html lang="fr"' in client.get("/").content.decode()

    def test_writes_from_right_to_left_where_people_do(self, client: Client) -> None:
        page = client.get("/", headers={"Accept-Language": "ar"}).content.decode()
        assert 'dir="rtl"' in page

    def test_leaves_staff_with_english(self, client: Client) -> None:
        client.force_login(UserFactory(admin=True))
        page = client.get("/admin/", headers={"Accept-Language": "de"}, follow=True)
        assert '<html lang="en' in page.content.decode()

    def test_keeps_to_the_language_of_the_request_in_its_mails(self) -> None:
        from returns_portal.returns.emails import build_email

        row = ReturnRequestFactory(language="de", contact_email="ada@example.com")
        english = ReturnRequestFactory(language="en", contact_email="ada@example.com")
        told, said = build_email(row, "requested"), build_email(english, "requested")
        assert told.subject.replace(row.rma_number, "") != said.subject.replace(
            english.rma_number, ""
        )

    def test_shows_the_reasons_in_it(self) -> None:
        reason = ReturnReasonFactory(code="too-small", label="It is too small")
        with override("ja"):
            assert shops_words(reason.label) != reason.label


class TestMoney:
    @pytest.mark.parametrize(
        ("code", "written"),
        [("en", "$1,234.50"), ("de", "1.234,50\N{NO-BREAK SPACE}$"), ("ja", "$1,234.50")],
    )
    def test_is_written_as_its_readers_write_it(self, code: str, written: str) -> None:
        with override(code):
            assert format_money(usd("1234.50")).replace("US", "") == written

    def test_keeps_its_direction_among_words_from_right_to_left(self) -> None:
        with override("ar"):
            assert format_money(usd("24.49")) == "\u206624.49\N{NO-BREAK SPACE}US$\u2069"


class TestDates:
    @pytest.mark.parametrize(
        ("code", "day"),
        [
            ("en", "December 5, 2026"),
            ("es", "5 de diciembre de 2026"),
            ("de", "5. Dezember 2026"),
            ("fr", "5 décembre 2026"),
            ("it", "5 dicembre 2026"),
            ("pt", "5 de dezembro de 2026"),
            ("ja", "2026年12月5日"),
            ("id", "5 Desember 2026"),
            ("th", "5 ธันวาคม ค.ศ. 2026"),
            ("vi", "5 tháng 12, 2026"),
            ("ms", "5 Disember 2026"),
            ("ar", "5 ديسمبر 2026"),
        ],
    )
    def test_are_written_as_their_readers_write_them(self, code: str, day: str) -> None:
        at = datetime(2026, 12, 5, 18, 38, tzinfo=UTC)
        with override(code):
            assert format_day(at) == format_day(at.date()) == day
            assert day in format_moment(at)
            assert format_moment(at).endswith("UTC")
