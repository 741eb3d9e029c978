"""Beside whom: the units that are nearest in context, and what a straight line through the others expects."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from memokit.scoring.arrays import Array, numbers
from memokit.scoring.ranks import significant

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Fit:
    """A straight line through n units, and what it expects of one that was not among them.

    Parameters
    ----------
    intercept, slopes
        In the unit of y, and of y per unit of each column of x.
    n, freedom
        Units that were used, and n minus the number of coefficients.
    expected, low, high
        The prediction for the one unit, with its prediction interval.
    """

    intercept: float
    slopes: tuple[float, ...]
    n: int
    freedom: int
    expected: float
    low: float
    high: float


def _complete(x: ArrayLike) -> Array:
    found = numbers(x)
    if np.isnan(found).any():
        raise ValueError("a value is missing: leave that unit out first, with the reason")
    return found


def standardise(x: ArrayLike) -> Array:
    """Bring every column to mean 0 and standard deviation 1 (n - 1), so that no unit of measure counts.

    A column without spread becomes 0: it tells nobody apart. (`normalise.zscore` calls that missing.)

    Parameters
    ----------
    x
        Units × dimensions, complete.

    Raises
    ------
    ValueError
        A value is missing or infinite.

    Examples
    --------
    >>> standardise([[1, 7], [2, 7], [3, 7]])
    array([[-1.,  0.],
           [ 0.,  0.],
           [ 1.,  0.]])
    """
    found = _complete(x)
    flat = found.max(axis=0) == found.min(axis=0)
    spread = found.std(axis=0, ddof=1) if len(found) > 1 else np.ones(found.shape[1])
    return np.asarray(np.where(flat, 0, (found - found.mean(axis=0)) / np.where(flat, 1, spread)))


def distances(x: ArrayLike, unit: int, weights: ArrayLike) -> Array:
    """Return how far every unit is from one of them: sqrt(sum(w (z - z_unit)²) / sum(w)).

    Parameters
    ----------
    x
        Units × dimensions, complete; z is `standardise(x)`.
    unit
        The row to measure from; its own distance is 0.
    weights
        One per dimension, not negative; only their ratio matters.

    Raises
    ------
    ValueError
        A value is missing or infinite; a weight is missing or negative, or they add up to 0.

    Examples
    --------
    >>> distances([[1, 10], [2, 10], [3, 40]], 0, [1, 0])
    array([0., 1., 2.])
    """
    z, w = standardise(x), _complete(weights)
    if w.shape != z.shape[1:] or (w < 0).any() or w.sum() == 0:
        raise ValueError("give every dimension a weight of 0 or more, and one of them more than 0")
    return np.asarray(np.sqrt((z - z[unit]) ** 2 @ (w / w.sum())))


def nearest(x: ArrayLike, unit: int, count: int, weights: ArrayLike) -> Rows:
    """Return the rows of the `count` units nearest in context, the nearest first; never the unit itself.

    Equal distances (12 significant digits): in the order of the rows. Too few units: all the others.

    Examples
    --------
    >>> nearest([[1, 10], [9, 10], [3, 40], [2, 0]], 0, 2, [1, 0])
    array([3, 2])
    """
    order = np.argsort(significant(distances(x, unit, weights)), kind="stable")
    return np.asarray(order[order != unit][:count])


def around(x: ArrayLike, unit: int, count: int) -> Rows:
    """Return the rows of the neighbours in size: half below and half above, from small to large.

    Of an odd number the extra one is above. Where one side is too short, the other side fills up. Equal
    sizes stand in the order of the rows.

    Examples
    --------
    >>> around([50, 10, 40, 20, 30], 4, 2), around([50, 10, 40, 20, 30], 1, 2)  # 10 is the smallest
    (array([3, 2]), array([3, 4]))
    """
    order = np.argsort(_complete(x), kind="stable")
    place = int(np.flatnonzero(order == unit)[0])
    count = min(count, len(order) - 1)
    start = min(max(place - count // 2, 0), len(order) - 1 - count)
    found = order[start : start + count + 1]
    return np.asarray(found[found != unit])


def _within(angle: float, freedom: int) -> float:
    """P(-t < T < t) of Student's t, t = sqrt(freedom) tan(angle): Abramowitz and Stegun 26.7.3 and 26.7.4."""
    odd, cosine = freedom % 2, math.cos(angle)
    j = np.arange(1, freedom // 2)
    terms = 1 + np.cumprod((2 * j - 1 + odd) / (2 * j + odd) * cosine**2).sum()
    part = float(math.sin(angle) * terms) * (cosine if odd else 1)
    return 2 / math.pi * (angle + (part if freedom > 1 else 0)) if odd else part


def student(level: float, freedom: int) -> float:
    """Return the t that holds the middle `level` of Student's distribution, by bisection of the exact sum.

    Raises
    ------
    ValueError
        The level is not between 0 and 1, or there is no degree of freedom.

    Examples
    --------
    >>> round(student(0.95, 1), 4), round(student(0.95, 2), 4), round(student(0.95, 10), 4)
    (12.7062, 4.3027, 2.2281)
    """
    if not 0 < level < 1 or freedom < 1:
        raise ValueError("a level between 0 and 1, and at least one degree of freedom")
    low, high = 0.0, math.pi / 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, freedom) < level else (low, middle)
    return math.sqrt(freedom) * math.tan(low)


