"""How a series moves over the years: growth between its ends, and a straight line. The last axis is time."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from memokit.scoring.arrays import Array, numbers


def _ordered(values: ArrayLike, years: ArrayLike) -> tuple[Array, Array]:
    series, when = numbers(values), numbers(years)
    if when.ndim != 1 or series.shape[-1:] != when.shape:
        raise ValueError("the last axis of the values is not as long as the years")
    if np.isnan(when).any() or np.unique(when).size < when.size:
        raise ValueError("a year is missing or stands twice")
    order = np.argsort(when)
    return series[..., order], when[order]


def _ends(there: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    return there.argmax(axis=-1), there.shape[-1] - 1 - there[..., ::-1].argmax(axis=-1)


def _at(series: Array, place: NDArray[np.intp]) -> Array:
    return np.take_along_axis(series, place[..., None], -1)[..., 0]


def cagr(values: ArrayLike, years: ArrayLike) -> Array:
    """Return the compound yearly growth between the first and the last available value, as a share.

    Parameters
    ----------
    values
        (..., years); NaN where there is no figure. The years need not be consecutive or in order.

    Notes
    -----
    (y1 / y0)^(1 / (t1 - t0)) - 1; COINr 1.1.14 `CAGR`. Fewer than two figures: NaN. Equal ends: 0. From 0 up:
    infinite. A change of sign: NaN, also over one year, where COINr gives the bare ratio.

    Examples
    --------
    >>> cagr([[4, np.nan, 9], [5, 7, 5], [0, 1, 2], [-1, 0, 1]], [2018, 2019, 2020])
    array([0.5, 0. , inf, nan])
    """
    series, when = _ordered(values, years)
    there = ~np.isnan(series)
    first, last = _ends(there)
    y0, y1 = _at(series, first), _at(series, last)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = y1 / y0
        growth = np.where(ratio < 0, np.nan, ratio) ** (1 / (when[last] - when[first])) - 1
    growth = np.where(y0 == y1, 0.0, growth)
    return np.asarray(np.where(there.sum(axis=-1) < 2, np.nan, growth))


def prc_change(values: ArrayLike, years: ArrayLike, per: float = 1) -> Array:
    """Return the change per `per` years in percent, by least squares, against the fitted first value.

    Notes
    -----
    slope / fitted first value x 100; COINr 1.1.14 `prc_change`. Two figures: from end to end. Fewer: NaN.
    All equal: 0. A fitted first value of 0: infinite.

    Examples
    --------
    >>> prc_change([[10, 12, 14], [10, np.nan, 14], [3, 3, 3]], [2018, 2019, 2020])
    array([20., 20.,  0.])
    """
    series, when = _ordered(values, years)
    there = ~np.isnan(series)
    n = there.sum(axis=-1)
    count = np.where(n > 1, n, np.nan)
    mean_t = (there * when).sum(axis=-1) / count
    mean_y = np.nansum(series, axis=-1) / count
    t = np.where(there, when - mean_t[..., None], 0)
    y = np.where(there, series - mean_y[..., None], 0)
    slope = (t * y).sum(axis=-1) / np.where(n > 1, (t * t).sum(axis=-1), np.nan)
    start = mean_y + slope * (when[_ends(there)[0]] - mean_t)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = slope * per / start * 100
    flat = np.fmin.reduce(series, axis=-1) == np.fmax.reduce(series, axis=-1)
    return np.asarray(np.where((n > 1) & flat, 0.0, change))
