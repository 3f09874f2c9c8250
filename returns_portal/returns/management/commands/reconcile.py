"""Compares every open and recent request with Shopify; exits with 1 when anything differs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from returns_portal.returns.models import Difference
from returns_portal.returns.processing.reconcile import reconcile
from returns_portal.shopify.client import build_client
from returns_portal.shopify.errors import ShopifyError


class Command(BaseCommand):
    help = "Compare every open and recent request with Shopify and list the differences."

    def handle(self, *args: Any, **options: Any) -> None:
        checked = 0
        try:
            client = build_client(max_wait=60, priority="background")
            for checked, _request in enumerate(reconcile(client, now=timezone.now()), start=1):
                if checked % 100 == 0:
                    self.stdout.write(f"{checked} requests compared …")
        except ShopifyError as error:
            raise CommandError(f"Stopped after {checked} requests: {error}") from error
        found = Difference.objects.filter(settled_at=None).select_related("return_request")
        for difference in found.order_by("return_request_id"):
            self.stdout.write(f"{difference.return_request.rma_number}  {difference}")
        self.stdout.write(f"{checked} requests compared, {len(found)} differences.")
        if found:
            raise CommandError("The portal and Shopify differ.", returncode=1)
