"""Columns with outliers, treated as COINr does: one value at a time to the next, else a logarithm."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from memokit.scoring.arrays import Array, numbers

SKEW, KURT = 2.0, 3.5  # COINr 1.1.14: fine when |skew| is below 2 or kurtosis below 3.5


class Treated(NamedTuple):
    """A treated column.

    Parameters
    ----------
    values
        The column, missing values kept.
    how
        `none` (was fine), `winsorised`, `log`, `log_fails` (a logarithm, and still not fine), or `untestable`
        (fewer than four values, or all the same: left as it was).
    points
        How many values were moved to the next one, ties included; 0 unless `winsorised`.
    """

    values: Array
    how: str
    points: int


def _available(x: ArrayLike) -> Array:
    column = numbers(x)
    if column.ndim != 1:
        raise ValueError("one column at a time: see treat_columns")
    return column[~np.isnan(column)]


def _shape(x: Array) -> tuple[float, float]:
    """Return skew and kurtosis to 12 decimals: the skew of [2, 2, 2, 9] is 2, whatever the last bit says."""
    n = x.size
    if n < 3 or x.min() == x.max():
        return np.nan, np.nan
    d = x - x.mean()
    d2 = d * d
    s2 = d2.sum()
    skewness = n**0.5 * (d2 * d).sum() / s2**1.5 * (n * (n - 1)) ** 0.5 / (n - 2)
    if n < 4:
        return round(float(skewness), 12), np.nan
    kurtosis = ((n + 1) * (n * (d2 * d2).sum() / s2**2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
    return round(float(skewness), 12), round(float(kurtosis), 12)


def _fine(shape: tuple[float, float]) -> bool:
    return abs(shape[0]) < SKEW or shape[1] < KURT


def skew(x: ArrayLike) -> float:
    """Return the skewness of one column (type 2, as Excel and COINr); NaN below three values or no spread.

    Notes
    -----
    sqrt(n) S3 / S2^1.5 x sqrt(n (n - 1)) / (n - 2), with Sk the sum of (x - mean)^k; missing left out.

    Examples
    --------
    >>> skew([1, 2, 3]), round(skew([0, 0, 3]), 4)  # the second: 1.7321, the square root of 3
    (0.0, 1.7321)
    """
    return _shape(_available(x))[0]


def kurt(x: ArrayLike) -> float:
    """Return the excess kurtosis of one column (type 2, as Excel and COINr); NaN below four values.

    Notes
    -----
    ((n + 1) (n S4 / S2^2 - 3) + 6) (n - 1) / ((n - 2) (n - 3)); missing left out.

    Examples
    --------
    >>> round(kurt([1, 2, 3, 4]), 6)  # n S4 / S2^2 = 1.64: (5 x -1.36 + 6) x 3 / 2
    -1.2
    """
    return _shape(_available(x))[1]


def passes(x: ArrayLike) -> bool:
    """Tell whether one column needs no treatment: |skew| below 2 or kurtosis below 3.5 (COINr's defaults).

    Examples
    --------
    >>> passes(range(10)), passes([*range(10), 1000])
    (True, False)
    """
    return _fine(_shape(_available(x)))


def winsorise(x: ArrayLike, winmax: int | None = 5) -> tuple[Array, int]:
    """Move the outermost value, with its ties, to the next one until the column passes or `winmax` are moved.

    The high side when the skew is 0 or more, else the low side. Returns the column and the number of values
    moved; ties can take it beyond `winmax`. None is no limit. It stops before all values would be the same,
    where COINr 1.1.14 ends with an error.

    Examples
    --------
    >>> winsorise([*range(10), 1000])
    (array([0., 1., 2., 3., 4., 5., 6., 7., 8., 9., 9.]), 1)
    """
    s = np.sort(_available(x))
    low = high = 0
    while (winmax is None or low + high < winmax) and s.size and s[0] < s[-1]:
        shape = _shape(s)
        if _fine(shape) or np.isnan(shape[1]):
            break
        if shape[0] >= 0:
            first = int(np.searchsorted(s, s[-1]))
            if s[first - 1] == s[0]:
                break
            high = s.size - first
            s[first:] = s[first - 1]
        else:
            end = int(np.searchsorted(s, s[0], "right"))
            if s[end] == s[-1]:
                break
            low = end
            s[:end] = s[end]
    # Moving the outermost values inward is cutting off at what is outermost now.
    return (np.clip(numbers(x), s[0], s[-1]) if s.size else numbers(x)), low + high


def log_ct(x: ArrayLike) -> Array:
    """Return log(x - min + 0.01 (max - min)), the "COIN Tool" logarithm: zero and negative values can stay.

    Examples
    --------
    >>> log_ct([0, 100]).round(4)  # log 1 and log 101
    array([0.    , 4.6151])
    """
    column = numbers(x)
    low, high = np.fmin.reduce(column), np.fmax.reduce(column)
    if low == high:
        raise ValueError("all values are the same: there is no logarithm to take")
    return np.asarray(np.log(column - low + 0.01 * (high - low)))


def treat(x: ArrayLike, winmax: int | None = 5) -> Treated:
    """Treat one column as COINr 1.1.14: nothing if it passes, else `winsorise`, else `log_ct` of what it was.

    Parameters
    ----------
    x
        One indicator over all units, in its own unit; NaN stays NaN.
    winmax
        How many values may be moved before the logarithm is taken instead.

    Notes
    -----
    COINr 1.1.14 `Treat`; the logarithm is kept even when the column still does not pass (`log_fails`).

    Examples
    --------
    >>> treat(range(10)).how, treat([*range(10), 1000]).how, treat([1, 2, 3]).how
    ('none', 'winsorised', 'untestable')
    >>> treat([1.5**k for k in range(40)], winmax=2).how
    'log'
    """
    column = numbers(x)
    shape = _shape(_available(column))
    if np.isnan(shape[1]):
        return Treated(column, "untestable", 0)
    if _fine(shape):
        return Treated(column, "none", 0)
    moved, points = winsorise(column, winmax)
    if passes(moved):
        return Treated(moved, "winsorised", points)
    logged = log_ct(column)
    return Treated(logged, "log" if passes(logged) else "log_fails", 0)


def treat_columns(x: ArrayLike, winmax: int | None = 5) -> tuple[Array, tuple[str, ...]]:
    """Treat every column of a table (units in rows) on its own; returns the table and what was done to each.

    Examples
    --------
    >>> table, how = treat_columns([[1, 0], [2, 0], [3, 0], [4, 0], [5, 1]])
    >>> how  # of two values one cannot be moved to the other, and a logarithm changes nothing
    ('none', 'log_fails')
    """
    table = numbers(x)
    done = [treat(column, winmax) for column in np.ascontiguousarray(table.T)]
    return np.array([one.values for one in done]).reshape(table.T.shape).T, tuple(one.how for one in done)
