"""What every scoring function takes: float64 arrays in which NaN is missing and nothing is infinite."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def numbers(x: ArrayLike) -> Array:
    """Return `x` as float64, any shape; None becomes NaN.

    Raises
    ------
    ValueError
        A value is infinite: a division by zero upstream, never a measurement.

    Examples
    --------
    >>> numbers([1, None])
    array([ 1., nan])
    """
    found = np.asarray(x, dtype=np.float64)
    if np.isinf(found).any():
        raise ValueError("infinite values: leave them out or mend them first")
    return found


def directed(x: ArrayLike, direction: ArrayLike) -> Array:
    """Return `x` with the columns whose direction is -1 turned round, so that up is good.

    Raises
    ------
    ValueError
        A direction is not 1 or -1, or a value is infinite.

    Examples
    --------
    >>> directed([[3, 5]], [1, -1])
    array([[ 3., -5.]])
    """
    sign = np.asarray(direction, dtype=np.float64)
    if not np.isin(sign, (-1.0, 1.0)).all():
        raise ValueError("a direction is 1 or -1")
    return numbers(x) * sign


def mean_of(x: Array, axis: int = 0) -> Array:
    """Return the plain mean of what is there along an axis; NaN where nothing is.

    Examples
    --------
    >>> mean_of(numbers([[1, None], [3, None]]))
    array([ 2., nan])
    """
    n = (~np.isnan(x)).sum(axis)
    return np.asarray(np.nansum(x, axis) / np.where(n > 0, n, np.nan))
