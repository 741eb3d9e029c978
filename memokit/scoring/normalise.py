"""Bring columns to one scale, as COINr does: units in rows, indicators in columns, NaN kept.

Every function multiplies the columns by their `direction` (1 or -1) first, so that more is always better.
These scores are relative: they move when another unit moves. Fixed posts (`posts`, `goalposts`) do not.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from memokit.scoring import ranks
from memokit.scoring.arrays import Array, directed, mean_of


def _ends(x: Array) -> tuple[Array, Array]:
    return np.asarray(np.fmin.reduce(x, axis=0)), np.asarray(np.fmax.reduce(x, axis=0))


def _over(part: Array, whole: Array) -> Array:
    """Divide in place; a column without range gets no scores, and says so."""
    empty = whole == 0
    if empty.any():
        where = np.flatnonzero(empty).tolist()
        warnings.warn(f"no range to measure by: the scores of column {where} are missing", stacklevel=3)
    part /= np.where(empty, np.nan, whole)
    return part


def minmax(x: ArrayLike, direction: ArrayLike = 1, low: float = 0, high: float = 100) -> Array:
    """Scale each column so that its worst unit gets `low` and its best `high`.

    Notes
    -----
    (x - min) / (max - min) (high - low) + low; COINr `n_minmax`. Range 0: NaN and a warning.

    Examples
    --------
    >>> minmax([[1, 4], [2, 3], [5, 0]], [1, -1])
    array([[  0.,   0.],
           [ 25.,  25.],
           [100., 100.]])
    """
    up = directed(x, direction)
    bottom, top = _ends(up)
    up -= bottom  # in place: a large table is not copied for every step
    score = _over(up, top - bottom)
    score *= high - low
    score += low
    return score


def zscore(x: ArrayLike, direction: ArrayLike = 1, mean: float = 0, sd: float = 1) -> Array:
    """Scale each column to a mean and a standard deviation (n - 1).

    Notes
    -----
    (x - mean(x)) / sd(x) sd + mean; COINr `n_zscore`. One value, or range 0: NaN (the latter with a warning).

    Examples
    --------
    >>> zscore([1, 2, 3], mean=50, sd=10)
    array([40., 50., 60.])
    """
    up = directed(x, direction)
    away = up - mean_of(up)
    n = (~np.isnan(up)).sum(axis=0)
    spread = np.sqrt(np.nansum(away**2, axis=0) / np.where(n > 1, n - 1, np.nan))
    bottom, top = _ends(up)
    spread = np.where((bottom == top) & (n > 1), 0, spread)  # the mean of equal values may be off by a bit
    return _over(away, spread) * sd + mean


def rank(x: ArrayLike, direction: ArrayLike = 1) -> Array:
    """Give each unit its rank from the bottom up, ties "min", after rounding to 12 significant digits.

    COINr `n_rank`, which compares bare floating-point numbers.

    Examples
    --------
    >>> rank([10, 30, 10, np.nan])
    array([ 1.,  3.,  1., nan])
    """
    return ranks.rank(-directed(x, direction))


def borda(x: ArrayLike, direction: ArrayLike = 1) -> Array:
    """Give each unit the number of units below it: `rank` - 1 (COINr `n_borda`).

    Examples
    --------
    >>> borda([10, 30, 20])
    array([0., 2., 1.])
    """
    return rank(x, direction) - 1


def prank(x: ArrayLike, direction: ArrayLike = 1) -> Array:
    """Give each unit the share of the other units below it: (rank - 1) / (n available - 1) (COINr `n_prank`).

    One available unit: NaN and a warning.

    Examples
    --------
    >>> prank([10, 30, 20])
    array([0. , 1. , 0.5])
    """
    below = borda(x, direction)
    return _over(below, np.asarray((~np.isnan(below)).sum(axis=0) - 1.0))


def dist2max(x: ArrayLike, direction: ArrayLike = 1) -> Array:
    """Score the distance to the best unit: 1 - (max - x) / (max - min), 0 to 1 (COINr `n_dist2max`).

    Examples
    --------
    >>> dist2max([1, 2, 5])
    array([0.  , 0.25, 1.  ])
    """
    return minmax(x, direction, 0, 1)


def _distance(up: Array, to: Array, cap: bool) -> Array:
    bottom = _ends(up)[0]
    score = _over(up - bottom, to - bottom)
    return np.minimum(score, 1) if cap else score


def dist2ref(x: ArrayLike, unit: int, direction: ArrayLike = 1, cap: bool = False) -> Array:
    """Score the distance to one unit: 1 - (ref - x) / (ref - min); `cap` holds what is beyond at 1.

    COINr `n_dist2ref`. Missing at the reference: missing for all; the reference is the lowest: NaN, warning.

    Parameters
    ----------
    unit
        The row of the reference.

    Examples
    --------
    >>> dist2ref([1, 3, 5], 1), dist2ref([1, 3, 5], 1, cap=True)
    (array([0., 1., 2.]), array([0., 1., 1.]))
    """
    up = directed(x, direction)
    return _distance(up, np.asarray(up[unit]), cap)


def dist2targ(x: ArrayLike, target: ArrayLike, direction: ArrayLike = 1, cap: bool = False) -> Array:
    """Score the distance to a target: 1 - (target - x) / (target - min); `cap` holds what is beyond at 1.

    COINr `n_dist2targ`. A target that every unit has passed turns the scores round (negative): a warning.

    Parameters
    ----------
    target
        In the unit of the indicator, one per column; it is turned by `direction` together with `x`.

    Examples
    --------
    >>> dist2targ([10, 20, 30], 20), dist2targ([30, 20, 10], 20, -1, cap=True)
    (array([0., 1., 2.]), array([0., 1., 1.]))
    """
    up, to = directed(x, direction), directed(target, direction)
    if np.isnan(to).any():
        raise ValueError("a target is missing")
    if (to < _ends(up)[0]).any():
        warnings.warn("a target lies below every value: its scores are negative", stacklevel=2)
    return _distance(up, to, cap)


def fracmax(x: ArrayLike, direction: ArrayLike = 1) -> Array:
    """Score each unit as a share of the best: x / max (COINr `n_fracmax`).

    Raises
    ------
    ValueError
        The largest value is not above 0 (always so for a direction of -1): COINr's formula then turns the
        order round. Use `dist2max`.

    Examples
    --------
    >>> fracmax([1, 2, 4])
    array([0.25, 0.5 , 1.  ])
    """
    up = directed(x, direction)
    top = _ends(up)[1]
    if (top <= 0).any():
        raise ValueError("a share of the largest value needs one above 0: use dist2max")
    return up / top


def goalposts(
    x: ArrayLike, low: ArrayLike, high: ArrayLike, direction: ArrayLike = 1, scale: float = 100,
    clip: bool = True,
) -> Array:  # fmt: skip
    """Score between two fixed posts, cut off at both: `scale` (x - low) / (high - low), or from high to low.

    COINr `n_goalposts`: `low` < `high` in the unit of the indicator; direction -1 makes `low` the best post.

    Examples
    --------
    >>> goalposts([0, 5, 12], 2, 10), goalposts([0, 5, 12], 2, 10, -1)
    (array([  0. ,  37.5, 100. ]), array([100. ,  62.5,   0. ]))
    """
    up, one, two = directed(x, direction), directed(low, direction), directed(high, direction)
    bottom, top = np.minimum(one, two), np.maximum(one, two)
    if not (np.asarray(low) < np.asarray(high)).all():
        raise ValueError("a low post is not below its high post")
    done = (up - bottom) / (top - bottom)
    return np.asarray((np.clip(done, 0, 1) if clip else done) * scale)


METHODS: Mapping[str, Callable[..., Array]] = MappingProxyType({
    "minmax": minmax, "zscore": zscore, "rank": rank, "prank": prank, "borda": borda, "dist2max": dist2max,
    "dist2ref": dist2ref, "dist2targ": dist2targ, "fracmax": fracmax, "goalposts": goalposts,
})  # fmt: skip


def normalise(x: ArrayLike, how: str = "minmax", direction: ArrayLike = 1, **parameters: Any) -> Array:
    """Normalise by the name of a method; `parameters` go to its function.

    Examples
    --------
    >>> normalise([1, 2, 3], "dist2max", -1)
    array([1. , 0.5, 0. ])
    """
    if how not in METHODS:
        raise ValueError(f"no normalisation is called {how}: {', '.join(sorted(METHODS))}")
    return METHODS[how](x, direction=direction, **parameters)
