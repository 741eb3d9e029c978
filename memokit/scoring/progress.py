"""Is a figure on its way to the target of 2030? Linear, because municipal series are short and hold zeros."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Trend = Literal["on_track", "moderately_improving", "stagnating", "decreasing", "missing"]


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
