"""Counts for the reports: what changed since the last run, or everything anew."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from returns_portal.returns.reports.counting import count_changes, recount

LINE_EVERY = 10_000


class Command(BaseCommand):
    help = "Count what changed for the reports, or with --all everything again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--all",
            action="store_true",
            help="count everything again, for instance after TIME_ZONE was changed",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["all"]:
            recount(now=timezone.now(), on_progress=self.tell)
            self.stdout.write("Everything is counted again.")
        else:
            count = count_changes(now=timezone.now())
            self.stdout.write(f"{count} orders and requests counted.")

    def tell(self, what: str, count: int) -> None:
        """A line now and then."""
        if count % LINE_EVERY == 0:
            self.stdout.write(f"{count} {what} …")
