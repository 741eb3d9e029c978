"""How sure a rank is: the same card under other weights, normalisations, means, imputations and posts.

A replication chooses one of each. What it shares with others (the table of scores for a normalisation, an
imputation and a set of posts) is made once, so that a replication costs a few sums. No BLAS: on a busy
machine its threads wait for each other longer than they work.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil, floor
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from memokit import steps
from memokit.outlook import Codes
from memokit.problems import MemokitError, Problem
from memokit.recipe import Recipe, refused, unknown_names
from memokit.scorecard import Card
from memokit.scoring import sdsn
from memokit.scoring.normalise import METHODS
from memokit.scoring.ranks import interval, rank, rank_change
from memokit.scoring.sensitivity import bootstrap, noisy_weights, saltelli, sobol
from memokit.texts import say

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
VARY = ("weights", "normalise", "mean", "impute", "posts")
WEIGHTS, NOISE = 100, 0.25  # sets of weights, in which each is moved by at most this share (as COINr)
POSTS, SHIFT = 25, 0.1  # sets of posts, in which each is moved by at most this share of their distance
CELLS = 10_000_000  # goal scores held at once, over all runs
LOWEST, HIGHEST = 1.0, 100.0  # a geometric mean knows no zero


@dataclass(frozen=True, eq=False)
class Robustness:
    """What the replications say about the ranks of a card.

    Parameters
    ----------
    ranks
        municipality, nominal, median, low, high (5 and 95 %), colour_changes: how often the colour of one of
        its goals is another one, 0-1.
    parameters
        A row for each replication: what was chosen.
    sensitivity
        factor, first, total, low, high (5 and 95 % of total, by bootstrap): which choice moves the ranks.
        None unless it was asked.
    """

    ranks: pd.DataFrame
    parameters: pd.DataFrame
    sensitivity: pd.DataFrame | None = None

    @cached_property
    def words(self) -> pd.DataFrame:
        """municipality, sentence: the interval of its rank, in the language in force."""
        import pandas as pd

        n = int(self.ranks["nominal"].notna().sum())
        rows = zip(*(self.ranks[column] for column in ("municipality", "low", "high")), strict=True)
        sentences = [_sentence(name, low, high, n) for name, low, high in rows]
        return pd.DataFrame({"municipality": self.ranks["municipality"], "sentence": sentences})


def robustness(
    card: Card, replications: int = 1000, vary: Sequence[str] = VARY, seed: int = 1, sensitivity: bool = False
) -> Robustness:
    """Score again and again with other choices, and tell between which places each municipality stays.

    Parameters
    ----------
    card
        The result of `score`.
    replications
        How often. A sensitivity analysis is a run of its own of about as many.
    vary
        `weights`: of indicators and goals, each up to a quarter more or less. `normalise`: as the card, by
        posts, by smallest and largest (`minmax`), by rank (`prank`). `mean`: as the card, arithmetic,
        geometric. `impute`: as the card, or gaps filled with the mean of the region (of all, without
        regions). `posts`: worst and best, and red and green with them, up to a tenth of their distance
        higher or lower.
    seed
        The same seed gives the same result.
    sensitivity
        Whether to compute Sobol indices too.

    Raises
    ------
    MemokitError
        A name in `vary` is unknown, none is given, or there are too few replications; posts are named, and
        an indicator that counts has none (unless all five vary: then they do not).

    Notes
    -----
    Quantiles are linear (type 7). Outcome of the sensitivity analysis: the mean over municipalities of
    |rank - nominal rank|; Saltelli design of N (d + 2) runs, N = replications // (d + 2); see
    `scoring.sensitivity`. Scores that are not above zero are scaled to 1-100 where a mean asks it. An
    indicator without any difference gets the middle from `minmax` and `prank`.

    Examples
    --------
    >>> from memokit.scorecard import score
    >>> figures = {"municipality": ["A", "B"] * 2, "indicator": ["x"] * 2 + ["y"] * 2, "year": 2022,
    ...            "value": [9, 1, 8, 2]}
    >>> posts = {"indicator": ["x", "y"], "goal": [1, 2], "worst": 0, "best": 10}
    >>> robustness(score(figures, posts), 50).ranks[["municipality", "low", "high"]]
      municipality  low  high
    0            A  1.0   1.0
    1            B  2.0   2.0
    """
    import pandas as pd

    study = _Study(card, tuple(vary), seed)
    d, rng = len(study.vary), np.random.default_rng(seed)
    points = replications // (d + 2)
    if replications < 1 or (sensitivity and points < 2):
        least = 2 * (d + 2) if sensitivity else 1
        raise refused("robustness-too-few", "replications", replications, str(least))
    choices = study.choices(rng.random((replications, d)))
    there = np.isfinite(card.ranks)
    places = np.full((3, len(there)), np.nan)
    places[:, there] = interval(study.ranks(choices)[:, there])
    low, median, high = places
    ranks = pd.DataFrame({
        "municipality": card.given.municipalities, "nominal": card.overall["rank"], "median": median,
        "low": low, "high": high, "colour_changes": study.colour_changes(choices),
    })  # fmt: skip
    named = {name: study.names(name, choices[:, VARY.index(name)]) for name in study.vary}
    parameters = pd.DataFrame({"replication": np.arange(1, replications + 1), **named})
    if not sensitivity:
        return Robustness(ranks, parameters)
    runs = study.ranks(study.choices(saltelli(points, d, seed)))
    moved = rank_change(card.ranks, runs, axis=1)
    found, (_, total) = sobol(moved, points), bootstrap(moved, points, seed=seed)
    indices = {"first": found.first, "total": found.total, "low": total[0], "high": total[1]}
    return Robustness(ranks, parameters, pd.DataFrame({"factor": study.vary, **indices}))


def _sentence(municipality: object, low: float, high: float, n: int) -> str:
    if np.isnan(low):
        return say("scores.rank.none", municipality=str(municipality))
    if n == 1:
        return say("scores.rank.one")
    first, last = floor(low), ceil(high)
    key = "scores.rank.same" if first == last else "scores.rank.between"
    return say(key, municipality=str(municipality), low=first, high=last, n=n)


class _Study:
    """The alternatives of each choice, and the ranks that follow from any combination of them."""

    def __init__(self, card: Card, vary: tuple[str, ...], seed: int) -> None:
        self.card, self.given, self.recipe = card, card.given, card.method
        self.frame, self.rows = card.given.frame, card.given.frame.scored
        posts = np.isnan(self.frame["worst"] + self.frame["best"])
        unit = self.recipe.treat in (None, "winsorise") or self.recipe.normalise == "posts"
        self.posts = unit and not posts[self.rows].any()  # posts are in the unit of the indicator
        self.vary = self._checked(vary)
        rng = np.random.default_rng(seed)
        one, goal = steps.weights(self.frame, self.recipe)
        both = np.concatenate([np.nan_to_num(one), goal])
        self.weights = np.concatenate([both[None], noisy_weights(both, NOISE, WEIGHTS, seed)])
        self.shift = rng.uniform(-SHIFT, SHIFT, (POSTS + 1, 2, len(self.frame.goal)))
        self.shift[0] = 0
        self.value = steps.treated(self.given, self.recipe)
        self.share = steps.share_available(self.given, card.scores)
        self.order = np.flatnonzero(self.rows)[np.argsort(self.frame.goal[self.rows], kind="stable")]
        self.alternatives = {
            "weights": list(range(WEIGHTS + 1)), "normalise": self._normalise(), "mean": self._means(),
            "impute": self._impute(), "posts": list(range(POSTS + 1)),
        }  # fmt: skip
        self._tables: dict[tuple[int, int, int], Floats] = {}

    def _checked(self, vary: tuple[str, ...]) -> tuple[str, ...]:
        if not vary:
            raise MemokitError(Problem("robustness-nothing", choices=VARY))
        if wrong := [name for name in vary if name not in VARY]:
            raise unknown_names("vary", wrong, VARY)
        usable = self.posts and (self.recipe.normalise == "posts" or "normalise" in vary)
        if "posts" in vary and not usable and vary != VARY:
            raise refused("robustness-no-posts", "vary", "posts")
        return tuple(name for name in vary if name != "posts" or usable)

    def _normalise(self) -> list[Any]:
        own = self.recipe.normalise
        others = [*(["posts"] if self.posts else []), "minmax", "prank"]
        return [own, *(name for name in others if name != own)]

    def _means(self) -> list[Any]:
        return list(dict.fromkeys([self.recipe.mean, "arithmetic", "geometric"]))

    def _impute(self) -> list[str]:
        units = self.given.units
        regional = units is not None and "region" in units and units["region"].notna().all()
        return ["own", "region_mean" if regional else "mean"]

    # -- choices

    def choices(self, draws: Floats) -> Ints:
        """Turn draws between 0 and 1 into places in the alternatives; what does not vary stays the card's."""
        found = np.zeros((len(draws), len(VARY)), np.int64)
        for name, column in zip(self.vary, draws.T, strict=True):
            first = 1 if name in ("weights", "posts") else 0  # the first set is the card's: not one more draw
            k = len(self.alternatives[name]) - first
            found[:, VARY.index(name)] = first + np.minimum((column * k).astype(np.int64), k - 1)
        return found

    def names(self, factor: str, places: Ints) -> list[Any]:
        """Return what was chosen, by name."""
        known = [getattr(one, "__name__", one) for one in self.alternatives[factor]]
        return [known[place] for place in places]

    # -- scores

    def ranks(self, choices: Ints) -> Floats:
        """Return the ranks of every run: runs × municipalities."""
        if np.isfinite(self.card.ranks).sum() < 2:
            return np.tile(self.card.ranks, (len(choices), 1))
        total = np.empty((len(choices), len(self.card.total)))
        w, n, mean, fill, posts = choices.T
        posts = np.where(np.array([one == "posts" for one in self.alternatives["normalise"]])[n], posts, 0)
        keys, group = np.unique(np.stack([n, fill, posts, mean]), axis=1, return_inverse=True)
        for place, (a, b, c, d) in enumerate(keys.T.tolist()):
            runs = np.flatnonzero(group.ravel() == place)
            for some in np.array_split(runs, ceil(len(runs) * self.card.goal_scores.size / CELLS)):
                total[some] = self._totals(self._table(a, b, c), self.weights[w[some]], d)
        total[:, np.isnan(self.card.total)] = np.nan  # imputed or not: who has no score has no place
        return rank(total, axis=1)

    def _table(self, n: int, fill: int, posts: int) -> Floats:
        """Return the filled scores for one normalisation, imputation and set of posts."""
        key = n, fill, posts
        if key not in self._tables:
            how = self.alternatives["impute"][fill] if fill else self.recipe.impute
            recipe = replace(self.recipe, impute=how)
            self._tables[key] = steps.filled(self.given, recipe, self._scores(n, posts))
        return self._tables[key]

    def _scores(self, n: int, posts: int) -> Floats:
        how = self.alternatives["normalise"][n]
        if how not in ("posts", "minmax", "prank"):  # the card's own: no other is among the alternatives
            return self.card.scores
        low, high = self.recipe.range if self.recipe.range[0] > 0 else (LOWEST, HIGHEST)
        if how == "posts":
            worst, best = self._moved(posts)
            share = sdsn.normalise(self.value, worst, best) / 100
        else:
            share = np.full(self.value.shape, np.nan)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of indicators without range: see below
                table = self.value[self.rows].T
                options = {"low": 0, "high": 1} if how == "minmax" else {}
                made = METHODS[how](table, direction=self.frame.sign[self.rows], **options)
            share[self.rows] = np.where(np.isnan(made) & ~np.isnan(table), 0.5, made).T
        return low + share * (high - low)

    def _moved(self, posts: int) -> tuple[Floats, Floats]:
        worst, best = self.frame["worst"], self.frame["best"]
        low, high = self.shift[posts]
        return worst + low * (best - worst), best + high * (best - worst)

    def _totals(self, table: Floats, weights: Floats, mean: int) -> Floats:
        """Return runs × municipalities for one table, many weights and one mean."""
        recipe = replace(self.recipe, mean=self.alternatives["mean"][mean])
        one, goal = np.split(weights, [len(self.frame.goal)], axis=1)
        there, back = _scale(recipe.mean)
        if there is None:  # a function of somebody's own: run by run
            return np.array([self._total(recipe, table, *pair) for pair in zip(one, goal, strict=True)])
        rows, of, first = table[self.order], self.frame.goal[self.order], np.arange(len(self.order))
        if recipe.mean != "arithmetic" and not np.nanmin(rows, initial=1) > 0:
            low, high = np.nanmin(rows), np.nanmax(rows)
            rows = LOWEST + (rows - low) * ((HIGHEST - LOWEST) / (high - low or 1))
        if (self.frame.group >= 0).any():
            rows, first = sdsn.merge_groups(rows, self.frame.group[self.order])
        of, one = of[first], one[:, self.order[first]]
        goals = np.full((len(one), len(self.frame.goals), rows.shape[1]), np.nan)
        for place in np.unique(of):
            part = rows[of == place]
            goals[:, place] = _mean(there(part), one[:, of == place])
            few = (~np.isnan(part)).mean(axis=0) < recipe.min_goal_share
            goals[:, place, few] = np.nan
        return self._overall(back(goals), goal, there, back)

    def _total(self, recipe: Recipe, table: Floats, one: Floats, goal: Floats) -> Floats:
        goals = steps.goal_scores(self.given, recipe, table, one)
        return steps.overall(self.given, recipe, goals, self.share, goal)

    def _overall(self, goals: Floats, weights: Floats, there: Any, back: Any) -> Floats:
        recipe = self.recipe
        counts = (self.share >= recipe.min_share - 1e-12) & ~np.isnan(goals).all(axis=(0, 1))
        goals = np.where(counts, goals, np.nan)
        if recipe.fill_goals:
            flat = goals.reshape(-1, goals.shape[-1])
            goals = sdsn.region_fill(flat, self.given.regions("fill_goals"), counts).reshape(goals.shape)
        total: Floats = back(_mean(there(goals), weights))
        if recipe.shrink:
            means = sdsn.region_means(total, self.given.regions("shrink"))
            total = (1 - recipe.shrink) * total + recipe.shrink * means
        return total

    # -- colours

    def colour_changes(self, choices: Ints) -> Floats:
        """Return for each municipality how often the colour of a goal is another one."""
        sets, times = np.unique(choices[:, VARY.index("posts")], return_counts=True)
        nominal = self._colours(0)
        there = (nominal > 0).sum(axis=0)
        changed = sum(
            n * ((self._colours(one) != nominal) & (nominal > 0)).sum(axis=0)
            for one, n in zip(sets.tolist(), times.tolist(), strict=True)
        )
        return np.asarray(changed / np.where(there > 0, there, np.nan) / len(choices))

    def _colours(self, posts: int) -> Codes:
        frame = self.frame
        worst, best = self._moved(posts)
        with np.errstate(invalid="ignore"):
            scale = (best - worst) / (frame["best"] - frame["worst"])
        red, green = (worst + (frame[post] - frame["worst"]) * scale for post in ("red", "green"))
        rows = ~np.isnan(worst + best + red + green)
        grade = sdsn.grades(self.given.value[rows], worst[rows], red[rows], green[rows], best[rows])
        return sdsn.goal_colours(grade, frame.goal[rows], len(frame.goals))


Scale = Callable[[Floats], Floats]


def _scale(mean: Any) -> tuple[Scale | None, Scale]:
    """A mean is the arithmetic mean on another scale: there, and back again."""
    if mean == "arithmetic":
        return _same, _same
    if mean == "geometric":
        return np.log, np.exp
    power = -1.0 if mean == "harmonic" else mean
    if not isinstance(power, int | float):
        return None, _same
    return (lambda x: x**power), (lambda x: x ** (1 / power))


def _same(x: Floats) -> Floats:
    return x


def _mean(x: Floats, weights: Floats) -> Floats:
    """Return runs × municipalities: the weighted mean over elements × municipalities, or runs × the same."""
    there = ~np.isnan(x)
    how = "rk,km->rm" if x.ndim == 2 else "rk,rkm->rm"
    if there.all():
        sums: Any = weights.sum(axis=1)[:, None]
    else:
        x, sums = np.where(there, x, 0), np.einsum(how, weights, there.astype(np.float64))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(sums > 0, np.einsum(how, weights, x) / sums, np.nan))
