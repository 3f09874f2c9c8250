"""Puts a backup back in the place of what is there."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from returns_portal.returns.backups import BackupFailed, restore_backup


class Command(BaseCommand):
    help = "Replace the database and the photos by a backup. Stop web, workers and clock before."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--replace", action="store_true", help="Say that what is there now may be lost."
        )

    def handle(self, *args: Any, file: Path, replace: bool, **options: Any) -> None:
        if not replace:
            raise CommandError("This replaces all that is there now. Say --replace if you mean it.")
        try:
            restore_backup(file)
        except (BackupFailed, OSError) as error:
            raise CommandError(f"Nothing was restored. {error}") from error
        self.stdout.write("Restored. Run migrate, then start the portal and `reconcile`.")
