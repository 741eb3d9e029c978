"""How indicators hang together: correlations within and between goals, and Cronbach's alpha."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from memokit.scoring.arrays import Array, mean_of, numbers


def _pairwise(x: ArrayLike) -> tuple[Array, Array, Array]:
    """Return the covariances and the variances of row and column, over the units that have both."""
    values = numbers(x)
    there = (~np.isnan(values)).astype(np.float64)
    away = np.nan_to_num(values - mean_of(values))  # centred first: no digits are lost to a large mean
    n = np.einsum("ui,uj->ij", there, there)
    share = np.where(n > 1, n, np.nan)
    sums, squares = np.einsum("ui,uj->ij", away, there), np.einsum("ui,uj->ij", away**2, there)
    products = np.einsum("ui,uj->ij", away, away)
    own = (squares - sums**2 / share) / (share - 1)
    return (products - sums * sums.T / share) / (share - 1), own, own.T


def correlations(x: ArrayLike) -> Array:
    """Return Pearson's correlation of every pair of columns over the units that have both.

    NaN with fewer than two such units, or where one of the two does not vary among them.

    Examples
    --------
    >>> correlations([[1, 2], [2, 4], [3, 6], [4, None]]).round(6)
    array([[1., 1.],
           [1., 1.]])
    """
    covariance, own, other = _pairwise(x)
    varies = (own > 1e-24 * np.nanmax(own, initial=0)) & (other > 1e-24 * np.nanmax(other, initial=0))
    spread = np.sqrt(np.where(varies, own * other, np.nan))
    return np.asarray(np.clip(covariance / spread, -1, 1))


def goal_correlations(x: ArrayLike, goals: Sequence[str]) -> tuple[tuple[str, ...], Array]:
    """Return the mean correlation between the indicators of two goals, and within a goal on the diagonal.

    Returns
    -------
    tuple
        The goals in order of appearance, and a square table; NaN on the diagonal of a goal of one.

    Examples
    --------
    >>> goal_correlations([[1, 2, 6], [2, 4, 4], [3, 6, 2]], ["A", "A", "B"])[1].round(6)
    array([[ 1., -1.],
           [-1., nan]])
    """
    between = correlations(x)
    np.fill_diagonal(between, np.nan)
    labels = tuple(dict.fromkeys(goals))
    if len(goals) != len(between):
        raise ValueError(f"{len(goals)} goals for {len(between)} columns")
    where = [np.flatnonzero([goal == label for goal in goals]) for label in labels]
    table = [[mean_of(between[np.ix_(one, two)].ravel()) for two in where] for one in where]
    return labels, np.array(table)


def cronbach(x: ArrayLike) -> float:
    """Return Cronbach's alpha: how far the columns measure one thing (1: fully; it may be negative).

    Notes
    -----
    k^2 x (mean covariance) / (sum of all covariances), pairwise available; COINr 1.1.14 `get_cronbach`.
    One column, or columns that cancel out: NaN.

    Examples
    --------
    >>> round(cronbach([[1, 1], [2, 2], [3, 3]]), 6), round(cronbach([[1, 2], [2, 1], [3, 3]]), 6)
    (1.0, 0.666667)
    """
    covariance = _pairwise(x)[0]
    k = len(covariance)
    total = np.nansum(covariance)
    if k < 2 or abs(total) <= 1e-12 * np.nansum(np.abs(covariance)):
        return float("nan")
    return float(k / (k - 1) * (total - np.nansum(np.diag(covariance))) / total)
