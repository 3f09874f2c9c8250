"""Mirrors Shopify's orders: all that changed since the last run, or since a date."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import (
    BaseCommand,
    CommandError,
    CommandParser,
    OutputWrapper,
)
from django.utils import timezone

from returns_portal.returns.mirror import SyncUnderWay, sync_orders
from returns_portal.shopify.client import build_client
from returns_portal.shopify.errors import ShopifyError

BAR = 30
LINE_EVERY = 100
INTERRUPTED = 130


class ProgressBar:
    """Shows how far the run is: a bar that moves on a terminal, now and then a line elsewhere."""

    def __init__(self, out: OutputWrapper) -> None:
        self._out = out
        self._moves = out.isatty()
        self.count = 0

    def show(self, count: int, total: int | None) -> None:
        """Tell that `count` orders are mirrored, of `total` where that is known."""
        self.count = count
        if self._moves:
            self._out.write(f"\r{progress_text(count, total)}", ending="")
            self._out.flush()
        elif count % LINE_EVERY == 0:
            self._out.write(progress_text(count, total))

    def end(self) -> None:
        """Leave the bar behind on a line of its own."""
        if self._moves and self.count:
            self._out.write("")


def progress_text(count: int, total: int | None) -> str:
    """The count, and with a known total a bar and the share in percent, never beyond 100."""
    if not total:
        return f"{count} orders …"
    share = min(count / total, 1.0)
    filled = int(share * BAR)
    return f"[{'#' * filled}{'.' * (BAR - filled)}] {share:4.0%} {count} of {total} orders"


class Command(BaseCommand):
    help = "Mirror the orders that changed since the last run, or since --since."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=date_given, help="a date such as 2026-06-01 (UTC)")

    def handle(self, *args: Any, **options: Any) -> None:
        client = build_client(max_wait=120, priority="background")
        bar = ProgressBar(self.stdout)
        try:
            count = sync_orders(
                client, now=timezone.now(), since=options["since"], on_progress=bar.show
            )
        except (ShopifyError, SyncUnderWay) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError(stopped(bar.count), returncode=INTERRUPTED) from None
        finally:
            bar.end()
        self.stdout.write(f"{count} orders mirrored.")


def stopped(count: int) -> str:
    """What a run that was stopped leaves behind."""
    return f"Stopped: {count} orders are mirrored, the next run starts where this one started."


def date_given(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
