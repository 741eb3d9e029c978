"""Where a value stands between two fixed posts: 0 at the zero post, 100 at the target."""

from __future__ import annotations

from collections.abc import Iterable


def position(value: float | None, zero: float | None, target: float | None) -> float | None:
    """Return how far a value is on the way from the zero post to the target, 0-100.

    The posts are fixed, so a score never moves because another municipality moved. Missing stays missing.
    The direction follows from the posts: a target below the zero post means that lower is better.

    Parameters
    ----------
    value
        The figure, in its own unit.
    zero, target
        The posts, in the same unit: what counts as 0 and as 100.

    Raises
    ------
    ValueError
        The posts are equal: nothing lies between them.

    Notes
    -----
    n = 100 (v - W) / (B - W), cut off at 0 and 100 (SDSN, Sustainable Development Report, normalisation).

    Examples
    --------
    >>> position(6, 0, 8), position(90, 120, 60), position(None, 0, 8)
    (75.0, 50.0, None)
    >>> position(12, 0, 8)
    100.0
    """
    if value is None or zero is None or target is None:
        return None
    if zero == target:
        raise ValueError("zero and target are equal")
    return min(100.0, max(0.0, 100 * (value - zero) / (target - zero)))


def mean(scores: Iterable[float | None]) -> float | None:
    """Return the plain mean of the scores that are there; None when there are none.

    Examples
    --------
    >>> mean([100, 50, None]), mean([None])
    (75.0, None)
    """
    there = [score for score in scores if score is not None]
    return sum(there) / len(there) if there else None
