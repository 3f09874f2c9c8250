"""Changing how the shop presents itself."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from returns_portal.returns.branding.logos import Logo
from returns_portal.returns.models import ShopBrand

THE_ONE = 1


@dataclass(frozen=True, slots=True)
class BrandWords:
    """Name, colors and words of the shop as staff gave them; empty means the default."""

    name: str = ""
    accent: str = ""
    accent_dark: str = ""
    headline: str = ""
    intro: str = ""
    support_email: str = ""
    support_url: str = ""
    footer_text: str = ""
    footer_links: tuple[tuple[str, str], ...] = ()


@transaction.atomic
def change_brand(
    *, words: BrandWords, logo: Logo | None, remove_logo: bool, now: datetime
) -> ShopBrand:
    """Shows the shop so from now on; without `logo`, the logo stays unless it is to be removed."""
    row = ShopBrand.objects.select_for_update().first() or ShopBrand(pk=THE_ONE)
    apply_words(row, words)
    if logo:
        row.logo, row.logo_width, row.logo_height = logo.data, logo.width, logo.height
    elif remove_logo:
        row.logo, row.logo_width, row.logo_height = b"", 0, 0
    row.changed_at = now
    row.save()
    return row


def apply_words(row: ShopBrand, words: BrandWords) -> None:
    """Sets the row's columns to `words`, without saving it."""
    row.name, row.accent, row.accent_dark = words.name, words.accent, words.accent_dark
    row.headline, row.intro = words.headline, words.intro
    row.support_email, row.support_url = words.support_email, words.support_url
    row.footer_text = words.footer_text
    row.footer_links = [list(link) for link in words.footer_links]
