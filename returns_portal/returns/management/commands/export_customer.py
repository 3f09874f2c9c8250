"""Tells what is kept about the shopper of some orders, for the shopper."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from returns_portal.returns.models import ReturnRequest
from returns_portal.returns.services.privacy import export_customer


class Command(BaseCommand):
    help = "Print as JSON what is kept about the shopper of an order, RMA or contact e-mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("known_by", help="order name, TikTok order id, RMA or contact e-mail")

    def handle(self, *args: Any, known_by: str, **options: Any) -> None:
        found = ReturnRequest.objects.filter(
            Q(order_name=known_by)
            | Q(tiktok_order_id=known_by)
            | Q(rma_number=known_by)
            | Q(contact_email__iexact=known_by)
        )
        orders = sorted(set(found.values_list("shopify_order_id", flat=True)))
        if not orders:
            raise CommandError("No return is known by that.")
        told = export_customer(orders)
        self.stdout.write(json.dumps(told, indent=2, ensure_ascii=False, default=str))