def ols(x: ArrayLike, y: ArrayLike, at: ArrayLike, level: float = 0.95) -> Fit:
    """Fit y = a + b x by ordinary least squares and predict a unit that is not among them.

    Parameters
    ----------
    x, y
        Units × dimensions, and a value per unit; complete.
    at
        The context of the unit to predict.
    level
        Of the prediction interval.

    Raises
    ------
    ValueError
        A value is missing; no more units than coefficients; columns that are constant or a sum of others.

    Notes
    -----
    expected ± t s sqrt(1 + a'(A'A)⁻¹a), with s² = residual sum of squares / (n - coefficients). It is
    computed on standardised columns, so that the unit of a column does not matter.

    Examples
    --------
    >>> fit = ols([[1], [2], [3], [4]], [1, 3, 2, 4], [5])  # a = 0.5, b = 0.8, s² = 1.8 / 2
    >>> round(fit.intercept, 9), round(fit.slopes[0], 9), round(fit.expected, 9), fit.freedom
    (0.5, 0.8, 4.5, 2)
    >>> round((fit.high - fit.expected) / student(0.95, 2), 6)  # sqrt(0.9 (1 + 1 / 4 + 2.5² / 5))
    1.5
    """
    given, known, one = _complete(x), _complete(y), _complete(at)
    freedom = len(given) - given.shape[1] - 1
    if freedom < 1:
        raise ValueError(f"{len(given)} units are too few for {given.shape[1] + 1} coefficients")
    z, mean, spread = standardise(given), given.mean(axis=0), given.std(axis=0, ddof=1)
    rows = np.column_stack([np.ones(len(z)), z])
    if np.linalg.matrix_rank(rows, tol=1e-8 * math.sqrt(len(z))) < rows.shape[1]:
        raise ValueError("a column is constant, or follows from the others")
    b = np.linalg.lstsq(rows, known, rcond=None)[0]
    there = np.concatenate([[1], (one - mean) / spread])
    left = float(((known - rows @ b) ** 2).sum()) / freedom
    reach = student(level, freedom) * math.sqrt(left * (1 + there @ np.linalg.solve(rows.T @ rows, there)))
    expected, slopes = float(there @ b), b[1:] / spread
    intercept, steps = float(b[0] - slopes @ mean), tuple(map(float, slopes))
    return Fit(intercept, steps, len(z), freedom, expected, expected - reach, expected + reach)
