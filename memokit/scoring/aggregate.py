"""From indicators to goals to one score: weighted means over what is there, level by level.

Missing values are skipped and the weights of the others renormalised; a weight of 0 leaves an element out.
The last axis holds the elements unless said otherwise; weights may carry leading axes (replications, 1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from memokit.scoring.arrays import Array, numbers

Mean = Callable[..., Array]


def _checked(there: Array, weights: ArrayLike | None, k: int) -> Array:
    w = np.ones(k) if weights is None else numbers(weights)
    if w.shape[-1:] != (k,):
        raise ValueError(f"{w.shape[-1] if w.ndim else 'one'} weights for {k} elements")
    needed = there.reshape(-1, k).any(axis=0)
    if np.isnan(w[..., needed]).any():
        raise ValueError("a weight is missing")
    if (w < 0).any():
        raise ValueError("a weight is negative")
    w = np.nan_to_num(w)  # what is missing everywhere needs no weight
    if (w.sum(axis=-1) == 0).any():
        raise ValueError("the weights add up to 0")
    return w


def amean(x: ArrayLike, weights: ArrayLike | None = None, axis: int = -1, min_share: float = 0) -> Array:
    """Weighted arithmetic mean: sum(w x) / sum(w) over what is available.

    Parameters
    ----------
    x
        Values; NaN is missing.
    weights
        One per element of `axis`, or an array (..., elements) that broadcasts against `x` with `axis` last;
        only their ratio matters. None is equal weights.
    min_share
        Smallest share of elements that must be available, counted without weights; equality passes.

    Returns
    -------
    Array
        `x` without `axis`. NaN where nothing that counts is available, or too little.

    Raises
    ------
    ValueError
        The weights add up to 0, one is negative or infinite, or one is NaN while its element has a value.

    Notes
    -----
    COINr 1.1.14 `a_amean` and `dat_thresh`.

    Examples
    --------
    >>> amean([[1, 4], [2, np.nan]], [1, 2])
    array([3., 2.])
    >>> amean([[1, 4], [2, np.nan]], min_share=0.6)
    array([2.5, nan])
    """
    values = np.moveaxis(numbers(x), axis, -1)
    there = ~np.isnan(values)
    w = _checked(there, weights, values.shape[-1])
    # einsum adds up without making the large array of products, on one thread
    total = np.einsum("...k,...k->...", np.where(there, values, 0), w)
    weight = np.einsum("...k,...k->...", there.astype(np.float64), w)
    enough = (weight > 0) & (there.mean(axis=-1) >= min_share)
    return np.asarray(np.divide(total, weight, out=np.full(total.shape, np.nan), where=enough))


def gmean(x: ArrayLike, weights: ArrayLike | None = None, axis: int = -1, min_share: float = 0) -> Array:
    """Weighted geometric mean: exp(sum(w ln x) / sum(w)); a low score is not bought off by a high one.

    Raises
    ------
    ValueError
        A value is 0 or negative (normalise to 1-100 instead of 0-100), or as `amean`.

    Examples
    --------
    >>> gmean([1, 4]), gmean([2, np.nan, 16], [2, 5, 1])  # the second: (2 x 2 x 16)^(1/3)
    (array(2.), array(4.))
    """
    values = numbers(x)
    if (values <= 0).any():
        raise ValueError("a geometric mean needs values above 0: normalise to 1-100")
    return np.asarray(np.exp(amean(np.log(values), weights, axis, min_share)))


def hmean(x: ArrayLike, weights: ArrayLike | None = None, axis: int = -1, min_share: float = 0) -> Array:
    """Weighted harmonic mean: sum(w) / sum(w / x); stricter still than `gmean`.

    Raises
    ------
    ValueError
        A value is 0, or as `amean`.

    Examples
    --------
    >>> hmean([2, 6]), hmean([2, 6, np.nan], [1, 3, 9])
    (array(3.), array(4.))
    """
    values = numbers(x)
    if (values == 0).any():
        raise ValueError("a harmonic mean has no value at 0: normalise to 1-100")
    with np.errstate(divide="ignore"):  # values of both signs can cancel out: infinite, as COINr
        return np.asarray(1 / amean(1 / values, weights, axis, min_share))


def pmean(
    x: ArrayLike, power: float, weights: ArrayLike | None = None, axis: int = -1, min_share: float = 0
) -> Array:
    """Weighted power mean: (sum(w x^p) / sum(w))^(1/p); p = 1 is `amean`, p = -1 is `hmean`.

    Raises
    ------
    ValueError
        The power is 0 (that is `gmean`), a value is negative, or it is 0 with a negative power.

    Examples
    --------
    >>> pmean([1, 7], 2), pmean([2, 6], -1)
    (array(5.), array(3.))
    """
    values = numbers(x)
    if power == 0 or (values < 0).any() or (power < 0 and (values == 0).any()):
        raise ValueError("a power mean needs a power other than 0, and values above 0")
    return np.asarray(amean(values**power, weights, axis, min_share) ** (1 / power))


MEANS: Mapping[str, Mean] = MappingProxyType({"amean": amean, "gmean": gmean, "hmean": hmean})


def _beside(parts: Iterable[ArrayLike]) -> Array:
    return np.stack(np.broadcast_arrays(*parts), axis=-1)


def _groups(below: Sequence[str], above: Sequence[str]) -> dict[str, dict[str, None]]:
    parent: dict[str, str] = {}
    members: dict[str, dict[str, None]] = {}
    for child, mother in zip(below, above, strict=True):
        if parent.setdefault(child, mother) != mother:
            raise ValueError(f"{child} belongs to {parent[child]} and to {mother}: it would count twice")
        members.setdefault(mother, {})[child] = None
    return members


def aggregate(
    x: ArrayLike,
    lineage: Sequence[Sequence[str]],
    weights: Mapping[str, ArrayLike] | None = None,
    mean: Mean | Sequence[Mean] = amean,
    min_share: float = 0,
    without: str | None = None,
) -> dict[str, Array]:
    """Aggregate level by level, from the indicators up.

    Parameters
    ----------
    x
        (..., units, indicators), normalised.
    lineage
        One row per column of `x`: the label of the indicator, of its group, of that group's group, and so on.
    weights
        By label, for indicators and groups; a weight may be an array (replications, 1), and the scores then
        are (replications, units). None is equal weights.
    mean
        One for all levels, or one per level.
    min_share
        As `amean`, at every level.
    without
        The label of an indicator or group to leave out, as if its weight were 0; what then holds nothing is
        missing. See `remove_one`.

    Returns
    -------
    dict
        The scores of every group by label, lowest level first.

    Raises
    ------
    ValueError
        A label stands twice, or has two parents or no weight; a weight or `without` fits no label; or as the
        mean.

    Notes
    -----
    COINr 1.1.14 `Aggregate`.

    Examples
    --------
    >>> tree = [("a", "G1", "all"), ("b", "G1", "all"), ("c", "G2", "all")]
    >>> weights = {"a": 3, "b": 1, "c": 1, "G1": 1, "G2": 1, "all": 1}
    >>> aggregate([[10, 20, 40], [30, np.nan, 50]], tree, weights)
    {'G1': array([12.5, 30. ]), 'G2': array([40., 50.]), 'all': array([26.25, 40.  ])}
    """
    levels = [list(level) for level in zip(*lineage, strict=True)]
    labels = [label for level in levels for label in dict.fromkeys(level)]
    if len(set(labels)) < len(labels) or len(set(levels[0])) < len(levels[0]):
        raise ValueError("a label stands twice in the lineage")
    if weights is not None and (wrong := set(weights) ^ set(labels)):
        raise ValueError(f"weights and elements differ: {', '.join(sorted(wrong))}")
    if without not in (None, *labels):
        raise ValueError(f"{without} is no indicator and no group")
    values = numbers(x)
    if values.shape[-1] != len(levels[0]):
        raise ValueError(f"{values.shape[-1]} columns for {len(levels[0])} indicators")
    scores = {label: values[..., i] for i, label in enumerate(levels[0])}
    means = [mean] * (len(levels) - 1) if callable(mean) else mean
    for below, above, how in zip(levels, levels[1:], means, strict=False):
        for group, members in _groups(below, above).items():
            counted = [label for label in members if label != without]
            if not counted:
                scores[group] = np.full(values.shape[:-1], np.nan)
                continue
            w = None if weights is None else _beside(weights[label] for label in counted)
            scores[group] = how(_beside(scores[label] for label in counted), w, min_share=min_share)
    return {label: scores[label] for label in labels[len(levels[0]) :]}
