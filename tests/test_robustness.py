"""How sure a rank is: by hand where it can be, and what must hold whatever the draws."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memokit import steps
from memokit.certainty import VARY, _Study, robustness
from memokit.problems import MemokitError
from memokit.recipe import Recipe
from memokit.scorecard import Card, score


def card(m: int = 12, n: int = 8, recipe: Recipe | None = None, seed: int = 3, **columns) -> Card:
    """Figures drawn once: `m` municipalities in three regions, `n` indicators of three goals, a few gaps."""
    rng = np.random.default_rng(seed)
    values = rng.uniform(0, 100, (n, m)).round(1)
    values[rng.random((n, m)) < 0.1] = np.nan
    names, places = [f"I{k}" for k in range(n)], [f"M{k}" for k in range(m)]
    figures = {
        "municipality": places * n, "indicator": np.repeat(names, m), "year": 2022, "value": values.ravel(),
    }  # fmt: skip
    posts = {"worst": 0, "best": 100, "red": 40, "green": 80}
    catalogue = pd.DataFrame({"indicator": names, "goal": np.arange(n) % 3, **posts}).assign(**columns)
    units = pd.DataFrame({"municipality": places, "region": np.arange(m) % 3})
    return score(pd.DataFrame(figures), catalogue, recipe or Recipe(), units)


def test_the_tables() -> None:
    one = card()
    r = robustness(one, 60)
    assert list(r.ranks) == ["municipality", "nominal", "median", "low", "high", "colour_changes"]
    assert (r.ranks["nominal"] == one.overall["rank"]).all()
    assert (r.ranks["low"] <= r.ranks["median"]).all() and (r.ranks["median"] <= r.ranks["high"]).all()
    assert r.ranks["colour_changes"].between(0, 1).all() and r.ranks["colour_changes"].max() > 0
    assert list(r.parameters) == ["replication", *VARY] and len(r.parameters) == 60
    assert set(r.parameters["normalise"]) == {"posts", "minmax", "prank"}
    assert set(r.parameters["mean"]) == {"arithmetic", "geometric"}
    assert set(r.parameters["impute"]) == {"own", "region_mean"}
    assert r.sensitivity is None


def test_the_same_seed_gives_the_same_and_another_gives_other_draws() -> None:
    one = card()
    first, again, other = (robustness(one, 40, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first.ranks, again.ranks)
    assert not first.parameters.equals(other.parameters)


@pytest.mark.parametrize("vary", VARY)
def test_each_choice_alone(vary) -> None:
    r = robustness(card(), 40, (vary,))
    assert list(r.parameters) == ["replication", vary]
    assert (r.ranks["colour_changes"].max() > 0) == (vary == "posts")


def test_a_clear_winner_stays_the_winner() -> None:
    """A is best on everything, C worst on everything: no choice changes that."""
    figures = {"municipality": [*"ABC"] * 2, "indicator": ["x"] * 3 + ["y"] * 3, "year": 2022,
               "value": [90, 50, 10, 80, 40, 20]}  # fmt: skip
    r = robustness(score(figures, {"indicator": ["x", "y"], "goal": [1, 2], "worst": 0, "best": 100}), 100)
    assert r.ranks[["low", "median", "high"]].to_numpy().tolist() == [[1] * 3, [2] * 3, [3] * 3]
    assert r.words["sentence"][0] == "A staat telkens op plaats 1 op 3, ook als we anders rekenen."


def test_the_words() -> None:
    r = robustness(card(22), 100)
    low, high = np.floor(r.ranks["low"]).astype(int), np.ceil(r.ranks["high"]).astype(int)
    for sentence, first, last in zip(r.words["sentence"], low, high, strict=True):
        if first < last:
            assert f"ergens tussen plaats {first} en plaats {last} op 22" in sentence
        else:
            assert f"telkens op plaats {first} op 22" in sentence


def test_one_municipality_has_nothing_to_rank() -> None:
    r = robustness(card(1), 20, sensitivity=True)
    assert r.ranks[["nominal", "low", "high"]].to_numpy().tolist() == [[1, 1, 1]]
    assert r.words["sentence"].tolist() == [
        "Er is maar één gemeente met een score. Er valt dus niets te rangschikken."
    ]
    assert r.sensitivity["total"].isna().all(), "ranks that never move have no cause"


def test_a_municipality_without_a_score_has_no_place() -> None:
    one = card(5, recipe=Recipe(min_share=1.0), seed=4)
    r = robustness(one, 20)
    without = one.overall["score"].isna()
    assert without.any() and not without.all()
    assert r.ranks.loc[without, ["low", "high"]].isna().all(axis=None)
    assert "geen score" in r.words["sentence"][without.idxmax()]


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(), Recipe(mean="harmonic", range=(1, 100)), Recipe(mean=2.0, range=(1, 100)),
        Recipe(fill_goals="region_mean", min_share=0.6, shrink=0.5, min_goal_share=0.4),
        Recipe(normalise="zscore"), Recipe(weights={f"I{k}": k + 1 for k in range(8)}, impute="goal_mean"),
        Recipe(normalise=lambda x, direction: x * direction),
        Recipe(mean=lambda x, weights=None, axis=-1: np.nanmax(x, axis=axis)),
    ],
    ids=str,
)  # fmt: skip
def test_a_replication_is_what_score_gives_with_the_same_choices(recipe) -> None:
    """The vectorised way and the plain one, for the weights: noise is the only thing that differs."""
    one = card(recipe=recipe, group=["g", None, None, "g", None, None, None, None])
    study = _Study(one, ("weights",), 1)
    ranks = study.ranks(study.choices(np.array([[0.0], [0.5], [0.99]])))
    for row, place in zip(ranks, (1, 51, 100), strict=True):
        own, goal = np.split(study.weights[place], [8])
        goals = steps.goal_scores(one.given, recipe, steps.filled(one.given, recipe, one.scores), own)
        total = steps.overall(one.given, recipe, goals, study.share, goal)
        np.testing.assert_array_equal(row, pd.Series(total).round(9).rank(ascending=False, method="min"))


def test_normalisation_mean_and_imputation_are_those_of_score() -> None:
    one = card()
    r = robustness(one, 30, ("normalise", "mean", "impute"))
    study = _Study(one, ("normalise", "mean", "impute"), 1)
    draws = np.random.default_rng(1).random((30, 3))
    for ranks, row in zip(study.ranks(study.choices(draws)), r.parameters.itertuples(), strict=True):
        how = {} if row.impute == "own" else {"impute": row.impute}
        if row.normalise == "prank" and row.mean == "geometric":
            continue  # between 0 and 1 in a recipe, where a geometric mean refuses the zero; 1-100 here
        size = {} if row.normalise == "prank" else {"range": (1, 100)}
        recipe = Recipe(normalise=row.normalise, mean=row.mean, **how, **size)
        np.testing.assert_array_equal(ranks, card(recipe=recipe).overall["rank"])


def test_groups_and_unscored_indicators_do_not_disturb() -> None:
    r = robustness(card(scored=[True] * 7 + [False], group=["g", None, None, "g"] + [None] * 4), 40)
    assert r.ranks["low"].between(1, 12).all()


def test_an_indicator_without_difference_costs_nobody_a_rank() -> None:
    figures = {"municipality": [*"AB"] * 2, "indicator": ["x"] * 2 + ["y"] * 2, "year": 2022,
               "value": [90, 50, 30, 30]}  # fmt: skip
    one = score(figures, {"indicator": ["x", "y"], "goal": 1, "worst": 0, "best": 100})
    assert robustness(one, 50).ranks["high"].tolist() == [1, 2]


def test_many_municipalities_are_done_in_parts(monkeypatch) -> None:
    one = card()
    whole = robustness(one, 50)
    monkeypatch.setattr("memokit.certainty.CELLS", 100)
    pd.testing.assert_frame_equal(robustness(one, 50).ranks, whole.ranks)


def test_nobody_with_a_score() -> None:
    figures = {"municipality": ["A", "B"], "indicator": ["x", "y"], "year": 2022, "value": [90, 50]}
    asked = {"indicator": ["x", "y"], "goal": 1, "worst": 0, "best": 100}
    r = robustness(score(figures, asked, Recipe(min_share=1.0)), 20)
    assert r.ranks["median"].isna().all() and "geen score" in r.words["sentence"][0]


# -- sensitivity --------------------------------------------------------------------------------------------


def test_sensitivity_is_a_run_of_its_own() -> None:
    r = robustness(card(30, 9), 700, sensitivity=True)
    assert list(r.sensitivity) == ["factor", "first", "total", "low", "high"]
    assert r.sensitivity["factor"].tolist() == list(VARY)
    assert (r.sensitivity["low"] <= r.sensitivity["high"]).all() and (r.sensitivity["total"] >= 0).all()
    assert len(r.parameters) == 700, "the replications are a run of their own"


def test_a_choice_that_changes_nothing_has_no_total_effect() -> None:
    one = card(recipe=Recipe(impute="mean"))  # nothing is left to impute by the region
    full = score(one.given.panel, one.given.frame.table.assign(impute="region_mean"), units=one.given.units)
    r = robustness(full, 140, ("weights", "impute"), sensitivity=True)
    assert r.sensitivity.set_index("factor")["total"]["impute"] == 0


# -- bad input ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"vary": ("weights", "magic")}, "recipe-unknown-name"),
        ({"vary": ()}, "robustness-nothing"),
        ({"replications": 0}, "robustness-too-few"),
        ({"replications": 13, "sensitivity": True}, "robustness-too-few"),  # 7 runs for each point, 2 points
    ],
)
def test_what_cannot_be_is_named(arguments, code) -> None:
    with pytest.raises(MemokitError) as caught:
        robustness(card(), **arguments)
    assert caught.value.problems[0].code == code and str(caught.value)


def test_posts_that_are_not_there() -> None:
    one = card(recipe=Recipe(normalise="minmax"), worst=None, best=None, direction="higher")
    r = robustness(one, 20)
    assert "posts" not in r.parameters and set(r.parameters["normalise"]) <= {"minmax", "prank"}
    with pytest.raises(MemokitError) as caught:
        robustness(one, 20, ("posts", "weights"))
    assert caught.value.problems[0].code == "robustness-no-posts"


@given(st.integers(2, 6), st.integers(1, 6), st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_places_are_places(m, n, seed) -> None:
    one = card(m, n, seed=seed)
    r = robustness(one, 15, seed=seed)
    there = r.ranks["nominal"].notna()
    places = r.ranks.loc[there, ["low", "median", "high"]].to_numpy()
    assert ((places >= 1) & (places <= there.sum())).all()
    assert r.ranks.loc[~there, "median"].isna().all()
