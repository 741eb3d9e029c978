"""The SDSN method on arrays: scores between fixed posts, colours, goal scores and one score.

Arrays are indicator × municipality (or goal × municipality), missing is NaN, and a parameter with one number
for each indicator is as long as the first axis. All formulas are those of the Sustainable Development
Solutions Network (SDSN): Sustainable Development Report 2021, European and US cities reports 2019. "Inferred"
marks what its publications do not say, and what reproduces their numbers exactly.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from memokit.scoring.aggregate import amean

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
Mean = Callable[..., Floats]
COLOURS = ("grey", "red", "orange", "yellow", "green")  # a code of colour is its place here


def normalise(values: ArrayLike, worst: ArrayLike, best: ArrayLike) -> Floats:
    """Return how far each value is on the way from the worst to the best post, 0-100.

    That is `posts.position`, for many values at once.

    Parameters
    ----------
    values
        Indicator × anything, in the unit of the indicator.
    worst, best
        One pair of posts for each indicator. A missing post gives missing scores.

    Raises
    ------
    ValueError
        Worst equals best for an indicator: 0/0.

    Notes
    -----
    n = 100 (v - W) / (B - W), cut off at 0 and 100. Ascending if and only if B > W.

    Examples
    --------
    >>> normalise([[6, 12, np.nan], [90, 60, 120]], worst=[0, 120], best=[8, 60])
    array([[ 75., 100.,  nan],
           [ 50., 100.,   0.]])
    """
    low, high = np.asarray(worst, float), np.asarray(best, float)
    if np.any(low == high):
        raise ValueError("worst and best are equal")
    there = np.asarray(values, float)
    found: Floats = there - _tall(low, there)
    found /= _tall(high - low, there)  # exactly 1 at the best post; so 100 comes after it
    found *= 100
    np.clip(found, 0, 100, out=found)
    found += 0.0  # no negative zero
    return found


def indicator_colours(
    values: ArrayLike, best: ArrayLike, green: ArrayLike, red: ArrayLike, sign: ArrayLike = 1
) -> Codes:
    """Return the colour of each value: a place in `COLOURS`. A boundary belongs to the better colour.

    Parameters
    ----------
    values
        Indicator × municipality.
    best, green, red
        The best post (NaN: none), where green begins and where red ends, for each indicator.
    sign
        1 where higher is better, -1 where lower is better.

    Notes
    -----
    With signs turned so that up is good: green if v >= min(g, B); else yellow if v >= (g + r)/2; else orange
    if v >= r; else red. Missing, or without a threshold: grey.

    Examples
    --------
    >>> [COLOURS[code] for code in indicator_colours([[8, 6, 4, 3, np.nan]], best=[9], green=[8], red=[4])[0]]
    ['green', 'yellow', 'orange', 'red', 'grey']
    """
    there = np.asarray(values, float)
    g, r, b = (np.asarray(post, float) * np.asarray(sign) for post in (green, red, best))
    v = there * _tall(np.broadcast_to(np.asarray(sign, float), g.shape), there)
    codes = np.ones(v.shape, np.int8)
    for code, limit in ((2, r), (3, (g + r) / 2), (4, np.fmin(g, b))):  # the best that holds wins
        codes[v >= _tall(limit, v)] = code
    codes[np.isnan(v + _tall(g + r, v))] = 0
    return codes


def grades(values: ArrayLike, worst: ArrayLike, red: ArrayLike, green: ArrayLike, best: ArrayLike) -> Floats:
    """Return each value on the scale of the goal colours: 0 at worst, 1 at red, 2 at green, 3 at best.

    Piecewise linear and cut off at 0 and 3. Where red is worst (or beyond), a value below red is 0; where
    green is best (or beyond), a value at or above green is 3. A missing post gives missing grades.

    Examples
    --------
    >>> grades([[2, 4, 7, 9, 12]], worst=[0], red=[4], green=[8], best=[10])
    array([[0.5 , 1.  , 1.75, 2.5 , 3.  ]])
    >>> grades([[-1, 0, 9, 96]], worst=[0], red=[0], green=[96], best=[90])  # r = W, g beyond B
    array([[0.     , 1.     , 1.09375, 3.     ]])
    """
    there = np.asarray(values, float)
    sign = np.where(np.asarray(best, float) < np.asarray(worst, float), -1.0, 1.0)
    w, r, g, b = (_tall(sign * np.asarray(post, float), there) for post in (worst, red, green, best))
    v = there * _tall(sign, there)
    with np.errstate(divide="ignore", invalid="ignore"):
        below = np.where(r > w, np.maximum((v - w) / (r - w), 0), 0)
        above = np.where(b > g, np.minimum(2 + (v - g) / (b - g), 3), 3)
        found = np.where(v >= g, above, np.where(v >= r, 1 + (v - r) / (g - r), below))
    return np.where(np.isnan(v + w + r + g + b), np.nan, found)


def goal_colours(grade: ArrayLike, goal: ArrayLike, total: int | None = None) -> Codes:
    """Return the colour of each goal and municipality, from the two worst grades of the goal.

    Parameters
    ----------
    grade
        Indicator × municipality, as `grades` gives them, without imputation. Leave out indicators that have
        no thresholds: they can have no colour, and would count as missing.
    goal
        For each indicator the place of its goal, 0, 1 …; a goal without indicators is grey.
    total
        As in `goal_means`.

    Notes
    -----
    a = mean of the two smallest grades (one if there is one): green if a >= 2, yellow if a >= 1.5, orange if
    a >= 1, else red; then red becomes orange unless both are below 1, and green becomes yellow unless both
    are at least 2. Grey if more than half of the indicators are missing. Exact for the 3 956 goal colours of
    two reports.

    Examples
    --------
    >>> [COLOURS[code] for code in goal_colours([[0.5, 3, np.nan], [1.4, 1.9, 1.6]], [0, 0]).ravel()]
    ['orange', 'yellow', 'yellow']
    """
    q, of = np.asarray(grade, float), np.asarray(goal, int)
    codes = np.zeros((of.max(initial=-1) + 1 if total is None else total, q.shape[1]), np.int8)
    for place in range(len(codes)):
        rows = q[of == place]
        there = ~np.isnan(rows)
        first = second = np.full(q.shape[1], np.inf)
        for row in np.where(there, rows, np.inf):
            second, first = np.minimum(second, np.maximum(first, row)), np.minimum(first, row)
        second = np.where(np.isinf(second), first, second)
        a = (first + second) / 2
        code = 1 + (a >= 1).astype(np.int8) + (a >= 1.5) + (a >= 2)
        code[(code == 1) & (second >= 1)] = 2
        code[(code == 4) & (first < 2)] = 3
        codes[place] = np.where(2 * there.sum(axis=0) < len(rows), 0, code) if len(rows) else 0
    return codes


def goal_trends(ratio: ArrayLike, reached: ArrayLike, goal: ArrayLike, total: int | None = None) -> Codes:
    """Return the trend of each goal and municipality: a place in `progress.TRENDS`.

    Parameters
    ----------
    ratio
        Indicator × municipality: what changed each year ÷ what had to, NaN where there is no trend. Minus
        infinity: the target was met and is lost.
    reached
        Where the target is met, whatever the ratio.
    goal
        For each indicator the place of its goal.
    total
        As in `goal_means`.

    Notes
    -----
    The mean over the indicators of a score on one scale: below 1 decreasing, from 1 stagnating, from 2
    moderately improving, 3 on track (SDSN, Sustainable Development Report). How far one indicator can go
    below 1 or above 3 is not published. Here the line 1 + 2 ratio goes on below 1, down to 0, and ends at 3:
    a goal is on track when all of its indicators are.

    Examples
    --------
    >>> goal_trends([[1.2], [0.1]], [[False], [False]], [0, 0])  # (3 + 1.2) / 2 = 2.1: moderately improving
    array([[1]], dtype=int8)
    """
    level = np.clip(1 + 2 * np.asarray(ratio, float), 0, 3)
    level[np.asarray(reached, bool)] = 3
    means = goal_means(level, goal, total=total)
    code = 3 - (means >= 1).astype(np.int8) - (means >= 2) - (means >= 3)
    return np.where(np.isnan(means), 4, code).astype(np.int8)


def merge_groups(scores: ArrayLike, groups: ArrayLike) -> tuple[Floats, NDArray[np.int64]]:
    """Return scores in which the members of a group are one row: the mean of those available.

    Parameters
    ----------
    scores
        Indicator × municipality.
    groups
        A number for each indicator: members of a group share one, -1 stands alone.

    Returns
    -------
    merged, first
        The merged rows, in the order of their first member, and the place of that member.

    Notes
    -----
    Road and rail in the European cities report are one nested indicator: half of each is not the same when
    one of them is missing [inferred].

    Examples
    --------
    >>> merge_groups([[40, 40], [60, np.nan], [10, 20]], [0, 0, -1])
    (array([[50., 40.],
           [10., 20.]]), array([0, 2]))
    """
    there, of = np.asarray(scores, float), np.asarray(groups, int)
    first = np.array([i for i, g in enumerate(of) if g < 0 or i == np.flatnonzero(of == g)[0]], int)
    merged = there[first]
    for place, group in enumerate(of[first]):
        if group >= 0:
            rows = there[of == group]
            merged[place] = amean(rows, axis=0)
    return merged, first


def goal_means(
    scores: ArrayLike, goal: ArrayLike, weights: ArrayLike | None = None, groups: ArrayLike | None = None,
    mean: Mean = amean, total: int | None = None,
) -> Floats:  # fmt: skip
    """Return the score of each goal and municipality: the weighted mean over what is available.

    Parameters
    ----------
    scores
        Indicator × municipality, 0-100. Missing is skipped and the weights are made whole again.
    goal, weights, groups
        For each indicator the place of its goal, its weight (None: equal), and its group (`merge_groups`;
        a group weighs what its first member weighs). A goal without indicators, or without data, is missing.
    mean
        `mean(rows, weights, axis=0)`, such as those of `aggregate`.
    total
        How many goals there are; None: up to the last that has an indicator.

    Examples
    --------
    >>> goal_means([[80, 50], [20, np.nan], [7, np.nan]], goal=[0, 0, 1], weights=[1, 2, 1])
    array([[40., 50.],
           [ 7., nan]])
    """
    rows, of = np.asarray(scores, float), np.asarray(goal, int)
    w = np.ones(len(of)) if weights is None else np.asarray(weights, float)
    total = of.max(initial=-1) + 1 if total is None else total
    if groups is not None:
        rows, first = merge_groups(rows, groups)
        of, w = of[first], w[first]
    found = np.full((total, rows.shape[1]), np.nan)
    for place in np.unique(of):
        found[place] = mean(rows[of == place], w[of == place], axis=0)
    return found


def region_means(scores: ArrayLike, regions: ArrayLike) -> Floats:
    """Return for every cell the plain mean of what is available in the region of its municipality.

    Parameters
    ----------
    scores
        Anything × municipality.
    regions
        A number for each municipality, 0, 1 …; -1 belongs to no region and gets NaN.

    Examples
    --------
    >>> region_means([[40, np.nan, 60, 9]], [0, 0, 0, -1])
    array([[50., 50., 50., nan]])
    """
    there, of = np.asarray(scores, float), np.asarray(regions, int)
    found = np.full(there.shape, np.nan)
    order = np.argsort(of, kind="stable")
    order = order[of[order] >= 0]
    if not order.size:
        return found
    starts = np.flatnonzero(np.diff(of[order], prepend=-1))
    known = ~np.isnan(there)
    sums = np.add.reduceat(np.where(known, there, 0)[:, order], starts, axis=1)
    with np.errstate(invalid="ignore"):
        means = sums / np.add.reduceat(known[:, order], starts, axis=1, dtype=float)
    found[:, order] = np.repeat(means, np.diff(starts, append=len(order)), axis=1)
    return found


def region_fill(scores: ArrayLike, regions: ArrayLike, where: ArrayLike = True) -> Floats:
    """Return scores in which what is missing is the mean of the region, where that is allowed.

    Parameters
    ----------
    scores, regions
        As in `region_means`. A region without any score leaves the gap.
    where
        Truth for each cell, or for each row as a column: only there is anything filled in. SDSN fills goals
        3, 6, 7 and 13 of the European cities, and goal 4 of countries that have an indicator of it
        [inferred].

    Examples
    --------
    >>> region_fill([[40, np.nan, 60]], [0, 0, 0])
    array([[40., 50., 60.]])
    """
    there = np.asarray(scores, float)
    return np.where(np.isnan(there) & where, region_means(there, regions), there)


def overall(
    goals: ArrayLike,
    share: ArrayLike = 1.0,
    regions: ArrayLike | None = None,
    fill_goals: bool = False,
    min_share: float = 0.0,
    shrink: float = 0.0,
    weights: ArrayLike | None = None,
    mean: Mean = amean,
) -> Floats:
    """Return one score for each municipality: the mean of its goals.

    Parameters
    ----------
    goals
        Goal × municipality. Missing goals are skipped.
    share
        The share of the indicators that each municipality has, 0-1.
    regions
        As in `region_means`; needed to fill and to shrink.
    fill_goals
        Fill a missing goal with the mean of the region, over municipalities that reach `min_share`.
    min_share
        A municipality with a smaller share gets no score; equality passes.
    shrink
        How far each score moves to the mean of its region, 0-1. The European cities report does so by 0.5
        and does not say it [inferred].
    weights, mean
        One weight for each goal (None: equal), and `mean(rows, weights, axis=0)`.

    Examples
    --------
    >>> overall([[40, 80], [60, np.nan]], regions=[0, 0])
    array([50., 80.])
    >>> overall([[40, 80], [60, np.nan]], regions=[0, 0], fill_goals=True)  # 60 is filled in
    array([50., 70.])
    >>> overall([[40, 80]], regions=[0, 0], shrink=0.5)  # halfway to 60
    array([50., 70.])
    """
    there = np.where(np.asarray(share, float) >= min_share - 1e-12, np.asarray(goals, float), np.nan)
    counts = ~np.isnan(there).all(axis=0)
    if fill_goals and regions is not None:
        there = region_fill(there, regions, counts)
    found = mean(there, weights, axis=0)
    if shrink and regions is not None:
        found = (1 - shrink) * found + shrink * region_means(found[None], regions)[0]
    return found


def _tall(posts: Floats, like: Floats) -> Floats:
    """Let one number for each row stand beside an array of any depth."""
    return posts.reshape(posts.shape + (1,) * (like.ndim - posts.ndim))
