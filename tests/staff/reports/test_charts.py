"""Charts: an axis of round numbers that holds every value, and no script in the picture."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from returns_portal.returns.reports.tables import Chart
from staff.reports.charts import SHAPES, STEPS, draw_svg, ticks


class TestTicks:
    @pytest.mark.parametrize(
        ("most", "whole", "expected"),
        [
            (0.14, False, [0, 0.05, 0.1, 0.15]),
            (33, True, [0, 10, 20, 30, 40]),
            (1, True, [0, 1]),
            (100, True, [0, 25, 50, 75, 100]),
            (5, True, [0, 2, 4, 6]),
        ],
    )
    def test_are_round(self, most: float, whole: bool, expected: list[float]) -> None:
        assert ticks(most, whole=whole) == pytest.approx(expected)

    @given(st.floats(1e-6, 1e12), st.booleans())
    def test_hold_the_highest_value_in_few_steps(self, most: float, whole: bool) -> None:
        found = ticks(most, whole=whole)
        assert found[0] == 0
        assert found[-1] >= most * (1 - 1e-6)
        assert len(found) <= STEPS + 1


class TestPicture:
    @pytest.mark.parametrize("kind", SHAPES)
    def test_labels_its_values_and_holds_no_script(self, kind: str) -> None:
        series = (("One", (33.0, 2.0)), ("Two", (0.0, 2.0)))
        drawn = draw_svg(Chart(kind, "Units", "", ("Small", "Big"), series, "count")).decode()
        for label in (">20<", ">40<", ">Small<", ">Big<"):
            assert label in drawn
        assert "<script" not in drawn
        assert "http" not in drawn.replace("http://www.w3.org/", "")
