"""Places and how firm they are: ranks after rounding, intervals over replications, what one element does."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import ArrayLike

from memokit.scoring.arrays import Array

QUANTILES = (0.05, 0.5, 0.95)


def significant(x: ArrayLike, digits: int = 12) -> Array:
    """Round to so many significant digits; NaN, zero and infinite values stay.

    A value reached by two ways of computing differs in the last bit; after this it is the same value.

    Examples
    --------
    >>> significant([0.1 + 0.2, 123456.0], 3)
    array([3.00e-01, 1.23e+05])
    """
    values = np.asarray(x, dtype=np.float64)
    known = np.isfinite(values) & (values != 0)
    size = np.floor(np.log10(np.abs(values, where=known, out=np.ones_like(values))))
    scale = 10.0 ** np.clip(digits - 1 - size, -300, 300)  # 10^-300 is as small as a number gets here
    return np.asarray(np.where(known, np.round(np.where(known, values, 0) * scale) / scale, values))


def rank(x: ArrayLike, axis: int = 0, digits: int | None = 12) -> Array:
    """Rank from the highest down along an axis: 1 is best, equal values share the best place ("min").

    Parameters
    ----------
    x
        Scores, units along `axis`; a missing score has no rank (NaN).
    digits
        Significant digits that count; None compares the bare floating-point numbers, as COINr does.

    Examples
    --------
    >>> rank([70, 90, np.nan, 70, 50])
    array([ 2.,  1., nan,  2.,  4.])
    """
    values = np.asarray(x, dtype=np.float64) if digits is None else significant(x, digits)
    down = np.moveaxis(-values, axis, -1)
    order = np.argsort(down, axis=-1, kind="stable")
    ordered = np.take_along_axis(down, order, -1)
    new = np.ones(ordered.shape, dtype=bool)
    new[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    place = np.maximum.accumulate(np.where(new, np.arange(1.0, 1 + down.shape[-1]), 0), axis=-1)
    ranks = np.empty_like(down)
    np.put_along_axis(ranks, order, np.where(np.isnan(ordered), np.nan, place), -1)
    return np.moveaxis(ranks, -1, axis)


def interval(ranks: ArrayLike, axis: int = 0) -> Array:
    """Return the 5 %, 50 % and 95 % quantile over replications (type 7, linear), stacked in front.

    Replications in which a unit has no rank are left out for that unit.

    Examples
    --------
    >>> interval([[1, 3], [2, 3], [3, 4]])
    array([[1.1, 3. ],
           [2. , 3. ],
           [2.9, 3.9]])
    """
    values = np.asarray(ranks, dtype=np.float64)
    quantile = np.nanquantile if np.isnan(values).any() else np.quantile
    return np.asarray(quantile(values, QUANTILES, axis=axis))


def rank_change(nominal: ArrayLike, other: ArrayLike, axis: int = 0) -> Array:
    """Return the mean absolute change in rank between two sets of ranks, over the units with both.

    Examples
    --------
    >>> rank_change([1, 2, 3], [2, 1, 3])
    array(0.66666667)
    """
    moved = np.abs(np.asarray(other, dtype=np.float64) - np.asarray(nominal, dtype=np.float64))
    n = (~np.isnan(moved)).sum(axis)
    return np.asarray(np.nansum(moved, axis) / np.where(n > 0, n, np.nan))


def remove_one(score: Callable[[str | None], ArrayLike], elements: Iterable[str]) -> dict[str, float]:
    """Return for each element how many places the units move on average when it is left out.

    Parameters
    ----------
    score
        Makes the scores of all units without one element, or with all of them (None); see `aggregate`.
    elements
        The labels to leave out in turn.

    Notes
    -----
    COINr 1.1.14 `remove_elements`: mean over the units of |rank without - nominal rank|.

    Examples
    --------
    >>> scores = {None: [10, 7, 4], "a": [9, 5, 1], "b": [1, 2, 3]}
    >>> remove_one(scores.__getitem__, ["a", "b"])  # without b the first and the last change places
    {'a': 0.0, 'b': 1.3333333333333333}
    """
    nominal = rank(score(None))
    return {element: float(rank_change(nominal, rank(score(element)))) for element in elements}
