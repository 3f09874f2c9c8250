"""The statistics against slow, plain computations of the same."""

from fractions import Fraction
from itertools import combinations
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from returns_portal.returns.reports.statistics import (
    add_counts,
    false_discoveries,
    newcombe,
    percentile,
    shrunk,
    tail,
    wilson,
)


def plain_tail(hits: int, drawn: int, marked: int, total: int) -> Fraction:
    ways = sum(
        comb(marked, k) * comb(total - marked, drawn - k)
        for k in range(hits, min(drawn, marked) + 1)
        if drawn - k <= total - marked
    )
    return Fraction(ways, comb(total, drawn))


class TestTail:
    @given(st.data())
    def test_it_is_the_sum_of_all_ways_to_be_as_extreme(self, data: st.DataObject) -> None:
        total = data.draw(st.integers(1, 120))
        drawn = data.draw(st.integers(0, total))
        marked = data.draw(st.integers(0, total))
        hits = data.draw(st.integers(0, total + 1))
        expected = float(plain_tail(hits, drawn, marked, total))
        found = tail(hits=hits, drawn=drawn, marked=marked, total=total)
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)

    def test_it_is_right_where_one_can_count_on_fingers(self) -> None:
        # Of 4 things 2 are marked; both of 2 drawn are: 1 of the 6 pairs.
        pairs = list(combinations("aabb", 2))
        assert tail(hits=2, drawn=2, marked=2, total=4) == pytest.approx(1 / len(pairs))

    def test_it_keeps_its_accuracy_among_millions(self) -> None:
        found = tail(hits=400, drawn=1000, marked=50_000, total=5_000_000)
        assert 0 < found < 1e-300 or found == 0
        assert tail(hits=10, drawn=1000, marked=50_000, total=5_000_000) == pytest.approx(
            0.5426, abs=0.001
        )


class TestFalseDiscoveries:
    def test_the_example_of_benjamini_and_hochberg(self) -> None:
        chances = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
            0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0,
        ]  # fmt: skip
        assert sum(false_discoveries(chances, rate=0.05)) == 4

    def test_nothing_is_kept_of_nothing(self) -> None:
        assert false_discoveries([], rate=0.05) == []

    @given(st.lists(st.floats(0, 1), max_size=30))
    def test_it_keeps_the_smallest(self, chances: list[float]) -> None:
        kept = false_discoveries(chances, rate=0.1)
        inside = [chance for chance, keep in zip(chances, kept, strict=True) if keep]
        outside = [chance for chance, keep in zip(chances, kept, strict=True) if not keep]
        assert not inside or not outside or max(inside) <= min(outside)


class TestIntervals:
    def test_wilsons_known_value(self) -> None:
        interval = wilson(12, 100)
        assert (interval.low, interval.high) == pytest.approx((0.0700, 0.1981), abs=1e-4)

    def test_nothing_drawn_says_nothing(self) -> None:
        assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)

    def test_newcombes_published_example(self) -> None:
        # 56/70 against 48/80: a difference of 0.2 with the interval 0.0524 to 0.3339.
        interval = newcombe((48, 80), (56, 70))
        assert (interval.low, interval.high) == pytest.approx((0.0524, 0.3339), abs=1e-4)

    def test_small_counts_are_drawn_to_the_usual(self) -> None:
        assert shrunk(3, 3, 0.02, weight=50) < 0.08
        assert shrunk(300, 1000, 0.02, weight=50) == pytest.approx(301 / 1050)


class TestPercentile:
    @given(st.lists(st.integers(0, 50), min_size=1), st.sampled_from([0.5, 0.9]))
    def test_it_is_a_value_that_so_many_do_not_exceed(
        self, values: list[int], share: float
    ) -> None:
        counts = {value: values.count(value) for value in values}
        slow = next(
            value
            for value in sorted(values)
            if sum(other <= value for other in values) >= share * len(values)
        )
        assert percentile(counts, share) == slow

    def test_days_add_up(self) -> None:
        assert add_counts([{1: 2, 3: 1}, {3: 4}]) == {1: 2, 3: 5}

    def test_there_is_none_of_nothing(self) -> None:
        assert percentile({}, 0.5) is None
