"""A recipe: every choice of method by its name, and nothing else. What a name does stands in `scoring`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from memokit.problems import MemokitError, Problem
from memokit.scoring.aggregate import amean, gmean, hmean, pmean
from memokit.scoring.normalise import METHODS
from memokit.scoring.progress import eurostat, statcan, un_progress

NORMALISE = ("posts", *sorted(METHODS))
MEANS: Mapping[str, Callable[..., Any]] = {
    "arithmetic": amean, "geometric": gmean, "harmonic": hmean,
}  # fmt: skip
IMPUTE = (
    "region_mean", "region_mean_if_any", "region_median", "mean", "median", "goal_mean", "goal_median",
)  # fmt: skip
GROWTH: Mapping[str, Callable[..., Any]] = {
    "statcan": statcan, "eurostat": eurostat, "un": un_progress,
}  # fmt: skip
NAMES: Mapping[str, tuple[str, ...]] = {
    "normalise": NORMALISE, "treat": ("coinr", "winsorise", "log"), "mean": tuple(MEANS),
    "weights": ("catalogue", "equal"), "impute": IMPUTE, "fill_goals": ("region_mean",),
    "progress": ("linear", *GROWTH), "baseline": ("exact", "first_later"),
}  # fmt: skip
MAY_BE_NONE = ("treat", "impute", "fill_goals")
SHARES = ("screen", "min_goal_share", "min_share", "shrink")
Named = str | Callable[..., Any]


@dataclass(frozen=True)
class Recipe:
    """The choices of method; by itself the plain method of SDSN.

    Where a name is asked, a function with the same signature may stand.

    Parameters
    ----------
    normalise
        `posts` (fixed worst and best, `scoring.sdsn.normalise`) or a method of `scoring.normalise`, which
        looks at the other municipalities: `f(municipalities × indicators, direction=…, **options)`.
    options
        Parameters of the normalisation, such as `{"mean": 50, "sd": 10}` for `zscore`, or `{"unit": "12025"}`
        for `dist2ref`, where the unit is a municipality.
    range
        What is worst and best, for `posts` and `minmax`. A geometric mean wants (1, 100).
    treat, winmax
        What is done with outliers first: `coinr` (`scoring.treat.treat_columns`), `winsorise`, `log`;
        a function gets and returns municipalities × indicators.
    mean
        `arithmetic`, `geometric`, `harmonic`, a number (the power of a power mean), or
        `f(scores, weights, axis=…)`; within goals and over goals.
    weights
        `catalogue` (its column, else equal), `equal`, or one for each indicator that counts.
    goal_weights
        One for each goal; None is equal.
    impute
        What fills a gap where the catalogue says nothing, on scores; never for colours. A function gets and
        returns municipalities × indicators.
    fill_goals
        `region_mean` fills missing goal scores before the overall mean.
    screen
        The smallest share of data with which a municipality takes part at all.
    min_goal_share
        The smallest share of data for a score of a goal (COINr's data threshold).
    min_share
        The smallest share of data for an overall score.
    shrink
        How far an overall score moves to the mean of its region, 0-1.
    progress
        `linear`, `statcan`, `eurostat`, `un`, or a function with their signature (`scoring.progress`).
    baseline
        With a `year0` in the catalogue: `exact` (that year or none) or `first_later` (or the first later).
    target_year
        When the target is due, where the catalogue says nothing.
    denominate
        Indicator → column of `units` to divide by, such as `{"cars": "population"}`.

    Raises
    ------
    MemokitError
        A name is unknown (the known ones are in `.choices`) or a number is out of range.

    Examples
    --------
    >>> Recipe().normalise, Recipe(mean="geometric", range=(1, 100)).mean
    ('posts', 'geometric')
    """

    normalise: Named = "posts"
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)
    range: tuple[float, float] = (0, 100)
    treat: Named | None = None
    winmax: int | None = 5
    mean: Named | float = "arithmetic"
    weights: str | Mapping[Any, float] = "catalogue"
    goal_weights: Mapping[Any, float] | None = None
    impute: Named | None = None
    fill_goals: str | None = None
    screen: float = 0
    min_goal_share: float = 0
    min_share: float = 0
    shrink: float = 0
    progress: Named = "linear"
    baseline: str = "exact"
    target_year: int = 2030
    denominate: Mapping[Any, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "range", tuple(self.range))
        wrong = [
            _wrong("recipe-unknown-name", name, value, known)
            for name, known in NAMES.items()
            if not self._may_be(name, value := getattr(self, name), known)
        ]
        wrong += [
            _wrong("recipe-not-a-share", name, value)
            for name in SHARES
            if not isinstance(value := getattr(self, name), int | float) or not 0 <= value <= 1
        ]
        if len(self.range) != 2 or not self.range[0] < self.range[1]:
            wrong.append(_wrong("recipe-range", "range", self.range))
        if wrong:
            raise MemokitError(wrong)

    @staticmethod
    def _may_be(name: str, value: object, known: tuple[str, ...]) -> bool:
        if isinstance(value, str) or value is None:
            return value in known or (value is None and name in MAY_BE_NONE)
        if name == "weights":
            return isinstance(value, Mapping)
        if name == "mean" and isinstance(value, int | float):
            return value != 0
        return callable(value) and name not in ("fill_goals", "baseline")

    @property
    def mean_function(self) -> Callable[..., Any]:
        """The mean as `f(scores, weights, axis)`."""
        if isinstance(self.mean, int | float):
            return partial(_power, power=float(self.mean))
        return MEANS[self.mean] if isinstance(self.mean, str) else self.mean

    def record(self) -> dict[str, Any]:
        """Return the choices as plain values, as JSON has them; a function stays itself.

        Examples
        --------
        >>> from_record(Recipe(shrink=0.5).record()).shrink
        0.5
        """
        found = {one.name: getattr(self, one.name) for one in dataclasses.fields(self)}
        maps = {name: v for name, v in found.items() if isinstance(v, Mapping)}
        plain = {name: {str(key): cell for key, cell in v.items()} for name, v in maps.items()}
        return {**found, **plain, "range": list(self.range)}


def from_record(record: Recipe | Mapping[str, Any] | None) -> Recipe:
    """Return the recipe of a record of a run, of a mapping of choices, or itself.

    Raises
    ------
    MemokitError
        A choice has a name that no recipe has (the known ones are in `.choices`), or as `Recipe`.

    Examples
    --------
    >>> from_record({"recipe": {"min_share": 0.8}, "memokit": "0.1.0"}).min_share
    0.8
    """
    if isinstance(record, Recipe):
        return record
    choices = dict(record or {})
    choices = dict(choices.get("recipe", choices))
    known = tuple(one.name for one in dataclasses.fields(Recipe))
    if wrong := [name for name in choices if name not in known]:
        raise MemokitError(_wrong("recipe-unknown-choice", "", name, known) for name in wrong)
    return Recipe(**choices)


def refused(code: str, choice: str, found: object, expected: str = "") -> MemokitError:
    """Return the error of a choice that cannot be applied to these data."""
    return MemokitError(Problem(code, file="recipe", column=choice, found=str(found), expected=expected))


def unknown_names(choice: str, found: Iterable[object], known: tuple[str, ...]) -> MemokitError:
    """Return the error of names that nobody knows, with the known ones."""
    return MemokitError(_wrong("recipe-unknown-name", choice, name, known) for name in found)


def _wrong(code: str, choice: str, found: object, known: tuple[str, ...] = ()) -> Problem:
    return Problem(code, file="recipe", column=choice, found=str(found), choices=known)


def _power(x: Any, weights: Any = None, axis: int = -1, min_share: float = 0, power: float = 1) -> Any:
    return pmean(x, power, weights, axis, min_share)
