"""The US cities index of 2019 (SDSN), through `score`: every published number, to single precision.

Source: sdsna/2019USCitiesIndex @e3fc644c9948, 2019USCitiesIndexResults.xlsx, CC BY 4.0.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from memokit.scorecard import Card, score

GOLDEN = Path(__file__).parents[2] / "shared" / "golden" / "sdsn_us_cities_2019"
SINGLE = 1e-3  # the source is written in single precision


@pytest.fixture(scope="module")
def card() -> Card:
    if not GOLDEN.is_dir():
        pytest.skip("../shared absent")
    catalogue = pd.read_csv(GOLDEN / "metadata.csv").rename(
        columns={"code": "indicator", "to_green": "green", "to_orange": "red"}
    )
    raw = pd.read_csv(GOLDEN / "raw.csv").rename(columns={"Cbsa": "municipality"})
    observations = raw.melt("municipality", list(catalogue["indicator"]), "indicator").assign(year=2019)
    return score(observations, catalogue)


def published(name: str, column: str = "indicator") -> pd.DataFrame:
    table = pd.read_csv(GOLDEN / name).rename(columns={"Cbsa": "municipality"})
    return table.melt("municipality", var_name=column, value_name="published").dropna()


def test_5815_normalised_values(card: Card) -> None:
    both = card.indicators.dropna(subset="score").merge(published("expected_normalised.csv"), how="outer")
    assert len(both) == 5815 and both.notna()[["score", "published"]].all(axis=None)
    assert (both["score"] - both["published"]).abs().max() < SINGLE


def test_1574_goal_scores(card: Card) -> None:
    there = published("expected_goal_scores.csv", "goal")
    there["goal"] = there["goal"].str.removeprefix("SDG").astype(int)
    both = card.goals.dropna(subset="score").merge(there, how="outer")
    assert len(both) == 1574 and both.notna()[["score", "published"]].all(axis=None)
    assert (both["score"] - both["published"]).abs().max() < SINGLE


def test_105_scores_and_ranks(card: Card) -> None:
    there = pd.read_csv(GOLDEN / "expected_overall.csv").rename(columns={"Cbsa": "municipality"})
    both = card.overall.merge(there, on="municipality", suffixes=("", "_published"))
    assert len(both) == len(card.overall) == 105
    assert (both["score"] - both["score_published"]).abs().max() < SINGLE
    assert (both["rank"] == both["rank_published"]).all()


def test_what_is_odd_in_the_published_framework_is_noted(card: Card) -> None:
    found = {(p.code, p.column): p.found for p in card.problems}
    assert found["framework-crossed", "green"] == "sdg13v1_GHGcapita"
    assert {p.severity for p in card.problems} == {"note"}


# -- a few of them as plain numbers, also where ../shared is absent -----------------------------------------


def test_two_figures_of_san_francisco() -> None:
    """Two indicators of metro 41860, of which less and of which more is better."""
    catalogue = {
        "indicator": ["sdg10v2_gini", "sdg10v3_upwardmobility"], "goal": 10,
        "worst": [0.5105999708175659, 36.11799240112305], "best": [0.4118799865245819, 46.56629943847656],
    }  # fmt: skip
    figures = {
        "municipality": 41860, "indicator": ["sdg10v2_gini", "sdg10v3_upwardmobility"], "year": 2017,
        "value": [0.4818, 44.50875],
    }  # fmt: skip
    scores = score(figures, catalogue).indicators["score"]
    assert scores.tolist() == pytest.approx([29.173404693603516, 80.3073501586914], abs=SINGLE)


def test_the_overall_score_of_san_francisco_is_the_mean_of_its_goals() -> None:
    goals = [
        84.36315155029297, 67.51051330566406, 85.55754089355469, 61.38017272949219, 61.65082931518555,
        90.99755096435547, 35.42533874511719, 78.51245880126953, 82.63667297363281, 61.34113693237305,
        59.55181121826172, 50.50959396362305, 85.1988525390625, 76.46158599853516, 63.667057037353516,
    ]  # fmt: skip
    catalogue = {"indicator": range(15), "goal": range(15), "worst": 0, "best": 100}
    card = score({"municipality": 41860, "indicator": range(15), "year": 2019, "value": goals}, catalogue)
    assert card.overall["score"].tolist() == pytest.approx([69.65094757080078], abs=SINGLE)
