"""Colors as people see them: contrast after WCAG 2.2, and shades that can be read."""

import re

HEX = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
# What text needs on its ground (WCAG 2.2, 1.4.3, level AA).
ENOUGH = 4.5
BLACK, WHITE = "#000000", "#ffffff"
STEPS = 100
Rgb = tuple[int, int, int]


def is_color(text: str) -> bool:
    """Whether `text` is a color as #rrggbb."""
    return bool(HEX.fullmatch(text))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colors, from 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mix(color: str, other: str, share: float) -> str:
    """`color` with `share` (0 to 1) of `other` in it."""
    pairs = zip(_rgb(color), _rgb(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def text_on(color: str) -> str:
    """Black or white, whichever is read better on `color`: one of them always suffices."""
    return max((WHITE, BLACK), key=lambda text: contrast(text, color))


def readable_on(color: str, grounds: tuple[str, ...], *, toward: str) -> str:
    """The shade of `color` nearest to it that can be read on every one of `grounds`."""
    for step in range(STEPS + 1):
        shade = mix(color, toward, step / STEPS)
        if least_contrast(shade, grounds) >= ENOUGH:
            return shade
    return toward


def least_contrast(color: str, grounds: tuple[str, ...]) -> float:
    """The contrast of `color` with that one of `grounds` where it is lowest."""
    return min(contrast(color, ground) for ground in grounds)


def _rgb(color: str) -> Rgb:
    red, green, blue = (int(color[start : start + 2], 16) for start in (1, 3, 5))
    return red, green, blue


def _luminance(color: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _rgb(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
