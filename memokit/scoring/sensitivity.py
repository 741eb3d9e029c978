"""Which choice matters most: a Saltelli design, Sobol indices, noisy weights, draws turned into choices."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from memokit.scoring.arrays import Array, numbers
from memokit.scoring.ranks import QUANTILES


class Indices(NamedTuple):
    """Sobol indices of d factors: `first` (alone), `total` (with all its interactions), and the variance."""

    first: Array
    total: Array
    variance: float


def saltelli(n: int, d: int, seed: int = 1, draws: ArrayLike | None = None) -> Array:
    """Return the design of n (d + 2) runs: A, B, then A with column i from B, for each i.

    Parameters
    ----------
    draws
        (n, 2 d) numbers between 0 and 1: A beside B. None draws them with `seed`.

    Notes
    -----
    COINr 1.1.14 `SA_sample`; Saltelli et al., Global Sensitivity Analysis: The Primer.

    Examples
    --------
    >>> saltelli(1, 2, draws=[[0.1, 0.2, 0.8, 0.9]])
    array([[0.1, 0.2],
           [0.8, 0.9],
           [0.8, 0.2],
           [0.1, 0.9]])
    """
    base = np.random.default_rng(seed).random((n, 2 * d)) if draws is None else numbers(draws)
    if base.shape != (n, 2 * d):
        raise ValueError(f"a design for {n} points and {d} factors needs {n} by {2 * d} draws")
    a, b = base[:, :d], base[:, d:]
    mixed = np.repeat(a[None], d, axis=0)
    mixed[np.arange(d), :, np.arange(d)] = b.T
    return np.concatenate([a, b, mixed.reshape(d * n, d)])


def _parts(y: ArrayLike, n: int) -> tuple[Array, Array, Array]:
    out = numbers(y)
    if out.ndim != 1 or n < 2 or out.size % n or out.size < 3 * n or np.isnan(out).any():
        raise ValueError("the outcomes are not those of a full design of n (d + 2) runs")
    return out[:n], out[n : 2 * n], out[2 * n :].reshape(-1, n)


def sobol(y: ArrayLike, n: int) -> Indices:
    """Return first-order and total indices from the outcomes of a `saltelli` design, in its order.

    Notes
    -----
    V = variance of yA and yB together (n - 1); S_i = mean(yB (yABi - yA)) / V; ST_i = sum((yA - yABi)^2) /
    (2 n V). Estimates: S_i may come out below 0. An outcome that never varies has no indices (NaN).

    Examples
    --------
    >>> x = saltelli(2000, 2)
    >>> sobol(x[:, 0] + 0 * x[:, 1], 2000).total.round(1)  # only the first factor does anything
    array([1., 0.])
    """
    a, b, mixed = _parts(y, n)
    both = np.concatenate([a, b])
    variance = float(both.var(ddof=1)) if np.ptp(both) > 0 else np.nan
    first = (b * (mixed - a)).mean(axis=1) / variance
    return Indices(first, ((a - mixed) ** 2).sum(axis=1) / (2 * n * variance), variance)


def bootstrap(y: ArrayLike, n: int, times: int = 1000, seed: int = 1) -> tuple[Array, Array]:
    """Return the 5 % and 95 % quantiles of both indices when the n points are drawn anew: (2, d) each.

    The variance stays that of the whole sample, as in COINr.

    Examples
    --------
    >>> x = saltelli(500, 2)
    >>> first, total = bootstrap(x @ [3, 1], 500)
    >>> bool((total[0] < sobol(x @ [3, 1], 500).total).all())
    True
    """
    a, b, mixed = _parts(y, n)
    variance = sobol(y, n).variance
    drawn = np.random.default_rng(seed).integers(0, n, (times, n))
    counts = np.stack([np.bincount(row, minlength=n) for row in drawn]) / n
    first = np.einsum("tn,dn->td", counts, b * (mixed - a)) / variance
    total = np.einsum("tn,dn->td", counts, (a - mixed) ** 2) / (2 * variance)
    ends = (QUANTILES[0], QUANTILES[2])
    return np.quantile(first, ends, axis=0), np.quantile(total, ends, axis=0)


def noisy_weights(
    weights: ArrayLike, factor: ArrayLike = 0.25, draws: ArrayLike | int = 1000, seed: int = 1
) -> Array:
    """Return replications of the weights: w (1 + U(-f, f)), not renormalised; the means do that.

    Parameters
    ----------
    factor
        The largest share by which a weight moves; one, or one per weight (0 holds it).
    draws
        How many replications, or (replications, weights) numbers between 0 and 1.

    Examples
    --------
    >>> noisy_weights([1, 2], draws=[[0, 0.5], [1, 0.75]])
    array([[0.75, 2.  ],
           [1.25, 2.25]])
    """
    w, f = numbers(weights), numbers(factor)
    if np.isnan(w).any() or (w < 0).any() or not ((f >= 0) & (f <= 1)).all():
        raise ValueError("weights are 0 or more, and a factor lies between 0 and 1")
    number = draws if isinstance(draws, int) else None
    u = numbers(draws) if number is None else np.random.default_rng(seed).random((number, w.size))
    return np.asarray(w * (1 + (2 * u - 1) * f))


def cut(x: ArrayLike, k: int) -> NDArray[np.int64]:
    """Turn draws into one of k choices (0 to k - 1) by equal parts of the *range of the draws*, as R's `cut`.

    A draw on a border belongs to the lower part; all draws equal: the middle part (the lower of two).

    Examples
    --------
    >>> cut([0.2, 0.4, 0.41, 0.6], 2)
    array([0, 0, 1, 1])
    """
    drawn = numbers(x)
    if np.isnan(drawn).any() or k < 1:
        raise ValueError("a draw is missing, or there is nothing to choose from")
    low, high = drawn.min(), drawn.max()
    if low == high:
        return np.full(drawn.shape, (k - 1) // 2)
    inner = np.linspace(low, high, k + 1)[1:-1]
    return np.asarray(np.searchsorted(inner, drawn, side="left"), dtype=np.int64)
