"""Gathers texts as Django does, and those of Jinja's pages as Jinja itself reads them."""

from pathlib import Path

from django.conf import settings
from django.core.management.commands import makemessages
from jinja2 import Environment
from jinja2.ext import extract_from_ast

PAGES = settings.BASE_DIR / "templates" / "pages"


class File(makemessages.BuildFile):
    """A file whose texts are gathered."""

    def preprocess(self) -> None:
        """Writes what gettext reads in place of a page: its texts, as calls in Python."""
        if not Path(self.path).resolve().is_relative_to(PAGES):
            return super().preprocess()
        page = Environment(autoescape=True).parse(Path(self.path).read_text("utf-8"))
        calls = [
            f"{mark}{texts!r}" if isinstance(texts, tuple) else f"{mark}({texts!r})"
            for _line, mark, texts in extract_from_ast(page, ("_", "ngettext"))
        ]
        Path(self.work_path).write_text("\n".join(calls), "utf-8")


class Command(makemessages.Command):
    """Django's own, which reads pages differently."""

    build_file_class = File
