"""Shows what a real TikTok order looks like in Shopify and at TikTok, personal data masked."""

import json
import re
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from returns_portal.returns import snapshots
from returns_portal.returns.channels.tiktok_shop import build_tiktok_client, is_connected
from returns_portal.returns.intake.aftersales import find_shopify_order
from returns_portal.returns.mirror import channel_of
from returns_portal.shopify.client import build_client
from returns_portal.shopify.errors import ShopifyError
from returns_portal.shopify.orders import get_order, list_order_refunds
from returns_portal.shopify.returns import list_order_returns
from returns_portal.tiktok.errors import TikTokError

PERSONAL = re.compile(
    r"name|email|phone|address|postcode|zip|postal|note|city|customer|tax_id|cpf", re.IGNORECASE
)
# Names of goods and of orders are nobody's own.
OPEN = frozenset({"name", "product_name", "sku_name", "source_name", "shipping_provider_name"})


class Command(BaseCommand):
    """`probe_channel TIKTOK_ORDER_ID`: reads, changes nothing, and prints JSON."""

    help = "Prints a TikTok order as Shopify and TikTok tell it, personal data masked."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("order_id", help="TikTok's order id, or the order's name in Shopify")

    def handle(self, *args: Any, **options: Any) -> None:
        order_id = options["order_id"]
        try:
            self._print("Shopify", self._shopify(order_id))
            if is_connected():
                self._print("TikTok", self._tiktok(order_id))
            else:
                self.stdout.write("TikTok: not connected, see docs/tiktok.md.")
        except (ShopifyError, TikTokError) as error:
            raise CommandError(str(error)) from None

    def _shopify(self, order_id: str) -> object:
        shopify_id = find_shopify_order(order_id.upper(), now=timezone.now())
        if shopify_id is None:
            return "Shopify has no order with this number."
        client = build_client(max_wait=20)
        order = get_order(client, shopify_id)
        return {
            "the portal takes it for": channel_of(order),
            "order": snapshots.dump(order),
            "returns": snapshots.dump(list_order_returns(client, shopify_id)),
            "refunds": snapshots.dump(list_order_refunds(client, shopify_id)),
        }

    def _tiktok(self, order_id: str) -> object:
        client = build_tiktok_client(max_wait=20)
        wanted = {"order_ids": [order_id]}
        return {
            "order": client.read("/order/202507/orders", {"ids": order_id}),
            "aftersales": client.read("/return_refund/202602/returns/search", {}, wanted),
            "cancellations": client.read(
                "/return_refund/202602/cancellations/search", {"page_size": "20"}, wanted
            ),
        }

    def _print(self, title: str, value: object) -> None:
        self.stdout.write(f"== {title}")
        self.stdout.write(json.dumps(mask(value), indent=2, ensure_ascii=False, default=str))


def mask(value: object, key: str = "") -> object:
    """The value with letters and digits of personal fields as x and 0, so that shapes stay."""
    if isinstance(value, Mapping):
        return {name: mask(inner, _covering(key, str(name))) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [mask(inner, key) for inner in value]
    if isinstance(value, str) and (key or "@" in value):
        return re.sub(r"\d", "0", re.sub(r"[^\W\d_]", "x", value))
    return value


def _covering(outer: str, name: str) -> str:
    """What lies in a personal field is personal, whatever it is called."""
    if outer:
        return outer
    return name if PERSONAL.search(name) and name.casefold() not in OPEN else ""
