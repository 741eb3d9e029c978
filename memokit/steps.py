"""The steps of a recipe on the arrays of one run; a step that is named and cannot be applied is an error.

Arrays are indicator × municipality, in the order of the framework and of the card; NaN is missing.
`scorecard` calls the steps once, `robustness` again and again with other choices.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from memokit.blocks import unknown
from memokit.framework import Framework, by_key
from memokit.panel import Panel
from memokit.problems import MemokitError, Problem
from memokit.recipe import IMPUTE, Recipe, refused, unknown_names
from memokit.scoring import sdsn
from memokit.scoring.impute import impute, impute_rows
from memokit.scoring.normalise import METHODS
from memokit.scoring.treat import log_ct, treat_columns, winsorise

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

@dataclass(frozen=True, eq=False)
class Inputs:
    """What a card is made from.

    Parameters
    ----------
    frame, panel, units
        The catalogue, the cube, and the table of municipalities (None: not given) in the order of the cube.
    place
        Which municipalities of the cube have a row: those of the card.
    listed
        Indicator × municipality: whether there was a row.
    value, year, baseline, base_year
        The value that is scored, its year, and those of the baseline.
    """

    frame: Framework
    panel: Panel
    units: pd.DataFrame | None
    place: NDArray[np.intp]
    listed: NDArray[np.bool_]
    value: Floats
    year: Floats
    baseline: Floats
    base_year: Floats

    @property
    def municipalities(self) -> pd.Index[Any]:
        """The labels of the municipalities of the card."""
        return self.panel.municipalities[self.place]

    def column(self, name: str, step: str) -> pd.Series[Any]:
        """Return a column of `units` that a step needs, for every municipality of the card.

        Raises
        ------
        MemokitError
            There is no such column, or it is blank for a municipality.
        """
        if self.units is None or name not in self.units:
            raise MemokitError(Problem("step-needs-column", file="units", column=name, found=step))
        cells = self.units[name].iloc[self.place]
        if cells.isna().any():
            blank = self.municipalities[cells.isna().to_numpy()]
            raise MemokitError(unknown("step-column-blank", name, blank, "units"))
        return cells

    def regions(self, step: str) -> NDArray[np.intp]:
        """Return a number for the region of each municipality, or say that `step` needs one."""
        import pandas as pd

        return pd.factorize(self.column("region", step))[0]


@contextmanager
def naming(step: str, choice: object) -> Iterator[None]:
    """Turn what a function of the recipe refuses into a problem that names the step."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")  # what a warning is about is checked, and then it is an error
            yield
    except (ValueError, TypeError) as error:
        raise refused("step-fails", step, getattr(choice, "__name__", choice), str(error)) from error


def inputs(frame: Framework, panel: Panel, units: pd.DataFrame | None, recipe: Recipe) -> Inputs:
    """Choose the values of a run: the latest or `year1`, and those of the baseline.

    Raises
    ------
    MemokitError
        What `recipe.denominate` divides by is not there, blank or zero, or an indicator is unknown.
    """
    place = np.flatnonzero(panel.listed.any(axis=0))
    made = Inputs(frame, panel, units, place, panel.listed[:, place], *[np.empty((0, 0))] * 4)
    value, year = panel.find(year=frame["year1"])
    base, base_year = panel.find(True, frame["year0"], recipe.baseline == "first_later")
    base[~(base_year < year)] = base_year[~(base_year < year)] = np.nan
    parts = [value, year, base, base_year]
    if len(place) < value.shape[1]:
        parts = [part[:, place] for part in parts]
    for indicator, column in recipe.denominate.items():
        row = place_of(frame.indicators, indicator, "indicator")
        size = made.column(column, "denominate").to_numpy(float)
        if not size.all():
            raise MemokitError(unknown("step-column-zero", column, made.municipalities[size == 0], "units"))
        parts[0][row] /= size
        parts[2][row] /= size
    return Inputs(frame, panel, units, place, made.listed, *parts)


def share_available(given: Inputs, scores: Floats) -> Floats:
    """Return for each municipality the share of the indicators that count and have a score, 0-1."""
    there = ~np.isnan(scores[given.frame.scored])
    return there.mean(axis=0) if len(there) else np.full(there.shape[1], np.nan)


# -- scores of indicators -----------------------------------------------------------------------------------


