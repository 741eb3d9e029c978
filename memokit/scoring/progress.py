"""Is a figure on its way to the target of 2030? Linear, because municipal series are short and hold zeros.

The growth methods of Statistics Canada, Eurostat and the United Nations are there to compare with; they ask
for values of one sign. None and NaN are missing; an infinite value is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isinf
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

Trend = Literal["on_track", "moderately_improving", "stagnating", "decreasing", "missing"]
TRENDS: tuple[Trend, ...] = ("on_track", "moderately_improving", "stagnating", "decreasing", "missing")
NEVER_ZERO = 0.001  # Statistics Canada: what a baseline or target of 0 becomes
LIMIT_POWER = 4.44  # Statistics Canada: not in its text, inferred from and exact on its published scores


def _numbers(*values: float | None) -> list[float | None]:
    """Turn NaN into None: it compares with nothing, and would come out as `on_track`."""
    if any(value is not None and isinf(value) for value in values):
        raise ValueError("infinite values: leave them out or mend them first")
    return [None if value is None or value != value else value for value in values]


@dataclass(frozen=True)
class Progress:
    """The change per year that happened, the change per year that is needed, their ratio and a verdict."""

    trend: Trend
    actual: float | None = None
    required: float | None = None
    ratio: float | None = None
    reached: bool = False


def linear(
    then: float | None,
    now: float | None,
    year_then: int,
    year_now: int,
    target: float | None,
    lower_is_better: bool = False,
    target_year: int = 2030,
) -> Progress:
    """Compare the yearly change since the baseline with the yearly change that the target asks.

    A target that is met is `on_track`, even when the figure fell a little. A movement away is `decreasing`;
    below half of what is needed `stagnating`; below all of it `moderately_improving`; else `on_track`.
    Without both figures, or without a target, the verdict is `missing`.

    Notes
    -----
    SDSN, Sustainable Development Report, trend arrows: actual = (v1 - v0) / (y1 - y0),
    required = (T - v0) / (2030 - y0), signs turned so that up is good.

    Examples
    --------
    >>> linear(2, 6, 2018, 2022, 14).trend  # 1 a year done, 1 a year needed
    'on_track'
    >>> linear(2, 3, 2018, 2022, 14).ratio
    0.25
    >>> linear(10, 12, 2018, 2022, 4, lower_is_better=True).trend
    'decreasing'
    """
    then, now, target = _numbers(then, now, target)
    if then is None or now is None or target is None or year_now <= year_then or target_year <= year_then:
        return Progress("missing")
    sign = -1 if lower_is_better else 1
    actual = sign * (now - then) / (year_now - year_then)
    required = sign * (target - then) / (target_year - year_then)
    if sign * now >= sign * target:
        return Progress("on_track", actual, required, None, reached=True)
    if actual < 0:
        return Progress("decreasing", actual, required)
    if required <= 0:  # met at the start, lost since, and now flat at the same value cannot happen
        return Progress("stagnating", actual, required)
    ratio = actual / required
    if ratio < 0.5:
        return Progress("stagnating", actual, required, ratio)
    return Progress("moderately_improving" if ratio < 1 else "on_track", actual, required, ratio)


def arrows(
    v0: ArrayLike, v1: ArrayLike, y0: ArrayLike, y1: ArrayLike, target: ArrayLike,
    descending: ArrayLike = False, target_year: ArrayLike = 2030,
) -> NDArray[np.int8]:  # fmt: skip
    """Return the verdict of `linear` for whole arrays, which broadcast: a place in `TRENDS`. NaN is missing.

    Examples
    --------
    >>> [TRENDS[code] for code in arrows([2, 2, 2], [6, 3, float("nan")], 2018, 2022, 14)]
    ['on_track', 'stagnating', 'missing']
    """
    import numpy as np  # here, so that one trend needs no numpy

    from memokit.scoring.arrays import numbers

    then, now, first, last, goal, end = map(numbers, (v0, v1, y0, y1, target, target_year))
    sign = np.where(descending, -1.0, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        actual = sign * (now - then) / (last - first)
        required = sign * (goal - then) / (end - first)
        ratio = actual / required
    known = ~np.isnan(then + now + goal) & (last > first) & (end > first)
    tests = [~known, sign * now >= sign * goal, actual < 0, (required <= 0) | (ratio < 0.5), ratio < 1]
    return np.select(tests, [4, 0, 3, 2, 1], 0).astype(np.int8)


class Measured(NamedTuple):
    """A status, the number it rests on, and the publisher's score; None where the method gives none."""

    status: str
    value: float | None = None
    score: float | None = None


def _growth(then: float, now: float, years: float) -> float | None:
    """Return the yearly growth; None from 0, over a change of sign and over no time."""
    if years <= 0 or (then != now and (then == 0 or now / then < 0)):
        return None
    return 0.0 if then == now else float((now / then) ** (1 / years) - 1)


def _line(x: float, knots: Sequence[tuple[float, float]]) -> float:
    """Return y at x on a broken line, level beyond its ends; of two knots at one x the later counts."""
    if x < knots[0][0]:
        return knots[0][1]
    for (x0, y0), (x1, y1) in pairwise(knots):
        if x < x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return knots[-1][1]


