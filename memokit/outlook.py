"""Beside the scores, on the values as they are: colours of today, and the way to the target."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from memokit.recipe import GROWTH, Recipe
from memokit.scoring import sdsn
from memokit.scoring.progress import TRENDS, arrows
from memokit.steps import Inputs, naming

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
MISSING = TRENDS.index("missing")
_STATUSES = (
    ("target_achieved", "substantial_progress", "significant_progress", "met_or_on_track"),
    ("moderate_progress", "some_progress"),
    ("limited_progress", "insufficient_progress", "no_progress"),
    ("deterioration", "movement_away", "moderate_movement_away", "significant_movement_away"),
)  # as TRENDS
TREND_OF = {status: code for code, names in enumerate(_STATUSES) for status in (TRENDS[code], *names)}
# What a trend counts as in its goal where the method has no ratio: the middle of its class.
LEVEL = np.array([1.0, 0.75, 0.25, -0.25, np.nan])


def colours(given: Inputs) -> tuple[Codes, Codes]:
    """Return the colours of the indicators and of the goals, on the values as they are."""
    frame, value = given.frame, given.value
    posts = [frame[column] for column in ("worst", "red", "green", "best")]
    codes = sdsn.indicator_colours(value, posts[3], posts[2], posts[1], frame.sign)
    rows = ~np.isnan(sum(posts))
    grade = sdsn.grades(value[rows], *(post[rows] for post in posts))
    return codes, sdsn.goal_colours(grade, frame.goal[rows], len(frame.goals))


def trends(given: Inputs, recipe: Recipe) -> tuple[Floats, Codes, Codes]:
    """Return progress of the indicators, and a place in `TRENDS` for each indicator and for each goal."""
    frame = given.frame
    target = np.where(np.isnan(frame["target"]), frame["green"], frame["target"]) + 0 * frame.sign
    due = np.where(np.isnan(frame["target_year"]), recipe.target_year, frame["target_year"])
    if recipe.progress == "linear":
        ratio, trend = _linear(given, target[:, None], due[:, None])
        level = np.where((trend != MISSING) & np.isnan(ratio), -np.inf, ratio)  # it was met, and is lost
    else:
        ratio, trend = _measured(given, recipe.progress, target, due)
        level = LEVEL[trend]
    rows = frame.scored
    goals = sdsn.goal_trends(level[rows], trend[rows] == 0, frame.goal[rows], len(frame.goals))
    return ratio, trend, goals


def _linear(given: Inputs, target: Floats, due: Floats) -> tuple[Floats, Codes]:
    sign = given.frame.sign[:, None]
    trend = arrows(given.baseline, given.value, given.base_year, given.year, target, sign < 0, due)
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = sign * (target - given.baseline) / (due - given.base_year)
        done = sign * (given.value - given.baseline) / (given.year - given.base_year)
        return np.where((needed > 0) & (trend != MISSING), done / needed, np.nan), trend


def _measured(given: Inputs, how: Any, target: Floats, due: Floats) -> tuple[Floats, Codes]:
    """Ask a method of growth for one series at a time: these are for comparison, not for all of Europe."""
    frame, function = given.frame, how if callable(how) else GROWTH[how]
    ratio, trend = np.full(given.value.shape, np.nan), np.full(given.value.shape, MISSING, np.int8)
    there = ~np.isnan(given.value) & ~np.isnan(given.baseline) & ~np.isnan(frame.sign)[:, None]
    with naming("progress", how):
        for i, m in zip(*np.nonzero(there), strict=True):
            extra = {} if np.isnan(frame["limit"][i]) or how != "statcan" else {"limit": frame["limit"][i]}
            found = function(
                given.baseline[i, m], given.value[i, m], given.base_year[i, m], given.year[i, m],
                None if np.isnan(target[i]) else target[i], bool(frame.sign[i] < 0), due[i], **extra,
            )  # fmt: skip
            ratio[i, m] = np.nan if found.value is None else found.value
            trend[i, m] = TREND_OF.get(found.status, MISSING)
    return ratio, trend