def treated(given: Inputs, recipe: Recipe) -> Floats:
    """Return the values after screening and treatment of outliers."""
    value, scored = given.value, given.frame.scored
    if recipe.screen:
        value = np.where(share_available(given, value) >= recipe.screen - 1e-12, value, np.nan)
    if recipe.treat is None:
        return value
    table = np.ascontiguousarray(value[scored].T)
    with naming("treat", recipe.treat):
        if callable(recipe.treat):
            done = recipe.treat(table)
        elif recipe.treat == "coinr":
            done, how = treat_columns(table, recipe.winmax)
            _no_logarithm(given, recipe, np.array([name.startswith("log") for name in how]))
        else:
            log = recipe.treat == "log"
            _no_logarithm(given, recipe, np.full(table.shape[1], log))
            done = np.array([log_ct(c) if log else winsorise(c, recipe.winmax)[0] for c in table.T]).T
    value = value.copy()
    value[scored] = _same_shape(done, table, "treat").T
    return value


def _no_logarithm(given: Inputs, recipe: Recipe, logs: NDArray[np.bool_]) -> None:
    """Posts and targets are in the unit of the indicator, and a logarithm is not."""
    if recipe.normalise in ("posts", "goalposts", "dist2targ") and logs.any():
        names = given.frame.names(np.flatnonzero(given.frame.scored)[logs])
        raise MemokitError(unknown("step-treat-posts", "treat", names))


def _same_shape(found: Any, like: Floats, step: str) -> Floats:
    made = np.asarray(found, float)
    if made.shape != like.shape:
        raise refused("step-shape", step, made.shape, str(like.shape))
    return made


def normalised(given: Inputs, recipe: Recipe, value: Floats) -> Floats:
    """Return the scores of the indicators, without imputation.

    Raises
    ------
    MemokitError
        An indicator that counts has no posts, no direction or no target where the method asks it, or no
        range to measure by; or the method refuses its options.
    """
    frame, how = given.frame, recipe.normalise
    low, high = recipe.range
    need = {"posts": ("worst", "best"), "goalposts": ("worst", "best"), "dist2targ": ("target",)}
    for column in need.get(str(how), ()):
        _need(frame, column, np.isnan(frame[column]), "step-needs-number")
    if how == "posts":
        if recipe.options:
            raise refused("step-fails", "options", how)
        found = sdsn.normalise(value, frame["worst"], frame["best"])
        return found if (low, high) == (0, 100) else low + found * ((high - low) / 100)
    _need(frame, "direction", np.isnan(frame.sign), "step-needs-number")
    rows = frame.scored
    options = dict(recipe.options)
    if how == "minmax":
        options = {"low": low, "high": high, **options}
    elif (low, high) != (0, 100):
        raise refused("step-fails", "range", how)
    if how == "goalposts":
        posts = frame["worst"][rows], frame["best"][rows]
        options = {"low": np.minimum(*posts), "high": np.maximum(*posts), **options}
    elif how == "dist2targ":
        options = {"target": frame["target"][rows], **options}
    elif how == "dist2ref" and "unit" in options:
        options["unit"] = place_of(given.municipalities, options["unit"], "municipality")
    table = value[rows].T
    with naming("normalise", how):
        function = how if callable(how) else METHODS[how]
        made = _same_shape(function(table, direction=frame.sign[rows], **options), table, "normalise").T
    lost = (np.isnan(made) & ~np.isnan(table.T)).any(axis=1)
    if lost.any():
        raise MemokitError(unknown("step-no-range", str(how), frame.names(np.flatnonzero(rows)[lost])))
    found = np.full(value.shape, np.nan)
    found[rows] = made
    return found


def _need(frame: Framework, column: str, absent: NDArray[np.bool_], code: str) -> None:
    rows = absent & frame.scored
    if rows.any():
        raise MemokitError(unknown(code, column, frame.names(rows), "catalogue"))


def place_of(labels: pd.Index[Any], label: object, column: str) -> int:
    """Return the place of one label that a recipe names, or say that nobody knows it."""
    place = int(by_key(labels, [label])[0])
    if place < 0:
        raise MemokitError(unknown("panel-unknown", column, [label]))
    return place


# -- from indicators to one score ---------------------------------------------------------------------------


def filled(given: Inputs, recipe: Recipe, scores: Floats) -> Floats:
    """Return the scores with their gaps filled, as the catalogue says and else the recipe."""
    frame = given.frame
    own = recipe.impute if isinstance(recipe.impute, str) else ""
    names = np.where(frame.impute == "", own, frame.impute)
    if wrong := sorted(set(names) - {"", *IMPUTE}):
        raise unknown_names("impute", wrong, IMPUTE)
    found, counted = scores.copy(), np.where(frame.scored[:, None], scores, np.nan)
    if callable(recipe.impute):
        rows = frame.scored & (names == "")
        with naming("impute", recipe.impute):
            made = recipe.impute(np.ascontiguousarray(counted[frame.scored].T))
        whole = np.full(scores.shape, np.nan)
        whole[frame.scored] = _same_shape(made, counted[frame.scored].T, "impute").T
        found[rows] = whole[rows]
    for name in set(names[frame.scored]) - {""}:
        rows = frame.scored & (names == name)
        found[rows] = _fill(given, str(name), counted, rows)
    return found


