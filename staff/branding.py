"""What staff fill in about the shop's brand, and what is said of its colors."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from returns_portal.returns.branding.brand import DARK_GROUNDS, LIGHT_GROUNDS, Brand
from returns_portal.returns.branding.colors import (
    BLACK,
    ENOUGH,
    WHITE,
    is_color,
    least_contrast,
    readable_on,
)
from returns_portal.returns.branding.logos import Logo, clean_logo
from returns_portal.returns.models import ShopBrand
from returns_portal.returns.photos.images import BadPhoto
from returns_portal.returns.services import BrandWords

MOST_LINKS = 6
LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True)
class Side:
    """Light or dark: the grounds that the accent must be read on, and where a better one lies."""

    grounds: tuple[str, ...]
    toward: str


SIDES = {
    "accent": Side(LIGHT_GROUNDS, BLACK),
    "accent_dark": Side(DARK_GROUNDS, WHITE),
}


class BrandForm(forms.Form):
    """The shop's name, logo, colors and words; whatever is left empty stays the default."""

    name = forms.CharField(label=gettext_lazy("Shop's name"), max_length=60, required=False)
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy("PNG, JPEG or WebP, at most 2 MB. It is shown 40 pixels high."),
    )
    remove_logo = forms.BooleanField(label=gettext_lazy("Remove the logo"), required=False)
    accent = forms.CharField(
        label=gettext_lazy("Accent color"),
        required=False,
        help_text=gettext_lazy("For buttons and links, as #rrggbb. Left empty: our green."),
    )
    accent_dark = forms.CharField(
        label=gettext_lazy("Accent color in the dark"),
        required=False,
        help_text=gettext_lazy("Left empty: the accent color, as light as the dark needs it."),
    )
    headline = forms.CharField(label=gettext_lazy("Headline"), max_length=100, required=False)
    intro = forms.CharField(
        label=gettext_lazy("Introduction"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    support_email = forms.EmailField(label=gettext_lazy("E-mail for questions"), required=False)
    support_url = forms.URLField(
        label=gettext_lazy("Page for questions"),
        max_length=300,
        required=False,
        assume_scheme="https",
    )
    footer_text = forms.CharField(label=gettext_lazy("Foot"), max_length=300, required=False)
    footer_links = forms.CharField(
        label=gettext_lazy("Links in the foot"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One in a line: Words | https://address"),
    )

    cleaned_logo: Logo | None = None

    def clean_logo(self) -> "UploadedFile[Any] | None":
        upload: UploadedFile[Any] | None = self.cleaned_data["logo"]
        if upload:
            try:
                self.cleaned_logo = clean_logo(upload.read())
            except BadPhoto:
                raise forms.ValidationError(
                    _("We can't read this logo. Please give a PNG, JPEG or WebP of at most 2 MB.")
                ) from None
        return upload

    def clean_accent(self) -> str:
        return self._clean_color("accent")

    def clean_accent_dark(self) -> str:
        return self._clean_color("accent_dark")

    def _clean_color(self, name: str) -> str:
        color = str(self.cleaned_data[name]).strip().lower()
        if not color:
            return ""
        if not is_color(color):
            raise forms.ValidationError(_("Write the color as # and six digits: #0d5c4a."))
        if objection := objection_to(color, SIDES[name]):
            raise forms.ValidationError(objection)
        return color

    def clean_support_url(self) -> str:
        return _checked_url(self.cleaned_data["support_url"])

    def clean_footer_links(self) -> list[tuple[str, str]]:
        lines = [line for line in self.cleaned_data["footer_links"].splitlines() if line.strip()]
        if len(lines) > MOST_LINKS:
            raise forms.ValidationError(_("At most %(count)d links.") % {"count": MOST_LINKS})
        return [_parse_link(line) for line in lines]

    @property
    def words(self) -> BrandWords:
        """What was filled in, of a valid form."""
        given = {key: self.cleaned_data[key] for key in BrandWords.__dataclass_fields__}
        return BrandWords(**{**given, "footer_links": tuple(given["footer_links"])})


def objection_to(color: str, side: Side) -> str:
    """Why the color cannot be read there, with the nearest that can; empty when it can."""
    ratio = least_contrast(color, side.grounds)
    if ratio >= ENOUGH:
        return ""
    better = readable_on(color, side.grounds, toward=side.toward)
    return _(
        "Too little contrast to be read: %(ratio)s : 1, and 4.5 : 1 is the least. "
        "The nearest color that can be read is %(better)s."
    ) % {"ratio": f"{ratio:.1f}", "better": better}


def ratios_of(brand: Brand) -> list[str]:
    """How well the accent stands out in the light and in the dark, in words."""
    light = f"{least_contrast(brand.light.accent, LIGHT_GROUNDS):.1f}"
    dark = f"{least_contrast(brand.dark.accent, DARK_GROUNDS):.1f}"
    return [
        _("Contrast in the light: %(ratio)s : 1 (at least 4.5 : 1).") % {"ratio": light},
        _("Contrast in the dark: %(ratio)s : 1 (at least 4.5 : 1).") % {"ratio": dark},
    ]


def initial_of(row: ShopBrand | None) -> dict[str, Any]:
    """What the form begins with."""
    if row is None:
        return {}
    same = {name: getattr(row, name) for name in BrandWords.__dataclass_fields__}
    links = "\n".join(f"{words} | {url}" for words, url in row.footer_links)
    return {**same, "footer_links": links}


def _parse_link(line: str) -> tuple[str, str]:
    words, _bar, url = (part.strip() for part in line.partition("|"))
    if not words or len(words) > LONGEST_LABEL:
        raise forms.ValidationError(
            _("“%(line)s”: write up to 40 characters, a bar, and an address.") % {"line": line}
        )
    return words, _checked_url(url, required=True)


def _checked_url(url: str, *, required: bool = False) -> str:
    if not url and not required:
        return ""
    parts = urlsplit(url)
    if parts.scheme not in {"https", "http"} or not parts.netloc:
        raise forms.ValidationError(_("“%(url)s” is no web address.") % {"url": url})
    return url
