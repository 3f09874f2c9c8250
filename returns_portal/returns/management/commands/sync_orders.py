"""Mirrors Shopify's orders: all that changed since the last run, or since a date."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from returns_portal.returns.mirror import sync_orders
from returns_portal.shopify.client import build_client
from returns_portal.shopify.errors import ShopifyError


class Command(BaseCommand):
    help = "Mirror the orders that changed since the last run, or since --since."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=date_given, help="a date such as 2026-06-01 (UTC)")

    def handle(self, *args: Any, **options: Any) -> None:
        client = build_client(max_wait=120, priority="background")
        try:
            count = sync_orders(
                client, now=timezone.now(), since=options["since"], on_progress=self.show
            )
        except ShopifyError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} orders mirrored.")

    def show(self, count: int) -> None:
        if count % 100 == 0:
            self.stdout.write(f"{count} orders …")


def date_given(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
