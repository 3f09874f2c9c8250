"""Contrast is as WCAG counts it, and text on any color can be read."""

import pytest
from hypothesis import given

from returns_portal.returns.branding.brand import LIGHT_GROUNDS
from returns_portal.returns.branding.colors import (
    ENOUGH,
    contrast,
    is_color,
    mix,
    readable_on,
    text_on,
)
from tests.returns.branding.examples import COLORS


class TestContrast:
    @pytest.mark.parametrize(
        ("one", "other", "ratio"),
        [
            ("#000000", "#ffffff", 21),
            ("#777777", "#ffffff", 4.48),
            ("#0d5c4a", "#ffffff", 7.93),
            ("#abcdef", "#abcdef", 1),
        ],
    )
    def test_is_as_wcag_counts_it_either_way(self, one: str, other: str, ratio: float) -> None:
        assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
        assert contrast(other, one) == contrast(one, other)

    @pytest.mark.parametrize("text", ["", "red", "#fff", "#12345g", "#0d5c4a;", "0d5c4a"])
    def test_takes_only_colors_of_six_digits(self, text: str) -> None:
        assert not is_color(text)

    def test_mixes_from_one_to_the_other(self) -> None:
        assert mix("#000000", "#ffffff", 0) == "#000000"
        assert mix("#000000", "#ffffff", 0.5) == "#808080"
        assert mix("#000000", "#ffffff", 1) == "#ffffff"


class TestReadable:
    @given(COLORS)
    def test_text_on_any_color_can_be_read(self, color: str) -> None:
        assert contrast(text_on(color), color) >= ENOUGH

    def test_leaves_a_good_color_alone(self) -> None:
        assert readable_on("#0d5c4a", LIGHT_GROUNDS, toward="#000000") == "#0d5c4a"
