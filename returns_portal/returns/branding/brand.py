"""How the shop presents itself: name, logo, colors and words, on pages and in mails."""

from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse

from returns_portal.cache import Remembered
from returns_portal.returns.branding.colors import BLACK, WHITE, mix, readable_on, text_on
from returns_portal.returns.models import ShopBrand

# The grounds that text stands on, as in tokens.css: pages and cards.
LIGHT_GROUNDS = ("#ffffff", "#f4f6f4")
DARK_GROUNDS = ("#18201d", "#0f1513")


@dataclass(frozen=True, slots=True)
class Palette:
    """The accent and its companions on light or dark grounds."""

    accent: str
    strong: str
    soft: str
    on_accent: str


LIGHT = Palette("#0d5c4a", "#084536", "#e0efe9", "#ffffff")
DARK = Palette("#7fd4b9", "#a5e5d1", "#17352c", "#06231b")


@dataclass(frozen=True, slots=True)
class Brand:
    """What shoppers see of the shop; `version` changes with every change, empty for the default."""

    name: str
    light: Palette = LIGHT
    dark: Palette = DARK
    headline: str = ""
    intro: str = ""
    support_email: str = ""
    support_url: str = ""
    footer_text: str = ""
    footer_links: list[tuple[str, str]] = field(default_factory=list)
    logo_width: int = 0
    logo_height: int = 0
    version: str = ""

    @property
    def has_colors(self) -> bool:
        return self.light != LIGHT or self.dark != DARK

    @property
    def css_url(self) -> str:
        return f"{reverse('portal:brand-css')}?v={self.version}"

    @property
    def logo_url(self) -> str:
        """The logo's address with the host, since mails name it too; empty without a logo."""
        if not self.logo_width:
            return ""
        return f"{settings.SITE_URL}{reverse('portal:brand-logo')}?v={self.version}"

    @property
    def logo_shown_width(self) -> int:
        """Its width in pixels where it is 40 high, or as wide as it may be."""
        return min(round(self.logo_width * 40 / self.logo_height), 200) if self.logo_height else 0


@Remembered
def current_brand() -> Brand:
    """The brand as it is now."""
    row = ShopBrand.objects.defer("logo").first()
    return build_brand(row) if row else Brand(name=settings.PORTAL_NAME)


def build_brand(row: ShopBrand) -> Brand:
    """The brand that `row` describes; what is empty there is the default."""
    return Brand(
        name=row.name or settings.PORTAL_NAME,
        light=light_palette(row.accent) if row.accent else LIGHT,
        dark=dark_palette(row.accent_dark or row.accent) if row.accent or row.accent_dark else DARK,
        headline=row.headline,
        intro=row.intro,
        support_email=row.support_email,
        support_url=row.support_url,
        footer_text=row.footer_text,
        footer_links=[(words, url) for words, url in row.footer_links],
        logo_width=row.logo_width,
        logo_height=row.logo_height,
        version=f"{row.changed_at:%Y%m%d%H%M%S%f}",
    )


def light_palette(accent: str) -> Palette:
    """The accent with companions that can be read on light grounds."""
    accent = readable_on(accent, LIGHT_GROUNDS, toward=BLACK)
    soft = mix(accent, WHITE, 0.88)
    strong = readable_on(mix(accent, BLACK, 0.25), (soft, *LIGHT_GROUNDS), toward=BLACK)
    return Palette(accent, strong, soft, text_on(accent))


def dark_palette(accent: str) -> Palette:
    """The accent, made light where it has to be, with companions for dark grounds."""
    accent = readable_on(accent, DARK_GROUNDS, toward=WHITE)
    soft = mix(DARK_GROUNDS[0], accent, 0.16)
    strong = readable_on(mix(accent, WHITE, 0.3), (soft, *DARK_GROUNDS), toward=WHITE)
    return Palette(accent, strong, soft, text_on(accent))


def build_css(brand: Brand) -> str:
    """The only style rules that are the merchant's: the accent's custom properties."""
    light, dark = _properties(brand.light), _properties(brand.dark)
    return (
        f":root{{{light}}}\n"
        f'@media (prefers-color-scheme:dark){{:root:not([data-theme="light"]){{{dark}}}}}\n'
        f':root[data-theme="dark"]{{{dark}}}\n'
    )


def _properties(palette: Palette) -> str:
    return (
        f"--accent:{palette.accent};--accent-strong:{palette.strong};"
        f"--accent-soft:{palette.soft};--on-accent:{palette.on_accent}"
    )
