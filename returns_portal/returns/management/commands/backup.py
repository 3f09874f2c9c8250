"""Writes the database and the photos into one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from returns_portal.returns.backups import BackupFailed, write_backup


class Command(BaseCommand):
    help = "Write the database and the photos into one file, while the portal runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            write_backup(file)
        except (BackupFailed, OSError) as error:
            raise CommandError(f"No backup was written. {error}") from error
        self.stdout.write(f"{file}: {file.stat().st_size / 1_000_000:.1f} MB")
