"""Before scoring: divide by size, fill what is missing, leave out units with too little. As COINr does."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from memokit.scoring.arrays import Array, directed, mean_of, numbers


def _median(x: Array, axis: int = 0) -> Array:
    known = ~np.isnan(x).all(axis=axis)
    filled = np.where(np.expand_dims(known, axis), x, 0)  # nanmedian complains about what is all missing
    return np.where(known, np.nanmedian(filled, axis=axis), np.nan)


_HOW: dict[str, Callable[[Array, int], Array]] = {"mean": mean_of, "median": _median}


def _by(how: str) -> Callable[[Array, int], Array]:
    if how not in _HOW:
        raise ValueError(f"imputation is by mean or median, not by {how}")
    return _HOW[how]


def _codes(labels: Sequence[object], n: int) -> NDArray[np.int64]:
    """Number the groups; no group (None, NaN or empty) is -1."""
    if len(labels) != n:
        raise ValueError(f"{len(labels)} group labels for {n}")
    seen: dict[object, int] = {}
    codes = np.full(n, -1)
    for i, label in enumerate(labels):
        if label is not None and label == label and label != "":
            codes[i] = seen.setdefault(label, len(seen))
    return codes


def denominate(x: ArrayLike, by: ArrayLike) -> Array:
    """Divide by a size (inhabitants, euros): `by` has a value per unit, or per cell (1 where none applies).

    Raises
    ------
    ValueError
        A size is 0.

    Examples
    --------
    >>> denominate([[10, 6], [8, 9]], [[2, 1], [4, 1]])
    array([[5., 6.],
           [2., 9.]])
    """
    values, size = numbers(x), numbers(by)
    if (size == 0).any():
        raise ValueError("a denominator is 0")
    return values / (size[:, None] if size.ndim < values.ndim else size)


def impute(x: ArrayLike, how: str = "mean", groups: Sequence[object] | None = None) -> Array:
    """Fill what is missing with the mean or median of its column, within its group if groups are given.

    A unit without group (None, NaN, empty) keeps its gaps, and so does a column that is missing for a group.
    COINr 1.1.14 `i_mean`, `i_median`, `i_mean_grp`, `i_median_grp`.

    Examples
    --------
    >>> impute([1, None, 3, None]), impute([1, None, 3, None], groups=["A", "A", "B", None])
    (array([1., 2., 3., 2.]), array([ 1.,  1.,  3., nan]))
    """
    values, middle = numbers(x), _by(how)
    codes = np.zeros(len(values), dtype=np.int64) if groups is None else _codes(groups, len(values))
    filled = values.copy()
    for code in range(codes.max(initial=-1) + 1):
        rows = codes == code
        filled[rows] = np.where(np.isnan(values[rows]), middle(values[rows], 0), values[rows])
    return filled


def impute_rows(
    x: ArrayLike, goals: Sequence[object], direction: ArrayLike | None = 1, how: str = "mean"
) -> Array:
    """Fill what is missing from the unit's other indicators of the same goal, and back to the own unit.

    The columns are first scaled from 0 to 1 over all units, with their directions; `direction=None` leaves
    that out, for indicators that are on one scale already. COINr 1.1.14 `Impute` by row with `group_level`.
    A column without range has no scale: it keeps its gaps and fills none.

    Parameters
    ----------
    goals
        The parent of each column.

    Examples
    --------
    >>> impute_rows([[0, 10], [5, None], [10, 30]], ["G", "G"])  # halfway on the first: halfway on the second
    array([[ 0., 10.],
           [ 5., 20.],
           [10., 30.]])
    """
    values, middle = numbers(x), _by(how)
    up = values if direction is None else directed(values, direction)
    low, span, turn = np.zeros(up.shape[1]), np.ones(up.shape[1]), np.ones(up.shape[1])
    if direction is not None:
        low = np.fmin.reduce(up, axis=0)
        span = np.fmax.reduce(up, axis=0) - low
        span[span == 0] = np.nan
        turn = turn * np.asarray(direction)
    scaled, filled = (up - low) / span, values.copy()
    codes = _codes(goals, up.shape[1])
    for code in range(codes.max(initial=-1) + 1):
        columns = np.flatnonzero(codes == code)
        own = (middle(scaled[:, columns], 1)[:, None] * span[columns] + low[columns]) * turn[columns]
        filled[:, columns] = np.where(np.isnan(values[:, columns]), own, values[:, columns])
    return filled


def screen(x: ArrayLike, min_share: float, min_nonzero: float = 0) -> NDArray[np.bool_]:
    """Tell which units have enough: a share of available values, and of those a share that is not 0.

    Equality passes. COINr 1.1.14 `Screen`. A unit without any value passes only a `min_share` of 0.

    Examples
    --------
    >>> screen([[1, 2], [1, None], [0, 0]], 0.5, 0.1)
    array([ True,  True, False])
    """
    values = numbers(x)
    there = ~np.isnan(values)
    nonzero = (there & (values != 0)).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
    return np.asarray((there.mean(axis=1) >= min_share) & ((nonzero >= min_nonzero) | ~there.any(axis=1)))
