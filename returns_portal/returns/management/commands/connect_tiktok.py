"""Connects the seller's shop: tells where to agree, then takes the code that TikTok gives."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from returns_portal.returns.channels.tiktok_shop import connect_shop
from returns_portal.tiktok.errors import TikTokError

AGREE = "https://services.{region}tiktokshop.com/open/authorize?service_id={service}"


class Command(BaseCommand):
    """`connect_tiktok` prints the address to open, `connect_tiktok --code CODE` connects."""

    help = "Connects the shop to TikTok's Partner API."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--code", default="", help="the code in the address TikTok led back to")
        parser.add_argument("--shop", default="", help="the shop's id, if the code opens several")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["code"]:
            for region, where in (("us.", "United States"), ("", "everywhere else")):
                address = AGREE.format(region=region, service=settings.TIKTOK_SERVICE_ID)
                self.stdout.write(f"{where}: {address}")
            self.stdout.write("Then: manage.py connect_tiktok --code CODE")
            return
        try:
            shop = connect_shop(options["code"], wanted=options["shop"], now=timezone.now())
        except TikTokError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Connected: {shop.name} ({shop.region}, {shop.shop_id})")
