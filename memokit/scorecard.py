"""One call for people who bring their own data: observations, a catalogue and a recipe become a card.

The steps in their order: denominate, screen, treat, normalise, impute, goal means, overall score, rank; and
beside them, on the values as they are, colours and trends.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from memokit import __version__, outlook, steps
from memokit.blocks import unknown
from memokit.framework import Framework, by_key, read_framework, read_units
from memokit.panel import Panel, read
from memokit.problems import MemokitError, Problem
from memokit.recipe import Recipe as Recipe
from memokit.recipe import from_record
from memokit.scoring.progress import TRENDS
from memokit.scoring.ranks import rank
from memokit.scoring.sdsn import COLOURS
from memokit.steps import Inputs

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
PLAIN = Recipe()


@dataclass(frozen=True, eq=False)
class Card:
    """The result of a run: three tables and the record of how they were made.

    Parameters
    ----------
    given, method
        What it was made from.
    scores, goal_scores, total
        Indicator, goal and one × municipality.
    problems
        Notes: what is allowed and worth knowing.
    """

    given: Inputs
    method: Recipe
    scores: Floats
    goal_scores: Floats
    total: Floats
    problems: tuple[Problem, ...] = ()

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """A row for each municipality and indicator observed.

        municipality, indicator, goal, year (the latest, or `year1`), value, score (without imputation),
        colour, baseline (the value of `year0`, or the first), change, progress (actual ÷ required yearly
        change), trend.
        """
        import pandas as pd

        given, frame = self.given, self.given.frame
        ratio, trend, _ = self._trends
        m, i = np.nonzero(given.listed.T)
        return pd.DataFrame({
            "municipality": given.municipalities.take(m), "indicator": frame.indicators.take(i),
            "goal": frame.goals.take(frame.goal[i]), "year": _whole(given.year[i, m]),
            "value": given.value[i, m], "score": self.scores[i, m],
            "colour": _words(COLOURS, self._colours[0][i, m]), "baseline": given.baseline[i, m],
            "change": (given.value - given.baseline)[i, m], "progress": ratio[i, m],
            "trend": _words(TRENDS, trend[i, m]),
        })  # fmt: skip

    @cached_property
    def goals(self) -> pd.DataFrame:
        """A row for each municipality and goal: municipality, goal, score, colour, trend, share_available.

        The share is that of the indicators that count, without imputation; NaN where none does.
        """
        import pandas as pd

        frame, there = self.given.frame, ~np.isnan(self.scores)
        share = np.full(self.goal_scores.shape, np.nan)
        for goal in np.unique(frame.goal[frame.scored]):
            share[goal] = there[frame.scored & (frame.goal == goal)].mean(axis=0)
        m, g = np.divmod(np.arange(share.size), len(frame.goals))
        return pd.DataFrame({
            "municipality": self.given.municipalities.take(m), "goal": frame.goals.take(g),
            "score": self.goal_scores[g, m], "colour": _words(COLOURS, self._colours[1][g, m]),
            "trend": _words(TRENDS, self._trends[2][g, m]), "share_available": share[g, m],
        })  # fmt: skip

    @cached_property
    def overall(self) -> pd.DataFrame:
        """A row for each municipality: municipality, score, rank (1 is the highest), share_available."""
        import pandas as pd

        return pd.DataFrame({
            "municipality": self.given.municipalities, "score": self.total, "rank": _whole(self.ranks),
            "share_available": steps.share_available(self.given, self.scores),
        })  # fmt: skip

    @cached_property
    def recipe(self) -> dict[str, Any]:
        """The record of the run: versions, checksums of what went in, and the choices of method.

        `score` with this record as its recipe, on the same inputs, gives the same card.
        """
        import pandas as pd

        versions = {"memokit": __version__, "python": platform.python_version()}
        versions |= {"numpy": np.__version__, "pandas": pd.__version__}
        return {**versions, "recipe": self.method.record(), "inputs": checksums(self.given)}

    @cached_property
    def ranks(self) -> Floats:
        """The place of each municipality, after rounding to 12 significant digits; NaN without a score."""
        return rank(self.total)

    @cached_property
    def _colours(self) -> tuple[outlook.Codes, outlook.Codes]:
        return outlook.colours(self.given)

    @cached_property
    def _trends(self) -> tuple[Floats, outlook.Codes, outlook.Codes]:
        return outlook.trends(self.given, self.method)


def score(
    observations: Any, catalogue: Any, recipe: Recipe | Mapping[str, Any] = PLAIN, units: Any = None
) -> Card:
    """Score municipalities on indicators and goals.

    Parameters
    ----------
    observations
        municipality, indicator, year, value: a pandas table, anything with the Arrow stream interface, the
        path of a CSV or Parquet file, or a `Panel`.
    catalogue
        indicator, goal (any label), and where they apply worst, best, red, green, weight, scored, group,
        impute, target (default green), target_year, direction (else from worst and best), limit, year0,
        year1. `group`: members are averaged over those available and count once. `scored=False`: in no
        mean, but with a colour that counts in its goal's colour.
    recipe
        The choices of method, or the record of an earlier card.
    units
        municipality, and where they apply region, population …; then other municipalities are unknown.

    Returns
    -------
    Card
        `.indicators`, `.goals`, `.overall`, `.recipe`, and notes in `.problems`.

    Raises
    ------
    MemokitError
        What is wrong with a table (see `panel.read`, `framework.read_framework`), a step that is named and
        cannot be applied, a weight that is missing or matches nothing.

    Notes
    -----
    The plain recipe is the method of SDSN: n = 100 (v - worst) / (best - worst) cut off at 0 and 100, plain
    means over what is available within and over goals; see `scoring.sdsn`.

    Examples
    --------
    >>> figures = {"municipality": ["A", "A", "B"], "indicator": ["x", "y", "x"], "year": 2022,
    ...            "value": [5, 90, 8]}
    >>> asked = {"indicator": ["x", "y"], "goal": [1, 2], "worst": [0, 120], "best": [10, 60]}
    >>> score(figures, asked).overall  # A: (50 + 50) / 2
      municipality  score  rank  share_available
    0            A   50.0     2              1.0
    1            B   80.0     1              0.5
    """
    chosen = from_record(recipe)
    frame = read_framework(catalogue)
    places = None if units is None else read_units(units)
    known = None if places is None else places["municipality"]
    panel = _aligned(observations, frame, known) if isinstance(observations, Panel) else None
    given = steps.inputs(frame, panel or read(observations, frame.indicators, known), places, chosen)
    card = assemble(given, chosen)
    old = recipe.get("inputs") if isinstance(recipe, Mapping) else None
    if old is not None and dict(old) != checksums(given):
        note = Problem("recipe-other-inputs", "note", "recipe")
        return Card(given, chosen, card.scores, card.goal_scores, card.total, (*card.problems, note))
    return card


def assemble(given: Inputs, recipe: Recipe) -> Card:
    """Take the steps of a recipe and return the card."""
    one, goal = steps.weights(given.frame, recipe)
    scores = steps.normalised(given, recipe, steps.treated(given, recipe))
    goals = steps.goal_scores(given, recipe, steps.filled(given, recipe, scores), one)
    total = steps.overall(given, recipe, goals, steps.share_available(given, scores), goal)
    card = Card(given, recipe, scores, goals, total, given.frame.notes)
    if recipe.progress != "linear":
        _ = card._trends  # a method that refuses does so here, not when the table is asked
    return card


def checksums(given: Inputs) -> dict[str, str]:
    """Return the SHA-256 of the observations, the catalogue and the units as they were used."""
    panel = given.panel
    observed = hashlib.sha256(np.ascontiguousarray(panel.values).data)
    for labels in (panel.indicators, panel.years, panel.municipalities):
        observed.update("\n".join(map(str, labels)).encode())
    tables = {"catalogue": given.frame.table, "units": given.units}
    found = {name: t.to_csv(index=False).encode() for name, t in tables.items() if t is not None}
    return {"observations": observed.hexdigest()} | {
        name: hashlib.sha256(text).hexdigest() for name, text in found.items()
    }


def _aligned(panel: Panel, frame: Framework, known: Any) -> Panel:
    """Return a panel in the order of the catalogue and the units."""
    sides = [(panel.indicators, frame.indicators, "indicator")]
    sides += [] if known is None else [(panel.municipalities, known, "municipality")]
    for labels, others, column in sides:
        if (absent := by_key(_index(others), labels) < 0).any():
            raise MemokitError(unknown("panel-unknown", column, labels[absent], "observations"))
    i = by_key(panel.indicators, frame.indicators)
    m = np.arange(len(panel.municipalities)) if known is None else by_key(panel.municipalities, known)
    cube, listed = panel.values[i], panel.listed[i]
    cube, listed = cube[:, :, m], listed[:, m]
    cube[i < 0], listed[i < 0] = np.nan, False
    cube[:, :, m < 0], listed[:, m < 0] = np.nan, False
    names = panel.municipalities if known is None else _index(known)
    return Panel(cube, frame.indicators, panel.years, names, listed)


def _index(labels: Any) -> pd.Index[Any]:
    import pandas as pd

    found: pd.Index[Any] = pd.Index(labels)
    return found


def _words(names: tuple[str, ...], codes: NDArray[np.int8]) -> NDArray[np.object_]:
    return np.array(names, object)[codes]


def _whole(numbers: Floats) -> Any:
    """Whole numbers as such; with gaps as pandas writes those."""
    import pandas as pd

    if not np.isnan(numbers).any():
        return numbers.astype(np.int64)
    return pd.array(numbers).astype("Int64")
