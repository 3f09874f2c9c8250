"""Subscribes the portal to Shopify's webhooks; beat does the same every hour."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from returns_portal.returns.intake.deliveries import webhook_uri
from returns_portal.shopify.client import build_client
from returns_portal.shopify.errors import ShopifyError
from returns_portal.shopify.subscriptions import TOPICS, ensure_subscriptions


class Command(BaseCommand):
    help = "Subscribe to every webhook that the portal listens to, where that is missing."

    def handle(self, *args: Any, **options: Any) -> None:
        uri = webhook_uri()
        try:
            created = ensure_subscriptions(build_client(max_wait=30), uri)
        except ShopifyError as error:
            raise CommandError(str(error)) from error
        for topic in created:
            self.stdout.write(f"subscribed to {topic}")
        self.stdout.write(f"{len(TOPICS)} topics go to {uri}, {len(created)} of them new.")
