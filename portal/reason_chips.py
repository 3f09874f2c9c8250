"""The reasons to choose from, drawn once for each list of them and not for each item again."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from returns_portal.returns.models import ReturnReason
from returns_portal.returns.policies import ReasonGroup

# Stands where an item's key goes: a character for private use, which is in nobody's words.
KEY = "\ue000"


class Chip(NamedTuple):
    """A reason as the page shows it; `photos` is empty where it takes none."""

    code: str
    label: str
    photos: str


class ChipGroup(NamedTuple):
    """Reasons under a heading, or one that stands for itself."""

    label: str
    chips: tuple[Chip, ...]


def draw_reasons(groups: Sequence[ReasonGroup], *, key: str, chosen: str) -> SafeString:
    """The reasons in `groups` as the fields of the item `key`; `chosen` is the code ticked."""
    shown = tuple(
        ChipGroup(group.label, tuple(_chip(reason) for reason in group.reasons)) for group in groups
    )
    return format_html(_draw(get_language(), shown, chosen), key=key)


def _chip(reason: ReturnReason) -> Chip:
    return Chip(reason.code, reason.label, reason.photos if reason.takes_photos else "")


@lru_cache(maxsize=128)
def _draw(_language: str | None, groups: tuple[ChipGroup, ...], chosen: str) -> str:
    """The drawn reasons as a format that wants the item's key."""
    context = {"groups": groups, "chosen": chosen, "key": KEY}
    drawn = render_to_string("portal/_reasons.html", context)
    return drawn.replace("{", "{{").replace("}", "}}").replace(KEY, "{key}")