def _status(value: float, steps: Sequence[tuple[float, str]], below: str) -> str:
    return next((name for step, name in steps if value >= step), below)


_STATUSES = ("substantial_progress", "moderate_progress", "limited_progress")


def _statcan_steps(value: float, *steps: float) -> str:
    return _status(value, tuple(zip(steps, _STATUSES, strict=True)), "deterioration")


def statcan(
    then: float | None,
    now: float | None,
    year_then: float,
    year_now: float | None,
    target: float | None = None,
    lower_is_better: bool = False,
    target_year: float = 2030,
    limit: float | None = None,
) -> Measured:
    """Return the progress of a series as Statistics Canada and Open SDG measure it: status, ratio, score.

    Parameters
    ----------
    then, now
        The values of the base year (2015, or the first later one with data) and of the latest year.
    target
        None measures the growth itself against 0.5 and 1.5 % a year.
    limit
        The highest value that can exist (100 for a percentage): near it, less growth is asked. Counts only
        without a target and where more is better.

    Returns
    -------
    Measured
        `status`: target_achieved, substantial_progress, moderate_progress, limited_progress, deterioration;
        not_available (fewer than two years) or not_assessed (signs differ; base equal to target and now off).
        `value`: growth a year, or with a target its ratio to the growth that is needed. `score`: -5 to 5.

    Notes
    -----
    Growth = (y / y0)^(1 / (t - t0)) - 1, signed so that up is good (turned again when all values are
    negative). R = growth / |growth to the target|; steps 0.95, 0.60, 0; score 7.1429 R - 4.2857 above 0.6,
    else 4.1667 R - 2.5 (rounded so by the publisher). Without target steps 1.5 %, 0.5 %, 0; knots -2 %: -5,
    0: -2.5, 0.5 %: 0, 1.5 %: 2.5, 2 %: 5; all steps above 0 times 1 - (y0 / limit)^4.44. A baseline or
    target of 0 becomes 0.001, an arbitrary number that moves R a lot. For a lowest value that can exist the
    publisher's formula is not in its text: it is refused, not guessed.

    Examples
    --------
    >>> statcan(100, 100, 2015, 2020, 200)
    Measured(status='limited_progress', value=0.0, score=-2.5)
    >>> statcan(8, 9, 2015, 2020, 8.5).status, statcan(8, 9, 2015, 2020, 8.5, lower_is_better=True).status
    ('target_achieved', 'deterioration')
    >>> round(statcan(100, 101, 2015, 2016).score, 9), statcan(100, 100, 2015, 2020, limit=100).score
    (1.25, 5.0)
    """
    then, now, target, limit = _numbers(then, now, target, limit)
    if then is None or now is None or year_now is None or year_now <= year_then:
        return Measured("not_available")
    sign = -1 if lower_is_better else 1
    base = then or NEVER_ZERO
    growth = _growth(base, now, year_now - year_then)
    goal = None if target is None else target or NEVER_ZERO
    up = sign if base > 0 else -sign
    if goal is not None:
        needed = _growth(base, goal, target_year - year_then)
        ratio = up * growth / abs(needed) if needed and growth is not None else None
        if sign * (now - goal) >= 0:
            return Measured("target_achieved", ratio, 5.0)
        if ratio is None:
            return Measured("not_assessed")
        score = 7.1429 * ratio - 4.2857 if ratio > 0.6 else 4.1667 * ratio - 2.5
        return Measured(_statcan_steps(ratio, 0.95, 0.6, 0), ratio, min(5.0, max(-5.0, score)))
    if growth is None:
        return Measured("not_assessed")
    room, value = _room(base, limit, lower_is_better), up * growth
    knots = [(-0.02, -5), (0, -2.5), (0.005 * room, 0), (0.015 * room, 2.5), (0.02 * room, 5)]
    return Measured(_statcan_steps(value, 0.015 * room, 0.005 * room, 0), value, float(_line(value, knots)))


def _room(base: float, limit: float | None, lower_is_better: bool) -> float:
    """Return what is left of the steps near a highest value that can exist."""
    if limit is None or (lower_is_better and limit >= base):  # a limit on the other side plays no part
        return 1.0
    if lower_is_better or base < 0 or limit <= 0:
        raise ValueError("only a highest value that can exist, above 0, is known to this method")
    return float(max(0.0, 1 - (base / limit) ** LIMIT_POWER))


