"""Posts and progress, by hand and by property."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from memokit.scoring.posts import mean, position
from memokit.scoring.progress import linear

numbers = st.floats(-1e6, 1e6, allow_nan=False)


def test_a_position_by_hand() -> None:
    assert position(0.64, 0, 1) == pytest.approx(64)
    assert position(48, 120, 60) == 100  # days to answer: fewer is better, beyond the target is cut off
    assert position(None, 0, 1) is None


def test_equal_posts_are_refused() -> None:
    with pytest.raises(ValueError, match="equal"):
        position(1, 2, 2)


@given(numbers, numbers, numbers, numbers)
def test_improving_never_lowers_a_score(value: float, better: float, zero: float, target: float) -> None:
    assume(zero != target)
    low, high = sorted((value, better))
    first, second = (low, high) if target > zero else (high, low)
    assert position(second, zero, target) >= position(first, zero, target)  # type: ignore[operator]


@given(st.floats(0, 1e4), st.floats(0, 1e4), st.floats(1, 1e4), st.floats(0.001, 1000))
def test_the_unit_of_measure_does_not_matter(value: float, zero: float, gap: float, scale: float) -> None:
    plain = position(value, zero, zero + gap)
    assert position(value * scale, zero * scale, (zero + gap) * scale) == pytest.approx(plain, abs=1e-6)


@given(st.lists(st.one_of(st.none(), st.floats(0, 100))))
def test_a_mean_skips_what_is_missing(scores: list[float | None]) -> None:
    there = [score for score in scores if score is not None]
    assert (mean(scores) is None) == (not there)


@pytest.mark.parametrize(
    ("then", "now", "target", "lower", "trend"),
    [
        (2, 6, 14, False, "on_track"),  # 1 a year done, 1 a year needed
        (2, 4, 14, False, "moderately_improving"),  # half of what is needed is just moderate
        (2, 3, 14, False, "stagnating"),
        (2, 2, 14, False, "stagnating"),  # no change
        (2, 1, 14, False, "decreasing"),
        (2, 20, 14, False, "on_track"),  # met
        (20, 15, 14, False, "on_track"),  # met, even though it fell
        (20, 10, 14, False, "decreasing"),  # met at the start, lost since
        (14, 14, 14, False, "on_track"),  # baseline equal to target, still met
        (0, 0, 5, False, "stagnating"),  # a baseline of zero is no problem in the linear form
        (90, 60, 60, True, "on_track"),
        (90, 120, 60, True, "decreasing"),
        (None, 3, 14, False, "missing"),
        (2, None, 14, False, "missing"),
        (2, 3, None, False, "missing"),
    ],
)
def test_trends_by_hand(then: float, now: float, target: float, lower: bool, trend: str) -> None:
    assert linear(then, now, 2018, 2022, target, lower).trend == trend


def test_one_year_has_no_trend() -> None:
    assert linear(2, 3, 2022, 2022, 5).trend == "missing"
    assert linear(2, 3, 2030, 2031, 5).trend == "missing"
