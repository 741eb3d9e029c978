"""`score`: every column and choice by hand, bad input, properties, and a naive twin in plain Python."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memokit.problems import MemokitError
from memokit.recipe import Recipe, from_record
from memokit.scorecard import Card, score
from memokit.scoring.posts import mean, position
from memokit.scoring.progress import linear

POSTS = {"worst": 0, "best": 100, "red": 40, "green": 80}


def figures(values: dict, year: int = 2022) -> pd.DataFrame:
    """`{"A": {"x": 1}}` as a table; a list holds the years before as well."""
    rows = [
        (m, i, year - back, v)
        for m, row in values.items()
        for i, cell in row.items()
        for back, v in enumerate(reversed(cell if isinstance(cell, list) else [cell]))
    ]
    return pd.DataFrame(rows, columns=["municipality", "indicator", "year", "value"])


def catalogue(*indicators: str, **columns) -> pd.DataFrame:
    return pd.DataFrame({"indicator": list(indicators), "goal": 1, **POSTS}).assign(**columns)


def units(**regions: str) -> pd.DataFrame:
    return pd.DataFrame({"municipality": list(regions), "region": list(regions.values())})


def overall(card: Card) -> list[float]:
    return card.overall["score"].tolist()


def goals(card: Card) -> dict:
    return {(row.municipality, row.goal): row for row in card.goals.itertuples()}


def same(one: Card, two: Card) -> None:
    for name in ("indicators", "goals", "overall"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name))


# -- columns ------------------------------------------------------------------------------------------------


def test_every_column_of_an_indicator() -> None:
    """50 in 2018, 60 in 2022, 80 asked in 2030: 2.5 a year done and 2.5 a year needed."""
    card = score(figures({"A": {"x": [50, None, None, None, 60]}}), catalogue("x"))
    assert card.indicators.to_dict("records") == [{
        "municipality": "A", "indicator": "x", "goal": 1, "year": 2022, "value": 60.0, "score": 60.0,
        "colour": "yellow", "baseline": 50.0, "change": 10.0, "progress": 1.0, "trend": "on_track",
    }]  # fmt: skip
    assert card.goals.to_dict("records") == [{
        "municipality": "A", "goal": 1, "score": 60.0, "colour": "yellow", "trend": "on_track",
        "share_available": 1.0,
    }]  # fmt: skip
    assert card.overall.to_dict("records") == [
        {"municipality": "A", "score": 60.0, "rank": 1, "share_available": 1.0}
    ]


def test_a_row_for_what_is_observed_only() -> None:
    card = score(figures({"A": {"x": 60}, "B": {"y": 20, "x": None}}), catalogue("x", "y"))
    found = card.indicators[["municipality", "indicator", "colour", "trend"]]
    assert found.to_numpy().tolist() == [
        ["A", "x", "yellow", "missing"], ["B", "x", "grey", "missing"], ["B", "y", "red", "missing"],
    ]  # fmt: skip
    assert card.goals["share_available"].tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("value", "colour"),
    [(80, "green"), (79.9, "yellow"), (60, "yellow"), (59.9, "orange"), (40, "orange"), (39.9, "red")],
)
def test_a_boundary_belongs_to_the_better_colour(value, colour) -> None:
    up = score(figures({"A": {"x": value}}), catalogue("x"))
    down = catalogue("x", worst=0, best=-100, red=-40, green=-80)
    for card in (up, score(figures({"A": {"x": -value}}), down)):
        assert card.indicators["colour"].tolist() == [colour]


@pytest.mark.parametrize(
    ("values", "colour"),
    [
        ((90, 90, 10), "orange"),  # 0.25 and 2.5: mean 1.375
        ((90, 10, 10), "red"),  # both below 1
        ((90, 85, None), "green"),
        ((90, 70, None), "yellow"),  # mean 2.125, but not both at least 2
        ((41, None, None), "grey"),  # two of three missing: more than half
        ((30, 45, 99), "orange"),  # mean below 1, but not both
    ],
)
def test_the_colour_of_a_goal_comes_from_its_two_worst(values, colour) -> None:
    card = score(figures({"A": dict(zip("xyz", values, strict=True))}), catalogue("x", "y", "z"))
    assert card.goals["colour"].tolist() == [colour]


def test_exactly_half_missing_is_coloured() -> None:
    card = score(figures({"A": {"x": 90}}), catalogue("x", "y"))
    assert card.goals["colour"].tolist() == ["green"]


def test_without_thresholds_there_is_no_colour() -> None:
    card = score(figures({"A": {"x": 90, "y": 10}}), catalogue("x", "y", red=[None, 40]))
    assert card.indicators["colour"].tolist() == ["grey", "red"]
    assert card.goals["colour"].tolist() == ["red"], "what can have no colour does not count as missing"


# -- trends -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "now", "target", "progress", "trend"),
    [
        (50, 60, 80, 1.0, "on_track"),
        (50, 55, 80, 0.5, "moderately_improving"),
        (50, 54, 80, 0.4, "stagnating"),
        (50, 50, 80, 0.0, "stagnating"),  # no change
        (50, 45, 80, -0.5, "decreasing"),
        (90, 85, 80, np.nan, "on_track"),  # met, be it falling
        (50, 90, 80, 4.0, "on_track"),  # met
        (90, 70, 80, np.nan, "decreasing"),  # met at the start, lost since
        (80, 80, 80, np.nan, "on_track"),  # target equal to the baseline, still met
        (80, 79, 80, np.nan, "decreasing"),  # target equal to the baseline, and off it
        (0, 0, 80, 0.0, "stagnating"),  # a baseline of zero
        (-30, -20, 0, 1.0, "on_track"),  # a negative baseline
        (None, 60, 80, np.nan, "missing"),
        (50, None, 80, np.nan, "missing"),  # one year only: the latest is the baseline
    ],
)
def test_the_way_to_the_target(then, now, target, progress, trend) -> None:
    """Four years done, twelve to go from the baseline: progress is the change ÷ (distance / 3)."""
    table = figures({"A": {"x": [then, None, None, None, now]}})
    card = score(table, catalogue("x", worst=-100, target=target))
    row = card.indicators.iloc[0]
    assert row["trend"] == trend
    assert row["progress"] == pytest.approx(progress, nan_ok=True)
    if then is not None and now is not None:
        mirrored = table.assign(value=-table["value"])
        down = catalogue("x", worst=100, best=-100, red=-40, green=-80, target=-target)
        assert score(mirrored, down).indicators["trend"].tolist() == [trend]


def test_years_and_targets_of_the_catalogue() -> None:
    table = figures({"A": {"x": [10, 20, 30, 40, 50]}})  # 2018 … 2022
    card = score(table, catalogue("x", year0=2019, year1=2021, target=60, target_year=2023))
    row = card.indicators.iloc[0]
    assert (row["year"], row["value"], row["baseline"], row["change"]) == (2021, 40, 20, 20)
    assert row["progress"] == 1.0  # (40 - 20) / 2 done, (60 - 20) / 4 needed
    assert score(table, catalogue("x", target=60), Recipe(target_year=2023)).indicators["progress"][0] == 1.0


def test_a_year_that_is_asked_has_no_substitute() -> None:
    table = figures({"A": {"x": [10, None, 30]}})  # 2020, 2022
    card = score(table, catalogue("x", year0=2021, year1=2022))
    assert card.indicators["trend"].tolist() == ["missing"]
    card = score(table, catalogue("x", year0=2019), Recipe(baseline="first_later"))
    assert card.indicators["baseline"].tolist() == [10]
    assert np.isnan(score(table, catalogue("x", year1=2021)).overall["score"][0])


@pytest.mark.parametrize(
    ("how", "now", "trend", "progress"),
    [
        ("linear", 55, "moderately_improving", 0.75), ("linear", 30, "stagnating", 10 / 140 * 3),
        ("statcan", 40, "on_track", 1.0), ("statcan", 20, "stagnating", 0.0),
        ("eurostat", 30, "stagnating", (1.5**0.2 - 1) / (2**0.2 - 1)),
        ("eurostat", 10, "decreasing", (0.5**0.2 - 1) / (2**0.2 - 1)),
        ("un", 40, "on_track", 1.0), ("un", 20, "stagnating", 0.0),
    ],
)  # fmt: skip
def test_progress_by_name(how, now, trend, progress) -> None:
    """From 20 in 2015 to 160 in 2030 is doubling every five years; or 140 in fifteen."""
    table = pd.concat([figures({"A": {"x": 20}}, 2015), figures({"A": {"x": now}}, 2020)])
    card = score(table, catalogue("x", target=160, best=200), Recipe(progress=how))
    row = card.indicators.iloc[0]
    assert row["progress"] == pytest.approx(progress)
    assert row["trend"] == trend == card.goals["trend"][0]


def test_a_method_of_growth_says_what_it_cannot_do_at_once() -> None:
    table = figures({"A": {"x": [10, 20]}})
    asked = catalogue("x", green=None, limit=-5)
    assert "step-fails" in problems(table, asked, Recipe(progress="statcan"))


def test_the_trend_of_a_goal_is_that_of_the_mean() -> None:
    """Halfway what is needed scores 2, on track 3 and decreasing by half of it 0."""
    table = figures({"A": {"x": [50, None, None, None, 55], "y": [50, None, None, None, 60]}})
    assert goals(score(table, catalogue("x", "y")))["A", 1].trend == "moderately_improving"
    table = figures({"A": {"x": [50, None, None, None, 45], "y": [50, None, None, None, 60]}})
    assert goals(score(table, catalogue("x", "y")))["A", 1].trend == "stagnating"  # (0 + 3) / 2


# -- means, weights, groups ---------------------------------------------------------------------------------


def test_missing_is_skipped_and_weights_are_made_whole() -> None:
    card = score(figures({"A": {"x": 80, "y": 20}, "B": {"y": 20}}), catalogue("x", "y", weight=[2, 1]))
    assert overall(card) == [60, 20]


def test_members_of_a_group_count_once() -> None:
    """Road and rail in the European cities report [inferred]: the mean of those available, then weight 1."""
    table = figures({"A": {"x": 90, "road": 30, "rail": 60}, "B": {"x": 90, "rail": 60}})
    asked = catalogue("x", "road", "rail", group=[None, "transport", "transport"])
    assert overall(score(table, asked)) == [67.5, 75]  # (90 + 45) / 2 and (90 + 60) / 2


def test_what_is_not_scored_has_a_colour_and_counts_in_that_of_its_goal() -> None:
    card = score(figures({"A": {"x": 90, "y": 10}}), catalogue("x", "y", scored=[True, False]))
    assert overall(card) == [90]
    assert card.indicators["colour"].tolist() == ["green", "red"]
    assert card.goals[["colour", "share_available"]].to_numpy().tolist() == [["orange", 1.0]]


def test_a_goal_without_anything_that_counts() -> None:
    card = score(figures({"A": {"x": 90, "y": 10}}), catalogue("x", "y", goal=[1, 2], scored=["ja", "nee"]))
    assert overall(card) == [90]
    row = goals(card)["A", 2]
    assert np.isnan(row.score) and np.isnan(row.share_available) and row.colour == "red"


def test_a_catalogue_of_colours_only() -> None:
    card = score(figures({"A": {"x": 90}}), catalogue("x", scored=False))
    assert np.isnan(overall(card)[0]) and card.goals["colour"].tolist() == ["green"]
    assert pd.isna(card.overall["rank"][0])


@pytest.mark.parametrize(
    ("how", "expected"),
    [("arithmetic", 50), ("geometric", 40), ("harmonic", 32), (2, 3400**0.5), (-1, 32)],
)
def test_means_by_name(how, expected) -> None:
    card = score(figures({"A": {"x": 80, "y": 20}}), catalogue("x", "y"), Recipe(mean=how))
    assert overall(card) == pytest.approx([expected])


def test_weights_of_the_recipe() -> None:
    table, asked = figures({"A": {"x": 80, "y": 20}}), catalogue("x", "y", goal=[1, 2], weight=[9, 1])
    assert overall(score(table, asked, Recipe(goal_weights={1: 3, 2: 1}))) == [65]
    one_goal = catalogue("x", "y", weight=[9, 1])
    assert overall(score(table, one_goal, Recipe(weights="equal"))) == [50]
    assert overall(score(table, one_goal, Recipe(weights={"x": 1, "y": 2}))) == [40]


def test_a_mean_of_ones_own() -> None:
    def worst(scores, weights=None, axis=-1):
        return np.nanmin(scores, axis=axis)

    card = score(figures({"A": {"x": 80, "y": 20}}), catalogue("x", "y", goal=[1, 2]), Recipe(mean=worst))
    assert overall(card) == [20]


# -- regions ------------------------------------------------------------------------------------------------

REGIONS = units(A="N", B="N", C="Z")
GAP = figures({"A": {"x": 40, "y": 60}, "B": {"x": 80}, "C": {"x": 10, "y": 0}})


def test_impute_by_region_never_for_score_or_colour() -> None:
    card = score(GAP, catalogue("x", "y", impute=[None, "region_mean"]), units=REGIONS)
    assert overall(card) == [50, 70, 5]
    assert len(card.indicators) == 5 and card.overall["share_available"].tolist() == [1, 0.5, 1]


def test_region_mean_if_any_needs_an_indicator_of_the_goal() -> None:
    table = figures({"A": {"x": 40, "y": 60, "z": 50}, "B": {"x": 80, "z": 50}, "C": {"z": 50}})
    asked = catalogue("x", "y", "z", goal=[1, 1, 2], impute=["region_mean_if_any"] * 2 + [None])
    found = goals(score(table, asked, units=units(A="N", B="N", C="N")))
    assert [found[m, 1].score for m in "ABC"] == pytest.approx([50, 70, np.nan], nan_ok=True)
    always = goals(score(table, asked.assign(impute="region_mean"), units=units(A="N", B="N", C="N")))
    assert always["C", 1].score == 60  # (60 + 60) / 2


def test_missing_goals_are_filled_with_those_of_scored_municipalities() -> None:
    """C has too little for a score, so its 0 on goal 2 is not in the mean of the region."""
    table = figures({"A": {"x": 40, "y": 60, "z": 60}, "B": {"x": 80, "z": 60}, "C": {"y": 0}})
    asked, regions = catalogue("x", "y", "z", goal=[1, 2, 3]), units(A="N", B="N", C="N")
    card = score(table, asked, Recipe(fill_goals="region_mean", min_share=0.5), regions)
    assert overall(card) == pytest.approx([160 / 3, 200 / 3, np.nan], nan_ok=True)
    assert card.overall["rank"].tolist()[:2] == [2, 1] and pd.isna(card.overall["rank"][2])


def test_min_share_by_equality_passes() -> None:
    asked = catalogue(*"abcde")
    card = score(figures({"A": dict.fromkeys("abcd", 50), "B": dict.fromkeys("abc", 50)}), asked,
                 Recipe(min_share=0.8))  # fmt: skip
    assert overall(card) == pytest.approx([50, np.nan], nan_ok=True)


def test_a_data_threshold_for_goals_and_a_screen() -> None:
    table, asked = figures({"A": {"x": 50, "y": 70}, "B": {"x": 50}}), catalogue("x", "y")
    few = score(table, asked, Recipe(min_goal_share=0.6))
    assert overall(few) == pytest.approx([60, np.nan], nan_ok=True)
    screened = score(table, asked, Recipe(screen=0.6))
    assert np.isnan(screened.indicators["score"][2]) and screened.indicators["value"][2] == 50


def test_shrinking_to_the_region() -> None:
    """Half the own score and half the mean of the region (inferred from the European cities report)."""
    table = figures({"A": {"x": 40}, "B": {"x": 80}, "C": {"x": 10}})
    assert overall(score(table, catalogue("x"), Recipe(shrink=0.5), REGIONS)) == [50, 70, 10]


@pytest.mark.parametrize(
    ("how", "expected"),
    [("mean", 30), ("median", 30), ("region_mean", 60), ("region_median", 60), ("goal_mean", 80)],
)
def test_imputation_by_name(how, expected) -> None:
    """What stands in for the missing y of B: its x is 80, the y of A and C are 60 and 0."""
    card = score(GAP, catalogue("x", "y"), Recipe(impute=how), REGIONS)
    assert overall(card)[1] == (80 + expected) / 2


def test_an_imputation_of_ones_own() -> None:
    card = score(GAP, catalogue("x", "y"), Recipe(impute=lambda scores: np.nan_to_num(scores, nan=100)))
    assert overall(card) == [50, 90, 5]


def test_denominate() -> None:
    table = figures({"A": {"x": 500}, "B": {"x": 500}})
    places = units(A="N", B="N").assign(population=[10, 20])
    assert overall(score(table, catalogue("x"), Recipe(denominate={"x": "population"}), places)) == [50, 25]


# -- normalisations and treatment ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("recipe", "expected"),
    [
        (Recipe(range=(1, 100)), [1 + 0.99 * 10, 1 + 0.99 * 20, 1 + 0.99 * 50]),
        (Recipe(normalise="minmax"), [0, 25, 100]),
        (Recipe(normalise="minmax", range=(1, 100)), [1, 25.75, 100]),
        (Recipe(normalise="rank"), [1, 2, 3]),
        (Recipe(normalise="prank"), [0, 0.5, 1]),
        (Recipe(normalise="borda"), [0, 1, 2]),
        (Recipe(normalise="dist2max"), [0, 0.25, 1]),
        (Recipe(normalise="dist2ref", options={"unit": "B"}), [0, 1, 4]),
        (Recipe(normalise="dist2targ"), [0, 1 / 7, 4 / 7]),
        (Recipe(normalise="fracmax"), [0.2, 0.4, 1]),
        (Recipe(normalise="goalposts"), [10, 20, 50]),
        (Recipe(normalise="zscore", options={"mean": 50, "sd": 10}), [41.99359, 46.79744, 61.20897]),
        (Recipe(normalise=lambda x, direction: x * direction), [10, 20, 50]),
    ],
)
def test_normalisations_by_name(recipe, expected) -> None:
    table = figures({"A": {"x": 10}, "B": {"x": 20}, "C": {"x": 50}})
    assert overall(score(table, catalogue("x", target=80), recipe)) == pytest.approx(expected, abs=1e-5)


def test_treatment_by_name() -> None:
    table = figures({f"M{k}": {"x": k} for k in range(10)} | {"U": {"x": 1000}})
    plain = score(table, catalogue("x"), Recipe(normalise="minmax"))
    treated = score(table, catalogue("x"), Recipe(normalise="minmax", treat="coinr"))
    assert overall(plain)[9] == pytest.approx(0.9) and overall(treated)[9] == 100
    assert treated.indicators["value"].max() == 1000, "the value is shown as it is"
    logs = score(table, catalogue("x"), Recipe(normalise="minmax", treat="log"))
    assert 0 < overall(logs)[1] < overall(logs)[2]


# -- bad input ----------------------------------------------------------------------------------------------


def problems(*args, **kwargs) -> dict:
    with pytest.raises(MemokitError) as caught:
        score(*args, **kwargs)
    for problem in caught.value.problems:
        assert problem.message and problem.remedy
    return {problem.code: problem for problem in caught.value.problems}


TWO = figures({"A": {"x": 80, "y": 20}, "B": {"x": 50, "y": 40}})


@pytest.mark.parametrize(
    ("change", "code", "found"),
    [
        ({"best": [0, 100]}, "framework-equal-posts", "x"),
        ({"worst": [None, 0]}, "step-needs-number", "x"),
        ({"worst": [np.inf, 0]}, "panel-infinite", "inf"),
        ({"green": ["veel", 1]}, "panel-not-a-number", "veel"),
        ({"goal": [None, 1]}, "panel-blank", ""),
        ({"indicator": ["x", "x"]}, "framework-twice", "x"),
        ({"weight": [0, 0]}, "step-zero-weights", "1"),
        ({"weight": [None, 1]}, "step-needs-number", "x"),
        ({"weight": [-1, 1]}, "framework-negative-weight", "x"),
        ({"scored": ["misschien", "ja"]}, "framework-yes-no", "misschien"),
        ({"direction": ["sideways", "higher"]}, "framework-direction", "sideways"),
        ({"direction": ["lower", "higher"]}, "framework-opposite", "x"),
        ({"impute": ["magic", None]}, "recipe-unknown-name", "magic"),
        ({"impute": ["region_mean", None]}, "step-needs-column", "region_mean"),
        ({"group": ["g", "g"], "weight": [1, 2]}, "framework-group", "x, y"),
        ({"group": ["g", "g"], "goal": [1, 2]}, "framework-group", "x, y"),
    ],
)
def test_what_is_wrong_with_a_catalogue_is_named(change, code, found) -> None:
    assert problems(TWO, catalogue("x", "y").assign(**change))[code].found == found


@pytest.mark.parametrize(
    ("recipe", "code"),
    [
        ({"normalise": "magic"}, "recipe-unknown-name"),
        ({"mean": "magic"}, "recipe-unknown-name"),
        ({"mean": None}, "recipe-unknown-name"),
        ({"impute": "magic"}, "recipe-unknown-name"),
        ({"progress": "magic"}, "recipe-unknown-name"),
        ({"weights": "magic"}, "recipe-unknown-name"),
        ({"fill_goals": "mean"}, "recipe-unknown-name"),
        ({"treat": "magic"}, "recipe-unknown-name"),
        ({"baseline": "magic"}, "recipe-unknown-name"),
        ({"magic": 1}, "recipe-unknown-choice"),
        ({"shrink": 2}, "recipe-not-a-share"),
        ({"min_share": "80"}, "recipe-not-a-share"),
        ({"range": (100, 0)}, "recipe-range"),
        ({"weights": {"x": 1}}, "step-weight-missing"),
        ({"weights": {"x": 1, "y": 1, "z": 1}}, "step-weight-unmatched"),
        ({"weights": {"x": -1, "y": 1}}, "framework-negative-weight"),
        ({"weights": {"x": 0, "y": 0}}, "step-zero-weights"),
        ({"goal_weights": {1: 0}}, "step-zero-weights"),
        ({"goal_weights": {1: 1, 99: 1}}, "step-weight-unmatched"),  # an unknown goal
        ({"shrink": 0.5}, "step-needs-column"),
        ({"fill_goals": "region_mean"}, "step-needs-column"),
        ({"impute": "region_median"}, "step-needs-column"),
        ({"denominate": {"x": "population"}}, "step-needs-column"),
        ({"denominate": {"z": "population"}}, "panel-unknown"),
        ({"options": {"cap": True}}, "step-fails"),
        ({"normalise": "zscore", "options": {"magic": 1}}, "step-fails"),
        ({"normalise": "zscore", "range": (1, 100)}, "step-fails"),
        ({"normalise": "dist2ref", "options": {"unit": "Z"}}, "panel-unknown"),
        ({"normalise": "dist2targ"}, "step-needs-number"),
        ({"normalise": lambda x, direction: x[:1]}, "step-shape"),
        ({"treat": "log"}, "step-treat-posts"),
    ],
)
def test_what_a_recipe_cannot_do_is_an_error(recipe, code) -> None:
    asked = catalogue("x", "y")
    places = units(A="N", B="N") if recipe.get("denominate", {}).get("x") else None
    found = problems(TWO, asked, recipe, places)[code]
    if code == "recipe-unknown-name":
        assert found.choices and str(found.choices[0]) in found.remedy


def test_a_mean_that_cannot_be_taken_says_what_to_do() -> None:
    found = problems(figures({"A": {"x": 0, "y": 50}}), catalogue("x", "y"), Recipe(mean="geometric"))
    assert "range (1, 100)" in found["step-fails"].remedy


def test_one_municipality() -> None:
    one = figures({"A": {"x": 80}})
    assert score(one, catalogue("x")).overall["rank"].tolist() == [1]
    assert problems(one, catalogue("x"), Recipe(normalise="minmax"))["step-no-range"].found == "x"


def test_all_missing_is_a_verdict_and_nothing_at_all_an_error() -> None:
    card = score(figures({"A": {"x": None}}), catalogue("x"))
    assert card.indicators[["colour", "trend"]].to_numpy().tolist() == [["grey", "missing"]]
    assert np.isnan(overall(card)[0]) and card.goals["colour"].tolist() == ["grey"]
    assert set(problems(TWO.iloc[:0], catalogue("x", "y"))) == {"panel-empty"}


def test_unknown_indicators_and_municipalities() -> None:
    n = 10_000
    many = {"municipality": "A", "indicator": [f"Q{k}" for k in range(n)], "year": 2022, "value": 1}
    found = problems(many, catalogue("x"))["panel-unknown"]
    assert found.detail["n"] == n and found.found.count(",") == 19
    assert problems(TWO, catalogue("x", "y"), units=units(A="N"))["panel-unknown"].found == "B"
    assert problems(TWO, catalogue("x", "y"), units=units(A="N", B="N").iloc[[0, 1, 1]])["framework-twice"]


def test_infinite_and_duplicate_rows() -> None:
    assert problems(TWO.replace(80, np.inf), catalogue("x", "y"))["panel-infinite"].row == 1
    twice = pd.concat([TWO, TWO.iloc[[1]]])
    assert problems(twice, catalogue("x", "y"))["panel-duplicate"].detail["twice"][0]["rows"] == [2, 5]


def test_a_blank_region_is_an_error_where_a_region_is_needed() -> None:
    places = pd.DataFrame({"municipality": ["A", "B"], "region": ["N", None]})
    assert overall(score(TWO, catalogue("x", "y"), units=places)) == [50, 45]
    assert problems(TWO, catalogue("x", "y"), Recipe(shrink=0.1), places)["step-column-blank"].found == "B"


def test_posts_that_lie_oddly_are_allowed_and_noted() -> None:
    card = score(TWO, catalogue("x", "y", green=[120, 80], red=[40, 90]))
    assert {(p.code, p.column, p.found, p.severity) for p in card.problems} == {
        ("framework-beyond", "green", "x", "note"), ("framework-crossed", "green", "y", "note"),
    }  # fmt: skip


# -- forms of the tables ------------------------------------------------------------------------------------


def test_codes_as_text_or_number_are_the_same(tmp_path) -> None:
    table = figures({12025: {"x": 80}, 71022: {"x": 20}})
    card = score(table, catalogue("x"), units=units(**{"12025": "N", "71022": "N"}))
    assert card.overall["score"].tolist() == [80, 20]
    table.to_csv(tmp_path / "o.csv", index=False)
    catalogue("x").to_csv(tmp_path / "c.csv", index=False, sep=";", decimal=",")
    assert score(tmp_path / "o.csv", tmp_path / "c.csv").overall["score"].tolist() == [80, 20]


def test_a_panel_is_scored_again_and_again() -> None:
    from memokit.panel import read

    asked, places = catalogue("y", "x", weight=[1, 3]), units(B="N", A="N")
    whole = score(TWO, asked, units=places)
    same(whole, score(read(TWO), asked, units=places))
    assert problems(read(TWO), catalogue("x"))["panel-unknown"].found == "y"


# -- replaying ----------------------------------------------------------------------------------------------


def test_replaying_the_record_gives_the_same_card() -> None:
    recipe = Recipe(mean="geometric", range=(1, 100), shrink=0.25, goal_weights={1: 2}, min_share=0.4)
    card = score(GAP, catalogue("x", "y"), recipe, REGIONS)
    for record in (card.recipe, json.loads(json.dumps(card.recipe))):
        again = score(GAP, catalogue("x", "y"), record, REGIONS)
        same(card, again)
        assert again.recipe == card.recipe and not again.problems
    other = score(TWO, catalogue("x", "y"), card.recipe, REGIONS)
    assert [p.code for p in other.problems] == ["recipe-other-inputs"]


def test_a_recipe_holds_only_choices_of_method() -> None:
    assert from_record(Recipe().record()) == Recipe() == from_record({}) == from_record(None)
    card = score(TWO, catalogue("x", "y"))
    assert {"memokit", "numpy", "recipe", "inputs"} <= set(card.recipe)
    assert set(card.recipe["inputs"]) == {"observations", "catalogue"}


# -- properties ---------------------------------------------------------------------------------------------

NAMES, YEARS = "abcdef", (2018, 2020, 2022)
value = st.one_of(st.none(), st.integers(-50, 150))


def columns(draw, n: int, **kinds) -> dict:
    return {name: draw(st.lists(kind, min_size=n, max_size=n)) for name, kind in kinds.items()}


@st.composite
def worlds(draw):
    """Observations and a catalogue: few enough to compute by hand, with every kind of gap and direction."""
    n = draw(st.integers(1, 6))
    span = st.integers(1, 150).flatmap(lambda s: st.sampled_from([s, -s]))
    kinds = {"goal": st.integers(1, 3), "worst": st.integers(-20, 120), "weight": st.integers(1, 4)}
    table = pd.DataFrame({"indicator": list(NAMES[:n]), **columns(draw, n, **kinds, span=span)})
    for post, part in (("best", 1), ("red", 0.25), ("green", 0.75)):
        table[post] = table["worst"] + part * table["span"]
    places = [f"M{k}" for k in range(draw(st.integers(1, 4)))]
    rows = [(m, i, y, draw(value)) for m in places for i in NAMES[:n] for y in YEARS]
    found = pd.DataFrame(rows, columns=["municipality", "indicator", "year", "value"])
    return found.astype({"value": float}), table


def naive(observations: pd.DataFrame, asked: pd.DataFrame) -> tuple[dict, dict, dict]:
    """The plain method, one figure after another: what `score` must give."""
    shown, goal_scores, totals = {}, {}, {}
    for m, of_one in observations.groupby("municipality"):
        by_goal: dict = {goal: [] for goal in asked["goal"]}
        for row in asked.itertuples():
            there = of_one[(of_one["indicator"] == row.indicator)].dropna().sort_values("year")
            now = there["value"].iloc[-1] if len(there) else None
            then = there["value"].iloc[0] if len(there) > 1 else None
            found = position(now, row.worst, row.best)
            trend = "missing"
            if then is not None:
                years = int(there["year"].iloc[0]), int(there["year"].iloc[-1])
                trend = linear(then, now, *years, row.green, row.best < row.worst).trend
            shown[m, row.indicator] = (found, trend)
            by_goal[row.goal] += [found] * row.weight
        goal_scores |= {(m, goal): mean(scores) for goal, scores in by_goal.items()}
        totals[m] = mean(mean(scores) for scores in by_goal.values())
    return shown, goal_scores, totals


def number(x) -> float:
    return np.nan if x is None else x


@given(worlds())
@settings(max_examples=60, deadline=None)
def test_the_cube_and_a_naive_loop_agree(world) -> None:
    card = score(*world)
    shown, goal_scores, totals = naive(*world)
    for row in card.indicators.itertuples():
        found, trend = shown[row.municipality, row.indicator]
        assert row.score == pytest.approx(number(found), nan_ok=True) and row.trend == trend
    for row in card.goals.itertuples():
        assert row.score == pytest.approx(number(goal_scores[row.municipality, row.goal]), nan_ok=True)
    for row in card.overall.itertuples():
        assert row.score == pytest.approx(number(totals[row.municipality]), nan_ok=True)


def ordered(card: Card) -> list[pd.DataFrame]:
    keys = {"indicators": ["municipality", "indicator"], "goals": ["municipality", "goal"]}
    tables = [(getattr(card, name), by) for name, by in (keys | {"overall": ["municipality"]}).items()]
    return [table.sort_values(by).reset_index(drop=True) for table, by in tables]


def close(one: Card, two: Card, leave: tuple[str, ...] = ()) -> None:
    for a, b in zip(ordered(one), ordered(two), strict=True):
        pd.testing.assert_frame_equal(a.drop(columns=list(leave), errors="ignore"),
                                      b.drop(columns=list(leave), errors="ignore"), atol=1e-9)  # fmt: skip


@given(worlds(), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_the_order_of_rows_does_not_matter(world, random) -> None:
    observations, asked = world
    seed = random.randint(0, 99)
    mixed = [table.sample(frac=1, random_state=seed) for table in (observations, asked)]
    close(score(*world), score(*mixed))


@given(worlds(), st.sampled_from([0.001, 2.0, 1024.0]), st.integers(1, 9))
@settings(max_examples=30, deadline=None)
def test_units_of_measure_and_the_scale_of_weights_do_not_matter(world, scale, factor) -> None:
    observations, asked = world
    posts = {column: asked[column] * scale for column in ("worst", "best", "red", "green")}
    other = asked.assign(**posts, weight=asked["weight"] * factor)
    scaled = score(observations.assign(value=observations["value"] * scale), other)
    # Colours and trends at a border may fall on its other side by the last bit: a power of two keeps them.
    inexact = () if scale != 0.001 else ("colour", "trend")
    close(score(*world), scaled, ("value", "baseline", "change", *inexact))


@given(worlds(), st.data())
@settings(max_examples=30, deadline=None)
def test_improving_a_value_never_lowers_a_score(world, data) -> None:
    observations, asked = world
    row = data.draw(st.sampled_from(list(observations.dropna().index) or [None]))
    if row is None:
        return
    of = asked.set_index("indicator").loc[observations.loc[row, "indicator"]]
    better = observations.copy()
    better.loc[row, "value"] += np.sign(of["best"] - of["worst"]) * data.draw(st.integers(0, 60))
    for before, after in zip(ordered(score(*world)), ordered(score(better, asked)), strict=True):
        assert not (after["score"] < before["score"] - 1e-9).any()