def statcan_together(series: Iterable[Measured], groups: Sequence[object] | None = None) -> Measured:
    """Return the status and score of an indicator from its series; the series of a group count once.

    Mean of the scores, groups averaged first; status by 2.5, 0 and -2.5. `target_achieved` only when every
    series with a score achieved it. No score at all: `not_available`.

    Examples
    --------
    >>> one, two = Measured("target_achieved", 2.0, 5.0), Measured("limited_progress", 0.1, -2.0)
    >>> statcan_together([one, two, two], ["a", "b", "b"])
    Measured(status='moderate_progress', value=None, score=1.5)
    """
    found = list(series)
    labels = range(len(found)) if groups is None else groups
    scores: dict[object, list[float]] = {}
    for one, label in zip(found, labels, strict=True):
        if one.score is not None:
            scores.setdefault(label, []).append(one.score)
    if not scores:
        return Measured("not_available")
    score = sum(sum(group) / len(group) for group in scores.values()) / len(scores)
    if all(one.status == "target_achieved" for one in found if one.score is not None):
        return Measured("target_achieved", None, score)
    return Measured(_statcan_steps(score, 2.5, 0, -2.5), None, score)


def eurostat(
    then: float | None, now: float | None, year_then: float, year_now: float, target: float | None = None,
    lower_is_better: bool = False, target_year: float = 2030,
) -> Measured:  # fmt: skip
    """Return the progress of a series as the EU's SDG monitoring reports do.

    With target: `significant_progress` from 95 % of the growth that is needed, `moderate_progress` from 60 %,
    `insufficient_progress` from 0, else `movement_away`. Without: from 1 % a year, from 0, and
    `moderate_movement_away` from -1 %, else `significant_movement_away`. Else as `statcan`: not_available,
    not_assessed; a target that is met is `target_achieved`.

    Notes
    -----
    Growth as `statcan`, without its 0.001: a baseline or target of 0 is not_assessed. Only the openings of
    Eurostat's pages were read; check the report before it is cited.

    Examples
    --------
    >>> eurostat(100, 102, 2015, 2016).status, eurostat(100, 102, 2015, 2016, lower_is_better=True).status
    ('significant_progress', 'significant_movement_away')
    >>> eurostat(1, 2, 2015, 2020, 8).status  # doubled in 5 years, and eight times in 15: exactly on the way
    'significant_progress'
    """
    then, now, target = _numbers(then, now, target)
    if then is None or now is None or year_now <= year_then:
        return Measured("not_available")
    sign = -1 if lower_is_better else 1
    if target is not None and sign * (now - target) >= 0:
        return Measured("target_achieved")
    growth = _growth(then, now, year_now - year_then)
    needed = None if target is None else _growth(then, target, target_year - year_then)
    if growth is None or (target is not None and (not needed or target == 0)):
        return Measured("not_assessed")
    value = (sign if then > 0 else -sign) * growth
    if needed is not None:
        ratio = value / abs(needed)
        steps = ((0.95, "significant_progress"), (0.6, "moderate_progress"), (0.0, "insufficient_progress"))
        return Measured(_status(ratio, steps, "movement_away"), ratio)
    steps = ((0.01, "significant_progress"), (0.0, "moderate_progress"), (-0.01, "moderate_movement_away"))
    return Measured(_status(value, steps, "significant_movement_away"), value)


def un_progress(
    then: float | None, now: float | None, year_then: float, year_now: float, target: float | None = None,
    lower_is_better: bool = False, target_year: float = 2030,
) -> Measured:  # fmt: skip
    """Return the score 3, 2 or 1 of the UN's Progress Chart of 2023, as the Basque statistics office uses it.

    3 `met_or_on_track`, 2 `some_progress`, 1 `no_progress` (or away from the target). A latest value that
    meets the target, or lies within 1 of a target of 0 or 100 (percentages only), scores 3.
    `not_assessed` (no score): fewer than two years, a baseline of 0, a change of sign, or a target that was
    met and is lost, where p would praise the loss. Not for series that are growth rates themselves.

    Notes
    -----
    v2030 = now (1 + growth)^(2030 - t); p = (v2030 - base) / (target - base): 0.95 and 0.10 are the steps.
    Without target: growth of 2 % a year 3, of 0.5 % 2, else 1. `value` is p, or the growth, up is good.

    Examples
    --------
    >>> un_progress(1, 4, 2015, 2017, 9)  # doubles every year: far beyond 9 in 2030
    Measured(status='met_or_on_track', value=4095.875, score=3.0)
    >>> un_progress(50, 50, 2015, 2020, 80).score, un_progress(90, 99.2, 2015, 2020, 100).score
    (1.0, 3.0)
    """
    then, now, target = _numbers(then, now, target)
    if then is None or now is None or year_now <= year_then:
        return Measured("not_assessed")
    sign = -1 if lower_is_better else 1
    if target is not None and (sign * (now - target) >= 0 or (target in (0, 100) and abs(now - target) <= 1)):
        return Measured("met_or_on_track", None, 3.0)
    growth = _growth(then, now, year_now - year_then)
    if growth is None or then == 0 or (target is not None and sign * (then - target) >= 0):
        return Measured("not_assessed")
    value, steps = (sign if then > 0 else -sign) * growth, (0.02, 0.005)
    if target is not None:
        value = (now * (1 + growth) ** (target_year - year_now) - then) / (target - then)
        steps = (0.95, 0.1)
    score = 3 - (value < steps[0]) - (value < steps[1])
    return Measured(("no_progress", "some_progress", "met_or_on_track")[score - 1], value, float(score))