def _fill(given: Inputs, name: str, scores: Floats, rows: NDArray[np.bool_]) -> Floats:
    goal, part = given.frame.goal, scores[rows]
    how = name.split("_")[-1]
    if name in ("mean", "median"):
        return impute(part.T, how).T
    if name.startswith("goal"):
        same = np.isin(goal, goal[rows]) & given.frame.scored
        return impute_rows(scores[same].T, goal[same].tolist(), None, how).T[rows[same]]
    regions = given.regions(name)
    if name == "region_median":
        return impute(part.T, how, regions.tolist()).T
    where: Any = True
    if name == "region_mean_if_any":
        there = ~np.isnan(scores)
        where = np.array([there[goal == one].any(axis=0) for one in goal[rows]])
    return sdsn.region_fill(part, regions, where)


def weights(frame: Framework, recipe: Recipe) -> tuple[Floats, Floats]:
    """Return the weight of each indicator and of each goal.

    Raises
    ------
    MemokitError
        A weight is missing, matches nothing, is negative, or those of a goal (or of all goals) add up to 0.
    """
    scored = np.unique(frame.goal[frame.scored])
    counts = np.isin(np.arange(len(frame.goals)), scored)
    own = recipe.weights
    if isinstance(own, Mapping):
        one = _given("weights", own, frame.indicators, frame.scored)
    else:
        one = frame["weight"] if own == "catalogue" else np.ones(len(frame.goal))
        _need(frame, "weight", np.isnan(one), "step-needs-number")
    goals = np.ones(len(frame.goals))
    if recipe.goal_weights is not None:
        goals = _given("goal_weights", recipe.goal_weights, frame.goals, counts)
    sums = np.bincount(frame.goal, np.where(frame.scored, np.nan_to_num(one), 0), len(frame.goals))
    empty = frame.goals[counts & (sums == 0)]
    if len(empty):
        raise MemokitError(unknown("step-zero-weights", "weights", empty))
    if counts.any() and not goals[counts].sum():
        raise MemokitError(unknown("step-zero-weights", "goal_weights", frame.goals))
    return one, np.where(counts, goals, 0)


def _given(
    step: str, given: Mapping[Any, float], labels: pd.Index[Any], needed: NDArray[np.bool_]
) -> Floats:
    places = by_key(labels, list(given))
    found = np.full(len(labels), np.nan)
    found[places[places >= 0]] = np.array(list(given.values()), float)[places >= 0]
    problems = []
    if (places < 0).any():
        names = [name for name, place in zip(given, places, strict=True) if place < 0]
        problems.append(unknown("step-weight-unmatched", step, names))
    if (np.isnan(found) & needed).any():
        problems.append(unknown("step-weight-missing", step, labels[np.isnan(found) & needed]))
    if (found < 0).any():
        problems.append(unknown("framework-negative-weight", step, labels[found < 0]))
    if problems:
        raise MemokitError(problems)
    return found


def goal_scores(given: Inputs, recipe: Recipe, scores: Floats, one: Floats) -> Floats:
    """Return goal × municipality from filled scores and the weights of the indicators."""
    frame = given.frame
    rows, mean = frame.scored, recipe.mean_function
    if recipe.min_goal_share:
        mean = partial(mean, min_share=recipe.min_goal_share)
    group = frame.group[rows] if (frame.group >= 0).any() else None
    with naming("mean", recipe.mean):
        return sdsn.goal_means(scores[rows], frame.goal[rows], one[rows], group, mean, len(frame.goals))


def overall(given: Inputs, recipe: Recipe, goals: Floats, share: Floats, weight: Floats) -> Floats:
    """Return one score for each municipality; see `scoring.sdsn.overall`."""
    regions = None
    for step in ("fill_goals", "shrink"):
        if getattr(recipe, step):
            regions = given.regions(step)
    fill = recipe.fill_goals is not None
    counts = weight > 0
    if not counts.any():  # a catalogue of colours only
        return np.full(goals.shape[1], np.nan)
    with naming("mean", recipe.mean):
        return sdsn.overall(
            goals[counts], share, regions, fill, recipe.min_share, recipe.shrink, weight[counts],
            recipe.mean_function,
        )  # fmt: skip
