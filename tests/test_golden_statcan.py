"""Progress as Statistics Canada published it in 2026: 379 series and 337 indicators, to 1e-9.

Source: sdg-data-canada-odd-donnees, indicator_calculation_components.yml, in golden/statcan_progress_2026.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from memokit.scoring.progress import LIMIT_POWER, NEVER_ZERO, Measured, statcan, statcan_together

HERE = Path(__file__).parents[2] / "shared" / "golden" / "statcan_progress_2026"
KEY = ["src", "indicator", "series"]
# The names of the series carry a group that the publisher averaged first.
BY_NAME = {("gif", "16-3-1")}
# Published scores that do not follow from the published series.
EXCEPTIONS = {
    ("gif", "1-4-1"): "a series of Access to basic education stands twice in the configuration",
    ("gif", "4-5-1"): "names cut off at one length collide, and some of its series were not published",
}

golden = pytest.mark.skipif(not HERE.is_dir(), reason="../shared absent")


@cache
def table(name: str) -> pd.DataFrame:
    return pd.read_csv(HERE / f"{name}.csv")


def number(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


@cache
def measured() -> dict[tuple[str, str, str], Measured]:
    return {
        (row.src, row.indicator, row.series): statcan(
            number(row.base_value), number(row.current_value), row.base_year, number(row.current_year),
            number(row.target), row.direction < 0, row.target_year, number(row.limit),
        )
        for row in table("raw").itertuples()
    }  # fmt: skip


def agrees(ours: float | None, theirs: float) -> bool:
    return pd.isna(theirs) if ours is None else ours == pytest.approx(theirs, rel=1e-9, abs=1e-9)


@golden
def test_every_series():
    theirs = table("expected_series").set_index(KEY)
    assert len(theirs) == len(measured()) == 379 and theirs.score.notna().sum() == 309
    wrong = [
        key
        for key, row in theirs.iterrows()
        if measured()[key].status != row.status
        or not agrees(measured()[key].value, row.progress_value)
        or not agrees(measured()[key].score, row.score)
    ]
    assert not wrong


def together(src: str, indicator: str) -> Measured | None:
    rows = table("expected_series").merge(table("groups"), on=KEY, how="left")
    rows = rows[(rows.src == src) & (rows.indicator == indicator)]
    if rows.empty:
        return None
    named = [part.split(" / ")[1] if (src, indicator) in BY_NAME else part for part in rows.series]
    groups = [own if pd.isna(path) else path for path, own in zip(rows.group_path, named, strict=True)]
    return statcan_together([measured()[src, indicator, series] for series in rows.series], groups)


@golden
def test_every_indicator():
    theirs = table("expected_indicator").set_index(["src", "indicator"])
    assert len(theirs) == 337
    wrong, without = set(), 0
    for key, row in theirs.iterrows():
        ours = together(*key)
        if ours is None:  # no series was published: the status was given by hand, or there is none
            without += 1
            assert pd.isna(row.score)
        elif ours.status != row.progress_status or not agrees(ours.score, row.score):
            wrong.add(key)
    assert wrong == set(EXCEPTIONS) and without == 118


@golden
def test_the_double_count_is_found():
    """GIF 1.4.1 as published, with one series of basic education twice; and as it should have been."""
    kinds = {key[2].split(" / ")[1]: [] for key in measured() if key[:2] == ("gif", "1-4-1")}
    for key, one in measured().items():
        if key[:2] == ("gif", "1-4-1"):
            kinds[key[2].split(" / ")[1]].append(one)
    once = [(one, name) for name, found in kinds.items() for one in found]
    twice = [*once, (kinds["Access to basic education"][0], "Access to basic education")]
    published = table("expected_indicator").query("src == 'gif' and indicator == '1-4-1'").score.item()
    scores = [statcan_together(*zip(*pairs, strict=True)).score for pairs in (twice, once)]
    assert scores == pytest.approx([published, -2.293428196673582], abs=1e-9)


@golden
def test_the_parameters_are_those_of_the_publisher():
    stated = table("metadata").set_index("parameter").value
    assert (stated["zero_replacement"], stated["limit_exponent"]) == (NEVER_ZERO, LIMIT_POWER)


@pytest.mark.parametrize(
    ("series", "args", "value", "score", "status"),
    [
        ("cif 1-1-1", (14.5, 10.4, 2015, 2023, 7.25, True), 0.9010899546976208, 2.1506954374096354,
         "moderate_progress"),
        ("cif 1-2-1", (66.6, 71.4, 2016, 2023, None, False, 2030, 100), 0.009991483690946268,
         1.739752850099936, "moderate_progress"),
        ("cif 1-3-1", (178.8, 173.3, 2015, 2025, None, True), 0.003119490847657058, -0.9402545761714709,
         "limited_progress"),
        ("cif 3-4-1", (8.1, 6.8, 2015, 2024, 8.0, True, 2025), 15.505871, 5.0, "target_achieved"),
        ("cif 11-3-1", (63.0, 74.0, 2005, 2020, 85.0), 0.8949392974311927, 2.106761907621266,
         "moderate_progress"),
    ],
)  # fmt: skip
def test_published_figures(series, args, value, score, status):
    """Statistics Canada, SDG data hub, indicator_calculation_components.yml (2026)."""
    found = statcan(*args)
    assert (found.value, found.score) == (pytest.approx(value, rel=1e-6), pytest.approx(score, abs=1e-9))
    assert found.status == status
